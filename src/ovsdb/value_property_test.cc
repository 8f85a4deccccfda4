#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/spelling_for_test.h"
#include "ovsdb/json.h"
#include "ovsdb/reply.h"

// RFC 7047, 5.1: a set of one is its scalar, sets and maps have no order. However a server spells a value, it
// is equal to itself and to no other.

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

constexpr int kValues = 10'000;

/// Random content and its spellings on the wire.
class Wire {
 public:
  explicit Wire(std::uint64_t seed) : speller_(seed) {}
  Speller& speller() { return speller_; }

  /// No real that is a whole number: a server writes it as the integer, and no column that kiln has is real.
  json atom() {
    switch (speller_.below(4)) {
      case 0:
        return static_cast<std::int64_t>(speller_.below(7)) - 3;
      case 1:
        return static_cast<double>(speller_.below(5)) + 0.5;
      case 2:
        return speller_.coin();
      default:
        return std::string(speller_.below(3), static_cast<char>('a' + speller_.below(3)));
    }
  }
  std::vector<json> atoms(std::size_t most) {
    std::vector<json> atoms;
    for (std::size_t more = speller_.below(most + 1); more > 0; --more)
      if (const json one = atom(); std::ranges::find(atoms, one) == atoms.end()) atoms.push_back(one);
    return atoms;
  }
  json set(const std::vector<json>& atoms) {
    if (atoms.size() == 1 && speller_.coin()) return atoms.front();
    return json::array({"set", speller_.shuffled(atoms)});
  }
  json map(const std::vector<std::pair<json, json>>& pairs) {
    json list = json::array();
    for (const auto& [key, value] : speller_.shuffled(pairs)) list.push_back(json::array({key, value}));
    return json::array({"map", std::move(list)});
  }
  std::vector<std::pair<json, json>> pairs(std::size_t most) {
    std::vector<std::pair<json, json>> pairs;
    for (const json& key : atoms(most)) pairs.emplace_back(key, atom());
    return pairs;
  }

 private:
  Speller speller_;
};

/// As it is read from a server's answer to `select`.
Value served(const json& spelled) {
  const json answer{{"id", "1"},
                    {"error", nullptr},
                    {"result", json::array({{{"rows", json::array({{{"c", spelled}}})}}})}};
  const auto message = Message::parse(answer.dump());
  if (!message) throw std::runtime_error(message.error().text());
  const auto results = message->read_results({Select{"T", {}, {"c"}}});
  if (!results) throw std::runtime_error(results.error().text());
  return column(results->front().rows.front(), "c");
}

/// As it is read from a plan.
Value saved(const json& spelled) {
  return value_from_json(spelled).value();
}

TEST(ValueProperty, a_set_is_equal_however_it_is_spelled_and_to_no_other_set) {
  Wire wire(1);
  for (int i = 0; i < kValues; ++i) {
    std::vector<json> atoms = wire.atoms(4);
    const Value value = served(wire.set(atoms));
    EXPECT_EQ(value, served(wire.set(atoms))) << json(atoms);
    EXPECT_EQ(value, saved(wire.set(atoms))) << json(atoms);
    EXPECT_EQ(value, saved(to_json(value))) << json(atoms);
    const json more = wire.atom();
    const auto found = std::ranges::find(atoms, more);
    if (found == atoms.end())
      atoms.push_back(more);
    else
      atoms.erase(found);
    EXPECT_NE(value, served(wire.set(atoms))) << json(atoms);
  }
}

TEST(ValueProperty, a_map_is_equal_however_it_is_spelled_and_to_no_other_map) {
  Wire wire(2);
  for (int i = 0; i < kValues; ++i) {
    std::vector<std::pair<json, json>> pairs = wire.pairs(4);
    const Value value = served(wire.map(pairs));
    EXPECT_EQ(value, served(wire.map(pairs))) << json(pairs);
    EXPECT_EQ(value, saved(wire.map(pairs))) << json(pairs);
    EXPECT_EQ(value, saved(to_json(value))) << json(pairs);
    if (pairs.empty() || wire.speller().coin())
      pairs.emplace_back("one more", "x");
    else if (wire.speller().coin())
      pairs.pop_back();
    else
      pairs.front().second = "changed";
    EXPECT_NE(value, served(wire.map(pairs))) << json(pairs);
  }
}

TEST(ValueProperty, empty_is_absent_and_nothing_else_is) {
  Wire wire(3);
  const Row row;
  for (int i = 0; i < kValues; ++i) {
    const bool is_map = wire.speller().coin();
    const std::vector<json> atoms = wire.atoms(1);
    const std::vector<std::pair<json, json>> pairs = wire.pairs(1);
    const Value value = served(is_map ? wire.map(pairs) : wire.set(atoms));
    const bool empty = is_map ? pairs.empty() : atoms.empty();
    EXPECT_EQ(value == column(row, "c"), empty) << to_json(value);
    EXPECT_EQ(value.empty(), empty) << to_json(value);
  }
}

}  // namespace
}  // namespace kiln::ovsdb
