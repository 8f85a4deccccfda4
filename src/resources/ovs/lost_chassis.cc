#include "resources/ovs/lost_chassis.h"

#include "resources/daemon.h"
#include "resources/nb/rows.h"
#include "resources/ovs/cms_options.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `chassis/<node>` of a node that the file no longer makes a chassis: ovn-controller exits, which takes
// its rows out of the southbound (ovn-controller(8), exit); what is left of them is deleted. Of a node that
// is dead only the rows go.

namespace kiln::resources {
namespace {

/// By uuid: rows that ovn-controller deletes first are no longer found, and a new registration is not hit.
ovsdb::Transaction forget(const Facts& facts, const std::string& chassis) {
  ovsdb::Transaction transaction;
  for (const RowsLook& look : {chassis_look(), chassis_private_look()})
    if (const auto* rows = facts.seen<RowsSeen>(kCluster, look))
      for (auto [row, end] = rows->names().equal_range(chassis); row != end; ++row)
        transaction.push_back(ovsdb::Delete{look.table, ovsdb::by_uuid(row->second)});
  return transaction;
}

std::optional<std::string> add_rows(const Facts& facts, const std::string& chassis, State& state) {
  for (const RowsLook& look : {chassis_look(), chassis_private_look()}) {
    if (auto why = facts.unknown(kCluster, look)) return why;
    const auto* rows = facts.seen<RowsSeen>(kCluster, look);
    if (rows && rows->names().contains(chassis)) state[look.table] = chassis;
  }
  return std::nullopt;
}

class LostChassis : public Resource {
 public:
  LostChassis(const Context& context, const NodeSpec& node)
      : Resource(chassis_id(node.name), node.name, place_of_services(node)),
        has_rows_(context.desired.cluster.central_ips.empty() && !context.placement.centrals.empty()) {
    needs_ = context.needs_of_members(Database::southbound, "its rows are taken out of the southbound");
    for (ResourceId& id : lost_workloads(context, node.name))
      needs_.push_back({std::move(id), "its ports are let go by the ovn-controller that holds them"});
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes = lost_chassis_probes(host());
    if (has_rows_)
      probes.insert(probes.end(), {{kCluster, chassis_look()}, {kCluster, chassis_private_look()}});
    return probes;
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : lost_chassis_probes(host()))
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    State state;
    if (has_rows_)
      if (auto why = add_rows(facts, host(), state)) return Unknown{*why};
    if (facts.absent(host(), FileLook{controller_environment_path()}) && state.empty()) return Absent{};
    if (const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{kControllerUnit}))
      state[kControllerUnit] = unit->active_state;
    if (auto why = add_enabled_seen(facts, host(), kHostUnit, state)) return Unknown{*why};
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    std::vector<Step> steps;
    Step exit = make_step(change, "exit", "stop ovn-controller, and do not start it at boot");
    exit.actions = {UnitAction{kHostUnit, UnitVerb::disable}, UnitAction{kControllerUnit, UnitVerb::stop}};
    if (is_masked(facts.seen<UnitSeen>(host(), UnitLook{kControllerUnit})))  // it was in maintenance
      exit.actions.push_back(UnitAction{kControllerUnit, UnitVerb::unmask});
    exit.actions.push_back(UnitAction{kHostUnit, UnitVerb::stop});
    exit.risk = Risk::data_plane;
    steps.push_back(std::move(exit));
    if (has_rows_) add_step(steps, forget_step(change, facts, host()));
    Step clean = make_step(change, "clean", "take back what ovn-controller was told");
    if (ovsdb::Transaction keys = take_keys(facts); !keys.empty())
      clean.actions.push_back(Transact{Database::open_vswitch, std::move(keys)});
    // The environment file goes last: it marks what is to be done.
    clean.actions.insert(clean.actions.end(), {RemoveFile{drop_in_path(kControllerUnit)}, DaemonReload{},
                                               RemoveFile{controller_environment_path()}});
    steps.push_back(std::move(clean));
    return steps;
  }

 private:
  ovsdb::Transaction take_keys(const Facts& facts) const {
    const ovsdb::Value* external_ids = switch_external_ids(facts, host());
    if (!external_ids) return {};
    std::vector<ovsdb::Atom> keys;
    for (const char* key : {"ovn-remote", "ovn-encap-type", "ovn-encap-ip", "ovn-remote-probe-interval",
                            kDatapathType, kEncapDefault, kCentralsKey})
      if (external_ids->at(key)) keys.emplace_back(std::string(key));
    ovsdb::Transaction transaction;
    if (!keys.empty())
      transaction.emplace_back(
          ovsdb::Mutate{"Open_vSwitch", {}, {{"external_ids", "delete", ovsdb::Value::set(keys)}}});
    if (const std::string options = external_ids->at(kCmsOptions).value_or("");
        !serial_number_in(options).empty())
      transaction.emplace_back(set_serial_number(options, ""));
    return transaction;
  }

  bool has_rows_;  ///< in a southbound that is ours and goes on
  std::vector<Need> needs_;
};

