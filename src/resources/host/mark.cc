#include "resources/host/mark.h"

#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/nb/deployment.h"
#include "resources/nb/roster.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `mark/<node>`: the file that says of which deployment a host is.

namespace kiln::resources {
namespace {

constexpr std::string_view kIdVariable = "KILN_DEPLOYMENT=";
constexpr const char* kMarkAttribute = "deployment";

/// The name in the first line of a file of kiln's, or "".
std::string cluster_of(const FileSeen* file) {
  const std::string_view mark(kFileMark);
  if (!file || !file->content.starts_with(mark)) return "";
  const std::size_t colon = file->content.find(':', mark.size());
  return colon == std::string::npos ? "" : file->content.substr(mark.size(), colon - mark.size());
}

/// "" where there is none that can be read.
std::string id_in(const FileSeen* file) {
  if (!file) return "";
  for (const std::string& line : split(file->content, '\n')) {
    if (!line.starts_with(kIdVariable)) continue;
    const auto uuid = Uuid::parse(line.substr(kIdVariable.size()));
    return uuid ? uuid->text() : "";
  }
  return "";
}

const FileSeen* mark_on(const HostName& host, const Facts& facts) {
  return facts.seen<FileSeen>(host, FileLook{kMarkPath});
}

class Mark : public Resource {
 public:
  Mark(const Context& context, const NodeSpec& node)
      : Resource(mark_id(node.name), node.name, node.places.self),
        cluster_(context.desired.cluster.name),
        deployment_(context.identity.id) {
    const NotedFirst first = noted_first(context, node.name);
    if (first != NotedFirst::no)
      needs_.push_back({node_id(node.name), "the deployment knows of it before anything is done there",
                        first == NotedFirst::yes});
  }

  std::vector<Probe> probes() const override { return {{host(), FileLook{kMarkPath}}}; }
  std::optional<State> wanted() const override { return State{{kMarkAttribute, deployment_}}; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), FileLook{kMarkPath})) return Unknown{*why};
    const FileSeen* file = mark_on(host(), facts);
    if (!file) return Absent{};
    const std::string cluster = cluster_of(file);
    if (cluster != cluster_)
      return Foreign{std::string(kMarkPath) + " is " +
                     (cluster.empty() ? "not kiln's, or was changed: if " + host() +
                                            " is this deployment's, remove it there, and kiln writes it anew"
                                      : "of " + cluster)};
    return State{{kMarkAttribute, id_in(file)}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "write", "mark " + host() + " as a host of " + cluster_);
    step.actions.push_back(WriteFile{
        kMarkPath, file_header(cluster_, id().text()) + std::string(kIdVariable) + deployment_ + '\n', 0644});
    return std::vector<Step>{step};
  }

 private:
  std::string cluster_;
  std::string deployment_;
  std::vector<Need> needs_;
};

/// Of a node that is to leave: until nothing else is left it says whose host that is.
class LostMark : public Resource {
 public:
  explicit LostMark(const NodeSpec& node)
      : Resource(mark_id(node.name), node.name, place_of_services(node)) {}

  std::vector<Probe> probes() const override { return {{host(), FileLook{kMarkPath}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override {
    const std::string reason = "it goes last";
    return {{trust_id(host()), reason}, {packages_id(host()), reason}, {openvswitch_id(host()), reason}};
  }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), FileLook{kMarkPath})) return Unknown{*why};
    const FileSeen* file = mark_on(host(), facts);
    return file ? Observation(State{{kMarkAttribute, id_in(file)}}) : Observation(Absent{});
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "remove", "take the mark from " + host());
    step.actions.push_back(RemoveFile{kMarkPath});
    return std::vector<Step>{step};
  }
};

}  // namespace

Identity identity(const Desired& desired, const Facts& facts) {
  Identity identity;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const FileSeen* file = mark_on(node->name, facts);
    if (cluster_of(file) != desired.cluster.name) continue;
    if (const std::string id = id_in(file); !id.empty()) identity.found[id].push_back(node->name);
  }
  if (const std::string id = deployment_record(facts); !id.empty()) identity.found[id].push_back(kCluster);
  const auto most =
      std::ranges::max_element(identity.found, {}, [](const auto& of) { return of.second.size(); });
  identity.id = most == identity.found.end() ? desired.fresh_id : most->first;
  return identity;
}

OtherOwner other_owner(const Desired& desired, const HostName& host, const Facts& facts) {
  for (const Probe& probe : probes_of_owner(host)) {
    const std::string cluster = cluster_of(facts.seen<FileSeen>(host, probe.look));
    if (!cluster.empty() && cluster != desired.cluster.name)
      return {cluster, std::get<FileLook>(probe.look).path};
  }
  return {};
}

std::set<HostName> foreign_hosts(const Desired& desired, const Facts& facts) {
  std::set<HostName> foreign;
  for (const auto& [name, node] : desired.nodes)
    if (facts.seen<HostSeen>(name, HostLook{}) && !other_owner(desired, name, facts).cluster.empty())
      foreign.insert(name);
  return foreign;
}

std::vector<Probe> probes_of_owner(const HostName& host) {
  std::vector<Probe> probes;
  for (const std::string& path :
       {std::string(kMarkPath), server_environment_path(Database::northbound),
        server_environment_path(Database::southbound), northd_environment_path(),
        controller_environment_path(), std::string(kEndpointsPath), std::string(kSwitchMarkPath)})
    probes.push_back({host, FileLook{path}});
  return probes;
}

void make_marks(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (node->stays() && !context.identity.id.empty())
      resources.push_back(std::make_unique<Mark>(context, *node));
    const FileSeen* file = mark_on(node->name, context.facts);
    if (!node->stays() && cluster_of(file) == context.desired.cluster.name)
      resources.push_back(std::make_unique<LostMark>(*node));
  }
}

}  // namespace kiln::resources
