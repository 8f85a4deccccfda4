#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/address.h"
#include "base/text.h"
#include "config/check.h"
#include "config/first_use.h"

// Can the nodes reach each other, and can one host have all that the file gives it?

namespace kiln::config {
namespace {

bool is_chassis(const NodeSpec& node) {
  return node.auto_services || node.has("chassis");
}

/// Why other hosts cannot use it; "" if they can.
std::string unreachable(const std::string& text, bool alone) {
  const auto address = IpAddress::parse(text);
  if (!address) return {};
  const bool loopback = address->v6 ? address->text == "::1" : address->text.starts_with("127.");
  if (loopback && !alone) return "a loopback address, which no other node can reach";
  // fe80::/10; without the interface, which differs from host to host, it leads nowhere.
  const std::string_view start = std::string_view(address->text).substr(0, 3);
  const bool link_local = address->v6 && address->text.find(':') == 4 &&
                          (start == "fe8" || start == "fe9" || start == "fea" || start == "feb");
  return link_local ? "a link-local address, which leads nowhere without an interface" : "";
}

void check_reachable(const NodeSpec& node, bool alone, Diags& diags) {
  std::vector<std::pair<std::string, std::string>> addresses{{"address", node.address}};
  if (const std::string key = node.encap_key(); key != "address")
    for (const std::string& ip : node.encap_ips()) addresses.emplace_back(key, ip);
  for (const auto& [key, address] : addresses)
    if (const std::string why = unreachable(address, alone); !why.empty())
      diags
          .error("unreachable-address", node.places.at(key),
                 fmt::format("`{}` of node `{}` is {}, {}", key, node.name, address, why))
          .help = "write an address that the other nodes reach";
}

/// What a chassis offers for tunnels.
struct Tunnels {
  std::vector<std::string> families;  // sorted, as types are
  std::vector<std::string> types;
  auto operator<=>(const Tunnels&) const = default;
};

std::vector<std::string> families(const NodeSpec& node) {
  std::set<std::string> families;
  for (const std::string& ip : node.encap_ips())
    if (const auto endpoint = IpAddress::parse(ip)) families.insert(endpoint->v6 ? "IPv6" : "IPv4");
  return {families.begin(), families.end()};
}

/// "geneve over IPv4"
std::string text_of(const Tunnels& tunnels) {
  return fmt::format("{} over {}", join(tunnels.types, ", "), join(tunnels.families, ", "));
}

/// ovn-controller makes a tunnel of the types that both ends have, to the other's address.
bool fit(const Tunnels& one, const Tunnels& other) {
  const auto share = [](const std::vector<std::string>& ours, const std::vector<std::string>& theirs) {
    return std::ranges::find_first_of(ours, theirs) != ours.end();
  };
  return share(one.families, other.families) && share(one.types, other.types);
}

/// Of chassis that offer the same the first speaks for all.
void check_tunnels(const Desired& desired, Diags& diags) {
  std::map<Tunnels, const NodeSpec*> first;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    Tunnels tunnels{families(*node), node->encap.types};
    std::ranges::sort(tunnels.types);
    if (!is_chassis(*node) || tunnels.families.empty()) continue;
    if (!first.emplace(tunnels, node).second) continue;
    const auto place = [&](const NodeSpec& of) -> const Span& {
      return of.places.at(of.places.has("encap.types") ? "encap.types" : of.encap_key());
    };
    for (const auto& [others, other] : first) {
      if (fit(tunnels, others)) continue;
      diags
          .error("encap-mismatch", place(*node),
                 fmt::format("no tunnel can be between node `{}` ({}) and node `{}` ({})", node->name,
                             text_of(tunnels), other->name, text_of(others)))
          .notes.push_back({.text = fmt::format("node `{}`", other->name), .span = place(*other)});
      break;
    }
  }
}

void check_networks(const NodeSpec& node, Diags& diags) {
  const auto own = IpAddress::parse(node.address);
  std::vector<std::pair<IpInterface, const BridgeSpec*>> before;
  for (const BridgeSpec* bridge : in_file_order(node.bridges)) {
    const auto address = IpInterface::parse(bridge->address);
    if (!address) continue;
    const Span& place = bridge->places.at("address");
    for (const auto& [other, of] : before) {
      if (address->address == other.address) continue;  // reported as that
      if (!address->contains(other.address) && !other.contains(address->address)) continue;
      diags
          .error("bridge-networks-overlap", place,
                 fmt::format("bridges `{}` ({}) and `{}` ({}) of node `{}` are in one network", of->name,
                             other.text(), bridge->name, address->text(), node.name))
          .notes.push_back({.text = "the other bridge", .span = of->places.at("address")});
      break;
    }
    before.emplace_back(*address, bridge);
    if (!own || !address->contains(*own) || address->address == *own) continue;
    Diag& diag =
        diags.warning("address-in-bridge-network", place,
                      fmt::format("bridge `{}` of node `{}` is in the network of the node's address {}",
                                  bridge->name, node.name, node.address));
    diag.notes.push_back({.text = "the node's address", .span = node.places.at("address")});
    diag.help = "give the bridge an address of another network";
  }
}

/// A bridge must not take the address by which another node is reached.
void check_bridge_addresses(const Desired& desired, Diags& diags) {
  std::map<std::string, const NodeSpec*> nodes;
  for (const auto& [name, node] : desired.nodes)
    if (!node.address.empty()) nodes.emplace(node.address, &node);
  for (const NodeSpec* node : desired.nodes_in_file_order())
    for (const BridgeSpec* bridge : in_file_order(node->bridges)) {
      const auto other = nodes.find(bridge->address.substr(0, bridge->address.find('/')));
      if (other == nodes.end() || other->second == node) continue;
      const FirstUse::Use first{.by = other->second->name, .span = other->second->places.at("address")};
      report_twice(diags, "duplicate-bridge-address", bridge->places.at("address"),
                   fmt::format("bridge `{}/{}` has the address of node `{}`", node->name, bridge->name,
                               other->second->name),
                   first);
    }
}

struct LinkUse {
  std::string what;  ///< "bridge `br-a`"
  Span span;
};

/// Names of interfaces are unique on a host. Ports of two bridges are checked with the bridges.
void check_link_names(const Desired& desired, Diags& diags) {
  std::map<std::string, std::map<std::string, LinkUse>> links;  // by node, by name
  const auto claim = [&](const std::string& node, const std::string& link, const LinkUse& use) {
    const auto [first, is_new] = links[node].emplace(link, use);
    if (is_new) return;
    Diag& diag = diags.error("duplicate-link-name", use.span,
                             fmt::format("{} and {} would both be the interface `{}` of node `{}`",
                                         first->second.what, use.what, link, node));
    diag.notes.push_back({.text = first->second.what, .span = first->second.span});
  };
  for (const auto& [node_name, node] : desired.nodes) {
    for (const auto& [name, bridge] : node.bridges)
      claim(node_name, name, {fmt::format("bridge `{}`", name), bridge.places.self});
    for (const auto& [name, bridge] : node.bridges)
      if (node.bridges.contains(bridge.port))
        claim(node_name, bridge.port,
              {fmt::format("the port of bridge `{}`", name), bridge.places.at("port")});
      else if (!bridge.port.empty())
        links[node_name].emplace(
            bridge.port, LinkUse{fmt::format("the port of bridge `{}`", name), bridge.places.at("port")});
  }
  for (const WorkloadSpec* workload : in_file_order(desired.workloads))
    if (const auto node = links.find(workload->node);
        node != links.end() && node->second.contains(workload_link(workload->name)))
      claim(workload->node, workload_link(workload->name),
            {fmt::format("workload `{}`", workload->name), workload->places.self});
}

}  // namespace

void check_underlay(const Desired& desired, Diags& diags) {
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    check_reachable(*node, desired.nodes.size() == 1, diags);
    check_networks(*node, diags);
  }
  check_tunnels(desired, diags);
  check_bridge_addresses(desired, diags);
  check_link_names(desired, diags);
}

}  // namespace kiln::config
