#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/fake_network.h"
#include "support/faults.h"
#include "support/oracle.h"
#include "support/seams.h"
#include "transport/transport.h"

namespace kiln::test {

/// Hosts, daemons and databases in memory that answer the same looks and carry out the same actions as real
/// ones, deterministic from a seed. Time passes only in `time().sleep`, and daemons act only then.
class FakeCluster : public transport::Transport {
 public:
  FakeCluster(const Desired& desired, std::uint64_t seed);
  /// All that is on the hosts and in flight, at this moment; the hook of the tests stays behind.
  FakeCluster(const FakeCluster& other);
  FakeCluster& operator=(const FakeCluster&) = delete;

  Facts look(const HostName& host, const std::vector<Look>& looks, Duration timeout) override;
  Result<transport::Outcome> act(const HostName& host, const Action& action, Duration timeout) override {
    return act_under(std::nullopt, host, action, timeout);
  }
  /// As one of several kilns: under the fence that it carries, if it does.
  Result<transport::Outcome> act_under(const std::optional<Fence>& fence, const HostName& host,
                                       const Action& action, Duration timeout);
  Result<std::string> swap_lease(const HostName& host, transport::LeasePlace place,
                                 const std::string& expected, const std::string& wanted,
                                 Duration timeout) override;
  /// It has no files to copy to.
  Result<transport::DatabaseCopy> copy_database(const HostName&, Database, const std::string&,
                                                Duration) override {
    return fail(ErrorCode::failed, "the fake makes no copies");
  }
  transport::Counters counters() const override;

  FakeTime& time() { return time_; }
  SeededRandom& random() { return random_; }
  Oracle& oracle() { return oracle_; }
  Faults& faults() { return faults_; }
  FakeNetwork& network() { return network_; }
  FakeHost& host(const HostName& name) { return hosts_.at(name); }
  const Hosts& hosts() const { return hosts_; }
  FakeRaft& raft(Database database) { return database == Database::northbound ? nb_ : sb_; }
  const FakeRaft& raft(Database database) const { return database == Database::northbound ? nb_ : sb_; }
  /// Of the cluster for nb and sb.
  FakeDatabase& rows(Database database, const HostName& host = {});
  /// A change by somebody else; fails the run (assertion) if the database refuses it.
  void edit(Database database, const ovsdb::Transaction& transaction, const HostName& host = {});
  /// systemctl by hand.
  void by_hand(const HostName& host, const UnitAction& action);

  /// Called around each action with the cluster as kiln leaves it if it is killed here: kill_before,
  /// kill_middle, kill_after. A copy of the cluster is what is left.
  std::function<void(const FakeCluster& left, FaultKind moment)> on_moment;

  /// Before a lease is compared and swapped.
  std::function<void()> on_swap;
  /// Each action that a fence let through, when it is carried out.
  std::function<void(const Fence& fence, const HostName& host, const Action& action)> on_fenced;

  /// Everything that was sent: "n1: write /etc/kiln/x".
  const std::vector<std::string>& sent() const { return sent_; }

  void power_off(const HostName& name);
  /// The database's server on the host stops, and none starts with its file again.
  void spoil(const HostName& name, Database database);
  void power_on(const HostName& name);  ///< also a reboot
  /// The daemons' turn, a few times.
  void settle();
  /// What faults held back arrives now.
  void deliver_late();
  /// The machines behind two addresses change places, with all that is on their disks; each takes the
  /// addresses that it finds.
  void exchange(const HostName& one, const HostName& other);
  /// The controller's authority is now number `which` (fake_authority.h).
  void replace_authority(int which);

 private:
  Fact see(const HostName& host, const Look& look);
  Fact see_file(const FakeHost& host, const FileLook& look) const;
  Fact see_host(const FakeHost& host) const;
  Fact see_rows(const HostName& host, const RowsLook& look);
  std::optional<Error> refusal(const HostName& host, const Action& action, std::optional<FaultKind> fault);
  Result<transport::Outcome> carry_out(const std::optional<Fence>& fence, const HostName& host,
                                       const Action& action, std::optional<FaultKind> fault);
  Result<transport::Outcome> perform(const std::optional<Fence>& fence, const HostName& host,
                                     const Action& action);
  Result<transport::Outcome> perform(const HostName& host, const Action& action);
  Result<transport::Outcome> perform_fenced(const Fence& fence, const HostName& host, const Transact& action);
  /// Whether the claim on the host is not this one: the action is refused there.
  bool fenced_off(const std::optional<Fence>& fence, const HostName& host, const Action& action) const;
  Result<std::string> swap_rows(const HostName& host, transport::LeasePlace place,
                                const std::string& expected, const std::string& wanted);
  Result<transport::Outcome> transact(const HostName& host, const Transact& action);
  Result<transport::Outcome> issue_certificate(FakeHost& host, const IssueCertificate& action);
  void perform_half(const HostName& host, const Action& action);
  bool answers(const HostName& host) const;
  void tick();

  std::string ca_directory_;
  FakeTime time_;
  SeededRandom random_;
  Hosts hosts_;
  FakeRaft nb_;
  FakeRaft sb_;
  FakeNetwork network_;
  Oracle oracle_;
  Faults faults_;
  mutable std::mutex mutex_;
  transport::Counters counters_;
  std::vector<std::string> sent_;
  struct Late {
    std::optional<Fence> fence;
    HostName host;
    Action action;
    std::size_t after;  ///< as many actions were sent
  };
  std::vector<Late> late_;
};

}  // namespace kiln::test
