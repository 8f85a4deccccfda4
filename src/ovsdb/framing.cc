#include "ovsdb/framing.h"

namespace kiln::ovsdb {

Framing::State Framing::scan(std::string_view buffer) {
  while (at_ < buffer.size()) {
    const char c = buffer[at_++];
    if (in_string_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        in_string_ = false;
      continue;
    }
    if (c == '{' || c == '[') {
      if (++depth_ > kDeepest) return State::malformed;
      continue;
    }
    if (depth_ == 0) {
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
      return State::malformed;
    }
    if (c == '"') in_string_ = true;
    if ((c == '}' || c == ']') && --depth_ == 0) return State::complete;
  }
  return State::incomplete;
}

}  // namespace kiln::ovsdb
