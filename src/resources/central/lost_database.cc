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
               const std::string& why_none, const std::optional<ResourceId>& before)
      : Resource(database_id(node.name, database), node.name, node.places.at("services")),
        database_(database),
        left_(members.left.contains(node.name)),
        survivors_(context.placement.centrals) {
    const std::string joined = "those that stay are members before this one leaves";
    const std::string told = "it knows the members that stay before this one leaves";
    for (const std::string& central : survivors_) {
      needs_.push_back({database_id(central, database), joined});
      needs_.push_back({northd_id(central), told});
    }
    needs_.push_back({listener_id(database), joined});
    needs_.push_back({election_timer_id(database), "one change of the cluster at a time", true});
    needs_.push_back({northd_id(node.name), "an ovn-northd of another central has taken over"});
    for (const NodeSpec* chassis : context.nodes_with("chassis"))
      needs_.push_back({chassis_id(chassis->name), told});
    for (const NodeSpec* client : context.desired.nodes_in_file_order())
      needs_.push_back({client_id(client->name), told});
    if (before) needs_.push_back({*before, "one RAFT membership change at a time"});
    why_not_ =
        survivors_.empty() ? "it would be the last central: the databases would be gone with it" : why_none;
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
    State state{{"database", (left_ ? "left " : "clustered at ") + file->local_address}};
    if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()})) state[unit()] = seen->active_state;
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const auto* file = facts.seen<DatabaseFileSeen>(host(), DatabaseFileLook{database_});
    const std::string name(schema_name(database_));
    const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()});
    const bool runs = seen && seen->active_state == "active";
    std::vector<Step> steps;
    if (!left_) {
      if (!why_not_.empty())
        return fail(ErrorCode::precondition, host() + " does not leave " + name + ": " + why_not_);
      Step leave = make_step(change, "leave", "leave " + name);
      if (!runs) leave.actions.push_back(UnitAction{unit(), UnitVerb::start});
      leave.actions.push_back(LeaveDatabase{database_});
      for (const std::string& survivor : survivors_)
        leave.gates.push_back({survivor, MemberGone{database_, file->local_address}, Duration{30000}});
      leave.risk = Risk::quorum;
      leave.irreversible = true;
      leave.pool = raft_pool(database_);
      steps.push_back(std::move(leave));
    }
    Step retire = make_step(change, "retire", "stop its server and put the file of " + name + " aside");
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
  bool left_;
  std::vector<std::string> survivors_;
  std::vector<Need> needs_;
  std::string why_not_;
};

}  // namespace

void make_lost_databases(const Context& context, const std::map<Database, Membership>& memberships,
                         Resources& resources) {
  // Nobody's centrals but ours: with central-ips the databases are somebody else's affair.
  if (!context.desired.cluster.central_ips.empty()) return;
  std::map<Database, std::string> why_none;
  for (const auto& [database, members] : memberships)
    why_none[database] = why_none_may_leave(context, database, members);
  std::optional<ResourceId> before;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (context.placement.has(node->name, "central")) continue;
    for (const auto& [database, members] : memberships) {
      const auto* file = context.facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database});
      if (!file || !file->clustered) continue;
      resources.push_back(
          std::make_unique<LostDatabase>(context, *node, database, members, why_none[database], before));
      before = resources.back()->id();
    }
  }
}

}  // namespace kiln::resources
