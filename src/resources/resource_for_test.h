#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/assert.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/operation_text_for_test.h"

/// A deployment and facts that a test sets by hand, and what a resource makes of them, as text.

namespace kiln::resources {

/// A row's uuid that says which it is.
inline Uuid row(int number) {
  Uuid uuid;
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return uuid;
}

class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'r'); }
};

/// A unit that runs and starts at boot.
inline UnitSeen running(std::vector<std::string> command_line = {}) {
  UnitSeen unit;
  unit.load_state = "loaded";
  unit.active_state = "active";
  unit.file_state = "enabled";
  unit.command_line = std::move(command_line);
  return unit;
}
inline UnitSeen in_state(UnitSeen unit, const std::string& active_state) {
  unit.active_state = active_state;
  return unit;
}
inline UnitSeen at_boot(UnitSeen unit, const std::string& file_state) {
  unit.file_state = file_state;
  return unit;
}
inline FileSeen file(const std::string& content, unsigned mode = 0644, const std::string& owner = "root") {
  return {.content = content, .mode = mode, .owner = owner, .group = owner, .size = 0};
}
/// "a=1" pairs as the server has them.
inline ovsdb::Value ids(const std::map<std::string, std::string>& pairs) {
  return ovsdb::Value::string_map(pairs);
}

/// The cluster "edge" of nodes n1, n2, … at 192.0.2.11, …, each of them central, chassis and switch.
class Bench {
 public:
  explicit Bench(int nodes = 1) {
    desired.cluster.name = "edge";
    desired.ca.dir = "/home/me/pki";
    for (int i = 1; i <= nodes; ++i) {
      NodeSpec node;
      node.name = "n" + std::to_string(i);
      node.order = i - 1;
      node.address = "192.0.2." + std::to_string(10 + i);
      node.places.self.line = i;
      placement.services[node.name] = {"central", "chassis", "switch"};
      placement.centrals.push_back(node.name);
      desired.nodes[node.name] = node;
    }
    for (int i = 1; i < 10; ++i) names[row(i)] = std::to_string(i);
  }

  Desired desired;
  Placement placement;
  Facts facts;
  Names names;  ///< #1 to #9, and what the test adds

  void see(const HostName& host, const Look& look, Seen seen) { facts.set({host, look}, std::move(seen)); }
  void lack(const HostName& host, const Look& look) { facts.set({host, look}, Absent{}); }
  void hide(const HostName& host, const Look& look) { facts.set({host, look}, Unknown{"does not answer"}); }
  /// The table's look, with the columns that kiln reads.
  Look rows_look(Database database, const std::string& table) const {
    for (const Probe& probe : all_probes(desired))
      if (const auto* look = std::get_if<RowsLook>(&probe.look))
        if (look->database == database && look->table == table) return *look;
    ADD_FAILURE() << "nothing looks at " << table;
    return HostLook{};
  }
  void see_rows(const HostName& host, Database database, const std::string& table, ovsdb::Table rows) {
    see(host, rows_look(database, table), RowsSeen(std::move(rows)));
  }
  /// All that this resource looks at is not there.
  void lack_all(const ResourceId& id) {
    for (const Probe& probe : made(id).probes()) facts.set(probe, Absent{});
  }
  /// The files that the resource's steps write are there.
  void put_files(const ResourceId& id) {
    for (const Step& step : planned(id))
      for (const Action& action : step.actions)
        if (const auto* written = std::get_if<WriteFile>(&action))
          see(step.host, FileLook{written->path}, file(written->content, written->mode));
  }

  /// Null if the deployment has none of this name.
  const Resource* find(const ResourceId& id) {
    resources_ = make_resources(desired, placement, facts);
    for (const auto& resource : resources_)
      if (resource->id() == id) return resource.get();
    return nullptr;
  }
  const Resource& made(const ResourceId& id) {
    const Resource* found = find(id);
    KILN_ASSERT(found != nullptr);
    return *found;
  }
  /// Ids of all resources of this kind, sorted.
  std::string all_of(const std::string& kind) {
    std::set<std::string> ids;
    for (const auto& resource : make_resources(desired, placement, facts))
      if (resource->id().kind == kind) ids.insert(resource->id().name);
    return to_text(ids);
  }

