#include <algorithm>

#include "base/text.h"
#include "resources/kinds.h"
#include "resources/paths.h"

// What only the hosts can tell is wrong with the file.

namespace kiln::resources {
namespace {

std::string candidates(const HostSeen& host) {
  std::string names;
  for (const LinkSeen& link : host.links)
    if (link.name != "lo" && link.addresses.empty() && !link.name.starts_with("ovs-") &&
        !link.name.starts_with("br-"))
      names += (names.empty() ? "" : ", ") + link.name;
  return names;
}

void check_bridge(const NodeSpec& node, const BridgeSpec& bridge, const HostSeen& host, Diags& diags) {
  if (bridge.port.empty()) return;
  const std::string where = "[nodes." + node.name + ".bridges." + bridge.name + "]";
  const std::string names = candidates(host);
  const std::string help = names.empty() ? "no other interface of " + node.name + " is without an address"
                                         : "interfaces of " + node.name + " without an address: " + names;
  const LinkSeen* carrier = host.ssh_address.empty() ? nullptr : host.link_of(host.ssh_address);
  if (carrier && carrier->name == bridge.port) {
    Diag& diag = diags.error("interface-carries-ssh", bridge.places.at("port"),
                             '`' + bridge.port + "` is the way kiln reaches " + node.name + " (" +
                                 host.ssh_address + "); it cannot become a port of " + where);
    diag.notes.push_back({"the host would lose its connection", {}});
    diag.help = help;
    return;
  }
  if (host.find_link(bridge.port)) return;
  diags
      .error("missing-interface", bridge.places.at("port"),
             node.name + " has no interface `" + bridge.port + '`')
      .help = help;
}

void check_encap(const NodeSpec& node, const HostSeen& host, Diags& diags) {
  const std::string& ip = node.encap_ip();
  if (host.link_of(ip)) return;
  const bool of_a_bridge = std::ranges::any_of(node.bridges, [&](const auto& named) {
    return named.second.address.substr(0, named.second.address.find('/')) == ip;
  });
  if (of_a_bridge) return;
  std::string addresses;
  for (const LinkSeen& link : host.links)
    for (const std::string& address : link.addresses)
      if (link.name != "lo") addresses += (addresses.empty() ? "" : ", ") + address + " (" + link.name + ')';
  Diag& diag = diags.error("address-not-on-node", node.places.at("encap.ip"),
                           node.name + " does not have the encap address " + ip);
  diag.help = node.name + " has " + (addresses.empty() ? "no address" : addresses);
}

/// A chassis keeps its name in system-id.conf: another node's name there means that this address leads to
/// that node's machine, and everything done to it would be done to the wrong one.
void check_machine(const NodeSpec& node, const Desired& desired, const Facts& facts, Diags& diags) {
  const auto* file = facts.seen<FileSeen>(node.name, FileLook{kSystemIdPath});
  const std::string name(file ? trim(file->content) : "");
  if (name == node.name) return;
  const auto other = desired.nodes.find(name);
  if (other == desired.nodes.end()) return;
  Diag& diag = diags.error("machine-of-another-node", node.places.at("address"),
                           "the machine at " + node.address + " is " + name + ", not " + node.name);
  diag.notes.push_back({"its " + std::string(kSystemIdPath) + " says `" + name + '`', {}});
  diag.notes.push_back({name + " is this node", other->second.places.self});
  diag.help = "if the addresses were exchanged, put them right; if the machine is a copy of " + name +
              "'s, remove " + kSystemIdPath + " there";
}

void check_clock(const NodeSpec& node, const HostSeen& host, const Facts& facts, Diags& diags) {
  constexpr std::int64_t kAllowedMs = 60000;
  const auto* controller = facts.seen<HostSeen>(kController, HostLook{});
  if (!controller) return;
  const std::int64_t off = host.time_ms - controller->time_ms;
  if (off < kAllowedMs && off > -kAllowedMs) return;
  diags
      .error("clock-off", node.places.self,
             "the clock of " + node.name + " is " + std::to_string(off / 1000) + " s off this machine's")
      .help = "certificates would not be valid there: set the time (chrony, systemd-timesyncd)";
}

}  // namespace

void check_against_hosts(const Desired& desired, const Facts& facts, Diags& diags) {
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const auto* host = facts.seen<HostSeen>(node->name, HostLook{});
    if (!host) continue;
    for (const auto& [name, bridge] : node->bridges) check_bridge(*node, bridge, *host, diags);
    if (node->auto_services || node->has("chassis")) check_encap(*node, *host, diags);
    check_machine(*node, desired, facts, diags);
    check_clock(*node, *host, facts, diags);
  }
}

}  // namespace kiln::resources
