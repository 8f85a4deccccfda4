#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/action.h"
#include "model/id.h"
#include "support/seams.h"

namespace kiln::test {

/// What the fake cluster throws where kiln is to be killed: no code of kiln catches it.
struct Killed {
  std::string where;
};

enum class FaultKind {
  kill_before,  ///< SIGKILL before the action is sent
  kill_middle,  ///< the host was half way through it
  kill_after,   ///< done, and nobody heard
  lost_reply,   ///< done, the answer is lost
  unreachable,  ///< not done, no answer
  disk_full,
  denied,      ///< sudo said no
  duplicated,  ///< it arrived twice
  delayed,     ///< no answer, and it arrives after others that were sent later
};
const char* to_string(FaultKind kind);

/// Which of the actions sent, counted from 0, goes wrong and how.
class Faults {
 public:
  /// At one action and, for faults that are no kill, at the `again` tries that follow.
  void at(std::size_t index, FaultKind kind, std::size_t again = 0) {
    for (std::size_t i = 0; i <= again; ++i) by_index_[index + i] = kind;
  }
  /// From now on one in `rarity` actions meets a fault that the seed chooses (never a kill).
  void by_seed(std::uint64_t seed, std::size_t rarity) {
    random_.emplace(seed);
    rarity_ = rarity;
  }
  /// From now on the answers to one in `rarity` looks end early: the rest is Unknown.
  void truncate_looks(std::uint64_t seed, std::size_t rarity) {
    look_random_.emplace(seed);
    look_rarity_ = rarity;
  }
  /// sudo says no on this host, to actions and to looks.
  void deny(const HostName& host) { denied_.insert(host); }
  void fill_disk(const HostName& host) { full_.insert(host); }
  void clear() {
    by_index_.clear();
    random_.reset();
    look_random_.reset();
    denied_.clear();
    full_.clear();
  }
  bool denies(const HostName& host) const { return denied_.contains(host); }
  bool is_full(const HostName& host) const { return full_.contains(host); }
  /// Of `count` looks at a host: how many are answered.
  std::size_t heard_of(std::size_t count);
  /// The fault of the action that is sent now.
  std::optional<FaultKind> next(std::size_t index);
  std::size_t met() const { return met_; }

 private:
  std::map<std::size_t, FaultKind> by_index_;
  std::optional<SeededRandom> random_;
  std::size_t rarity_ = 0;
  std::optional<SeededRandom> look_random_;
  std::size_t look_rarity_ = 0;
  std::set<HostName> denied_;
  std::set<HostName> full_;
  std::size_t met_ = 0;
};

}  // namespace kiln::test
