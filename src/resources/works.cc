#include "resources/works.h"

#include <algorithm>
#include <set>

#include "base/address.h"
#include "base/text.h"
#include "resources/beside.h"
#include "resources/central/central.h"
#include "resources/nb/rows.h"
#include "resources/opens.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/works_parts.h"

namespace kiln::resources {
namespace {

/// The flow that Open vSwitch gives a bridge without a controller.
const std::string kForwards = "priority=0 actions=NORMAL";

/// It is that one, whatever flags stand before it: who adds it again may get `reset_counts` (ovs-ofctl(8)).
bool forwards(const std::string& flow) {
  if (!flow.ends_with(kForwards)) return false;
  const std::string flags = flow.substr(0, flow.size() - kForwards.size());
  return (flags.empty() || flags.ends_with(' ')) && flags.find_first_of("=,") == std::string::npos;
}

class Judge {
 public:
  explicit Judge(const Context& context) : context_(context), facts_(context.facts) {}

  std::vector<Trouble> all() && {
    for (const NodeSpec* node : context_.desired.nodes_in_file_order()) {
      // One that does not answer at all is told by whoever counts the hosts.
      const auto* host = facts_.seen<HostSeen>(node->name, HostLook{});
      if (!host || !node->stays()) continue;
      if (context_.placement.has(node->name, "switch")) judge_switch(*node, *host);
      if (context_.placement.has(node->name, "chassis")) judge_chassis(*node);
      // In maintenance somebody may be at its cables.
      if (!node->drained()) add_link_troubles(context_, *node, *host, troubles_);
      if (!context_.placement.has(node->name, "central")) continue;
      for (const Database database : kClustered) judge_member(*node, database);
    }
    add_tunnel_troubles(context_, troubles_);
    for (std::vector<Trouble> more : {openings(context_), obstacles(context_)})
      troubles_.insert(troubles_.end(), more.begin(), more.end());
    add_key_troubles(context_, troubles_);
    judge_northd();
    return std::move(troubles_);
  }

 private:
  void add(ResourceId resource, const HostName& host, std::string seen, std::string mend,
           Passing passing = Passing::soon) {
    troubles_.push_back({std::move(resource), host, std::move(seen), std::move(mend), passing});
  }

  /// Rows of Interface that are kiln's, by what they are of; and the integration bridge's, whoever made it.
  std::optional<ResourceId> owner_of(const NodeSpec& node, const std::string& name,
                                     const ovsdb::Row& row) const {
    const std::string prefix = context_.desired.cluster.name + ':';
    const auto mark = column(row, "external_ids").at(kOwnerKey);
    if (mark && mark->starts_with(prefix)) {
      const std::size_t slash = mark->find('/', prefix.size());
      if (slash != std::string::npos)
        return ResourceId{mark->substr(prefix.size(), slash - prefix.size()), mark->substr(slash + 1)};
    }
    if (name == kIntegrationBridge || node.bridges.contains(name)) return bridge_id(node.name, name);
    return std::nullopt;
  }

  /// ovs-vswitchd.conf.db(5), Interface: `error` is why a port could not be made, `ofport` is -1 then.
  void judge_switch(const NodeSpec& node, const HostSeen& host) {
    if (!is_active(facts_, node.name, kSwitchUnit)) return;
    std::set<ResourceId> told;
    if (const auto* rows = facts_.seen<RowsSeen>(node.name, interfaces_look()))
      for (const auto& [name, uuid] : rows->names()) {
        const ovsdb::Row& row = rows->rows().at(uuid);
        const auto owner = owner_of(node, name, row);
        if (!owner) continue;
        const std::string error = column(row, "error").as_string().value_or("");
        if (error.empty() && column(row, "ofport").as_integer() != -1) continue;
        add(*owner, node.name,
            "Open vSwitch has no port for interface " + name + (error.empty() ? "" : ": " + error),
            mend_of(node, name));
        told.insert(*owner);
      }
    judge_bridges(node);
    const auto* bridges = facts_.seen<RowsSeen>(node.name, bridges_look());
    if (!bridges) return;
    for (const auto& [name, uuid] : bridges->names()) {
      const bool ours = name == kIntegrationBridge || node.bridges.contains(name);
      const ResourceId id = bridge_id(node.name, name);
      if (!ours || host.find_link(name) || told.contains(id)) continue;
      add(id, node.name, "Open vSwitch has made no link " + name, mend_of(node, name));
    }
  }

