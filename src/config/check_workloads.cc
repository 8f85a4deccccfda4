#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "config/check.h"
#include "config/first_use.h"

// Workloads and the checks between them.

namespace kiln::config {
namespace {

/// The IP addresses that a port lists.
std::vector<std::string> listed_ips(const PortSpec& port) {
  std::vector<std::string> ips;
  for (const std::string& address : port.addresses)
    for (const std::string& word : split(address, ' '))
      if (IpAddress::parse(word)) ips.push_back(word);
  return ips;
}

void check_node(const WorkloadSpec& workload, const Desired& desired, Diags& diags) {
  const auto node = desired.nodes.find(workload.node);
  if (node == desired.nodes.end() || node->second.auto_services || node->second.has("chassis")) return;
  Diag& diag = diags.error("node-without-chassis", workload.places.at("node"),
                           fmt::format("workload `{}` is on node `{}`, which does not run `chassis`",
                                       workload.name, workload.node));
  if (!node->second.stays()) {
    diag.notes.push_back({.text = "nothing stays there", .span = node->second.places.at("state")});
    diag.help = "choose another node";
    return;
  }
  diag.notes.push_back({.text = "its services", .span = node->second.places.at("services")});
  diag.help = "add \"chassis\" and \"switch\" to them, or choose another node";
}

void check_ip(const WorkloadSpec& workload, const PortSpec& port, FirstUse& used, Diags& diags) {
  const auto ip = IpInterface::parse(workload.ip);
  if (!ip) return;
  const Span& place = workload.places.at("ip");
  const std::vector<std::string> listed = listed_ips(port);
  if (listed.empty()) {
    if (const auto* first = used.claim(port.switch_name + ' ' + ip->address.text, workload.name, place))
      report_twice(diags, "duplicate-ip", place,
                   fmt::format("workloads `{}` and `{}` have the same IP {} on switch `{}`", first->by,
                               workload.name, ip->address.text, port.switch_name),
                   *first);
    return;
  }
  if (std::ranges::find(listed, ip->address.text) != listed.end()) return;
  Diag& diag = diags.error("ip-not-on-port", place,
                           fmt::format("workload `{}` has {}; its port `{}` has {}", workload.name,
                                       ip->address.text, port.key(), join(listed, ", ")));
  diag.notes.push_back({.text = "the port's addresses", .span = port.places.at("addresses")});
  diag.help = fmt::format("ip = \"{}/{}\"", listed.front(), ip->prefix_length);
}

/// RFC 8200: Linux takes no IPv6 address on a link of less.
void check_mtu(const WorkloadSpec& workload, Diags& diags) {
  constexpr int kLeastForIpv6 = 1280;
  const auto ip = IpInterface::parse(workload.ip);
  if (!ip || !ip->address.v6 || workload.mtu >= kLeastForIpv6) return;
  diags
      .error("out-of-range", workload.places.at("mtu"),
             fmt::format("`mtu` in [workloads.{}] is {}; with an IPv6 address at least {} are expected",
                         workload.name, workload.mtu, kLeastForIpv6))
      .notes.push_back({.text = "its address", .span = workload.places.at("ip")});
}

void check_port(const WorkloadSpec& workload, const Desired& desired, FirstUse& ports, FirstUse& ips,
                Diags& diags) {
  const PortSpec* port = desired.find_port(workload.port);
  if (!port) return;
  if (const auto* first = ports.claim(workload.port, workload.name, workload.places.at("port")))
    report_twice(diags, "port-in-use", workload.places.at("port"),
                 fmt::format("workloads `{}` and `{}` are on the same port `{}`", first->by, workload.name,
                             workload.port),
                 *first)
        .notes.push_back(
            {.text = "two interfaces with one iface-id take the port from each other", .span = {}});
  if (port->mac().empty()) {
    Diag& diag = diags.error("port-without-mac", workload.places.at("port"),
                             fmt::format("port `{}` of workload `{}` has no MAC address in its `addresses`",
                                         workload.port, workload.name));
    diag.notes.push_back({.text = "the port", .span = port->places.at("addresses")});
    diag.help = "addresses = [\"02:00:00:00:00:01\"], or with IP addresses after the MAC";
  }
  check_ip(workload, *port, ips, diags);
}

/// kiln makes no routers; somebody else may have.
void check_network_of_ping(const CheckSpec& check, const WorkloadSpec& from, const WorkloadSpec& to,
                           const Desired& desired, Diags& diags) {
  const PortSpec* const source = desired.find_port(from.port);
  const PortSpec* const target = desired.find_port(to.port);
  const auto one = IpInterface::parse(from.ip);
  const auto other = IpInterface::parse(to.ip);
  if (!source || !target || !one || !other) return;
  std::string why;
  if (source->switch_name != target->switch_name)
    why = fmt::format("`{}` is on switch `{}` and `{}` on `{}`", from.name, source->switch_name, to.name,
                      target->switch_name);
  else if (!one->contains(other->address) || !other->contains(one->address))
    why = fmt::format("`{}` has {} and `{}` {}, which is another network", from.name, one->text(), to.name,
                      other->text());
  if (why.empty()) return;
  Diag& diag = diags.warning("ping-between-networks", check.places.at("ping.to"),
                             why + "; kiln makes no router between them");
  diag.notes.push_back({.text = fmt::format("`{}`", from.name), .span = from.places.at("ip")});
  diag.notes.push_back({.text = fmt::format("`{}`", to.name), .span = to.places.at("ip")});
}

void check_ping(const CheckSpec& check, const Desired& desired, Diags& diags) {
  if (check.from == check.to && !check.from.empty()) {
    diags.error("ping-to-itself", check.places.at("ping.to"),
                fmt::format("`{}` pings itself; another workload is expected", check.to));
    return;
  }
  const auto from = desired.workloads.find(check.from);
  const auto to = desired.workloads.find(check.to);
  for (const auto& [end, key] : {std::pair(from, "ping.from"), std::pair(to, "ping.to")}) {
    if (end == desired.workloads.end() || end->second.places.has("ip")) continue;
    Diag& diag =
        diags.error("ping-without-ip", check.places.at(key),
                    fmt::format("workload `{}` has no `ip`; a ping needs one on both ends", end->first));
    diag.notes.push_back({.text = "the workload", .span = end->second.places.self});
  }
  if (from != desired.workloads.end() && to != desired.workloads.end())
    check_network_of_ping(check, from->second, to->second, desired, diags);
}

}  // namespace

void check_workloads(const Desired& desired, Diags& diags) {
  FirstUse ports;
  FirstUse ips;
  for (const WorkloadSpec* workload : in_file_order(desired.workloads)) {
    check_node(*workload, desired, diags);
    check_port(*workload, desired, ports, ips, diags);
    check_mtu(*workload, diags);
  }
  for (const CheckSpec& check : desired.checks) check_ping(check, desired, diags);
}

}  // namespace kiln::config