  /// "unknown: …", "foreign: …", "absent", "as wanted", "not wanted", or "path: seen -> wanted\n" of each
  /// difference.
  std::string verdict(const ResourceId& id) {
    const Resource& resource = made(id);
    const Observation observation = resource.observe(facts);
    if (const auto* unknown = std::get_if<Unknown>(&observation)) return "unknown: " + unknown->why;
    if (const auto* foreign = std::get_if<Foreign>(&observation)) return "foreign: " + foreign->why;
    if (std::holds_alternative<Absent>(observation)) return "absent";
    if (!resource.wanted()) return "not wanted";
    const Change change = change_of(resource, observation);
    if (change.attributes.empty()) return "as wanted";
    std::string text;
    for (const std::string& reason : reasons(change)) text += reason + '\n';
    return text;
  }

  /// The steps for the difference as text, or "refused: …".
  std::string steps(const ResourceId& id) {
    const auto made = try_plan(id);
    if (!made) return "refused: " + made.error().text();
    std::string text;
    for (const Step& step : *made) text += step_text(step, names);
    return text;
  }
  std::vector<Step> planned(const ResourceId& id) {
    auto made = try_plan(id);
    EXPECT_TRUE(made.has_value()) << made.error().text();
    return made ? *made : std::vector<Step>{};
  }
  /// What the steps write to this file; "" if they do not.
  std::string written(const ResourceId& id, const std::string& path) {
    for (const Step& step : planned(id))
      for (const Action& action : step.actions)
        if (const auto* written = std::get_if<WriteFile>(&action); written && written->path == path)
          return written->content;
    return {};
  }
  /// "kind/name\n" of each need.
  std::string needs(const ResourceId& id) {
    std::string text;
    for (const Need& need : made(id).needs()) text += need.resource.text() + '\n';
    return text;
  }

  /// Each fact that the resource looks at makes it unknown, and is named as the reason. `but`: looks that are
  /// not compared.
  void expect_unknown_for_each_probe(const ResourceId& id, const std::set<Look>& but = {}) {
    const Facts known = facts;
    int tried = 0;
    for (const Probe& probe : made(id).probes()) {
      if (but.contains(probe.look)) continue;
      facts = known;
      facts.set(probe, Unknown{"does not answer"});
      EXPECT_EQ(verdict(id), "unknown: " + describe(probe.look) + ": does not answer") << probe.host;
      ++tried;
    }
    EXPECT_GT(tried, 0);
    facts = known;
  }

 private:
  Change change_of(const Resource& resource, const Observation& observation) const {
    Change change;
    change.id = resource.id();
    change.host = resource.host();
    const auto* observed = std::get_if<State>(&observation);
    const std::optional<State> wanted = resource.wanted();
    change.verb = !wanted ? Verb::remove : observed ? Verb::update : Verb::create;
    if (wanted) change.attributes = difference(observed ? *observed : State{}, *wanted);
    return change;
  }

  /// Checks what resource.h promises of every step.
  Result<std::vector<Step>> try_plan(const ResourceId& id) {
    FixedRandom random;
    const Resource& resource = made(id);
    auto steps = resource.steps(change_of(resource, resource.observe(facts)), facts, random);
    std::set<std::string> ids;
    for (const Step& step : steps ? *steps : std::vector<Step>{}) {
      EXPECT_TRUE(step.id.starts_with(id.text() + ':')) << step.id;
      EXPECT_TRUE(ids.insert(step.id).second) << step.id << " twice";
      EXPECT_EQ(step.resources, std::vector<ResourceId>{id});
      EXPECT_EQ(step.host, resource.host());
      EXPECT_FALSE(step.title.empty() || step.why.empty()) << step.id;
    }
    return steps;
  }

  Resources resources_;
};

}  // namespace kiln::resources