  /// A bridge of the kernel's datapath that does not come about most often lacks the module.
  std::string mend_of(const NodeSpec& node, const std::string& name) const {
    const auto bridge = node.bridges.find(name);
    const bool kernel = name == kIntegrationBridge
                            ? node.integration_datapath() == "system"
                            : bridge != node.bridges.end() && bridge->second.datapath == "system";
    const std::string log = "`journalctl -u " + std::string(kSwitchUnit) + "` there says why";
    return kernel ? log + "; without the kernel's module (`modprobe openvswitch`): datapath = \"netdev\""
                  : log;
  }

  void judge_chassis(const NodeSpec& node) {
    // Where the file has no central there is no southbound to be connected to.
    if (context_.endpoints(Database::southbound).empty()) return;
    if (node.drained() || !is_active(facts_, node.name, kControllerUnit)) return;
    const ResourceId id = chassis_id(node.name);
    const auto* seen = facts_.seen<TextSeen>(node.name, connection_status_look());
    const std::string status(seen ? trim(seen->text) : "");
    const std::string log = "`journalctl -u ovn-controller` there says why";
    if (!seen)
      add(id, node.name, "ovn-controller does not answer" + why_not(node.name, connection_status_look()), log,
          Passing::after_steps);
    else if (status != "connected")
      add(id, node.name,
          "ovn-controller is " + (status.empty() ? "not connected" : status) + " (of OVN_Southbound)", log);
    else
      judge_flows(node, id);
    // ovn-controller(8), debug/pause. Where the command is not known nothing is told.
    const auto* debug = facts_.seen<TextSeen>(node.name, controller_debug_look());
    if (debug && trim(debug->text) == "paused")
      add(id, node.name, "ovn-controller is paused: what OVN_Southbound has does not get to br-int",
          "`ovn-appctl -t ovn-controller debug/resume` there", Passing::by_hand);
    // What is registered follows from the keys: it is told once.
    if (!judge_overrides(node, id)) judge_encaps(node, id);
  }

  /// Flows are what carries packets: ovn-controller that is connected has hundreds in br-int.
  void judge_flows(const NodeSpec& node, const ResourceId& id) {
    const FlowsLook look = flows_look(kIntegrationBridge);
    if (!is_active(facts_, node.name, kSwitchUnit) || facts_.absent(node.name, look)) return;
    const auto* seen = facts_.seen<FlowsSeen>(node.name, look);
    if (!seen)
      add(id, node.name, "ovs-vswitchd does not answer" + why_not(node.name, look),
          "`journalctl -u " + std::string(kSwitchUnit) + "` there; `systemctl restart " +
              std::string(kSwitchUnit) + "` interrupts the node's traffic for a moment",
          Passing::after_steps);
    else if (seen->count == 0)
      add(id, node.name, "br-int has no flows: no packet gets through",
          "`systemctl restart ovn-controller` there writes them anew");
  }

  /// A bridge of the file forwards as a switch does (ovs-actions(7), normal): other flows are somebody's.
  void judge_bridges(const NodeSpec& node) {
    for (const auto& [name, bridge] : node.bridges) {
      const auto* seen = facts_.seen<FlowsSeen>(node.name, flows_look(name));
      if (!seen) continue;  // a switch that does not answer is told once
      const ResourceId id = bridge_id(node.name, name);
      std::vector<std::string> others = seen->flows;
      const std::size_t own = std::erase_if(others, forwards);
      if (own == 0 && seen->count <= std::ssize(seen->flows))
        add(id, node.name, name + " has no flow `" + kForwards + "`: no packet gets through",
            "`ovs-ofctl add-flow " + name + " priority=0,actions=NORMAL` there", Passing::after_steps);
      if (!others.empty())
        add(id, node.name,
            "somebody has put " + count_of(static_cast<std::size_t>(seen->count) - own, "flow", "flows") +
                " into " + name + " that decide where packets go: " + others.front(),
            "`ovs-ofctl del-flows " + name + "` there, then `ovs-ofctl add-flow " + name +
                " priority=0,actions=NORMAL`",
            Passing::by_hand);
      judge_stopped(node, name, *seen);
    }
    if (const auto* seen = facts_.seen<FlowsSeen>(node.name, flows_look(kIntegrationBridge)))
      judge_stopped(node, kIntegrationBridge, *seen);
  }

