#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "render/line.h"

// For readers of JSON that kiln wrote itself, and that anybody may have edited since. Within one reader a
// Malformed is thrown and caught.

namespace kiln::render {

class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value and its place ("/steps/3/host"), for messages. All accessors throw Malformed.
class Fields {
 public:
  Fields(const nlohmann::json& value, std::string place) : value_(value), place_(std::move(place)) {}

  const nlohmann::json& json() const { return value_; }
  const std::string& place() const { return place_; }

  Fields at(const char* key) const {
    if (!value_.is_object()) wrong("an object");
    const auto found = value_.find(key);
    if (found == value_.end()) throw Malformed(place_ + '/' + key + " is missing");
    return {*found, place_ + '/' + key};
  }
  bool has(const char* key) const { return value_.is_object() && value_.contains(key); }
  std::vector<Fields> items() const {
    if (!value_.is_array()) wrong("a list");
    std::vector<Fields> items;
    for (std::size_t i = 0; i < value_.size(); ++i)
      items.emplace_back(value_[i], place_ + '/' + std::to_string(i));
    return items;
  }

  std::string text() const {
    if (!value_.is_string()) wrong("a text");
    return value_.get<std::string>();
  }
  /// For names that are shown as they are: without line ends, escapes and other control characters.
  std::string line() const {
    std::string found = text();
    if (one_line(found) != found) wrong("one line without control characters");
    return found;
  }
  bool flag() const {
    if (!value_.is_boolean()) wrong("true or false");
    return value_.get<bool>();
  }
  /// In [0, INT_MAX].
  int number() const {
    if (!value_.is_number_integer() || value_ < 0 || value_ > INT32_MAX) wrong("a number");
    return value_.get<int>();
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const Fields& item : items()) texts.push_back(item.text());
    return texts;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const Fields& item : items()) lines.push_back(item.line());
    return lines;
  }
  /// The enumerator whose to_string() is the text.
  template <typename Enum>
  Enum word(std::initializer_list<Enum> all) const {
    const std::string found = text();
    for (const Enum candidate : all)
      if (to_string(candidate) == found) return candidate;
    throw Malformed(place_ + ": `" + found + "` is not known");
  }

  [[noreturn]] void wrong(const std::string& expected) const {
    const std::string found = value_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    throw Malformed(place_ + ": expected " + expected + ", found " + found.substr(0, 80));
  }

 private:
  const nlohmann::json& value_;
  std::string place_;
};

}  // namespace kiln::render
