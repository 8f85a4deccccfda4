#include <algorithm>

#include "resources/central/central.h"
#include "resources/steps.h"

// Kind `database/<node>/<nb|sb>` of a node that the file no longer makes a central: those that stay are there
// and everybody knows them, then the member leaves its cluster, stops, and its file goes to a folder beside
// it. The file goes last: while it is there, a killed run is found and finished.

namespace kiln::resources {
namespace {

class LostDatabase : public Resource {
 public:
  LostDatabase(const Context& context, const NodeSpec& node, Database database, const Membership& members,
               const std::optional<ResourceId>& before)
      : Resource(database_id(node.name, database), node.name, place_of_services(node)),
        database_(database),
        members_(members),
        left_(members.left.contains(node.name)),
        survivors_(context.placement.centrals),
        quorum_(quorum_kept(context, database, members, {})) {
    const std::string joined = "those that stay are members before this one leaves";
    const std::string told = "it knows the members that stay before this one leaves";
    for (const std::string& central : survivors_) {
      needs_.push_back({database_id(central, database), joined});
      needs_.push_back({northd_id(central), told});
    }
    needs_.push_back({listener_id(database), joined});
    needs_.push_back({election_timer_id(database), "one change of the cluster at a time", true});
    needs_.push_back({northd_id(node.name), "an ovn-northd of another central has taken over"});
    // A chassis that goes needs the southbound to take itself out of it; one that stays without a database is
    // told so after the last of them.
    for (const NodeSpec* other : context.desired.nodes_in_file_order()) {
      if (!survivors_.empty() || !context.placement.has(other->name, "chassis"))
        needs_.push_back({chassis_id(other->name), told});
      needs_.push_back({client_id(other->name), told});
    }
    if (before) needs_.push_back({*before, "one RAFT membership change at a time"});
    for (const std::string& address : members.strangers)
      needs_.push_back({stranger_id(context, members, address, database),
                        "servers of no node are let go before others leave"});
    for (const auto& [name, dead] : context.desired.dead)
      needs_.push_back({database_id(name, database), "those that are dead are let go before others leave"});
    const bool meant = context.desired.safety.allow_last_central_removal;
    if (!survivors_.empty())
      why_not_ = members.why_none_may_leave;
    else if (!meant)
      why_not_ = kLastCentral;
  }

  std::vector<Probe> probes() const override {
    return {{host(), DatabaseFileLook{database_}}, {host(), UnitLook{unit()}}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    if (!file) return Absent{};
    State state{{"database", !file->refused.empty()     ? refused_value(*file)
                             : !left_                   ? "clustered at " + file->local_address
                             : file->cluster_id.empty() ? "about to join at " + file->local_address
                                                        : "left " + file->local_address}};
    if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()})) state[unit()] = seen->active_state;
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    const std::string name(schema_name(database_));
    const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()});
    const bool runs = seen && seen->active_state == "active";
    std::vector<Step> steps;
    if (!left_ && !why_not_.empty())
      return fail(ErrorCode::precondition, host() + " does not leave " + name + ": " + why_not_);
    // It cannot be started to leave, and once its file is gone nothing here tells of its server.
    if (!file->refused.empty() && members_.servers.contains(file->local_address)) {
      KILN_TRY_ASSIGN(Step kick, kick_step(change, database_, members_, file->local_address, quorum_));
      steps.push_back(std::move(kick));
    }
    if (!left_ && !survivors_.empty()) {
      Step leave = make_step(change, "leave", "leave " + name);
      QuorumKept others = quorum_;
      others.but = {file->local_address};
      leave.guards.push_back(guard(std::move(others)));
      if (!runs) leave.actions.push_back(UnitAction{unit(), UnitVerb::start});
      leave.actions.push_back(LeaveDatabase{database_});
      for (const std::string& survivor : survivors_)
        leave.gates.push_back({survivor, MemberGone{database_, file->local_address}, kAgreement});
      leave.risk = Risk::quorum;
      leave.irreversible = true;
      leave.pool = raft_pool(database_);
      steps.push_back(std::move(leave));
    }
    // The only member never finishes to leave (ovsdb-server(1), cluster/leave): its file is the backup.
    const bool last = !left_ && survivors_.empty();
    Step retire = make_step(
        change, "retire",
        last ? "stop the last servers of " + name + " and put the file aside: no row of it is served any more"
             : "stop its server and put the file of " + name + " aside");
    retire.irreversible = last;
    if (!survivors_.empty()) retire.guards.push_back(guard(without(quorum_, *file)));
    if (last) retire.risk = Risk::quorum;
    retire.actions.push_back(UnitAction{unit(), UnitVerb::stop});
    retire.actions.push_back(RemoveFile{server_environment_path(database_)});
    retire.actions.push_back(RemoveFile{drop_in_path(unit())});
    retire.actions.push_back(DaemonReload{});
    // Stopping it stops all three: the southbound goes after the northbound.
    if (database_ == Database::southbound) retire.actions.push_back(UnitAction{kCentralUnit, UnitVerb::stop});
    retire.actions.push_back(RetireDatabase{database_});
    steps.push_back(std::move(retire));
    return steps;
  }

 private:
  std::string unit() const { return std::string(server_unit(database_)); }

  Database database_;
  Membership members_;
  bool left_;
  std::vector<std::string> survivors_;
  QuorumKept quorum_;
  std::vector<Need> needs_;
  std::string why_not_;
};

