#include "support/fake_cluster.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "support/fake_authority.h"
#include "support/fake_systemd.h"

namespace kiln::test {
namespace {

bool needs_space(const Action& action) {
  return std::holds_alternative<WriteFile>(action) || std::holds_alternative<WriteTrust>(action) ||
         std::holds_alternative<IssueCertificate>(action) ||
         std::holds_alternative<InstallPackages>(action) || std::holds_alternative<CreateDatabase>(action) ||
         std::holds_alternative<JoinDatabase>(action);
}

}  // namespace

FakeCluster::FakeCluster(const Desired& desired, std::uint64_t seed)
    : ca_directory_(desired.ca.dir),
      random_(seed),
      nb_(Database::northbound, hosts_),
      sb_(Database::southbound, hosts_),
      network_(hosts_, nb_, sb_, random_),
      oracle_(desired.cluster.name, hosts_) {
  for (const auto& [name, node] : desired.nodes) hosts_.emplace(name, make_host(node));
  hosts_[kController].name = kController;
  time_.on_sleep = [this] {
    const std::lock_guard lock(mutex_);
    tick();
  };
}

FakeCluster::FakeCluster(const FakeCluster& other)
    : ca_directory_(other.ca_directory_),
      time_(other.time_),
      random_(other.random_),
      hosts_(other.hosts_),
      nb_(other.nb_, hosts_),
      sb_(other.sb_, hosts_),
      network_(other.network_, hosts_, nb_, sb_, random_),
      oracle_(other.oracle_, hosts_),
      faults_(other.faults_),
      counters_(other.counters_),
      sent_(other.sent_),
      late_(other.late_) {
  time_.on_sleep = [this] {
    const std::lock_guard lock(mutex_);
    tick();
  };
}

void FakeCluster::tick() {
  nb_.tick();
  sb_.tick();
  network_.tick();
}

void FakeCluster::settle() {
  for (int i = 0; i < 5; ++i) time_.sleep(Duration{200});
}

bool FakeCluster::answers(const HostName& name) const {
  const auto found = hosts_.find(name);
  return found != hosts_.end() && found->second.powered && found->second.reachable;
}

void FakeCluster::power_off(const HostName& name) {
  lose_runtime_state(hosts_.at(name));
  hosts_.at(name).powered = false;
}

void FakeCluster::spoil(const HostName& name, Database database) {
  FakeHost& host = hosts_.at(name);
  const std::string unit(server_unit(database));
  stop_unit(host, unit);
  host.databases.at(database).refused = "record 41 attempts to truncate log";
  static_cast<void>(start_unit(host, unit, random_));
}

void FakeCluster::power_on(const HostName& name) {
  FakeHost& host = hosts_.at(name);
  lose_runtime_state(host);
  host.powered = true;
  start_enabled(host, random_);
}

FakeDatabase& FakeCluster::rows(Database database, const HostName& name) {
  if (database == Database::open_vswitch) {
    KILN_ASSERT(hosts_.at(name).switch_database.has_value());
    return *hosts_.at(name).switch_database;
  }
  KILN_ASSERT(raft(database).data() != nullptr);
  return *raft(database).data();
}

void FakeCluster::edit(Database database, const ovsdb::Transaction& transaction, const HostName& name) {
  const auto done = rows(database, name).transact(transaction, random_);
  KILN_ASSERT(done.has_value());
}

void FakeCluster::by_hand(const HostName& name, const UnitAction& action) {
  KILN_ASSERT(run_systemctl(hosts_.at(name), action, random_).has_value());
}

void FakeCluster::exchange(const HostName& one, const HostName& other) {
  FakeHost& left = hosts_.at(one);
  FakeHost& right = hosts_.at(other);
  std::swap(left, right);
  std::swap(left.name, right.name);
  std::swap(left.ssh_address, right.ssh_address);
  for (const char* link : {"eth0", "eth1"})
    if (left.links.contains(link) && right.links.contains(link))
      std::swap(left.links[link], right.links[link]);
}

void FakeCluster::replace_authority(int which) {
  hosts_.at(kController).files[ca_directory_ + "/ca.pem"].content = authority_pem(which);
  hosts_.at(kController).files[ca_directory_ + "/ca.key"].mode = 0600;
}

transport::Counters FakeCluster::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

/// Nothing of the action happened, or it is not known to have.
std::optional<Error> FakeCluster::refusal(const HostName& name, const Action& action,
                                          std::optional<FaultKind> fault) {
  if (!answers(name) || fault == FaultKind::unreachable)
    return Error(ErrorCode::unreachable, "ssh: connect to host " + name + " port 22: No route to host");
  if (fault == FaultKind::denied || faults_.denies(name))
    return Error(ErrorCode::denied, "sudo: a password is required");
  if ((fault == FaultKind::disk_full || faults_.is_full(name)) && needs_space(action)) {
    if (std::holds_alternative<InstallPackages>(action)) perform_half(name, action);
    return Error(ErrorCode::failed, "No space left on device");
  }
  return std::nullopt;
}

Result<transport::Outcome> FakeCluster::carry_out(const std::optional<Fence>& fence, const HostName& name,
                                                  const Action& action, std::optional<FaultKind> fault) {
  if (fault == FaultKind::delayed) {
    late_.push_back({fence, name, action, sent_.size() + 1 + random_.below(3)});
    return fail(ErrorCode::timed_out, "no answer yet");
  }
  Result<transport::Outcome> outcome = perform(fence, name, action);
  if (fault == FaultKind::duplicated) static_cast<void>(perform(fence, name, action));
  if (fault == FaultKind::lost_reply) return fail(ErrorCode::timed_out, "the connection was lost");
  return outcome;
}

void FakeCluster::deliver_late() {
  const std::vector<Late> all = std::exchange(late_, {});
  for (const Late& late : all)
    if (answers(late.host)) static_cast<void>(perform(late.fence, late.host, late.action));
}

Result<transport::Outcome> FakeCluster::act_under(const std::optional<Fence>& fence, const HostName& name,
                                                  const Action& action, Duration) {
  const std::lock_guard lock(mutex_);
  const std::size_t index = sent_.size();
  sent_.push_back(name + ": " + describe(action));
  const auto fault = faults_.next(index);
  if (on_moment) on_moment(*this, FaultKind::kill_before);
  if (fault == FaultKind::kill_before) throw Killed{sent_.back()};
  ++counters_.mutations;
  if (!fenced_off(fence, name, action)) oracle_.action(name, action, nb_, sb_);
  if (auto error = refusal(name, action, fault)) return std::unexpected(std::move(*error));
  if (on_moment) {
    FakeCluster half(*this);
    half.perform_half(name, action);
    on_moment(half, FaultKind::kill_middle);
  }
  if (fault == FaultKind::kill_middle) {
    perform_half(name, action);
    throw Killed{sent_.back()};
  }
  const auto quorate = std::pair(nb_.quorate(), sb_.quorate());
  Result<transport::Outcome> outcome = carry_out(fence, name, action, fault);
  oracle_.quorum(name, action, quorate.first, nb_);
  oracle_.quorum(name, action, quorate.second, sb_);
  const auto arrived =
      std::ranges::partition(late_, [&](const Late& late) { return late.after > sent_.size(); });
  const std::vector<Late> due(arrived.begin(), arrived.end());
  late_.erase(arrived.begin(), arrived.end());
  for (const Late& late : due)
    if (answers(late.host)) static_cast<void>(perform(late.fence, late.host, late.action));
  if (on_moment) on_moment(*this, FaultKind::kill_after);
  if (fault == FaultKind::kill_after) throw Killed{sent_.back()};
  return outcome;
}

}  // namespace kiln::test
