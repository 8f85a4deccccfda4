#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"

/// A TOML file after reading: plain values that know where they were written. Nothing here knows what the
/// keys mean.

namespace kiln::config {

struct Entry;

/// One TOML value. `span` is the value's text; of a table with a header, the header.
struct Value {
  enum class Type { string, integer, floating, boolean, datetime, array, table };

  Type type = Type::table;
  Span span;
  std::string text;            ///< of a string; of a floating point number, date or time, in its normal form
  std::int64_t integer = 0;    ///< of an integer
  bool boolean = false;        ///< of a boolean
  bool in_braces = false;      ///< a table written as `{ … }`
  std::vector<Value> items;    ///< of an array
  std::vector<Entry> entries;  ///< of a table, in the order of the file

  bool is(Type wanted) const { return type == wanted; }
  /// The entry of a table with this key, or null.
  const Entry* find(std::string_view key) const;
};

/// A key and what it holds.
struct Entry {
  std::string key;
  Span key_span;
  Value value;

  /// Where to point at when the thing as a whole is meant: the header, or the key before `{ … }`.
  const Span& place() const {
    return value.is(Value::Type::table) && !value.in_braces ? value.span : key_span;
  }
};

/// Do they hold the same, in the same order? Places do not count.
bool same_content(const Value& one, const Value& other);

/// With its article, for messages: "a string", "an integer".
std::string_view name_of(Value::Type type);

}  // namespace kiln::config