/// Of a node that will never come back: nobody else would take its rows out.
class DeadChassis : public Resource {
 public:
  explicit DeadChassis(const NodeSpec& node)
      : Resource(chassis_id(node.name), kCluster, place_of_services(node)), node_(node.name) {}
  std::vector<Probe> probes() const override {
    return {{kCluster, chassis_look()}, {kCluster, chassis_private_look()}, {node_, HostLook{}}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  /// Those who let its servers go have not heard them; of a chassis alone nobody could tell.
  std::vector<Need> needs() const override {
    const std::string reason = "its servers are let go first, by members that do not hear them";
    return {{database_id(node_, Database::northbound), reason},
            {database_id(node_, Database::southbound), reason}};
  }
  Observation observe(const Facts& facts) const override {
    State state;
    if (auto why = add_rows(facts, node_, state)) return Unknown{*why};
    return state.empty() ? Observation(Absent{}) : Observation(state);
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (const std::string why = why_not_dead(facts, node_); !why.empty())
      return fail(ErrorCode::precondition, why);
    return std::vector<Step>{forget_step(change, facts, node_)};
  }

 private:
  std::string node_;
};

/// Of a node that stays a chassis when the last central has gone, as the file says it may: as long as it is
/// told of databases, it is taken for a sign that there are some. ovn-controller runs on, with the flows that
/// it has.
class ChassisOfNone : public Resource {
 public:
  ChassisOfNone(const Context& context, const NodeSpec& node)
      : Resource(chassis_id(node.name), node.name, place_of_services(node)) {
    for (const NodeSpec* other : context.desired.nodes_in_file_order())
      needs_.push_back(
          {database_id(other->name, Database::southbound), "it is told of the databases to the last"});
  }
  static bool is_told(const Facts& facts, const HostName& host) {
    const ovsdb::Value* external_ids = switch_external_ids(facts, host);
    return external_ids && external_ids->at("ovn-remote").has_value();
  }

  std::vector<Probe> probes() const override { return {{host(), open_vswitch_look()}}; }
  std::optional<State> wanted() const override { return State{{kRemote, std::string("of no database")}}; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), open_vswitch_look())) return Unknown{*why};
    const ovsdb::Value* external_ids = switch_external_ids(facts, host());
    const auto remote = external_ids ? external_ids->at("ovn-remote") : std::nullopt;
    return State{{kRemote, remote.value_or("of no database")}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "external-ids", "tell ovn-controller of no database");
    step.actions.push_back(Transact{
        Database::open_vswitch,
        {ovsdb::Mutate{
            "Open_vSwitch",
            {},
            {{"external_ids", "delete", ovsdb::Value::set({ovsdb::Atom(std::string("ovn-remote"))})}}}}});
    step.risk = Risk::data_plane;
    return std::vector<Step>{std::move(step)};
  }

 private:
  static constexpr const char* kRemote = "external_ids:ovn-remote";
  std::vector<Need> needs_;
};

bool is_registered(const Facts& facts, const std::string& chassis) {
  State rows;
  return !add_rows(facts, chassis, rows) && !rows.empty();
}

}  // namespace

Step forget_step(const Change& change, const Facts& facts, const std::string& chassis) {
  Step step = make_step(change, "forget", "take chassis " + chassis + " out of OVN_Southbound");
  step.host = kCluster;
  if (ovsdb::Transaction rows = forget(facts, chassis); !rows.empty())
    step.actions.push_back(Transact{Database::southbound, std::move(rows)});
  step.risk = Risk::data_plane;
  return step;
}

std::vector<ResourceId> lost_workloads(const Context& context, const HostName& host) {
  std::vector<ResourceId> ids;
  if (const auto* ports = context.facts.seen<RowsSeen>(host, ports_look()))
    for (const auto& [name, uuid] : owned_names(*ports, context.desired.cluster.name, kWorkloadKind))
      ids.push_back(lost_workload_id(name, host));
  return ids;
}

std::vector<Probe> lost_chassis_probes(const HostName& host) {
  return {{host, FileLook{controller_environment_path()}},
          {host, UnitLook{kControllerUnit}},
          {host, UnitLook{kHostUnit}},
          {host, open_vswitch_look()}};
}

void make_lost_chassis(const Context& context, Resources& resources) {
  const bool ours = context.desired.cluster.central_ips.empty();
  const bool none =
      ours && context.placement.centrals.empty() && context.desired.safety.allow_last_central_removal;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const bool made =
        context.facts.seen<FileSeen>(node->name, FileLook{controller_environment_path()}) != nullptr;
    if (context.placement.has(node->name, "chassis")) {
      if (none && made && ChassisOfNone::is_told(context.facts, node->name))
        resources.push_back(std::make_unique<ChassisOfNone>(context, *node));
      continue;
    }
    if (made || (ours && is_registered(context.facts, node->name)))
      resources.push_back(std::make_unique<LostChassis>(context, *node));
  }
  if (!ours) return;
  for (const auto& [name, node] : context.desired.dead)
    if (is_registered(context.facts, name)) resources.push_back(std::make_unique<DeadChassis>(node));
}

}  // namespace kiln::resources
