#include <algorithm>
#include <map>
#include <set>

#include "base/address.h"
#include "base/text.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/works_parts.h"

// ovn-controller makes a tunnel to each endpoint of every other chassis that is registered, whatever it
// binds, but for those that share no transport zone with it (ovn-controller(8), ovn-transport-zones). Its
// port says whom it leads to: external_ids:ovn-chassis-id is the chassis' name, "@" and the endpoint.

namespace kiln::resources {
namespace {

struct Tunnel {
  std::string port;
  std::string remote_ip;
};

class TunnelJudge {
 public:
  TunnelJudge(const Context& context, std::vector<Trouble>& troubles)
      : context_(context), facts_(context.facts), troubles_(troubles) {}

  void judge() {
    for (const Trouble& trouble : troubles_)
      if (trouble.resource.kind == chassis_id("").kind) told_.insert(trouble.host);
    std::vector<const NodeSpec*> chassis;
    for (const NodeSpec* node : context_.nodes_with("chassis"))
      if (works_so_far(*node)) chassis.push_back(node);
    for (const NodeSpec* from : chassis) {
      const auto tunnels = tunnels_of(*from);
      if (!tunnels) continue;
      for (const NodeSpec* to : chassis) {
        if (to == from) continue;
        if (share_a_zone(*from, *to))
          judge_pair(*from, *to, *tunnels);
        else if (pings(*from, *to))
          troubles_.push_back(
              {chassis_id(from->name), from->name,
               "no tunnel to " + to->name + ", which a check of the file needs: they share no zone of " +
                   "external_ids:ovn-transport-zones",
               "`ovs-vsctl remove open . external_ids ovn-transport-zones` on both, or one zone "
               "for both"});
      }
    }
  }

 private:
  using Tunnels = std::multimap<HostName, Tunnel>;  ///< by the chassis at the other end

  void add(const NodeSpec& node, std::string seen) {
    troubles_.push_back({chassis_id(node.name), node.name, std::move(seen),
                         "`ovn-appctl -t ovn-controller recompute` there; `journalctl -u ovn-controller` and "
                         "`ovs-vsctl show` say why if it stays"});
  }

  /// It answers, has no change that would tell it, and others know it as the file has it.
  bool works_so_far(const NodeSpec& node) const {
    if (!node.stays() || node.drained() || told_.contains(node.name)) return false;
    if (!encaps_are_written(facts_, node)) return false;
    if (!facts_.seen<HostSeen>(node.name, HostLook{}) || !is_active(facts_, node.name, kSwitchUnit) ||
        !is_active(facts_, node.name, kControllerUnit))
      return false;
    if (!context_.desired.cluster.central_ips.empty()) return true;  // that it is connected is all that tells
    const auto* registered = facts_.seen<RowsSeen>(kCluster, chassis_look());
    return registered && registered->names().contains(node.name);
  }

  std::string key(const NodeSpec& node, const std::string& name) const {
    const ovsdb::Value* external_ids = switch_external_ids(facts_, node.name);
    if (!external_ids) return {};
    if (const auto own = external_ids->at(name + '-' + node.name)) return *own;
    return external_ids->at(name).value_or("");
  }

  /// A check is from a workload of the one to one of the other. Zones that no check crosses are meant so.
  bool pings(const NodeSpec& from, const NodeSpec& to) const {
    const auto is_on = [&](const std::string& workload, const NodeSpec& node) {
      const auto found = context_.desired.workloads.find(workload);
      return found != context_.desired.workloads.end() && found->second.node == node.name;
    };
    return std::ranges::any_of(context_.desired.checks, [&](const CheckSpec& check) {
      return is_on(check.from, from) && is_on(check.to, to);
    });
  }

  /// True if tunnels are made between the two.
  bool share_a_zone(const NodeSpec& from, const NodeSpec& to) const {
    const auto from_zones = split(key(from, "ovn-transport-zones"), ',');
    const auto to_zones = split(key(to, "ovn-transport-zones"), ',');
    if (from_zones.empty() && to_zones.empty()) return true;
    return std::ranges::any_of(from_zones, [&](const std::string& zone) {
      return std::ranges::find(to_zones, zone) != to_zones.end();
    });
  }

  /// Nothing where it is not known, or where one port serves all.
  std::optional<Tunnels> tunnels_of(const NodeSpec& node) {
    const auto* ports = facts_.seen<RowsSeen>(node.name, ports_look());
    const auto* interfaces = facts_.seen<RowsSeen>(node.name, interfaces_look());
    if (!ports || !interfaces || key(node, "ovn-enable-flow-based-tunnels") == "true") return std::nullopt;
    Tunnels tunnels;
    for (const auto& [name, uuid] : ports->names()) {
      const auto id = column(ports->rows().at(uuid), "external_ids").at("ovn-chassis-id");
      const auto interface = interfaces->names().find(name);
      if (!id || interface == interfaces->names().end()) continue;
      const ovsdb::Row& row = interfaces->rows().at(interface->second);
      const HostName to = id->substr(0, id->find('@'));
      tunnels.emplace(to,
                      Tunnel{name, normal_words(column(row, "options").at("remote_ip").value_or("nowhere"))});
      judge_port(node, to, name, row);
    }
    return tunnels;
  }

  /// ovs-vswitchd.conf.db(5), Interface: `error`, `ofport`, and `bfd_status`, which is empty without BFD.
  void judge_port(const NodeSpec& from, const HostName& to, const std::string& name, const ovsdb::Row& row) {
    const auto node = context_.desired.nodes.find(to);
    if (node == context_.desired.nodes.end() || !works_so_far(node->second)) return;
    const std::string error = column(row, "error").as_string().value_or("");
    const std::string tunnel = "tunnel " + name + " to " + to;
    if (!error.empty() || column(row, "ofport").as_integer() == -1)
      add(from, "Open vSwitch has no port for " + tunnel + (error.empty() ? "" : ": " + error));
    else if (column(row, "bfd_status").at("state") == "down")
      add(from, "BFD says that " + tunnel + " is down");
  }

  void judge_pair(const NodeSpec& from, const NodeSpec& to, const Tunnels& tunnels) {
    const std::vector<std::string> wanted = to.encap_ips();
    std::set<std::string> there;
    bool elsewhere = false;
    const auto [first, last] = tunnels.equal_range(to.name);
    for (auto at = first; at != last; ++at) {
      const auto& [port, remote_ip] = at->second;
      there.insert(remote_ip);
      if (std::ranges::find(wanted, remote_ip) != wanted.end()) continue;
      elsewhere = true;
      add(from, "tunnel " + port + " to " + to.name + " leads to " + remote_ip + ", the file has " +
                    join(wanted, ", "));
    }
    for (const std::string& ip : wanted)
      if (!elsewhere && !there.contains(ip)) add(from, "br-int has no tunnel to " + to.name + " at " + ip);
  }

  const Context& context_;
  const Facts& facts_;
  std::vector<Trouble>& troubles_;
  std::set<HostName> told_;
};

}  // namespace

bool encaps_are_written(const Facts& facts, const NodeSpec& node) {
  const ovsdb::Value* external_ids = switch_external_ids(facts, node.name);
  const auto holds = [&](const char* key, const std::vector<std::string>& wanted) {
    return elements_of(external_ids->at(key).value_or("")) == elements_of(join(wanted, ","));
  };
  return !external_ids ||
         (holds("ovn-encap-ip", node.encap_ips()) && holds("ovn-encap-type", node.encap.types));
}

void add_tunnel_troubles(const Context& context, std::vector<Trouble>& troubles) {
  TunnelJudge(context, troubles).judge();
}

}  // namespace kiln::resources
