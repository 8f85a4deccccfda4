#pragma once

#include <string>
#include <string_view>

#include "model/plan.h"

namespace kiln::planner {

/// Values as text that is the same for equal values and different for different ones: every part is written
/// with its length before it. For comparing and fingerprints, never for people.
class Canonical {
 public:
  Canonical& add(std::string_view text);
  Canonical& add(const char* text) { return add(std::string_view(text)); }
  Canonical& add(const std::string& text) { return add(std::string_view(text)); }
  template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  Canonical& add(Number number) {
    return add(std::to_string(static_cast<long long>(number)));
  }
  Canonical& add(const ovsdb::Value& value);
  Canonical& add(const ovsdb::Row& row);
  Canonical& add(const ovsdb::Where& where);
  Canonical& add(const ovsdb::Operation& operation);
  Canonical& add(const Action& action);
  Canonical& add(const Gate& gate);
  Canonical& add(const Step& step);
  Canonical& add(const Change& change);

  /// Each of them, after their number.
  template <typename Range>
  Canonical& add_all(const Range& range) {
    add(range.size());
    for (const auto& element : range) add(element);
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace kiln::planner
