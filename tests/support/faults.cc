#include "support/faults.h"

#include <iterator>

namespace kiln::test {

const char* to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::kill_before:
      return "killed before";
    case FaultKind::kill_middle:
      return "killed in the middle of";
    case FaultKind::kill_after:
      return "killed after";
    case FaultKind::lost_reply:
      return "lost reply";
    case FaultKind::unreachable:
      return "unreachable";
    case FaultKind::disk_full:
      return "disk full";
    case FaultKind::denied:
      return "denied";
    case FaultKind::duplicated:
      return "duplicated";
    case FaultKind::delayed:
      return "delayed";
  }
  return "unknown";
}

std::optional<FaultKind> Faults::next(std::size_t index) {
  std::optional<FaultKind> fault;
  if (const auto found = by_index_.find(index); found != by_index_.end()) fault = found->second;
  if (!fault && random_ && random_->below(rarity_) == 0) {
    constexpr FaultKind kKinds[] = {FaultKind::lost_reply, FaultKind::unreachable, FaultKind::disk_full,
                                    FaultKind::denied,     FaultKind::duplicated,  FaultKind::delayed};
    fault = kKinds[random_->below(std::size(kKinds))];
  }
  if (fault) ++met_;
  return fault;
}

std::size_t Faults::heard_of(std::size_t count) {
  if (!look_random_ || count == 0 || look_random_->below(look_rarity_) != 0) return count;
  ++met_;
  return look_random_->below(count);
}

}  // namespace kiln::test
