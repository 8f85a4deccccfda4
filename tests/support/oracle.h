#pragma once

#include <string>
#include <vector>

#include "model/plan.h"
#include "model/spec.h"
#include "support/fake_raft.h"

namespace kiln::test {

/// Watches every action and every look for what kiln must never do, whatever the plan says.
class Oracle {
 public:
  Oracle(std::string cluster, const Hosts& hosts) : cluster_(std::move(cluster)), hosts_(hosts) {}
  /// What it has seen so far, among a copy of the hosts; it expects nothing.
  Oracle(const Oracle& other, const Hosts& hosts)
      : cluster_(other.cluster_), hosts_(hosts), violations_(other.violations_) {}

  /// From now on only what this plan holds may be done, in its order. Null: nothing may be done.
  void expect(const Plan* plan);
  /// Several runs of which each has a plan: who may do what is for others to judge.
  void expect_several() { several_ = true; }
  /// The step of that plan whose actions come now.
  void running(std::size_t step) { running_ = step; }

  /// Before it is carried out. `rafts`: of the northbound and the southbound.
  void action(const HostName& host, const Action& action, const FakeRaft& northbound,
              const FakeRaft& southbound);
  /// After it: of the clusters that had a quorum before, all have one now. Ids as FakeRaft::quorate gives
  /// them.
  void quorum(const HostName& host, const Action& action, const std::vector<std::string>& before,
              const FakeRaft& raft);
  /// A transaction that changes `before` into `after`.
  void rows(const HostName& host, Database database, const ovsdb::Tables& before, const ovsdb::Tables& after);
  void look(const HostName& host, const Look& look);
  /// Something that the fake itself saw go wrong.
  void report(std::string violation) { violations_.push_back(std::move(violation)); }

  const std::vector<std::string>& violations() const { return violations_; }
  void forget() { violations_.clear(); }

 private:
  void check_plan(const HostName& host, const Action& action);
  void check_file(const HostName& host, const std::string& path);
  void check_unit(const HostName& host, const UnitAction& action, const FakeRaft& raft, Database database);
  void check_kick(const KickMember& kick, const FakeRaft& raft);
  void check_leave(const HostName& host, Database database, const FakeRaft& raft);
  void check_row(const HostName& host, const std::string& table, const Uuid& uuid, const ovsdb::Row& before,
                 const ovsdb::Row* after);

  std::string cluster_;
  const Hosts& hosts_;
  const Plan* plan_ = nullptr;
  bool several_ = false;
  std::size_t running_ = 0;
  std::vector<std::size_t> sent_;  ///< by step: how many of its actions have been sent
  std::vector<std::string> violations_;
};

}  // namespace kiln::test
