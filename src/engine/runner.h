#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "engine/waiter.h"

namespace kiln::engine {

/// The seam between a scheduling loop and its threads: tests end tasks in any order they like. The loop
/// itself is one thread; what a task wrote may be read after wait_for_one() returned its id.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual void start(std::size_t id, std::function<void()> task) = 0;
  /// Blocks until a task that was started has ended, and says which. Only while one is running.
  virtual std::size_t wait_for_one() = 0;
};

/// One thread for each task; the caller bounds how many there are.
class ThreadRunner : public Runner {
 public:
  ~ThreadRunner() override;
  void start(std::size_t id, std::function<void()> task) override;
  std::size_t wait_for_one() override;

 private:
  std::map<std::size_t, std::thread> threads_;  ///< touched by the loop's thread only
  std::mutex mutex_;
  std::condition_variable ended_one_;
  std::deque<std::size_t> ended_;
};

/// Real sleep.
class ThreadWaiter : public Waiter {
 public:
  void sleep(Duration duration) override;
};

/// Runs `work(0)` … `work(count - 1)`, at most `limit` at once, and returns when all have ended.
void for_each(Runner& runner, std::size_t count, std::size_t limit,
              const std::function<void(std::size_t)>& work);

}  // namespace kiln::engine