  /// ovs-ofctl(8), mod-port.
  void judge_stopped(const NodeSpec& node, const std::string& bridge, const FlowsSeen& seen) {
    for (const auto& [port, flags] : seen.stopped) {
      std::string mend;
      for (const auto& [flag, word] :
           {std::pair{"NO_FWD", "forward"}, {"NO_RECV", "receive"}, {"NO_FLOOD", "flood"}})
        if (flags.find(flag) != std::string::npos) {
          mend += mend.empty() ? "" : "; ";
          mend += "`ovs-ofctl mod-port " + bridge + ' ' + port + ' ' + word + "` there";
        }
      add(bridge_id(node.name, bridge), node.name, "port " + port + " of " + bridge + " is told " + flags,
          mend, Passing::by_hand);
    }
  }

  /// ovn-controller(8): a key with "-" and the system-id behind it takes the place of the key.
  bool judge_overrides(const NodeSpec& node, const ResourceId& id) {
    const ovsdb::Value* external_ids = switch_external_ids(facts_, node.name);
    const std::size_t before = troubles_.size();
    if (!external_ids) return false;
    for (const char* key : {"ovn-remote", "ovn-encap-type", "ovn-encap-ip", "ovn-remote-probe-interval",
                            kDatapathType, kEncapDefault, "ovn-bridge", "ovn-monitor-all"}) {
      const std::string own = std::string(key) + '-' + node.name;
      if (const auto value = external_ids->at(own))
        add(id, node.name, "external_ids:" + own + " = " + *value + " takes the place of kiln's " + key,
            "`ovs-vsctl remove open . external_ids " + own + "` there", Passing::by_hand);
    }
    return troubles_.size() > before;
  }

  /// ovn-sb(5), Encap: the tunnel endpoints that the others are told.
  void judge_encaps(const NodeSpec& node, const ResourceId& id) {
    if (!context_.desired.cluster.central_ips.empty() || !encaps_are_written(facts_, node)) return;
    const auto* chassis = facts_.seen<RowsSeen>(kCluster, chassis_look());
    const auto* encaps = facts_.seen<RowsSeen>(kCluster, encaps_look());
    if (!chassis || !encaps) return;
    const auto named = chassis->names().find(node.name);
    if (named == chassis->names().end()) return;
    std::set<std::string> wanted;
    for (const std::string& type : node.encap.types)
      for (const std::string& ip : node.encap_ips()) wanted.insert(type + ' ' + normal_words(ip));
    std::set<std::string> registered;
    for (const Uuid& uuid : column(chassis->rows().at(named->second), "encaps").as_uuids())
      if (const auto row = encaps->rows().find(uuid); row != encaps->rows().end())
        registered.insert(column(row->second, "type").as_string().value_or("") + ' ' +
                          normal_words(column(row->second, "ip").as_string().value_or("")));
    if (registered == wanted) return;
    add(id, node.name,
        "OVN_Southbound has it with " + (registered.empty() ? "no encap" : "encap " + listed(registered)) +
            ", the file with " + listed(wanted),
        "`ovn-appctl -t ovn-controller recompute` there; `journalctl -u ovn-controller` says why if it "
        "stays");
  }

  static std::string listed(const std::set<std::string>& texts) {
    return join({texts.begin(), texts.end()}, ", ");
  }

  std::string why_not(const HostName& host, const Look& look) const {
    const auto why = facts_.unknown(host, look);
    return why ? ": " + *why : "";
  }

