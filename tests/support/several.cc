#include "support/several.h"

#include <atomic>

#include "base/assert.h"
#include "engine/execute.h"
#include "engine/observe.h"
#include "planner/recover.h"
#include "support/lab.h"

namespace kiln::test {

Applier::Applier(Several& several, std::size_t number)
    : several_(several), number_(number), run_("run-" + std::to_string(number)) {}

Facts Applier::look(const HostName& host, const std::vector<Look>& looks, Duration timeout) {
  several_.call(number_, dead_);
  return several_.cluster_.look(host, looks, timeout);
}

Result<transport::Outcome> Applier::act(const HostName& host, const Action& action, Duration timeout) {
  several_.call(number_, dead_);
  Result<transport::Outcome> outcome = several_.cluster_.act_under(fence_, host, action, timeout);
  if (several_.random_.below(several_.rarity_.slow) == 0)
    work_for(Duration{static_cast<Duration::rep>(several_.random_.below(90'000))});
  several_.call(number_, dead_);
  return outcome;
}

transport::Counters Applier::counters() const {
  return several_.cluster_.counters();
}

Result<std::string> Applier::swap_lease(const HostName& host, transport::LeasePlace place,
                                        const std::string& expected, const std::string& wanted,
                                        Duration timeout) {
  if (dead_) return fail(ErrorCode::unreachable, "the process is gone");
  several_.call(number_, dead_);
  return several_.cluster_.swap_lease(host, place, expected, wanted, timeout);
}

TimePoint Applier::now() const {
  return several_.cluster_.time().now() + several_.all_[number_]->skew;
}

Duration Applier::monotonic() const {
  return several_.cluster_.time().monotonic();
}

Duration Applier::since_boot() const {
  return several_.cluster_.time().monotonic() + several_.all_[number_]->offset;
}

void Applier::sleep(Duration duration) {
  work_for(duration);
}

void Applier::work_for(Duration duration) {
  constexpr Duration kEvery = engine::HeldLease::kRenewEvery;
  for (; duration > kEvery; duration -= kEvery) {
    several_.sleep(number_, kEvery);
    if (lease_ && !dead_) lease_->renew();
  }
  several_.sleep(number_, duration);
}

std::string Applier::apply(const Desired& desired, Duration patience) {
  const auto plan = [&] {
    NoEvents events;
    SeededRunner runner(number_ + 1);
    engine::Seams seams{*this, *this, several_.cluster_.random(), events};
    engine::Planned planned = plan_as(desired, seams, runner);
    return Work{std::move(planned.desired), std::move(planned.plan)};
  };
  return change(plan, patience);
}

std::string Applier::recover(const Desired& desired, Database database, Duration patience) {
  const auto plan = [&] {
    NoEvents events;
    SeededRunner runner(number_ + 1);
    engine::Seams seams{*this, *this, several_.cluster_.random(), events};
    const Facts facts =
        engine::observe_with(desired, planner::recovery_probes(desired, database), seams, {}, runner);
    return Work{desired, planner::plan_recovery(desired, facts, database).plan};
  };
  return change(plan, patience);
}

std::string Applier::change(const std::function<Work()>& plan, Duration patience) {
  const Work first = plan();
  if (first.plan.steps.empty()) return "nothing";
  work_for(Duration{static_cast<Duration::rep>(several_.random_.below(5'000))});  // [y/N]
  engine::LeaseSelf self;
  self.run = run_;
  self.lease.kiln = "0";
  self.lease.user = self.lease.host = run_;
  self.is_gone = [this](const Lease& holder) {
    return several_.one_machine_ && several_.gone_.contains(holder.fence.run);
  };
  const std::atomic<bool> interrupted = false;
  engine::HeldLease lease(self, first.desired, {*this, *this, *this, 1});
  if (const auto refusal = lease.take(patience, interrupted)) return "refused: " + refusal->text;
  lease_ = &lease;
  const Work work = plan();
  NoEvents events;
  SeededRunner runner(number_ + 1);
  engine::LeasedTransport leased(*this, lease);
  engine::Seams acting{leased, *this, several_.cluster_.random(), events};
  const Report report =
      engine::execute_with(work.plan, work.desired, acting, {}, nullptr, interrupted, runner, *this);
  lease_ = nullptr;
  lease.give_back();
  return all_done(report.steps) ? "done" : "failed";
}

Several::Several(FakeCluster& cluster, std::uint64_t seed, Rarity rarity)
    : cluster_(cluster), random_(seed), rarity_(rarity), one_machine_(random_.below(2) == 0) {
  cluster_.oracle().expect_several();
}

void Several::run(const std::vector<Task>& tasks) {
  constexpr std::size_t kMostSkew_s = 15 * 60;
  const auto random_time = [&] {
    return Duration{1000 * (static_cast<Duration::rep>(random_.below(2 * kMostSkew_s)) -
                            static_cast<Duration::rep>(kMostSkew_s))};
  };
  for (std::size_t number = 0; number < tasks.size(); ++number) {
    all_.push_back(std::make_unique<One>());
    all_.back()->skew = random_time();
    all_.back()->offset = random_time() + std::chrono::hours(1);
  }
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < tasks.size(); ++number)
    threads.emplace_back([this, number, &task = tasks[number]] {
      all_[number]->go.acquire();
      Applier applier(*this, number);
      try {
        task(applier);
      } catch (const Killed&) {
      }
      all_[number]->ended = true;
      hand_over(number);
    });
  all_[random_.below(all_.size())]->go.release();
  over_.acquire();
  for (std::thread& thread : threads) thread.join();
}

void Several::call(std::size_t number, bool& dead) {
  if (dead) return;
  if (random_.below(rarity_.killed) == 0) {
    dead = true;
    gone_.insert("run-" + std::to_string(number));
    throw Killed{"somewhere"};
  }
  if (random_.below(rarity_.pause) == 0)
    return sleep(number, Duration{static_cast<Duration::rep>(random_.below(200'000))});
  if (random_.below(rarity_.turn) == 0) hand_over(number);
}

void Several::sleep(std::size_t number, Duration duration) {
  all_[number]->wakes = cluster_.time().monotonic() + duration;
  hand_over(number);
}

std::optional<std::size_t> Several::choose() {
  while (true) {
    std::vector<std::size_t> ready;
    std::optional<Duration> next;
    const Duration now = cluster_.time().monotonic();
    for (std::size_t number = 0; number < all_.size(); ++number) {
      if (all_[number]->ended) continue;
      if (all_[number]->wakes <= now) ready.push_back(number);
      if (!next || all_[number]->wakes < *next) next = all_[number]->wakes;
    }
    if (!ready.empty()) return ready[random_.below(ready.size())];
    if (!next) return std::nullopt;
    cluster_.time().sleep(*next - now);
  }
}

void Several::hand_over(std::size_t number) {
  const std::optional<std::size_t> next = choose();
  if (!next) return over_.release();
  if (*next == number) return;
  all_[*next]->go.release();
  if (!all_[number]->ended) all_[number]->go.acquire();
}

}  // namespace kiln::test
