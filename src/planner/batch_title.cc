#include "planner/batch_title.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace kiln::planner {
namespace {

struct Counts {
  std::map<std::string, std::size_t> rows;        ///< Insert, Update, Delete by table
  std::map<std::string, std::size_t> references;  ///< Mutate by table

  void operator()(const ovsdb::Insert& act) { ++rows[act.table]; }
  void operator()(const ovsdb::Update& act) { ++rows[act.table]; }
  void operator()(const ovsdb::Delete& act) { ++rows[act.table]; }
  void operator()(const ovsdb::Mutate& act) { ++references[act.table]; }
  void operator()(const ovsdb::Select&) {}
  void operator()(const ovsdb::Wait&) {}
  void operator()(const ovsdb::Comment&) {}
};

/// "remove 6 logical-switch-port and 1 logical-switch", if the batch does nothing but remove.
std::string removal_title(const std::vector<ResourceId>& resources, const std::vector<Change>& changes) {
  std::map<std::string, std::size_t> counts;
  for (const ResourceId& id : resources) {
    const auto change = std::ranges::lower_bound(changes, id, {}, &Change::id);
    if (change == changes.end() || change->id != id || change->verb != Verb::remove) return {};
    ++counts[id.kind];
  }
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(std::to_string(count) + ' ' + kind);
  return "remove " + join(parts, " and ");
}

std::string counted(std::string_view verb, const std::map<std::string, std::size_t>& tables,
                    std::string_view rest) {
  std::size_t sum = 0;
  std::vector<std::string> parts;
  for (const auto& [table, count] : tables) {
    sum += count;
    parts.push_back(std::to_string(count) + ' ' + table);
  }
  return std::string(verb) + ' ' + count_of(sum, "row", "rows") + std::string(rest) + " (" +
         join(parts, ", ") + ')';
}

}  // namespace

std::string batch_title(const Transact& transact, const std::vector<ResourceId>& resources,
                        const std::vector<Change>& changes) {
  if (std::string title = removal_title(resources, changes); !title.empty()) return title;
  Counts counts;
  for (const ovsdb::Operation& operation : transact.transaction) std::visit(counts, operation);
  const std::string name(schema_name(transact.database));
  if (counts.rows.empty()) return counted("change references in", counts.references, " of " + name);
  return counted("write", counts.rows, " to " + name);
}

std::vector<std::string> batch_why(const std::vector<ResourceId>& resources,
                                   const std::vector<Change>& changes) {
  std::map<std::pair<std::string, Verb>, std::size_t> counts;
  for (const ResourceId& id : resources) {
    const auto change = std::ranges::lower_bound(changes, id, {}, &Change::id);
    const bool found = change != changes.end() && change->id == id;
    ++counts[{id.kind, found ? change->verb : Verb::update}];
  }
  std::vector<std::string> why;
  for (const auto& [kind_and_verb, count] : counts)
    why.push_back(std::to_string(count) + ' ' + kind_and_verb.first + " to " +
                  std::string(to_string(kind_and_verb.second)));
  return why;
}

}  // namespace kiln::planner
