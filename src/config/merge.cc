#include "config/merge.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "base/text.h"
#include "config/format.h"

namespace kiln::config {
namespace {

using Path = std::vector<std::string>;

/// Tables that may go on in another file: those that hold things by name.
bool may_be_shared(const Path& path) {
  if (path.empty()) return true;
  if (path[0] == "nodes" || path[0] == "workloads" || path[0] == "defaults") return path.size() == 1;
  return path[0] == "switches" && (path.size() <= 2 || (path.size() == 3 && path[2] == "ports"));
}

void merge_table(Value& into, Value&& from, Path& path, Diags& diags);

void merge_entry(Entry& into, Entry&& from, Path& path, Diags& diags) {
  const bool tables = into.value.is(Value::Type::table) && from.value.is(Value::Type::table);
  if (tables && may_be_shared(path)) return merge_table(into.value, std::move(from.value), path, diags);
  const bool arrays = into.value.is(Value::Type::array) && from.value.is(Value::Type::array);
  if (arrays && path == Path{"checks"}) {
    for (Value& item : from.value.items) into.value.items.push_back(std::move(item));
    return;
  }
  const std::string what = tables ? '[' + join(path, ".") + ']' : in_backticks(join(path, "."));
  diags.error("duplicate-definition", from.place(), fmt::format("{} is defined in two files", what))
      .notes.push_back({.text = "first defined here", .span = into.place()});
}

void merge_table(Value& into, Value&& from, Path& path, Diags& diags) {
  std::map<std::string, std::size_t, std::less<>> known;
  for (std::size_t i = 0; i < into.entries.size(); ++i) known.emplace(into.entries[i].key, i);
  for (Entry& entry : from.entries) {
    const auto found = known.find(entry.key);
    if (found == known.end()) {
      into.entries.push_back(std::move(entry));
      continue;
    }
    path.push_back(entry.key);
    merge_entry(into.entries[found->second], std::move(entry), path, diags);
    path.pop_back();
  }
}

}  // namespace

void merge(Value& into, Value&& from, Diags& diags) {
  Path path;
  merge_table(into, std::move(from), path, diags);
}

}  // namespace kiln::config