/// Whether the leader lists a server at the address; `more` says of which kind it is.
Observation observe_listed(const Facts& facts, const HostName& leader, Database database,
                           const std::string& address, const std::string& more) {
  if (leader.empty())
    return Unknown{"no member of " + std::string(schema_name(database)) + " says that it leads"};
  if (auto why = facts.unknown(leader, RaftLook{database})) return Unknown{*why};
  const auto* raft = facts.seen<RaftSeen>(leader, RaftLook{database});
  const bool listed =
      raft && std::ranges::find(raft->servers, address, &RaftServerSeen::address) != raft->servers.end();
  return listed ? Observation(State{{"member", address + more}}) : Observation(Absent{});
}

/// Of a node that will never come back, or whose disk is empty and that is no central any more: the others
/// let its server go. Asked of the leader.
class DeadMember : public Resource {
 public:
  DeadMember(const Context& context, const NodeSpec& node, Database database, const Membership& members,
             const std::optional<ResourceId>& before)
      : Resource(database_id(node.name, database), members.leader, place_of_services(node)),
        node_(node.name),
        database_(database),
        address_(ssl_address(node.address, raft_port(database))),
        dead_(node.state == "dead"),
        members_(members),
        quorum_(quorum_kept(context, database, members, {address_})),
        patience_(2 * context.desired.central.election_timer_ms) {
    // Of several that are dead one after the other goes.
    for (const PlannedMember& member : quorum_.members)
      if (member.host.empty() && member.address != address_) quorum_.but.push_back(member.address);
    // Of one whose disk is empty its host says that no server runs.
    if (dead_) quorum_.silent = address_;
    if (before) needs_.push_back({*before, "one RAFT membership change at a time"});
  }
  std::vector<Probe> probes() const override { return {{host(), RaftLook{database_}}, {node_, HostLook{}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    return observe_listed(facts, host(), database_, address_, "");
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (const std::string why = why_not_dead(facts, node_); dead_ && !why.empty())
      return fail(ErrorCode::precondition, why);
    KILN_TRY_ASSIGN(Step kick, kick_step(change, database_, members_, address_, quorum_));
    // One that has just died is not heard any more after two election timers.
    if (dead_) kick.guards.front().deadline += patience_;
    return std::vector<Step>{std::move(kick)};
  }

 private:
  std::string node_;
  Database database_;
  std::string address_;
  bool dead_;
  Membership members_;
  QuorumKept quorum_;
  Duration patience_;
  std::vector<Need> needs_;
};

/// A server that somebody let join, and that is of no node: it counts for every majority. Asked of the
/// leader, by id and address; a server on a node of the file is never mistaken for it, as all nodes have said
/// who they are.
class Stranger : public Resource {
 public:
  Stranger(const Context& context, Database database, const Membership& members, std::string address,
           const std::optional<ResourceId>& before)
      : Resource(stranger_id(context, members, address, database), members.leader, Span{}),
        database_(database),
        address_(std::move(address)),
        members_(members),
        quorum_(
            quorum_kept(context, database, members, {members.strangers.begin(), members.strangers.end()})) {
    if (before) needs_.push_back({*before, "one RAFT membership change at a time"});
    members_.strangers.clear();
    members_.why_none_may_leave = why_none_may_leave(context, database, members_, "");
    if (!members.made_by_kiln)
      members_.why_none_may_leave = "kiln did not make this cluster: put the server's node into the file";
  }
  std::vector<Probe> probes() const override { return {{host(), RaftLook{database_}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    return observe_listed(facts, host(), database_, address_, ", of no node of the file");
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    KILN_TRY_ASSIGN(Step kick, kick_step(change, database_, members_, address_, quorum_));
    kick.title = "let " + std::string(schema_name(database_)) + " go on without the server at " + address_ +
                 ", which is of no node of the file";
    return std::vector<Step>{std::move(kick)};
  }

 private:
  Database database_;
  std::string address_;
  Membership members_;
  QuorumKept quorum_;
  std::vector<Need> needs_;
};

/// Its disk says that it has no file of the database, and no server runs there.
bool lost_its_file(const Context& context, const NodeSpec& node, Database database) {
  return !context.placement.has(node.name, "central") &&
         context.facts.absent(node.name, DatabaseFileLook{database}) &&
         context.facts.absent(node.name, RaftLook{database});
}

void make_dead_members(const Context& context, Resources& resources) {
  std::vector<const NodeSpec*> nodes = context.desired.nodes_in_file_order();
  for (const auto& [name, node] : context.desired.dead) nodes.push_back(&node);
  std::optional<ResourceId> before;
  for (const auto& [database, members] : context.memberships)
    for (const std::string& address : members.strangers) {
      resources.push_back(std::make_unique<Stranger>(context, database, members, address, before));
      before = resources.back()->id();
    }
  for (const NodeSpec* node : nodes)
    for (const auto& [database, members] : context.memberships) {
      if (!members.servers.contains(ssl_address(node->address, raft_port(database)))) continue;
      if (node->state != "dead" && !lost_its_file(context, *node, database)) continue;
      resources.push_back(std::make_unique<DeadMember>(context, *node, database, members, before));
      before = resources.back()->id();
    }
}

}  // namespace

ResourceId stranger_id(const Context& context, const Membership& members, const std::string& address,
                       Database database) {
  const std::string& digits = members.servers.at(address);
  const bool alone = std::ranges::count(members.servers, digits, &Servers::value_type::second) == 1 &&
                     !context.desired.nodes.contains(digits) && !context.desired.dead.contains(digits);
  return database_id(alone ? digits : digits + '@' + address.substr(address.find(':') + 1), database);
}

void make_lost_databases(const Context& context, Resources& resources) {
  // Nobody's centrals but ours: with central-ips the databases are somebody else's affair.
  if (!context.desired.cluster.central_ips.empty()) return;
  make_dead_members(context, resources);
  std::optional<ResourceId> before;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (context.placement.has(node->name, "central")) continue;
    for (const auto& [database, members] : context.memberships) {
      const auto* file = context.facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database});
      if (!file || !file->clustered) continue;
      resources.push_back(std::make_unique<LostDatabase>(context, *node, database, members, before));
      before = resources.back()->id();
    }
  }
}

}  // namespace kiln::resources
