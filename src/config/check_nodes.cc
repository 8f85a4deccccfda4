#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "config/check.h"
#include "config/first_use.h"

// Addresses, bridges and services of the nodes.

namespace kiln::config {
namespace {

void check_services(const NodeSpec& node, Diags& diags) {
  if (node.auto_services || !node.has("chassis") || node.has("switch")) return;
  diags
      .error("chassis-without-switch", node.places.at("services"),
             fmt::format("node `{}` runs `chassis` without `switch`; ovn-controller works on Open vSwitch",
                         node.name))
      .help = "add \"switch\" to its services";
}

/// Bridges are made on nodes with Open vSwitch.
void check_use_of_bridges(const NodeSpec& node, Diags& diags) {
  if (node.auto_services || node.has("switch") || !node.stays() || node.bridges.empty()) return;
  const BridgeSpec& bridge = node.bridges.begin()->second;
  Diag& diag = diags.warning(
      "bridges-without-switch", bridge.places.self,
      fmt::format("node `{}` does not run `switch`: {} not made", node.name,
                  node.bridges.size() == 1 ? fmt::format("bridge `{}` is", bridge.name) : "its bridges are"));
  diag.notes.push_back({.text = "its services are here", .span = node.places.at("services")});
  diag.help = "add \"switch\" to its services, or take its bridges out";
}

void check_ssh(const NodeSpec& node, FirstUse& targets, Diags& diags) {
  const SshSpec& ssh = node.ssh;
  const std::string& host = ssh.host.empty() ? node.address : ssh.host;
  if (host.empty() && !ssh.local) return;
  const std::string target = ssh.local ? "this machine" : fmt::format("{} port {}", host, ssh.port);
  const bool is_own = ssh.local || !ssh.host.empty();
  const Span& place = is_own ? ssh.places.at(ssh.local ? "local" : "host") : node.places.at("address");
  const auto* first = targets.claim(ssh.jump + ' ' + target, node.name, place);
  // Two nodes with one address are reported as that.
  if (first && is_own)
    report_twice(diags, "duplicate-ssh-target", place,
                 fmt::format("nodes `{}` and `{}` are both reached as {}; each is a machine of its own",
                             first->by, node.name, target),
                 *first);
}

void check_encap(const NodeSpec& node, FirstUse& endpoints, Diags& diags) {
  const Span& place = node.places.at(node.encap_key());
  for (const std::string& ip : node.encap_ips()) {
    if (ip.empty()) continue;
    const auto* first = endpoints.claim(ip, node.name, place);
    if (!first || node.encap_key() == "address") continue;
    Diag& diag = report_twice(
        diags, "duplicate-encap-ip", place,
        fmt::format("nodes `{}` and `{}` have the same tunnel endpoint {}", first->by, node.name, ip),
        *first);
    diag.notes.push_back({.text = "the southbound Encap table has one row for each type and ip: the second "
                                  "chassis could not register",
                          .span = {}});
  }
  if (node.encap.ip.empty() || node.encap.ips.empty() ||
      std::ranges::find(node.encap.ips, node.encap.ip) != node.encap.ips.end())
    return;
  Diag& diag = diags.error("encap-ip-not-listed", node.places.at("encap.ip"),
                           fmt::format("`encap.ip` of node `{}` is {}, which is none of its `encap.ips`",
                                       node.name, node.encap.ip));
  diag.notes.push_back({.text = "the list", .span = node.places.at("encap.ips")});
  diag.help = "`encap.ip` is the one of them that others prefer; leave it out, or list it";
}

void check_bridges(const NodeSpec& node, FirstUse& addresses, Diags& diags) {
  FirstUse ports;
  for (const BridgeSpec* spec : in_file_order(node.bridges)) {
    const BridgeSpec& bridge = *spec;
    const std::string whole_name = node.name + "/" + bridge.name;
    if (!bridge.port.empty())
      if (const auto* first = ports.claim(bridge.port, whole_name, bridge.places.at("port")))
        report_twice(diags, "duplicate-bridge-port", bridge.places.at("port"),
                     fmt::format("`{}` is a port of two bridges of node `{}`; an interface has one place",
                                 bridge.port, node.name),
                     *first);
    const auto address = IpInterface::parse(bridge.address);
    if (!address) continue;
    const Span& place = bridge.places.at("address");
    if (const auto* first = addresses.claim(address->address.text, whole_name, place))
      report_twice(diags, "duplicate-bridge-address", place,
                   fmt::format("bridges `{}` and `{}` have the same address {}", first->by, whole_name,
                               address->address.text),
                   *first);
    if (node.encap_key() == "address") continue;
    for (const std::string& ip : node.encap_ips()) {
      const auto endpoint = IpAddress::parse(ip);
      if (!endpoint || !address->contains(*endpoint) || *endpoint == address->address) continue;
      Diag& diag = diags.error(
          "encap-not-on-bridge", node.places.at(node.encap_key()),
          fmt::format("the tunnel endpoint of node `{}` is {}, but its bridge `{}` has {} in that network",
                      node.name, endpoint->text, bridge.name, address->text()));
      diag.notes.push_back({.text = "the bridge's address", .span = place});
      diag.help = fmt::format("encap = {{ ip = \"{}\" }}", address->address.text);
    }
  }
}

}  // namespace

void check_nodes(const Desired& desired, Diags& diags) {
  FirstUse addresses;
  FirstUse endpoints;
  FirstUse targets;
  FirstUse bridge_addresses;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (!node->address.empty())
      if (const auto* first = addresses.claim(node->address, node->name, node->places.at("address")))
        report_twice(
            diags, "duplicate-node-address", node->places.at("address"),
            fmt::format("nodes `{}` and `{}` have the same address {}", first->by, node->name, node->address),
            *first);
    check_services(*node, diags);
    check_use_of_bridges(*node, diags);
    check_ssh(*node, targets, diags);
    check_encap(*node, endpoints, diags);
    check_bridges(*node, bridge_addresses, diags);
  }
}

}  // namespace kiln::config
