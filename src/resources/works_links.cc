#include <algorithm>
#include <set>

#include "base/text.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"
#include "resources/works_parts.h"

// What carries packets on one host: links, by the kernel's own flags (ip-link(8)).

namespace kiln::resources {
namespace {

class LinkJudge {
 public:
  LinkJudge(const Context& context, const NodeSpec& node, const HostSeen& host,
            std::vector<Trouble>& troubles)
      : context_(context), node_(node), host_(host), troubles_(troubles) {}

  void judge() {
    if (context_.placement.has(node_.name, "switch") && is_active(context_.facts, node_.name, kSwitchUnit))
      for (const auto& [name, bridge] : node_.bridges) {
        if (!is_made(name)) continue;
        judge_link(bridge_id(node_.name, name), bridge.port);
        if (!bridge.address.empty()) judge_link(bridge_id(node_.name, name), name);
      }
    if (!context_.placement.has(node_.name, "chassis") || !has_peers() ||
        !is_active(context_.facts, node_.name, kControllerUnit))
      return;
    for (const std::string& ip : node_.encap_ips()) judge_endpoint(ip);
  }

 private:
  void add(const ResourceId& id, std::string seen, std::string mend) {
    troubles_.push_back({id, node_.name, std::move(seen), std::move(mend), Passing::after_steps});
  }

  /// One that is not there is told by whoever wants it.
  void judge_link(const ResourceId& id, const std::string& name) {
    const LinkSeen* link = host_.find_link(name);
    if (!link || !judged_.insert(name).second) return;
    if (!link->up)
      add(id, "link " + name + " is down", "`ip link set dev " + name + " up` there");
    else if (!link->carrier)
      add(id, "link " + name + " has no carrier",
          "its cable, or what is at its other end: `ip link show " + name + "` there shows it");
  }

  /// One that is yet to be made brings its links up.
  bool is_made(const std::string& bridge) const {
    const auto* rows = context_.facts.seen<RowsSeen>(node_.name, bridges_look());
    return rows && rows->names().contains(bridge);
  }

  /// Somebody whom its tunnels lead to.
  bool has_peers() const {
    return !context_.desired.cluster.central_ips.empty() || context_.nodes_with("chassis").size() > 1;
  }

  /// Where no link has the address, the bridge's change or an error of the file tells it. A loopback's
  /// address leaves by whatever link the routes say.
  void judge_endpoint(const std::string& ip) {
    std::vector<std::string> names;
    for (const LinkSeen& link : host_.links) {
      const auto is_it = [&](const std::string& held) { return held.substr(0, held.find('/')) == ip; };
      if (link.name != "lo" && std::ranges::any_of(link.addresses, is_it)) names.push_back(link.name);
    }
    const ResourceId id = chassis_id(node_.name);
    if (names.size() > 1)
      add(id, "encap address " + ip + " is on " + join(names, " and ") + " at once",
          "`ip address delete` there, on the link that is not to have it");
    if (names.size() != 1) return;
    if (node_.bridges.contains(names.front()) && !is_made(names.front())) return;
    judge_link(id, names.front());
    judge_mtu(id, ip);
    if (node_.integration_datapath() == "netdev" && !is_of_open_vswitch(names.front()))
      add(id,
          "encap address " + ip + " is on " + names.front() +
              ", no bridge of Open vSwitch: the userspace datapath drops what it would send through tunnels",
          "the address on a bridge with that port: [nodes." + node_.name + ".bridges.NAME]");
  }

  void judge_mtu(const ResourceId& id, const std::string& ip) {
    const auto& workloads = context_.desired.workloads;
    const auto by_mtu = [](const auto& named) { return named.second.mtu; };
    const auto largest = std::ranges::max_element(workloads, {}, by_mtu);
    const LinkSeen* link = underlay(node_, ip, host_);
    if (largest == workloads.end() || !link || !link->up) return;
    const int left = link->mtu - tunnel_overhead(node_, ip);
    if (left >= largest->second.mtu) return;
    add(id,
        "tunnels by " + link->name + " carry packets of up to " + std::to_string(left) + " bytes; workload " +
            largest->first + " sends up to " + std::to_string(largest->second.mtu),
        "an MTU of " + std::to_string(largest->second.mtu + tunnel_overhead(node_, ip)) + " on " +
            link->name + " and on the network behind it, or `mtu = " + std::to_string(left) +
            "` for the workloads");
  }

  /// Not known is taken for yes.
  bool is_of_open_vswitch(const std::string& link) const {
    const auto* rows = context_.facts.seen<RowsSeen>(node_.name, interfaces_look());
    return !rows || rows->names().contains(link);
  }

  const Context& context_;
  const NodeSpec& node_;
  const HostSeen& host_;
  std::vector<Trouble>& troubles_;
  std::set<std::string> judged_;
};

}  // namespace

int tunnel_overhead(const NodeSpec& node, const std::string& encap_ip) {
  const bool geneve = std::ranges::find(node.encap.types, "geneve") != node.encap.types.end();
  const bool v6 = encap_ip.find(':') != std::string::npos;
  return 14 + (geneve ? 16 : 8) + 8 + (v6 ? 40 : 20);
}

const LinkSeen* underlay(const NodeSpec& node, const std::string& encap_ip, const HostSeen& host) {
  const LinkSeen* link = host.link_of(encap_ip);
  if (!link) return nullptr;
  const auto bridge = node.bridges.find(link->name);
  const LinkSeen* port = bridge == node.bridges.end() ? nullptr : host.find_link(bridge->second.port);
  if (!port || !link->up) return link;
  return !port->up || port->mtu < link->mtu ? port : link;
}

void add_link_troubles(const Context& context, const NodeSpec& node, const HostSeen& host,
                       std::vector<Trouble>& troubles) {
  LinkJudge(context, node, host, troubles).judge();
}

}  // namespace kiln::resources
