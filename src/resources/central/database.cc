#include <algorithm>
#include <map>

#include "resources/central/central.h"
#include "resources/central/trace.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"
#include "resources/trusted.h"

// Kind `database/<node>/<nb|sb>`: one member of a RAFT cluster. The first is created, the others join, one
// at a time. After that no unit can create, join or convert anything by itself.

namespace kiln::resources {
namespace {

constexpr const char* kLeads = "leads";
constexpr const char* kStatus = "status";
constexpr const char* kWorks = "works";
constexpr const char* kClusteredAt = "clustered at ";

const char* certificate_name(Database database) {
  return database == Database::northbound ? kNorthboundName : kSouthboundName;
}

Daemon server_daemon(const Context& context, const NodeSpec& node, Database database) {
  const std::string db = "--db-" + std::string(short_name(database));
  const std::string tls = "--ovn-" + std::string(short_name(database)) + "-db-ssl-";
  const std::string name = certificate_name(database);
  const std::string address = bracketed(node.address);
  Daemon daemon;
  daemon.unit = server_unit(database);
  daemon.environment_path = server_environment_path(database);
  daemon.cluster = context.desired.cluster.name;
  daemon.resource = database_id(node.name, database).text();
  daemon.options = {
      db + "-cluster-local-addr=" + address, db + "-cluster-local-proto=ssl",
      // With a remote address ovn-ctl neither creates a cluster nor converts the schema of a running one; any
      // address does once the file exists, and the own one never has to change when members come and go.
      db + "-cluster-remote-addr=" + address, db + "-cluster-remote-proto=ssl",
      db + "-create-insecure-remote=no", "--db-cluster-schema-upgrade=no", tls + "key=" + key_path(name),
      tls + "cert=" + certificate_path(name), tls + "ca-cert=" + kTrustPath};
  daemon.arguments = {"--private-key=" + key_path(name), "--certificate=" + certificate_path(name),
                      std::string("--ca-cert=") + kTrustPath};
  return daemon;
}

class DatabaseMember : public Resource {
 public:
  DatabaseMember(const Context& context, const NodeSpec& node, Database database, Membership members)
      : Resource(database_id(node.name, database), node.name, node.places.at("services")),
        database_(database),
        local_address_(ssl_address(node.address, raft_port(database))),
        election_timer_ms_(context.desired.central.election_timer_ms),
        daemon_(server_daemon(context, node, database)),
        members_(std::move(members)),
        hands_over_(is_only_drained(context, node)),
        adopts_(context.desired.cluster.adopt),
        authority_look_(authority_look(context.desired.ca)),
        authority_(context.authority),
        served_{node.address, raft_port(database)} {
    state_span_ = node.places.at("state");
    std::vector<std::string> order = context.placement.centrals;
    // A new cluster begins where there are rows.
    if (members_.addresses.empty())
      std::ranges::stable_partition(order,
                                    [&](const auto& name) { return members_.with_rows.contains(name); });
    const auto self = std::ranges::find(order, node.name);
    for (const auto& [member, address] : members_.addresses)
      if (member != node.name) remotes_.push_back(address);
    for (auto earlier = order.begin(); earlier != self; ++earlier)
      if (!members_.addresses.contains(*earlier))
        remotes_.push_back(ssl_address(context.node(*earlier).address, raft_port(database)));
    if (self != order.begin() && self != order.end()) previous_ = *std::prev(self);
    for (const auto& [name, dead] : context.desired.dead) dead_.push_back(database_id(name, database));
    for (const std::string& address : members_.strangers)
      strangers_.push_back(stranger_id(context, members_, address, database));
    for (const auto* nodes : {&context.desired.nodes, &context.desired.dead})
      for (const auto& [name, other] : *nodes)
        if (name != node.name) other_addresses_[ssl_address(other.address, raft_port(database))] = name;
    why_not_moved_ = why_none_may_leave(context, database, members_, node.name);
    quorum_ = quorum_kept(context, database, members_, {});
    failed_ = has_failed(context.facts);
    for (const NodeSpec* other : context.desired.nodes_in_file_order())
      if (other->name != node.name) nobody_.hosts.push_back(other->name);
    nobody_.database = database;
    if (!members_join()) why_not_anew_ = why_not_made_anew(context, database);
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes = daemon_.probes(host());
    probes.push_back({host(), DatabaseFileLook{database_}});
    probes.push_back({host(), DatabaseLook{database_}});
    if (hands_over_) probes.push_back({host(), RaftLook{database_}});
    if (adopts_)
      probes.insert(probes.end(), {{host(), served_}, {host(), HostLook{}}, {kController, authority_look_}});
    return probes;
  }

