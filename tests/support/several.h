#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/lease.h"
#include "support/fake_cluster.h"

namespace kiln::test {

class Several;

/// One kiln among several on one fake cluster: whatever it does may stop in the middle and let others go on.
class Applier : public transport::Transport, public Clock, public engine::Waiter {
 public:
  Applier(Several& several, std::size_t number);

  Facts look(const HostName& host, const std::vector<Look>& looks, Duration timeout) override;
  Result<transport::Outcome> act(const HostName& host, const Action& action, Duration timeout) override;
  Result<transport::DatabaseCopy> copy_database(const HostName&, Database, const std::string&,
                                                Duration) override {
    return fail(ErrorCode::failed, "the fake makes no copies");
  }
  transport::Counters counters() const override;
  void carry(const std::optional<Fence>& fence) override { fence_ = fence; }
  Result<std::string> swap_lease(const HostName& host, transport::LeasePlace place,
                                 const std::string& expected, const std::string& wanted,
                                 Duration timeout) override;

  TimePoint now() const override;
  Duration monotonic() const override;
  Duration since_boot() const override;
  void sleep(Duration duration) override;

  /// As `kiln apply` does it: "nothing", "refused: HOLDER", "done" or "failed".
  std::string apply(const Desired& desired, Duration patience);
  /// As `kiln recover` does it before its apply.
  std::string recover(const Desired& desired, Database database, Duration patience);

 private:
  struct Work {
    Desired desired;
    Plan plan;
  };
  /// Plans, waits for an answer, takes the lease, plans again and carries that out.
  std::string change(const std::function<Work()>& plan, Duration patience);
  /// Renews meanwhile, if it holds the lease.
  void work_for(Duration duration);

  Several& several_;
  std::size_t number_;
  std::string run_;
  std::optional<Fence> fence_;
  engine::HeldLease* lease_ = nullptr;
  bool dead_ = false;
};

/// Lets one applier run at a time. Who goes on, for how long each stands still, and who is killed where, is
/// the seed's.
class Several {
 public:
  struct Rarity {
    std::size_t turn = 4;    ///< one in so many calls lets others go on
    std::size_t pause = 60;  ///< it stands still, as by SIGSTOP or a lid that is closed
    std::size_t slow = 30;   ///< an action takes up to a minute and a half
    std::size_t killed = 400;
  };
  Several(FakeCluster& cluster, std::uint64_t seed, Rarity rarity);

  using Task = std::function<void(Applier&)>;
  /// Runs all to their ends.
  void run(const std::vector<Task>& tasks);
  /// Whether any was killed.
  bool killed() const { return !gone_.empty(); }

 private:
  friend class Applier;
  struct One {
    std::binary_semaphore go{0};
    Duration wakes{0};
    bool ended = false;
    Duration skew{};    ///< of its wall clock
    Duration offset{};  ///< of its time since boot
  };

  void call(std::size_t number, bool& dead);
  void sleep(std::size_t number, Duration duration);
  /// Lets the next go on; returns when it is this one's turn again, or at once if it has ended.
  void hand_over(std::size_t number);
  std::optional<std::size_t> choose();

  FakeCluster& cluster_;
  SeededRandom random_;
  Rarity rarity_;
  bool one_machine_;
  std::vector<std::unique_ptr<One>> all_;
  std::binary_semaphore over_{0};
  std::set<std::string> gone_;  ///< runs
};

}  // namespace kiln::test
