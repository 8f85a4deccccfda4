#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "base/seams.h"
#include "engine/runner.h"
#include "engine/waiter.h"
#include "model/event.h"

/// Seams that make a run a function of its seed: a clock that only sleep moves, random bytes and an order of
/// steps that the seed decides.

namespace kiln::test {

/// 2026-01-02T03:04:05Z
inline constexpr TimePoint kStart{std::chrono::seconds(1767323045)};

/// Time passes in sleep and nowhere else; `on_sleep` is what the daemons do meanwhile.
class FakeTime : public Clock, public engine::Waiter {
 public:
  std::function<void()> on_sleep;

  FakeTime() = default;
  /// The same time; nobody acts in it yet.
  FakeTime(const FakeTime& other) : ms_(other.ms_.load()) {}
  FakeTime& operator=(const FakeTime&) = delete;

  TimePoint now() const override { return kStart + monotonic(); }
  Duration monotonic() const override { return Duration{ms_.load()}; }
  void sleep(Duration duration) override {
    ms_ += duration.count();
    if (on_sleep) on_sleep();
  }

 private:
  std::atomic<Duration::rep> ms_{0};
};

class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::string bytes(std::size_t count) override {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(engine_() & 0xff);
    return bytes;
  }
  /// 0 … below - 1.
  std::size_t below(std::size_t below) { return static_cast<std::size_t>(engine_() % below); }

 private:
  std::mt19937_64 engine_;
};

/// Runs one step at a time, on the caller's thread, when it is waited for; which one the seed says. What a
/// step throws comes out of the loop that waits.
class SeededRunner : public engine::Runner {
 public:
  explicit SeededRunner(std::uint64_t seed) : random_(seed) {}
  std::function<void(std::size_t)> on_run;  ///< the task that runs now
  void start(std::size_t id, std::function<void()> task) override { tasks_.emplace(id, std::move(task)); }
  std::size_t wait_for_one() override {
    auto chosen = tasks_.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(tasks_.size())));
    const std::size_t id = chosen->first;
    const std::function<void()> task = std::move(chosen->second);
    tasks_.erase(chosen);
    if (on_run) on_run(id);
    task();
    return id;
  }

 private:
  SeededRandom random_;
  std::map<std::size_t, std::function<void()>> tasks_;
};

class NoEvents : public Events {
 public:
  void announce(const Event&) override {}
};

}  // namespace kiln::test