  std::optional<State> wanted() const override {
    State state;
    state["database"] = kClusteredAt + local_address_;
    daemon_.add_wanted(state);
    if (failed_) state[kStatus] = std::string(kWorks);
    if (hands_over_) state[kLeads] = std::string("no");
    return state;
  }
  Span span_of(const std::string& attribute) const override {
    return attribute == kLeads ? state_span_ : span();
  }

  std::vector<Need> needs() const override {
    std::vector<Need> needs = {
        {packages_id(host()), "ovn-central brings ovsdb-server's unit and the schema"},
        {certificate_id(host(), certificate_name(database_)), "the server starts with its certificate"}};
    // Members that are down are started at once: they may need each other for a majority.
    if (members_.stopped.contains(host())) return needs;
    const bool member = members_.addresses.contains(host());
    for (const ResourceId& stranger : strangers_)
      needs.push_back({stranger, "servers of no node are let go first", member});
    for (const ResourceId& dead : dead_)
      needs.push_back({dead, "those that are dead are let go before others join", member});
    for (const std::string& stopped : members_.stopped)
      needs.push_back({database_id(stopped, database_), "members that are down come first", member});
    if (!previous_.empty() && !members_.stopped.contains(previous_))
      needs.push_back({database_id(previous_, database_), "one RAFT membership change at a time", member});
    return needs;
  }

  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), DatabaseFileLook{database_})) return Unknown{*why};
    State state;
    if (auto why = daemon_.add_observed(facts, host(), state)) return Unknown{*why};
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    if (!file) {
      // Only the file makes a member. A unit that is said to run without it is started again after that.
      if (daemon_.untouched(state)) return Absent{};
      if (state[daemon_.unit] == AttributeValue("active")) state.erase(daemon_.unit);
      return state;
    }
    if (!file->clustered) return observe_standalone(*file, std::move(state));
    if (!file->local_address.starts_with("ssl:"))
      return Foreign{std::string(file_path(database_)) + " on " + host() + " is a member at " +
                     file->local_address +
                     "; members of kiln's talk by TLS alone: make its rows standalone (ovsdb-tool "
                     "cluster-to-standalone), and `adopt = true` in [cluster] keeps them"};
    if (const auto other = other_addresses_.find(file->local_address); other != other_addresses_.end())
      return Foreign{std::string(file_path(database_)) + " on " + host() + " is of the member at " +
                     file->local_address + ", which is the address of " + other->second};
    if (members_.cluster_ids.size() > 1)
      return Foreign{"the centrals hold " + std::to_string(members_.cluster_ids.size()) +
                     " different clusters of " + std::string(schema_name(database_)) + ": " +
                     list(members_.cluster_ids) + "; `kiln recover --db " +
                     std::string(short_name(database_)) +
                     "` finishes a recovery that was cut short; else stop the servers of one and move its "
                     "files away"};
    if (!members_.made_by_kiln)
      if (const std::string why = why_not_taken_over(facts); !why.empty())
        return Foreign{std::string(file_path(database_)) + " on " + host() +
                       " is of a cluster that kiln did not make: " + why};
    state["database"] = kClusteredAt + file->local_address;
    if (hands_over_) state[kLeads] = std::string(leads(facts) ? "yes" : "no");
    const bool left = members_.left.contains(host());
    // It was kicked, and has come back: it puts that file aside and joins as a new server.
    if (left) state["database"] = "let go at " + file->local_address;
    if (!file->refused.empty()) state["database"] = refused_value(*file);
    if (left || file->local_address != local_address_) state.erase(daemon_.unit);
    if (failed_) state[kStatus] = std::string(has_failed(facts) ? "failed" : kWorks);
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    std::vector<Step> steps;
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    if (file && !file->refused.empty() && !members_.left.contains(host()))
      return fail(ErrorCode::precondition,
                  "its server refuses its file (" + file->refused + "): it joins anew once " +
                      std::string(schema_name(database_)) +
                      " has a majority; without one that will come back, `kiln recover --db " +
                      std::string(short_name(database_)) + "`");
    const bool standalone = file && !file->clustered;
    if (standalone && !members_join() && !members_.unknown.empty())
      return fail(ErrorCode::unreachable, members_.unknown.front() + " has not said whether it has " +
                                              std::string(schema_name(database_)) +
                                              "; one is made a cluster only when every node has answered");
    if (!members_join() && !why_not_anew_.empty() && (!file || standalone))
      return fail(ErrorCode::precondition, why_not_anew_);
    // Before the options: ovn-ctl(8) with options of a cluster drops a standalone database and joins.
    if (standalone) steps.push_back(members_join() ? put_aside_step(change) : adopt_step(change));
    Step configure = make_step(change, "configure", "options of " + daemon_.unit);
    configure.actions = daemon_.configure(change);
    add_step(steps, std::move(configure));
    if (change.touches("database") && (!standalone || members_join())) {
      // The members still list a server at this address whose file is gone: nobody can take its place.
      if (members_.servers.contains(local_address_) && !members_.addresses.contains(host())) {
        if (facts.seen<RaftSeen>(host(), RaftLook{database_}))
          return fail(ErrorCode::precondition, "its server runs without a file: stop it first");
        KILN_TRY_ASSIGN(Step kick, kick_step(change, database_, members_, local_address_, quorum_));
        steps.push_back(std::move(kick));
      }
      if (change.verb == Verb::replace) KILN_TRY(add_move(change, facts, steps));
      if (members_.left.contains(host()) || change.verb == Verb::replace)
        steps.push_back(retire_step(change, *file));
      KILN_TRY_ASSIGN(Step enter, enter_cluster(change));
      steps.push_back(std::move(enter));
    }
    Step run =
        make_step(change, "start", "run " + std::string(schema_name(database_)) + " until it is connected");
    const bool fails = change.touches(kStatus);
    if (fails && !why_not_moved_.empty())
      return fail(ErrorCode::precondition,
                  "its server has failed, and is restarted once the others are a "
                  "majority that works: " +
                      why_not_moved_);
    if (fails)
      run.title = "restart the server of " + std::string(schema_name(database_)) + ", which has failed";
    if (standalone) run.actions.push_back(UnitAction{daemon_.unit, UnitVerb::unmask});
    for (Action& action : daemon_.run(change))
      if (!standalone || !(action == Action(UnitAction{daemon_.unit, UnitVerb::unmask})))
        run.actions.push_back(std::move(action));
    // What it has in memory and not in its file is with the others, as long as they are a majority.
    if (fails && run.actions.empty()) run.actions.push_back(UnitAction{daemon_.unit, UnitVerb::restart});
    run.risk = change.verb == Verb::create ? Risk::none : Risk::quorum;
    if (!members_.stopped.contains(host())) run.pool = raft_pool(database_);
    if (!run.actions.empty()) run.gates.push_back({host(), DatabaseConnected{database_}, Duration{60000}});
    // One that does not run is started whatever the others do.
    const Action restart = UnitAction{daemon_.unit, UnitVerb::restart};
    const bool restarts = std::ranges::find(run.actions, restart) != run.actions.end();
    if (restarts && !members_.why_lost.empty()) return fail(ErrorCode::precondition, members_.why_lost);
    if (restarts) run.guards.push_back(guard(others_than(local_address_, !fails)));
    add_step(steps, std::move(run));
    if (change.touches(kLeads) && leads(facts)) {
      KILN_TRY_ASSIGN(Step hand_over, hand_over_step(change));
      steps.push_back(std::move(hand_over));
    }
    return steps;
  }

  /// A member's address is in the log of its cluster: it cannot be changed in place (ovsdb(7), clustered).
  bool replaces(const AttributeChange& attribute) const override {
    const auto* from = attribute.from ? std::get_if<std::string>(&*attribute.from) : nullptr;
    return attribute.path == "database" && from && from->starts_with(kClusteredAt);
  }

 private:
  /// Why a cluster of others stays as it is, or "". Its members are restarted with certificates of our
  /// authority one by one, and talk to those that are not yet: that authority has to be theirs.
  std::string why_not_taken_over(const Facts& facts) const {
    if (!adopts_) return "`adopt = true` in [cluster] takes it over, with its rows";
    if (members_.addresses.size() < 2 && members_.servers.size() < 2) return "";
    const auto authority = authority_->certificate();
    const Result<> trusted =
        authority ? check_served(facts, host(), served_, *authority) : std::unexpected(authority.error());
    if (trusted) return "";
    return "its members would not trust kiln's (" + trusted.error().text() +
           "): give [ca] the authority that they have (`mode = \"provided\"`), or make its rows standalone "
           "(ovsdb-tool cluster-to-standalone)";
  }

  /// Where several are in maintenance they would hand it to each other: to whom it goes is up to RAFT.
  static bool is_only_drained(const Context& context, const NodeSpec& node) {
    const auto centrals = context.nodes_with("central");
    return node.drained() && centrals.size() > 1 && std::ranges::count_if(centrals, &NodeSpec::drained) == 1;
  }

  /// One that could not write its file stops taking part, and serves nothing any more: "entering failure mode
  /// due to I/O error". Only a start makes it work again, or says that its file is no good (facts). Of one
  /// that does not run, or does not answer, others tell.
  bool has_failed(const Facts& facts) const {
    const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{daemon_.unit});
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    if (!unit || unit->active_state != "active" || members_.left.contains(host())) return false;
    if (!file || !file->clustered || !file->refused.empty() || file->local_address != local_address_)
      return false;
    if (const auto* raft = facts.seen<RaftSeen>(host(), RaftLook{database_})) return raft->status == "failed";
    const auto why = facts.unknown(host(), RaftLook{database_});
    return why && why->find(kUnknownCluster) != std::string::npos;
  }

  bool leads(const Facts& facts) const {
    const auto* raft = facts.seen<RaftSeen>(host(), RaftLook{database_});
    return raft && raft->role == "leader";
  }

  Result<Step> hand_over_step(const Change& change) const {
    const std::string name(schema_name(database_));
    const std::string why =
        members_.addresses.size() < 2 ? "it is the only member" : members_.why_none_may_leave;
    if (!why.empty())
      return fail(ErrorCode::precondition, host() + " does not hand over " + name + ": " + why);
    Step step = make_step(change, "hand-over", "hand the leadership of " + name + " to another member");
    step.actions.push_back(HandOver{database_});
    step.gates.push_back({host(), MemberFollows{database_}, kAgreement});
    step.risk = Risk::control_plane;
    step.pool = raft_pool(database_);
    return step;
  }

  /// The member at the old address goes. On one machine it cannot join anew before that.
  Result<> add_move(const Change& change, const Facts& facts, std::vector<Step>& steps) const {
    const std::string name(schema_name(database_));
    const std::string& old = members_.addresses.at(host());
    if (members_.addresses.size() < 2)
      return fail(ErrorCode::precondition, host() + " does not move to its new address: " + kOnlyCentral);
    if (members_.moved.front() != host())
      return fail(ErrorCode::precondition, "one member of " + name + " after the other moves: " +
                                               members_.moved.front() + " is first");
    if (!why_not_moved_.empty())
      return fail(ErrorCode::precondition, host() + " does not move to its new address: " + why_not_moved_);
    const auto* raft = facts.seen<RaftSeen>(host(), RaftLook{database_});
    const bool leaves = raft && raft->works() && members_.servers.contains(old);
    if (!leaves) {
      // Nobody reaches it where it was, nor does it reach the others: they let it go.
      Step stop = make_step(change, "stop", "stop the server of " + name + " that was at " + old);
      stop.guards.push_back(guard(others_than(old)));
      stop.actions.push_back(UnitAction{daemon_.unit, UnitVerb::stop});
      steps.push_back(std::move(stop));
      Membership others = members_;
      others.why_none_may_leave.clear();
      others.addresses.erase(host());
      KILN_TRY_ASSIGN(Step kick, kick_step(change, database_, others, old, others_than(old)));
      steps.push_back(std::move(kick));
      return {};
    }
    Step leave = make_step(change, "leave", "leave " + name + " at " + old + ", to join it anew");
    leave.guards.push_back(guard(others_than(old)));
    leave.actions.push_back(LeaveDatabase{database_});
    for (const auto& [node, address] : members_.addresses)
      if (node != host()) leave.gates.push_back({node, MemberGone{database_, old}, kAgreement});
    leave.risk = Risk::quorum;
    leave.irreversible = true;
    leave.pool = raft_pool(database_);
    steps.push_back(std::move(leave));
    return {};
  }

  /// What is on a host before kiln: its package has started it. Never touched unless the file says so.
  Observation observe_standalone(const DatabaseFileSeen& file, State state) const {
    const std::string name(schema_name(database_));
    const std::string where =
        "a standalone database is in " + std::string(file_path(database_)) + " on " + host();
    if (!adopts_)
      return Foreign{where + ": `adopt = true` in [cluster] keeps its rows, moving it away starts empty"};
    if (file.used && !members_.addresses.empty())
      return Foreign{
          where + " and holds rows, and " + members_.addresses.begin()->first +
          " is a member of a cluster already: rows of two databases cannot be put together; move it "
          "away to join"};
    if (file.used && members_.with_rows.size() > 1)
      return Foreign{list(members_.with_rows) + " each hold a standalone " + name +
                     " with rows: choose whose are kept, and move the others' " +
                     std::string(file_path(database_)) + " away"};
    state["database"] = std::string(file.used ? "standalone, with rows" : "standalone, without rows");
    if (state[daemon_.unit] != AttributeValue("masked")) state.erase(daemon_.unit);
    return state;
  }

  /// There is somebody to join, or there will be before this member's turn comes.
  bool members_join() const { return !members_.addresses.empty() || !previous_.empty(); }

  /// While it is neither a member nor has kiln's options, nothing may start the unit: not even a boot.
  std::vector<Action> hold() const {
    return {UnitAction{daemon_.unit, UnitVerb::stop}, UnitAction{daemon_.unit, UnitVerb::mask}};
  }

  /// The guard of a step that touches this member alone.
  QuorumKept others_than(const std::string& address, bool mends = false) const {
    QuorumKept others = quorum_;
    others.but = {address};
    others.mends = mends;
    return others;
  }

  Step adopt_step(const Change& change) const {
    Step step = make_step(
        change, "adopt",
        "make the standalone " + std::string(schema_name(database_)) + " a cluster of one, with its rows");
    step.guards.push_back({kCluster, nobody_, kAgreement});
    step.actions = hold();
    step.actions.push_back(AdoptDatabase{database_, local_address_, election_timer_ms_});
    step.why.push_back("no other central holds rows; the old file stays in a folder beside it");
    step.risk = Risk::quorum;
    step.irreversible = true;
    step.pool = raft_pool(database_);
    return step;
  }

  Step put_aside_step(const Change& change) const {
    Step step = make_step(change, "retire",
                          "put aside the standalone database that the package has made, without rows");
    step.actions = hold();
    step.actions.push_back(RetireDatabase{database_});
    step.risk = Risk::quorum;
    step.pool = raft_pool(database_);
    return step;
  }

  Step retire_step(const Change& change, const DatabaseFileSeen& file) const {
    const bool is_refused = !file.refused.empty();
    Step step = make_step(change, "retire",
                          is_refused ? "put aside the file that its server refuses"
                                     : "put aside the file of a server that " +
                                           std::string(schema_name(database_)) + " has let go");
    if (is_refused) step.why.push_back("ovsdb-server says: " + file.refused);
    step.guards.push_back(guard(without(quorum_, file)));
    step.actions = {UnitAction{daemon_.unit, UnitVerb::stop}};
    // It may have been tried until systemd gave up (systemd.unit(5), StartLimitBurst=).
    if (is_refused) step.actions.push_back(UnitAction{daemon_.unit, UnitVerb::reset_failed});
    step.actions.push_back(RetireDatabase{database_});
    return step;
  }

  static std::string list(const std::set<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
    return text;
  }

  /// Create or join. A database is created only when every central has answered and none has one.
  Result<Step> enter_cluster(const Change& change) const {
    const std::string name(schema_name(database_));
    const bool creates = members_.addresses.empty() && previous_.empty();
    if (!creates && !members_.why_lost.empty()) return fail(ErrorCode::precondition, members_.why_lost);
    if (members_.addresses.empty() && !members_.unknown.empty())
      return fail(ErrorCode::unreachable,
                  members_.unknown.front() + " has not said whether it has " + name +
                      "; one is created only when every node has answered and none has it");
    Step step = make_step(change, creates ? "create" : "join",
                          creates ? "create " + name + ", first member" : "join " + name);
    step.guards.push_back(creates ? Gate{kCluster, nobody_, kAgreement} : guard(others_than(local_address_)));
    if (creates)
      step.actions.push_back(CreateDatabase{database_, local_address_, election_timer_ms_});
    else
      step.actions.push_back(JoinDatabase{database_, local_address_, remotes_});
    step.why.push_back(creates ? "every node answered and none has a database"
                               : "the cluster is there, or is made earlier in this plan");
    step.risk = creates ? Risk::none : Risk::quorum;
    step.irreversible = true;
    step.pool = raft_pool(database_);
    return step;
  }

  Database database_;
  std::string local_address_;
  int election_timer_ms_;
  Daemon daemon_;
  Membership members_;
  QuorumKept quorum_;
  NoDatabase nobody_;
  bool failed_ = false;
  bool hands_over_;  ///< it is not to lead: its node is in maintenance
  Span state_span_;
  std::vector<std::string> remotes_;
  std::string previous_;
  std::string why_not_moved_;
  std::string why_not_anew_;
  std::map<std::string, std::string> other_addresses_;  ///< of members on other nodes, with the node
  std::vector<ResourceId> dead_;
  std::vector<ResourceId> strangers_;
  bool adopts_;
  FileLook authority_look_;
  std::shared_ptr<const KnownAuthority> authority_;
  ServedCertificateLook served_;  ///< by itself, to its peers
};

}  // namespace

void make_databases(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.nodes_with("central"))
    for (const auto& [database, members] : context.memberships)
      resources.push_back(std::make_unique<DatabaseMember>(context, *node, database, members));
  make_lost_databases(context, resources);
}

}  // namespace kiln::resources
