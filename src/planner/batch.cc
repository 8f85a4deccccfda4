#include "planner/batch.h"

#include <algorithm>
#include <map>

#include "base/assert.h"
#include "planner/batch_title.h"
#include "planner/merge.h"

namespace kiln::planner {
namespace {

using Indexes = std::vector<std::size_t>;

const Transact* rows_of(const Step& step) {
  if (step.pool != kRowsPool || step.host != kCluster || !step.gates.empty() || step.actions.size() != 1)
    return nullptr;
  return std::get_if<Transact>(&step.actions.front());
}

/// Steps of rows that may be one: same database, and equally deep when only steps of rows are counted. No way
/// leads from one of them to another, not even through steps of another kind, as it would make that one
/// deeper.
std::vector<Indexes> groups_of(const StepGraph& graph) {
  Indexes lengths;
  for (const Step& step : graph.steps) lengths.push_back(rows_of(step) ? 1 : 0);
  const Indexes depth = depths(graph.needs, lengths);
  std::map<std::pair<std::size_t, Database>, Indexes> by_depth;
  for (std::size_t at = 0; at < graph.steps.size(); ++at)
    if (const Transact* transact = rows_of(graph.steps[at]))
      by_depth[{depth[at], transact->database}].push_back(at);
  std::vector<Indexes> groups;
  for (auto& [key, group] : by_depth) groups.push_back(std::move(group));
  return groups;
}

/// Parts of at most kRowsPerTransaction; a step that is larger by itself is a part by itself.
std::vector<Indexes> parts_of(const StepGraph& graph, const Indexes& group) {
  std::vector<Indexes> parts;
  std::size_t size = kRowsPerTransaction;
  for (const std::size_t at : group) {
    const std::size_t more = row_operations(rows_of(graph.steps[at])->transaction);
    if (parts.empty() || size + more > kRowsPerTransaction) {
      parts.emplace_back();
      size = 0;
    }
    size += more;
    parts.back().push_back(at);
  }
  return parts;
}

Step one_step(const StepGraph& graph, const Indexes& part, std::string id,
              const std::vector<Change>& changes) {
  Step merged;
  merged.id = std::move(id);
  merged.host = kCluster;
  merged.pool = kRowsPool;
  merged.deadline = Duration{0};
  std::vector<const ovsdb::Transaction*> transactions;
  for (const std::size_t at : part) {
    const Step& step = graph.steps[at];
    transactions.push_back(&rows_of(step)->transaction);
    merged.resources.insert(merged.resources.end(), step.resources.begin(), step.resources.end());
    merged.risk = std::max(merged.risk, step.risk);
    merged.irreversible = merged.irreversible || step.irreversible;
    merged.deadline = std::max(merged.deadline, step.deadline);
  }
  Transact transact{rows_of(graph.steps[part.front()])->database, merge(transactions)};
  merged.title = batch_title(transact, merged.resources, changes);
  merged.why = batch_why(merged.resources, changes);
  merged.actions.emplace_back(std::move(transact));
  return merged;
}

/// The edges of the old steps between the new ones, each once.
void rewire(const StepGraph& old, const Indexes& place, StepGraph& graph) {
  graph.needs.resize(graph.steps.size());
  for (std::size_t at = 0; at < old.steps.size(); ++at)
    for (const Edge& edge : old.needs[at]) {
      const std::size_t to = place[edge.to];
      KILN_ASSERT(to != place[at]);
      std::vector<Edge>& edges = graph.needs[place[at]];
      // Most neighbours in a batch need the same step, for the same reason.
      if (edges.empty() || edges.back().to != to) edges.push_back({to, edge.reason});
    }
  for (std::vector<Edge>& edges : graph.needs) {
    std::ranges::stable_sort(edges, {}, &Edge::to);
    const auto twice = std::ranges::unique(edges, {}, &Edge::to);
    edges.erase(twice.begin(), twice.end());
  }
}

}  // namespace

std::size_t row_operations(const ovsdb::Transaction& transaction) {
  const auto is_row = [](const ovsdb::Operation& operation) {
    return std::holds_alternative<ovsdb::Insert>(operation) ||
           std::holds_alternative<ovsdb::Update>(operation) ||
           std::holds_alternative<ovsdb::Delete>(operation);
  };
  return std::max(std::size_t{1}, static_cast<std::size_t>(std::ranges::count_if(transaction, is_row)));
}

StepGraph batch_rows(StepGraph graph, const std::vector<Change>& changes) {
  StepGraph batched;
  constexpr std::size_t kNowhere = SIZE_MAX;
  Indexes place(graph.steps.size(), kNowhere);
  std::size_t number = 0;
  for (const Indexes& group : groups_of(graph))
    for (const Indexes& part : parts_of(graph, group)) {
      if (part.size() == 1) continue;
      for (const std::size_t at : part) place[at] = batched.steps.size();
      batched.steps.push_back(one_step(graph, part, "rows/" + std::to_string(++number), changes));
    }
  for (std::size_t at = 0; at < graph.steps.size(); ++at) {
    if (place[at] != kNowhere) continue;
    place[at] = batched.steps.size();
    batched.steps.push_back(std::move(graph.steps[at]));
  }
  rewire(graph, place, batched);
  return batched;
}

}  // namespace kiln::planner
