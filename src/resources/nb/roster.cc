#include "resources/nb/roster.h"

#include "base/text.h"
#include "resources/context.h"
#include "resources/nb/rows.h"
#include "resources/steps.h"

// Kind `node/<name>`: the roster's key of a node. It orders nothing; of a node that leaves it goes last, so
// that a run that was killed on the way is found and finished.

namespace kiln::resources {
namespace {

const std::string kRosterPrefix = "kiln-node-";

ovsdb::Operation take_key(const std::string& node) {
  return ovsdb::Mutate{"NB_Global", {}, {{"external_ids", "delete", ovsdb::Value(kRosterPrefix + node)}}};
}

State state_of(const RosterEntry& entry) {
  State state{{"address", entry.address}};
  if (const std::string ssh = entry.ssh_text(); !ssh.empty()) state["ssh"] = ssh;
  return state;
}

class Node : public Resource {
 public:
  Node(const Context& context, const NodeSpec& node)
      : Resource(node_id(node.name), kCluster, node.places.self),
        entry_{.address = node.address, .ssh = {}},
        after_(node.after),
        places_(node.places) {
    const auto seen = entry_for(context.facts, node.name);
    if (noted_first(context, node.name) == NotedFirst::no)
      needs_.push_back({listener_id(Database::northbound), "the northbound database is there"});
    undo_ssh_ = seen && !seen->ssh.empty();
    if (!seen || seen->address == entry_.address) return;
    // Until its members have moved, the old address is what tells that they have to.
    for (const Database database : {Database::northbound, Database::southbound})
      needs_.push_back({database_id(node.name, database), "what was at the old address is there no more"});
    needs_.push_back({chassis_id(node.name), "its tunnels have moved"});
  }

  std::vector<Probe> probes() const override { return {{kCluster, roster_look()}}; }
  std::optional<State> wanted() const override {
    State state = state_of(entry_);
    if (undo_ssh_) state.emplace("ssh", std::string());
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    if (!after_.empty())
      return Foreign{after_ + " is on its machine and leaves first; " + id().name + " comes after that"};
    if (auto why = facts.unknown(kCluster, roster_look())) return Unknown{*why};
    const auto seen = entry_for(facts, id().name);
    if (!seen) return Absent{};
    return state_of(*seen);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "key", "remember where " + id().name + " is");
    step.pool = kRows;
    ovsdb::Mutation insert{"external_ids", "insert",
                           ovsdb::Value::string_map({{kRosterPrefix + id().name, entry_.text()}})};
    ovsdb::Mutation erase{"external_ids", "delete", ovsdb::Value(kRosterPrefix + id().name)};
    std::vector<ovsdb::Mutation> mutations;
    if (change.verb != Verb::create) mutations.push_back(std::move(erase));
    mutations.push_back(std::move(insert));
    step.actions.push_back(
        Transact{Database::northbound, {ovsdb::Mutate{"NB_Global", {}, std::move(mutations)}}});
    return std::vector<Step>{step};
  }

  /// Whatever listens at the old address leaves, and joins anew at the new one.
  bool replaces(const AttributeChange& attribute) const override {
    return attribute.path == "address" && attribute.from;
  }
  Span span_of(const std::string& attribute) const override { return places_.at(attribute); }

 private:
  RosterEntry entry_;
  std::string after_;
  Places places_;
  bool undo_ssh_ = false;
  std::vector<Need> needs_;
};

/// Of a node that leaves, or is dead: forgotten when nothing of it is left.
class LostNode : public Resource {
 public:
  LostNode(const NodeSpec& node, std::vector<Need> needs)
      : Resource(node_id(node.name), kCluster, place_of_services(node)),
        node_(node),
        needs_(std::move(needs)) {}

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes{{kCluster, roster_look()}, {node_.name, HostLook{}}};
    if (node_.state == "dead") return probes;
    for (Probe& probe : probes_of_marks_on(node_)) probes.push_back(std::move(probe));
    return probes;
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }

  /// What is left on a host that does not answer is not known, and then the key stays.
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(kCluster, roster_look())) return Unknown{*why};
    const auto seen = entry_for(facts, node_.name);
    if (!seen) return Absent{};
    if (node_.state != "dead")
      for (const Probe& probe : probes())
        if (auto why = facts.unknown(probe.host, probe.look)) return Unknown{*why};
    return state_of(*seen);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (const std::string why = why_not_dead(facts, node_.name); node_.state == "dead" && !why.empty())
      return fail(ErrorCode::precondition, why);
    Step step = make_step(change, "key", "forget " + node_.name + ": nothing of it is left");
    step.actions.push_back(Transact{Database::northbound, {take_key(node_.name)}});
    return std::vector<Step>{step};
  }

 private:
  NodeSpec node_;
  std::vector<Need> needs_;
};

