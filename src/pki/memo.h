#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

namespace kiln::pki {

/// What a pure function gave for a key, while the process lives: every look at a host asks again of the same
/// certificates, and OpenSSL takes half a millisecond to read one and two to check a signature. Any thread.
template <typename Key, typename Value>
class Memo {
 public:
  static constexpr std::size_t kMost = 4096;

  template <typename Make>
  Value of(const Key& key, const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = known_.find(key); known != known_.end()) return known->second;
    }
    Value value = make();
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMost) known_.clear();
    known_.insert_or_assign(key, value);
    return value;
  }

 private:
  std::mutex mutex_;
  std::map<Key, Value> known_;
};

}  // namespace kiln::pki
