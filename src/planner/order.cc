#include "planner/order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>

#include "base/assert.h"

namespace kiln::planner {
namespace {

constexpr const char* kChainReason = "the steps of one resource run in order";

/// What waiting for a resource means: its last step, or, if it has none, those of the resources that it
/// needs.
class Tails {
 public:
  Tails(const ResourceGraph& resources, const std::vector<std::optional<std::size_t>>& last_steps)
      : resources_(resources), last_steps_(last_steps), tails_(resources.resources.size()) {}

  /// To be called in the order of the graph. The edges of a first step of the resource `at`.
  std::vector<Edge> edges_of(std::size_t at) {
    std::vector<Edge> edges;
    for (const Edge& need : resources_.needs[at]) {
      if (last_steps_[need.to]) {
        edges.push_back({*last_steps_[need.to], need.reason});
        continue;
      }
      const std::string through =
          need.reason + " (through " + resources_.resources[need.to]->id().text() + ')';
      for (const std::size_t tail : tails_[need.to]) edges.push_back({tail, through});
    }
    // Of several reasons for one edge the one that was stated first is kept.
    std::ranges::stable_sort(edges, {}, &Edge::to);
    const auto twice = std::ranges::unique(edges, {}, &Edge::to);
    edges.erase(twice.begin(), twice.end());
    if (!last_steps_[at])
      for (const Edge& edge : edges) tails_[at].push_back(edge.to);
    return edges;
  }

 private:
  const ResourceGraph& resources_;
  const std::vector<std::optional<std::size_t>>& last_steps_;
  std::vector<std::vector<std::size_t>> tails_;
};

/// Leaves out edges that another edge of the same step implies. A bounded look: a plan with an edge too many
/// is as right as one without.
class Reducer {
 public:
  explicit Reducer(const std::vector<std::vector<Edge>>& needs) : needs_(needs), seen_(needs.size(), 0) {}

  void reduce(std::vector<Edge>& edges) {
    if (edges.size() < 2) return;
    mark_below(edges);
    std::erase_if(edges, [&](const Edge& edge) { return seen_[edge.to] == round_; });
  }

 private:
  static constexpr std::size_t kLookAtMost = 512;

  void mark_below(const std::vector<Edge>& edges) {
    ++round_;
    std::vector<std::size_t> ahead;
    const auto look_below = [&](std::size_t step) {
      for (const Edge& below : needs_[step])
        if (seen_[below.to] != round_) {
          seen_[below.to] = round_;
          ahead.push_back(below.to);
        }
    };
    for (const Edge& edge : edges) look_below(edge.to);
    for (std::size_t looked = 0; looked < ahead.size() && looked < kLookAtMost; ++looked) {
      const std::size_t step = ahead[looked];
      look_below(step);
    }
  }

  const std::vector<std::vector<Edge>>& needs_;
  std::vector<std::size_t> seen_;
  std::size_t round_ = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The run of digits at `at`, or one other character.
std::string_view part_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return text.substr(at, std::max<std::size_t>(1, end - at));
}

/// "rows/2" before "rows/10": runs of digits compare by length first.
bool id_before(std::string_view left, std::string_view right) {
  std::size_t at = 0;
  while (at < left.size() && at < right.size()) {
    const std::string_view one = part_at(left, at);
    const std::string_view other = part_at(right, at);
    const bool numbers = is_digit(one.front()) && is_digit(other.front());
    if (numbers && one.size() != other.size()) return one.size() < other.size();
    if (one != other) return one < other;
    at += one.size();
  }
  return left.size() < right.size();
}

}  // namespace

StepGraph connect(const ResourceGraph& resources, StepsOfResources steps) {
  StepGraph graph;
  std::vector<std::optional<std::size_t>> first_steps(steps.size());
  std::vector<std::optional<std::size_t>> last_steps(steps.size());
  for (std::size_t at = 0; at < steps.size(); ++at)
    for (Step& step : steps[at]) {
      step.needs.clear();
      const std::size_t index = graph.steps.size();
      std::vector<Edge>& chained = graph.needs.emplace_back();
      if (first_steps[at])
        chained.push_back({index - 1, kChainReason});
      else
        first_steps[at] = index;
      last_steps[at] = index;
      graph.steps.push_back(std::move(step));
    }
  Tails tails(resources, last_steps);
  Reducer reducer(graph.needs);
  for (const std::size_t at : resources.order) {
    std::vector<Edge> edges = tails.edges_of(at);
    if (!first_steps[at]) continue;
    reducer.reduce(edges);
    graph.needs[*first_steps[at]] = std::move(edges);
  }
  return graph;
}

std::vector<std::size_t> depths(const std::vector<std::vector<Edge>>& needs,
                                const std::vector<std::size_t>& lengths) {
  // Kahn's algorithm from the steps that need nothing.
  std::vector<std::vector<std::size_t>> dependents(needs.size());
  std::vector<std::size_t> open(needs.size());
  std::vector<std::size_t> ready;
  for (std::size_t at = 0; at < needs.size(); ++at) {
    open[at] = needs[at].size();
    for (const Edge& edge : needs[at]) dependents[edge.to].push_back(at);
    if (open[at] == 0) ready.push_back(at);
  }
  std::vector<std::size_t> depth(needs.size(), 0);
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t done = ready[next];
    for (const std::size_t at : dependents[done]) {
      depth[at] = std::max(depth[at], depth[done] + lengths[done]);
      if (--open[at] == 0) ready.push_back(at);
    }
  }
  KILN_ASSERT(ready.size() == needs.size());
  return depth;
}

std::vector<Step> in_order(StepGraph graph) {
  const std::vector<std::size_t> depth = depths(graph.needs, std::vector<std::size_t>(graph.steps.size(), 1));
  std::vector<std::size_t> order(graph.steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t left, std::size_t right) {
    return depth[left] != depth[right] ? depth[left] < depth[right]
                                       : id_before(graph.steps[left].id, graph.steps[right].id);
  });
  for (std::size_t at = 0; at < graph.steps.size(); ++at) {
    std::vector<StepNeed>& needs = graph.steps[at].needs;
    for (Edge& edge : graph.needs[at]) needs.push_back({graph.steps[edge.to].id, std::move(edge.reason)});
    std::ranges::sort(needs, {}, &StepNeed::step);
  }
  std::vector<Step> steps;
  steps.reserve(order.size());
  for (const std::size_t at : order) steps.push_back(std::move(graph.steps[at]));
  return steps;
}

}  // namespace kiln::planner