  /// ovsdb-server(7), cluster/status: a server that runs and is cut off from the others serves nobody.
  void judge_member(const NodeSpec& node, Database database) {
    if (!is_active(facts_, node.name, std::string(server_unit(database)))) return;
    const auto* file = facts_.seen<DatabaseFileSeen>(node.name, DatabaseFileLook{database});
    if (!file || !file->clustered || !file->refused.empty()) return;
    const ResourceId id = database_id(node.name, database);
    const std::string name(schema_name(database));
    const auto* raft = facts_.seen<RaftSeen>(node.name, RaftLook{database});
    if (!raft) {
      add(id, node.name, "its server does not answer" + why_not(node.name, RaftLook{database}),
          "`journalctl -u " + std::string(server_unit(database)) +
              "` there; `systemctl restart` of it once the others are a majority",
          Passing::after_steps);
      return;
    }
    if (raft->works()) return judge_answers(node, database, *raft);
    // One that is cut off has first no leader, and after some elections is disconnected: one fault, told
    // alike.
    if (!raft->knows_leader() && (raft->is_member() || raft->is_cut_off()))
      add(id, node.name, "it knows no leader of " + name + " (role: " + raft->role + ')',
          "let the centrals reach each other on port " + std::to_string(raft_port(database)));
    else
      add(id, node.name,
          "it is no member of " + name +
              " that works: " + (raft->status.empty() ? "no status" : raft->status),
          "`ovn-appctl -t " + std::string(control_path(database)) + " cluster/status " + name + "` there");
  }

  /// A server that cannot write its log follows its leader and confirms nothing: it counts for no majority,
  /// which the leader alone can tell.
  void judge_answers(const NodeSpec& node, Database database, const RaftSeen& raft) {
    const HostName& leader_host = context_.memberships.at(database).leader;
    const auto* leader = facts_.seen<RaftSeen>(leader_host, RaftLook{database});
    if (!leader || leader->term != raft.term || leader_host == node.name) return;
    const RaftServerSeen* listed = leader->listed(raft);
    if (!listed || listed->heard_within(leader->election_timer_ms)) return;
    add(database_id(node.name, database), node.name,
        "the leader on " + leader_host + " has not heard it for " +
            (listed->last_message_ms ? std::to_string(*listed->last_message_ms / 1000) + " s" : "a while") +
            ": it counts for no majority",
        "where its disk is full, make room below /var/lib/ovn, then `ovn-appctl -t " +
            std::string(control_path(database)) + " ovsdb-server/compact " +
            std::string(schema_name(database)) + "` there; else see `journalctl -u " +
            std::string(server_unit(database)) + '`');
  }

  void judge_northd() {
    std::vector<HostName> active;
    std::vector<HostName> standby;
    bool all_told = true;
    for (const HostName& name : context_.placement.centrals) {
      const auto node = context_.desired.nodes.find(name);
      if (node == context_.desired.nodes.end() || node->second.drained() || !node->second.stays()) continue;
      if (!is_active(facts_, name, kNorthdUnit)) {
        all_told = all_told && facts_.seen<UnitSeen>(name, UnitLook{kNorthdUnit});
        continue;
      }
      const auto* seen = facts_.seen<TextSeen>(name, northd_status_look());
      const std::string status = seen ? northd_status(*seen) : "";
      if (status == "active")
        active.push_back(name);
      else if (status == "standby")
        standby.push_back(name);
      else
        all_told = false;
      if (!seen)
        add(northd_id(name), name, "ovn-northd does not answer" + why_not(name, northd_status_look()),
            "`journalctl -u ovn-northd` there; `systemctl restart ovn-northd`", Passing::after_steps);
      else if (status == "paused")
        add(northd_id(name), name, "ovn-northd is paused: what is written to OVN_Northbound stays there",
            "`ovn-appctl -t ovn-northd resume` there", Passing::by_hand);
    }
    if (active.size() > 1)
      add(northd_id(active.front()), kCluster, "ovn-northd is active on " + join(active, ", ") + " at once",
          "`systemctl restart ovn-northd` on all but one");
    // Where nobody leads the southbound, nobody has its lock: that is told of the members.
    const HostName& leader = context_.memberships.at(Database::southbound).leader;
    if (!facts_.seen<RaftSeen>(leader, RaftLook{Database::southbound})) return;
    if (active.empty() && !standby.empty() && all_told && !one_leaves())
      add(northd_id(standby.front()), kCluster,
          "ovn-northd is active nowhere; it stands by on " + join(standby, ", ") +
              ": if that lasts, somebody else's holds the lock of OVN_Southbound",
          "stop the one that is not of this deployment: `ss -tn sport = :6642` on the leader lists who is "
          "connected");
  }

