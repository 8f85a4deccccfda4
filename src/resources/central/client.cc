#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `client/<node>`: plain `ovn-nbctl` and `ovn-sbctl` work on this node, whichever member leads. A
// wrapper in /usr/local/bin comes before the package's program in PATH and gives it endpoints and
// certificate.

namespace kiln::resources {
namespace {

constexpr const char* kSbctlPath = "/usr/local/bin/ovn-sbctl";

struct ManagedFile {
  std::string path;
  std::string content;
  unsigned mode;
};

std::string wrapper(const Context& context, const std::string& resource, const std::string& program) {
  return "#!/bin/sh\n" + file_header(context.desired.cluster.name, resource) + "# " + program +
         " with the deployment's endpoints and this node's client certificate; an OVN_NB_DB or\n"
         "# OVN_SB_DB of the caller, or --db, comes first.\n"
         "nb=${OVN_NB_DB:-} sb=${OVN_SB_DB:-}\n. " +
         kEndpointsPath +
         "\nexport OVN_NB_DB=\"${nb:-$OVN_NB_DB}\" OVN_SB_DB=\"${sb:-$OVN_SB_DB}\"\nexec /usr/bin/" +
         program + " --private-key=" + key_path(kClientName) +
         " --certificate=" + certificate_path(kClientName) + " --ca-cert=" + kTrustPath + " \"$@\"\n";
}

bool is_ours(const FileSeen* file, const std::string& cluster) {
  return file && file->content.find(file_mark(cluster)) != std::string::npos;
}

class Client : public Resource {
 public:
  Client(const Context& context, const NodeSpec& node)
      : Resource(client_id(node.name), node.name, node.places.at("client")),
        cluster_(context.desired.cluster.name) {
    const std::string resource = id().text();
    files_ = {{kEndpointsPath,
               file_header(cluster_, resource) + "OVN_NB_DB=" + context.endpoints(Database::northbound) +
                   "\nOVN_SB_DB=" + context.endpoints(Database::southbound) + '\n',
               0644},
              {kNbctlPath, wrapper(context, resource, "ovn-nbctl"), 0755},
              {kSbctlPath, wrapper(context, resource, "ovn-sbctl"), 0755}};
    for (const Database database : {Database::northbound, Database::southbound})
      for (Need& need : context.needs_of_members(database, "its endpoint list names every member"))
        needs_.push_back(std::move(need));
    needs_.push_back({certificate_id(node.name, kClientName), "it connects with its certificate"});
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes;
    for (const ManagedFile& file : files_) probes.push_back({host(), FileLook{file.path}});
    return probes;
  }
  std::optional<State> wanted() const override {
    State state;
    for (const ManagedFile& file : files_) add_file_wanted(state, file.path);
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    State state;
    for (const ManagedFile& file : files_) {
      if (auto why = add_file_seen(facts, host(), file.path, file.content, state)) return Unknown{*why};
      const auto* seen = facts.seen<FileSeen>(host(), FileLook{file.path});
      if (seen && seen->mode != file.mode) state[file.path] = std::string("other mode");
      if (seen && !is_ours(seen, cluster_))
        return Foreign{file.path + " on " + host() + " is there and is not kiln's: move it away"};
    }
    return state.empty() ? Observation(Absent{}) : Observation(state);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "write", "ovn-nbctl and ovn-sbctl find the databases");
    for (const ManagedFile& file : files_)
      if (change.touches(file.path)) step.actions.push_back(WriteFile{file.path, file.content, file.mode});
    return std::vector<Step>{step};
  }

 private:
  std::string cluster_;
  std::vector<ManagedFile> files_;
  std::vector<Need> needs_;
};

/// On a node that is no central any more and has no client: its list would name members that are gone.
class LostClient : public Resource {
 public:
  explicit LostClient(const NodeSpec& node)
      : Resource(client_id(node.name), node.name, place_of_services(node)) {}
  std::vector<Probe> probes() const override { return {{host(), FileLook{kEndpointsPath}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), FileLook{kEndpointsPath})) return Unknown{*why};
    if (facts.absent(host(), FileLook{kEndpointsPath})) return Absent{};
    return State{{kEndpointsPath, std::string("current")}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "remove", "ovn-nbctl and ovn-sbctl are the package's again");
    for (const char* path : {kNbctlPath, kSbctlPath, kEndpointsPath})
      step.actions.push_back(RemoveFile{path});
    return std::vector<Step>{step};
  }
};

}  // namespace

void make_clients(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (context.placement.has(node->name, "central") || node->client)
      resources.push_back(std::make_unique<Client>(context, *node));
    else if (is_ours(context.facts.seen<FileSeen>(node->name, FileLook{kEndpointsPath}),
                     context.desired.cluster.name))
      resources.push_back(std::make_unique<LostClient>(*node));
  }
}

}  // namespace kiln::resources
