#include "model/spec.h"

#include <algorithm>

#include "base/address.h"
#include "base/assert.h"
#include "base/text.h"

namespace kiln {

bool Scope::excludes(const std::string& node) const {
  return std::ranges::find(but, node) != but.end();
}

bool Scope::has(const std::string& node) const {
  return (only.empty() || std::ranges::find(only, node) != only.end()) && !excludes(node);
}

DaemonLoggingSpec& LoggingSpec::of(std::string_view daemon) {
  if (daemon == "nb") return nb;
  if (daemon == "sb") return sb;
  if (daemon == "ovn-northd") return ovn_northd;
  if (daemon == "ovn-controller") return ovn_controller;
  if (daemon == "ovsdb-server") return ovsdb_server;
  KILN_ASSERT(daemon == "ovs-vswitchd");
  return ovs_vswitchd;
}

const DaemonLoggingSpec& LoggingSpec::of(std::string_view daemon) const {
  return const_cast<LoggingSpec*>(this)->of(daemon);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

bool NodeSpec::has(const std::string& service) const {
  return std::ranges::find(services, service) != services.end();
}

std::vector<std::string> NodeSpec::encap_ips() const {
  std::vector<std::string> ips = encap.ips;
  if (ips.empty()) ips = {encap.ip.empty() ? address : encap.ip};
  std::ranges::sort(ips);
  return ips;
}

std::string NodeSpec::encap_key() const {
  if (!encap.ips.empty()) return "encap.ips";
  return encap.ip.empty() ? "address" : "encap.ip";
}

std::string NodeSpec::integration_datapath() const {
  if (!datapath.empty()) return datapath;
  const bool any_netdev =
      std::ranges::any_of(bridges, [](const auto& named) { return named.second.datapath == "netdev"; });
  return any_netdev ? "netdev" : "system";
}

std::string PortSpec::mac() const {
  for (const std::string& address : addresses)
    if (const auto mac = normal_mac(address.substr(0, address.find(' ')))) return *mac;
  return {};
}

std::vector<const NodeSpec*> Desired::nodes_in_file_order() const {
  std::vector<const NodeSpec*> ordered;
  for (const auto& [name, node] : nodes) ordered.push_back(&node);
  std::ranges::stable_sort(ordered, {}, &NodeSpec::order);
  return ordered;
}

const PortSpec* Desired::find_port(const std::string& key) const {
  const std::size_t slash = key.find('/');
  if (slash == std::string::npos) return nullptr;
  const auto on = switches.find(key.substr(0, slash));
  if (on == switches.end()) return nullptr;
  const auto port = on->second.ports.find(key.substr(slash + 1));
  return port == on->second.ports.end() ? nullptr : &port->second;
}

}  // namespace kiln
