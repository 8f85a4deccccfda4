#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/journal.h"
#include "engine/runner.h"

/// Seams that a test sets: time that only sleep moves, a transport that answers from a table, a runner that
/// ends tasks in an order that a seed decides.

namespace kiln::engine {

class FakeTime : public Clock, public Waiter {
 public:
  TimePoint now() const override { return TimePoint{} + std::chrono::hours(24 * 365 * 50) + monotonic(); }
  Duration monotonic() const override { return Duration{now_ms_.load()}; }
  void sleep(Duration duration) override { now_ms_ += duration.count(); }

 private:
  std::atomic<Duration::rep> now_ms_{0};
};

class FakeTransport : public transport::Transport {
 public:
  Fact otherwise = Unknown{"does not answer"};  ///< for probes that have no answer
  std::map<Probe, Fact> answers;
  std::function<void(const HostName&, const std::vector<Look>&)> on_look;  ///< before each answer
  std::function<Result<transport::Outcome>(const HostName&, const Action&)> on_act;

  Facts look(const HostName& host, const std::vector<Look>& looks, Duration) override {
    const std::lock_guard lock(mutex_);
    looked.push_back(host);
    if (on_look) on_look(host, looks);
    Facts facts;
    for (const Look& look : looks) {
      const auto found = answers.find({host, look});
      facts.set({host, look}, found == answers.end() ? otherwise : found->second);
    }
    return facts;
  }

  Result<transport::Outcome> act(const HostName& host, const Action& action, Duration) override {
    const std::lock_guard lock(mutex_);
    acted.push_back(host + ": " + describe(action));
    return on_act ? on_act(host, action) : transport::Outcome{};
  }

  std::function<Result<transport::DatabaseCopy>(const HostName&, Database, const std::string& path)> on_copy;

  Result<transport::DatabaseCopy> copy_database(const HostName& host, Database database,
                                                const std::string& path, Duration) override {
    if (on_copy) return on_copy(host, database, path);
    return fail(ErrorCode::unreachable, "no answer");
  }
  transport::Counters counters() const override {
    const std::lock_guard lock(mutex_);
    return {.connections = 0, .sessions = 0, .looks = looked.size(), .mutations = acted.size()};
  }

  std::vector<HostName> looked;
  std::vector<std::string> acted;  ///< "n1: write /etc/x"

 private:
  mutable std::mutex mutex_;
};

/// Runs a task when it is waited for; which one, the seed says.
class ShuffledRunner : public Runner {
 public:
  explicit ShuffledRunner(unsigned seed) : random_(seed) {}
  std::function<void(const std::map<std::size_t, std::function<void()>>&)> on_start;  ///< all that run now

  void start(std::size_t id, std::function<void()> task) override {
    tasks_.emplace(id, std::move(task));
    if (on_start) on_start(tasks_);
  }
  std::size_t wait_for_one() override {
    auto chosen = tasks_.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(random_() % tasks_.size()));
    const std::size_t id = chosen->first;
    const std::function<void()> task = std::move(chosen->second);
    tasks_.erase(chosen);
    task();
    return id;
  }

 private:
  std::mt19937 random_;
  std::map<std::size_t, std::function<void()>> tasks_;
};

class RecordedEvents : public Events {
 public:
  std::vector<Event> all;
  void announce(const Event& event) override { all.push_back(event); }
};

/// "intent a", "result a" …, with the error if there is one.
class RecordedJournal : public Journal {
 public:
  std::vector<std::string> lines;
  void begin_run(const Plan& plan, const std::string& command) override { add(command + ' ' + plan.id); }
  void intent(const Step& step, const Action&) override { add("intent " + step.id); }
  void result(const Step& step, const Action&, bool, const std::string& error) override {
    add("result " + step.id + (error.empty() ? "" : ": " + error));
  }
  void end_run(const Report&) override { add("end"); }

 private:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines.push_back(std::move(line));
  }
  std::mutex mutex_;
};

class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'r'); }
};

/// Everything for one run.
struct Bench {
  FakeTransport transport;
  FakeTime time;
  FixedRandom random;
  RecordedEvents events;
  Limits limits;
  Seams seams{transport, time, random, events};
};

/// A member of a clustered database as its own server sees it.
inline Fact server(bool connected, bool leader, std::int64_t index = 1) {
  DatabaseSeen seen;
  seen.model = "clustered";
  seen.connected = connected;
  seen.leader = leader;
  seen.index = index;
  return Seen{seen};
}

/// Nodes n1, n2, … that are central, chassis and switch.
inline Desired centrals(int count) {
  Desired desired;
  desired.cluster.name = "edge";
  for (int i = 1; i <= count; ++i) {
    NodeSpec node;
    node.name = "n" + std::to_string(i);
    node.order = i;
    node.address = "192.0.2." + std::to_string(10 + i);
    node.auto_services = false;
    node.services = {"central", "chassis", "switch"};
    desired.nodes[node.name] = node;
  }
  return desired;
}

}  // namespace kiln::engine
