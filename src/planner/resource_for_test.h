#pragma once

#include <memory>
#include <string>
#include <vector>

#include "planner/planner.h"
#include "resources/resource.h"

/// A resource whose every answer a test sets.

namespace kiln::planner {

class FakeResource : public resources::Resource {
 public:
  explicit FakeResource(ResourceId id, HostName host = "n1")
      : Resource(std::move(id), std::move(host), Span{"kiln.toml", 3, 1, 3, 5}) {}

  std::optional<State> wanted_state = State{{"state", std::string("wanted")}};
  resources::Observation observation = Absent{};
  std::vector<resources::Need> stated_needs;
  std::vector<Step> stated_steps;  ///< none: one step `<id>:do`
  std::string refuses;             ///< not empty: steps() fails with this

  std::vector<Probe> probes() const override { return {}; }
  std::optional<State> wanted() const override { return wanted_state; }
  resources::Observation observe(const Facts&) const override { return observation; }
  std::vector<resources::Need> needs() const override { return stated_needs; }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    if (!refuses.empty()) return fail(ErrorCode::failed, refuses);
    if (!stated_steps.empty()) return stated_steps;
    return std::vector<Step>{step("do", change.host)};
  }
  Span span_of(const std::string& attribute) const override {
    return {"kiln.toml", static_cast<int>(attribute.size()), 1, 0, 0};
  }

  Step step(const std::string& suffix, const HostName& on = "n1") const {
    Step made;
    made.id = id().text() + ':' + suffix;
    made.resources = {id()};
    made.host = on;
    made.title = suffix + ' ' + id().text();
    made.why = {"wanted"};
    return made;
  }
};

/// Adds a fake to `resources` and hands it out to be filled in.
inline FakeResource& add(resources::Resources& resources, const std::string& kind, const std::string& name,
                         HostName host = "n1") {
  auto made = std::make_unique<FakeResource>(ResourceId{kind, name}, std::move(host));
  FakeResource& fake = *made;
  resources.push_back(std::move(made));
  return fake;
}

/// Bytes that are the same every time.
class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'r'); }
};

}  // namespace kiln::planner
