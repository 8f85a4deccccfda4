#include "planner/graph.h"

#include <algorithm>
#include <optional>

namespace kiln::planner {
namespace {

const ResourceId& id_of(const resources::Resource* resource) {
  return resource->id();
}

std::optional<std::size_t> find(const ResourceGraph& graph, const ResourceId& id) {
  const auto found = std::ranges::lower_bound(graph.resources, id, {}, id_of);
  if (found == graph.resources.end() || (*found)->id() != id) return std::nullopt;
  return static_cast<std::size_t>(found - graph.resources.begin());
}

void add_needs(ResourceGraph& graph) {
  graph.needs.resize(graph.resources.size());
  for (std::size_t at = 0; at < graph.resources.size(); ++at)
    for (resources::Need& need : graph.resources[at]->needs())
      if (const auto to = find(graph, need.resource))
        graph.needs[at].push_back({*to, std::move(need.reason), need.order_only});
}

/// Depth first with a stack of its own: a chain may be as long as there are resources.
class Visit {
 public:
  explicit Visit(ResourceGraph& graph) : graph_(graph), marks_(graph.resources.size(), Mark::fresh) {}

  Result<> all() {
    for (std::size_t at = 0; at < marks_.size(); ++at)
      if (marks_[at] == Mark::fresh) KILN_TRY(from(at));
    return {};
  }

 private:
  enum class Mark { fresh, open, done };
  struct Frame {
    std::size_t at;
    std::size_t next = 0;  ///< of its needs
  };

  Result<> from(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      Frame& frame = path_.back();
      if (frame.next == graph_.needs[frame.at].size()) {
        marks_[frame.at] = Mark::done;
        graph_.order.push_back(frame.at);
        path_.pop_back();
        continue;
      }
      const std::size_t to = graph_.needs[frame.at][frame.next++].to;
      if (marks_[to] == Mark::open) return cycle(to);
      if (marks_[to] == Mark::fresh) enter(to);
    }
    return {};
  }

  void enter(std::size_t at) {
    marks_[at] = Mark::open;
    path_.push_back({at});
  }

  std::unexpected<Error> cycle(std::size_t to) const {
    const auto first = std::ranges::find(path_, to, &Frame::at);
    std::string text = "the needs of resources form a cycle: " + graph_.resources[to]->id().text();
    for (auto frame = first; frame != path_.end(); ++frame) {
      const Edge& edge = graph_.needs[frame->at][frame->next - 1];
      text += (frame == first ? " needs " : ", which needs ") + graph_.resources[edge.to]->id().text() +
              " (" + edge.reason + ')';
    }
    return fail(ErrorCode::failed, text);
  }

  ResourceGraph& graph_;
  std::vector<Mark> marks_;
  std::vector<Frame> path_;
};

}  // namespace

Result<ResourceGraph> make_graph(const resources::Resources& resources) {
  ResourceGraph graph;
  for (const auto& resource : resources) graph.resources.push_back(resource.get());
  std::ranges::sort(graph.resources, {}, id_of);
  const auto twice = std::ranges::adjacent_find(graph.resources, {}, id_of);
  if (twice != graph.resources.end())
    return fail(ErrorCode::failed, "two resources are called " + (*twice)->id().text());
  add_needs(graph);
  graph.order.reserve(graph.resources.size());
  KILN_TRY(Visit(graph).all());
  return graph;
}

}  // namespace kiln::planner
