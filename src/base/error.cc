#include "base/error.h"

#include <ranges>

namespace kiln {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
      return "failed";
    case ErrorCode::unreachable:
      return "unreachable";
    case ErrorCode::timed_out:
      return "timed-out";
    case ErrorCode::not_found:
      return "not-found";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::precondition:
      return "precondition";
    case ErrorCode::malformed:
      return "malformed";
  }
  return "unknown";
}

std::string Error::text() const {
  std::string text;
  for (const std::string& doing : std::views::reverse(context_)) text += doing + ": ";
  return text + message_;
}

}  // namespace kiln
