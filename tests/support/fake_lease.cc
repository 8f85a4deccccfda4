#include <algorithm>

#include "support/fake_cluster.h"
#include "transport/lease_rows.h"

// The lease on the fake cluster: what the scripts on a host and the guards of a transaction do on real ones.

namespace kiln::test {
namespace {

using transport::LeasePlace;
using transport::Outcome;

std::unexpected<Error> fenced(const std::string& by) {
  return fail(ErrorCode::denied,
              std::string(transport::kFencedWords) + ": " + (by.empty() ? "no claim" : by));
}

Result<ovsdb::Value> global_ids(const FakeDatabase& data, Database database) {
  const ovsdb::Table& table = data.table(global_table(database));
  if (table.empty()) return fail(ErrorCode::not_found, "no row yet");
  return column(table.begin()->second, "external_ids");
}

}  // namespace

Result<Outcome> FakeCluster::perform(const std::optional<Fence>& fence, const HostName& name,
                                     const Action& action) {
  const auto* transact = std::get_if<Transact>(&action);
  if (!fence || name == kController) return perform(name, action);
  if (transact && transact->database != Database::open_vswitch)
    return perform_fenced(*fence, name, *transact);
  if (fenced_off(fence, name, action)) return fenced(hosts_.at(name).content(kLeasePath));
  if (on_fenced) on_fenced(*fence, name, action);
  return perform(name, action);
}

bool FakeCluster::fenced_off(const std::optional<Fence>& fence, const HostName& name,
                             const Action& action) const {
  const auto* transact = std::get_if<Transact>(&action);
  if (!fence || name == kController || (transact && transact->database != Database::open_vswitch))
    return false;
  const auto lease = read_lease(hosts_.at(name).content(kLeasePath));
  return !lease || !lease->held || !(lease->fence == *fence);
}

Result<Outcome> FakeCluster::perform_fenced(const Fence& fence, const HostName& name,
                                            const Transact& action) {
  FakeRaft& raft = this->raft(action.database);
  if (!raft.connected(name)) return fail(ErrorCode::unreachable, "not connected to its cluster");
  const auto ids = global_ids(raft.cluster_of(name)->data, action.database);
  Transact sent{action.database, {}};
  if (ids) {
    sent.transaction = transport::guarded(action.database, action.transaction, fence);
    KILN_TRY_ASSIGN(const auto raise, transport::raise_fence(action.database, *ids, fence));
    if (ids->at(kFenceKey) != fence.text()) static_cast<void>(transact(name, {action.database, raise}));
  } else {
    sent.transaction = transport::guarded_first(action.database, action.transaction, fence);
  }
  if (on_fenced) on_fenced(fence, name, action);
  return transact(name, sent);
}

Result<std::string> FakeCluster::swap_lease(const HostName& name, LeasePlace place,
                                            const std::string& expected, const std::string& wanted,
                                            Duration) {
  if (on_swap) on_swap();
  const std::lock_guard lock(mutex_);
  if (!answers(name)) return fail(ErrorCode::unreachable, "no route to host");
  if (faults_.denies(name)) return fail(ErrorCode::denied, "sudo: a password is required");
  if (place != LeasePlace::host) return swap_rows(name, place, expected, wanted);
  FakeHost& host = hosts_.at(name);
  std::string now = host.content(kLeasePath);
  std::erase(now, '\0');  // as the host's shell does
  if (now != expected) return now;
  const auto lease = read_lease(wanted);
  const auto is_kilns = [](const auto& file) { return file.first.starts_with("/etc/kiln/"); };
  if (lease && !lease->held && std::ranges::none_of(host.files, is_kilns)) {
    host.files.erase(kLeasePath);
    return std::string();
  }
  host.files[kLeasePath] = {.content = wanted, .mode = 0644, .owner = "root"};
  return wanted;
}

Result<std::string> FakeCluster::swap_rows(const HostName& name, LeasePlace place,
                                           const std::string& expected, const std::string& wanted) {
  const bool nb = place == LeasePlace::northbound;
  const Database database = nb ? Database::northbound : Database::southbound;
  FakeRaft& raft = this->raft(database);
  if (!raft.connected(name)) return fail(ErrorCode::unreachable, "not connected to its cluster");
  KILN_TRY_ASSIGN(const Lease lease, read_lease(wanted));
  const auto ids = global_ids(raft.cluster_of(name)->data, database);
  const std::string now = ids && nb ? transport::lease_in(*ids) : "";
  if (nb && now != expected) return now;
  KILN_TRY_ASSIGN(const auto write, !ids ? transport::first_lease(database, lease)
                                    : nb ? transport::write_lease(*ids, wanted)
                                         : transport::raise_fence(database, *ids, lease.fence));
  KILN_TRY(transact(name, {database, write}));
  return wanted;
}

}  // namespace kiln::test
