#include "engine/runner.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace kiln::engine {

ThreadRunner::~ThreadRunner() {
  for (auto& [id, thread] : threads_) thread.join();
}

void ThreadRunner::start(std::size_t id, std::function<void()> task) {
  KILN_ASSERT(!threads_.contains(id));
  threads_.emplace(id, std::thread([this, id, run = std::move(task)] {
                     run();
                     const std::lock_guard lock(mutex_);
                     ended_.push_back(id);
                     ended_one_.notify_one();
                   }));
}

std::size_t ThreadRunner::wait_for_one() {
  KILN_ASSERT(!threads_.empty());
  std::unique_lock lock(mutex_);
  ended_one_.wait(lock, [this] { return !ended_.empty(); });
  const std::size_t id = ended_.front();
  ended_.pop_front();
  lock.unlock();
  const auto thread = threads_.find(id);
  thread->second.join();
  threads_.erase(thread);
  return id;
}

void ThreadWaiter::sleep(Duration duration) {
  std::this_thread::sleep_for(duration);
}

void for_each(Runner& runner, std::size_t count, std::size_t limit,
              const std::function<void(std::size_t)>& work) {
  const std::size_t at_once = std::max<std::size_t>(1, limit);
  std::size_t running = 0;
  for (std::size_t next = 0; next < count || running > 0;) {
    if (next < count && running < at_once) {
      runner.start(next, [&work, next] { work(next); });
      ++next;
      ++running;
      continue;
    }
    runner.wait_for_one();
    --running;
  }
}

}  // namespace kiln::engine
