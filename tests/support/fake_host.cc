#include "support/fake_host.h"

#include <algorithm>

#include "base/text.h"
#include "support/fake_systemd.h"

namespace kiln::test {
namespace {

struct PackageRules {
  std::vector<std::string> needs;
  std::vector<std::string> units;
  std::vector<std::string> starts;  ///< what its postinst starts
};

const std::map<std::string, PackageRules>& catalogue() {
  static const std::map<std::string, PackageRules> kPackages = {
      {"iproute2", {}},
      {"openssl", {}},
      {"ethtool", {}},
      {"openvswitch-common", {}},
      {"ovn-common", {{"openvswitch-common"}, {}, {}}},
      {"openvswitch-switch",
       {{"openvswitch-common"},
        {"openvswitch-switch.service", "ovsdb-server.service", "ovs-vswitchd.service"},
        {"openvswitch-switch.service"}}},
      {"ovn-host",
       {{"ovn-common", "openvswitch-switch"},
        {"ovn-host.service", "ovn-controller.service"},
        {"ovn-host.service"}}},
      {"ovn-central",
       {{"ovn-common"},
        {"ovn-central.service", "ovn-northd.service", "ovn-ovsdb-server-nb.service",
         "ovn-ovsdb-server-sb.service"},
        {"ovn-central.service"}}}};
  return kPackages;
}

FakeLink link(const std::string& name, const std::string& address) {
  FakeLink made;
  made.seen.name = name;
  made.seen.up = true;
  made.seen.mtu = 1500;
  made.seen.mac = "02:00:00:00:00:0" + std::to_string(name.size());
  if (!address.empty()) made.seen.addresses = {address};
  return made;
}

}  // namespace

bool FakeHost::running(const std::string& unit) const {
  const auto found = units.find(unit);
  return powered && found != units.end() && found->second.active == "active";
}

const FakeLink* FakeHost::link_of(const std::string& address) const {
  for (const auto& [link_name, candidate] : links)
    for (const std::string& held : candidate.seen.addresses)
      if (held.substr(0, held.find('/')) == address) return &candidate;
  return nullptr;
}

bool FakeHost::exists(const std::string& path) const {
  if (files.contains(path)) return true;
  return std::ranges::any_of(databases, [&](const auto& file) { return file_path(file.first) == path; });
}

const std::string& FakeHost::content(const std::string& path) const {
  static const std::string kNone;
  const auto found = files.find(path);
  return found == files.end() ? kNone : found->second.content;
}

std::string boot_id_of(const FakeHost& host) {
  return host.name + "-boot-" + std::to_string(host.boot);
}

FakeHost make_host(const NodeSpec& node) {
  FakeHost host;
  host.name = node.name;
  host.machine_id = node.name;
  host.ssh_address = node.address;
  host.links["lo"] = link("lo", "127.0.0.1/8");
  host.links["eth0"] = link("eth0", node.address + "/24");
  for (const auto& [name, bridge] : node.bridges) {
    if (!bridge.port.empty()) host.links[bridge.port] = link(bridge.port, "");
  }
  int links = 0;
  for (const std::string& ip : node.encap_ips()) {
    const bool on_bridge = std::ranges::any_of(
        node.bridges, [&](const auto& named) { return named.second.address.starts_with(ip + '/'); });
    if (ip == node.address || on_bridge) continue;
    const std::string name = "eth" + std::to_string(++links);
    host.links[name] = link(name, ip + "/24");
  }
  return host;
}

Result<> install(FakeHost& host, const std::string& package, Random& random) {
  if (host.packages.contains(package)) return {};
  const auto rules = catalogue().find(package);
  if (rules == catalogue().end()) return fail(ErrorCode::failed, "E: Unable to locate package " + package);
  for (const std::string& needed : rules->second.needs) KILN_TRY(install(host, needed, random));
  host.packages[package] = package.starts_with("ovn-") ? "25.03.0-1" : "1.0-1";
  for (const std::string& unit : rules->second.units) {
    FakeUnit& made = host.units[unit];
    made.loaded = definition_of(host, unit);
    made.enabled = has_install_section(host, unit);
  }
  for (const std::string& unit : rules->second.starts) {
    if (host.masked.contains(unit) || host.masked_runtime.contains(unit)) continue;
    static_cast<void>(start_unit(host, unit, random));
  }
  return {};
}

}  // namespace kiln::test
