#include "resources/resource_for_test.h"

#include <algorithm>

#include "base/assert.h"
#include "resources/daemon.h"
#include "resources/operation_text_for_test.h"

namespace kiln::resources {

Bench::Bench(int nodes) {
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

void Bench::see(const HostName& host, const Look& look, Seen seen) {
  facts.set({host, look}, std::move(seen));
}

void Bench::lack(const HostName& host, const Look& look) {
  facts.set({host, look}, Absent{});
}

void Bench::hide(const HostName& host, const Look& look) {
  facts.set({host, look}, Unknown{"does not answer"});
}

Look Bench::rows_look(Database database, const std::string& table) const {
  for (const Probe& probe : all_probes(desired))
    if (const auto* look = std::get_if<RowsLook>(&probe.look))
      if (look->database == database && look->table == table) return *look;
  ADD_FAILURE() << "nothing looks at " << table;
  return HostLook{};
}

void Bench::see_rows(const HostName& host, Database database, const std::string& table, ovsdb::Table rows) {
  see(host, rows_look(database, table), RowsSeen(std::move(rows)));
}

void Bench::lack_all(const ResourceId& id) {
  for (const Probe& probe : made(id).probes()) facts.set(probe, Absent{});
}

void Bench::put_files(const ResourceId& id) {
  for (const Step& step : planned(id))
    for (const Action& action : step.actions)
      if (const auto* written = std::get_if<WriteFile>(&action))
        see(step.host, FileLook{written->path}, file(written->content, written->mode));
}

const Resource* Bench::find(const ResourceId& id) {
  resources_ = make_resources(desired, placement, facts);
  for (const auto& resource : resources_)
    if (resource->id() == id) return resource.get();
  return nullptr;
}

const Resource& Bench::made(const ResourceId& id) {
  const Resource* found = find(id);
  KILN_ASSERT(found != nullptr);
  return *found;
}

std::string Bench::all_of(const std::string& kind) {
  std::set<std::string> ids;
  for (const auto& resource : make_resources(desired, placement, facts))
    if (resource->id().kind == kind) ids.insert(resource->id().name);
  return to_text(ids);
}

std::string Bench::verdict(const ResourceId& id) {
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

std::string Bench::steps(const ResourceId& id) {
  const auto made = try_plan(id);
  if (!made) return "refused: " + made.error().text();
  std::string text;
  for (const Step& step : *made) text += step_text(step, names);
  return text;
}

std::vector<Step> Bench::planned(const ResourceId& id) {
  auto made = try_plan(id);
  EXPECT_TRUE(made.has_value()) << made.error().text();
  return made ? *made : std::vector<Step>{};
}

std::string Bench::written(const ResourceId& id, const std::string& path) {
  for (const Step& step : planned(id))
    for (const Action& action : step.actions)
      if (const auto* written = std::get_if<WriteFile>(&action); written && written->path == path)
        return written->content;
  return {};
}

std::string Bench::needs(const ResourceId& id) {
  std::string text;
  for (const Need& need : made(id).needs()) text += need.resource.text() + '\n';
  return text;
}

void Bench::expect_unknown_for_each_probe(const ResourceId& id, const std::set<Look>& but) {
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

Change Bench::change_of(const Resource& resource, const Observation& observation) const {
  Change change;
  change.id = resource.id();
  change.host = resource.host();
  const auto* observed = std::get_if<State>(&observation);
  const std::optional<State> wanted = resource.wanted();
  change.verb = !wanted ? Verb::remove : observed ? Verb::update : Verb::create;
  if (wanted) change.attributes = difference(observed ? *observed : State{}, *wanted);
  const auto replaces = [&](const AttributeChange& attribute) { return resource.replaces(attribute); };
  if (change.verb == Verb::update && std::ranges::any_of(change.attributes, replaces))
    change.verb = Verb::replace;
  return change;
}

Result<std::vector<Step>> Bench::try_plan(const ResourceId& id) {
  FixedRandom random;
  const Resource& resource = made(id);
  auto steps = resource.steps(change_of(resource, resource.observe(facts)), facts, random);
  std::set<std::string> ids;
  for (const Step& step : steps ? *steps : std::vector<Step>{}) {
    EXPECT_TRUE(step.id.starts_with(id.text() + ':')) << step.id;
    EXPECT_TRUE(ids.insert(step.id).second) << step.id << " twice";
    EXPECT_EQ(step.resources, std::vector<ResourceId>{id});
    // Only what the cluster has to be told is told elsewhere.
    const bool of_cluster = step.id.ends_with(":kick") || step.id.ends_with(":forget");
    EXPECT_TRUE(of_cluster || step.host == resource.host()) << step.id << " on " << step.host;
    EXPECT_FALSE(step.title.empty() || step.why.empty()) << step.id;
  }
  return steps;
}

std::string lines_of(const std::vector<Trouble>& troubles) {
  std::string text;
  for (const Trouble& trouble : troubles) {
    EXPECT_FALSE(trouble.mend.empty());
    text += to_text(trouble) + '\n';
  }
  return text;
}

}  // namespace kiln::resources
