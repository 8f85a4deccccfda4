#include "support/fake_cluster.h"

#include "base/assert.h"
#include "support/fake_authority.h"
#include "support/fake_systemd.h"

namespace kiln::test {

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

void FakeCluster::replace_authority(int which) {
  hosts_.at(kController).files[ca_directory_ + "/ca.pem"].content = authority_pem(which);
  hosts_.at(kController).files[ca_directory_ + "/ca.key"].mode = 0600;
}

transport::Counters FakeCluster::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

Result<transport::Outcome> FakeCluster::act(const HostName& name, const Action& action, Duration) {
  const std::lock_guard lock(mutex_);
  const std::size_t index = sent_.size();
  sent_.push_back(name + ": " + describe(action));
  const auto fault = faults_.next(index);
  if (fault == FaultKind::kill_before) throw Killed{sent_.back()};
  ++counters_.mutations;
  if (!answers(name) || fault == FaultKind::unreachable)
    return fail(ErrorCode::unreachable, "ssh: connect to host " + name + " port 22: No route to host");
  if (fault == FaultKind::denied) return fail(ErrorCode::denied, "sudo: a password is required");
  oracle_.action(name, action, nb_, sb_);
  const bool writes = std::holds_alternative<WriteFile>(action) ||
                      std::holds_alternative<WriteTrust>(action) ||
                      std::holds_alternative<IssueCertificate>(action);
  if (fault == FaultKind::disk_full && writes) return fail(ErrorCode::failed, "No space left on device");
  if (fault == FaultKind::kill_middle) {
    perform_half(name, action);
    throw Killed{sent_.back()};
  }
  Result<transport::Outcome> outcome = perform(name, action);
  if (fault == FaultKind::kill_after) throw Killed{sent_.back()};
  if (fault == FaultKind::lost_reply) return fail(ErrorCode::timed_out, "the connection was lost");
  return outcome;
}

}  // namespace kiln::test