  /// One of ours that is no longer wanted works until it is stopped, and may have the lock; so may that of a
  /// node which is called dead and only does not answer.
  bool one_leaves() const {
    return std::ranges::any_of(context_.desired.nodes, [&](const auto& named) {
      const auto& [name, node] = named;
      const bool wanted = context_.placement.has(name, "central") && node.stays() && !node.drained();
      const bool may_run = !node.stays() && !facts_.seen<UnitSeen>(name, UnitLook{kNorthdUnit});
      return !wanted && (may_run || is_active(facts_, name, kNorthdUnit));
    });
  }

  const Context& context_;
  const Facts& facts_;
  std::vector<Trouble> troubles_;
};

}  // namespace

FlowsLook flows_look(const std::string& bridge) {
  return {bridge, bridge != kIntegrationBridge};
}
AppctlLook northd_status_look() {
  return {"ovn-northd", "status"};
}
AppctlLook connection_status_look() {
  return {"ovn-controller", "connection-status"};
}
AppctlLook controller_debug_look() {
  return {"ovn-controller", "debug/status"};
}

RowsLook northbound_sequence_look() {
  return {Database::northbound, "NB_Global", {"nb_cfg", "sb_cfg"}};
}
RowsLook southbound_sequence_look() {
  return {Database::southbound, "SB_Global", {"nb_cfg"}};
}
RowsLook chassis_sequence_look() {
  return {Database::southbound, "Chassis_Private", {"name", "nb_cfg"}};
}

std::vector<Probe> sequence_probes() {
  return {{kCluster, northbound_sequence_look()},
          {kCluster, southbound_sequence_look()},
          {kCluster, chassis_sequence_look()}};
}

std::string northd_status(const TextSeen& seen) {
  const std::string status(trim(seen.text));
  return status.substr(status.rfind(' ') + 1);
}

std::vector<Probe> probes_of_works(const Desired& desired, const Placement& placement) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const HostName& host = node->name;
    const auto look_at = [&](std::initializer_list<Look> looks) {
      for (const Look& look : looks) probes.push_back({host, look});
    };
    look_at({HostLook{}});
    if (placement.has(host, "switch")) look_at({UnitLook{kSwitchUnit}, interfaces_look(), bridges_look()});
    if (placement.has(host, "switch"))
      for (const auto& [name, bridge] : node->bridges) look_at({flows_look(name)});
    if (placement.has(host, "chassis"))
      look_at({UnitLook{kControllerUnit}, connection_status_look(), controller_debug_look(),
               UnitLook{kSwitchUnit}, flows_look(kIntegrationBridge), open_vswitch_look(), ports_look()});
    if (!placement.has(host, "central")) continue;
    look_at({UnitLook{kNorthdUnit}, northd_status_look()});
    for (const Database database : kClustered)
      look_at({UnitLook{std::string(server_unit(database))}, DatabaseFileLook{database}, RaftLook{database}});
  }
  if (!placement.centrals.empty())
    probes.insert(probes.end(), {{kCluster, chassis_look()},
                                 {kCluster, encaps_look()},
                                 {kCluster, switch_ports_look()},
                                 {kCluster, northbound_sequence_look()},
                                 {kCluster, southbound_sequence_look()},
                                 {kCluster, chassis_sequence_look()}});
  for (std::vector<Probe> more :
       {probes_of_openings(desired, placement), probes_of_beside(desired, placement)})
    probes.insert(probes.end(), more.begin(), more.end());
  return probes;
}

std::vector<Trouble> troubles(const Context& context) {
  std::vector<Trouble> found = Judge(context).all();
  add_sequence_troubles(context, found);
  std::ranges::stable_sort(found, {}, &Trouble::resource);
  return found;
}

bool any_behind(const Context& context) {
  // Most often nobody is, and nothing else has to be judged.
  std::vector<Trouble> behind;
  add_sequence_troubles(context, behind);
  if (behind.empty()) return false;
  std::vector<Trouble> found = Judge(context).all();
  const std::size_t others = found.size();
  add_sequence_troubles(context, found);
  return found.size() > others;
}

}  // namespace kiln::resources