/// Everything that is of the node, on it and elsewhere.
std::vector<Need> all_of(const std::string& node, const Resources& resources) {
  std::vector<Need> needs;
  for (const auto& resource : resources) {
    const std::string& name = resource->id().name;
    const bool named = name == node || name.starts_with(node + '/');
    const bool of_a_node = named && (resource->id().kind == "database" || resource->id().kind == "chassis");
    if (resource->host() == node || of_a_node)
      needs.push_back({resource->id(), "it is forgotten when nothing of it is left"});
  }
  return needs;
}

}  // namespace

std::string RosterEntry::ssh_text() const {
  std::vector<std::string> words;
  for (const auto& [key, value] : ssh) words.push_back(key + '=' + value);
  return join(words, " ");
}

std::string RosterEntry::text() const {
  const std::string rest = ssh_text();
  return rest.empty() ? address : address + ' ' + rest;
}

RosterEntry read_entry(const std::string& text) {
  RosterEntry entry;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      entry.address = word;
    else
      entry.ssh[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return entry;
}

RosterEntry entry_of(const NodeSpec& node, const SshSpec& defaults) {
  RosterEntry entry{.address = node.address, .ssh = {}};
  const SshSpec& ssh = node.ssh;
  if (!ssh.host.empty()) entry.ssh["host"] = ssh.host;
  if (!ssh.host_key.empty()) entry.ssh["host-key"] = ssh.host_key;
  if (ssh.port != defaults.port) entry.ssh["port"] = std::to_string(ssh.port);
  if (ssh.user != defaults.user) entry.ssh["user"] = ssh.user;
  if (ssh.become != defaults.become) entry.ssh["become"] = ssh.become;
  if (ssh.jump != defaults.jump) entry.ssh["jump"] = ssh.jump;
  return entry;
}

const ovsdb::Value* global_ids(const Facts& facts) {
  const auto* rows = facts.seen<RowsSeen>(kCluster, roster_look());
  if (!rows || rows->rows().empty()) return nullptr;
  return &column(rows->rows().begin()->second, "external_ids");
}

RowsLook roster_look() {
  return {Database::northbound, "NB_Global", {"external_ids"}};
}

std::map<std::string, RosterEntry> roster(const Facts& facts) {
  std::map<std::string, RosterEntry> entries;
  const ovsdb::Value* ids = global_ids(facts);
  if (!ids) return entries;
  for (const auto& [key, value] : ids->as_string_map())
    if (key.starts_with(kRosterPrefix)) entries[key.substr(kRosterPrefix.size())] = read_entry(value);
  return entries;
}

NotedFirst noted_first(const Context& context, const std::string& node) {
  const Membership& members = context.memberships.at(Database::northbound);
  if (!members.made_by_kiln || members.addresses.empty()) return NotedFirst::no;
  if (context.facts.unknown(kCluster, roster_look())) return NotedFirst::unknown;
  const bool noted = !global_ids(context.facts) || entry_for(context.facts, node);
  return noted || members.servers.empty() ? NotedFirst::no : NotedFirst::yes;
}

std::optional<RosterEntry> entry_for(const Facts& facts, const std::string& node) {
  const ovsdb::Value* ids = global_ids(facts);
  const auto text = ids ? ids->at(kRosterPrefix + node) : std::nullopt;
  return text ? std::optional(read_entry(*text)) : std::nullopt;
}

void make_nodes(const Context& context, Resources& resources) {
  // Without a central of its own the deployment has no northbound to remember anything in.
  if (!context.desired.cluster.central_ips.empty()) return;
  const bool served = !context.placement.centrals.empty();
  const auto add_lost = [&](const NodeSpec& node) {
    if (!entry_for(context.facts, node.name)) return;
    // Where all centrals go, the northbound goes with them; whom nobody else knows has to be gone before.
    if (!served && !node.former) return;
    resources.push_back(std::make_unique<LostNode>(node, all_of(node.name, resources)));
  };
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (!node->stays())
      add_lost(*node);
    else if (served)
      resources.push_back(std::make_unique<Node>(context, *node));
  }
  for (const auto& [name, node] : context.desired.dead) add_lost(node);
  if (served)
    for (const auto& [name, node] : context.desired.waiting)
      resources.push_back(std::make_unique<Node>(context, node));
}

}  // namespace kiln::resources
