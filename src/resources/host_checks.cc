#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "resources/context.h"
#include "resources/kinds.h"
#include "resources/nb/rows.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

// What only the hosts can tell is wrong with the file.

namespace kiln::resources {
namespace {

constexpr const char* kMicroOvnUnit = "snap.microovn.daemon.service";

/// The bridge of Open vSwitch that has the port; null for none.
const ovsdb::Row* bridge_of(const Facts& facts, const NodeSpec& node, const std::string& port) {
  const auto* ports = facts.seen<RowsSeen>(node.name, ports_look());
  const auto* bridges = facts.seen<RowsSeen>(node.name, bridges_look());
  if (!ports || !bridges) return nullptr;
  const auto found = ports->names().find(port);
  if (found == ports->names().end()) return nullptr;
  for (const auto& [uuid, row] : bridges->rows()) {
    const auto its = column(row, "ports").as_uuids();
    if (std::ranges::find(its, found->second) != its.end()) return &row;
  }
  return nullptr;
}

std::string name_of(const ovsdb::Row& row) {
  return column(row, "name").as_string().value_or("");
}

/// Whose port a link is: of a bridge, bond or VRF of the kernel, or of a bridge of Open vSwitch that is none
/// of the file's and none of kiln's; "" for nobody's.
std::string owner_of(const Context& context, const NodeSpec& node, const LinkSeen& link) {
  if (link.master != "ovs-system" && !link.master.empty()) return link.master;
  const ovsdb::Row* row = bridge_of(context.facts, node, link.name);
  const bool ours = !row || node.bridges.contains(name_of(*row)) || is_of(*row, context.desired.cluster.name);
  return ours ? "" : name_of(*row);
}

/// The name of the link that has kiln's end of the SSH connection, if the port is below it and would be taken
/// away from it: "" if not.
std::string carrier_over(const Context& context, const NodeSpec& node, const BridgeSpec& bridge,
                         const HostSeen& host) {
  const LinkSeen* carrier = host.ssh_address.empty() ? nullptr : host.link_of(host.ssh_address);
  if (!carrier) return {};
  if (host.links_below(host.ssh_address).contains(bridge.port)) return carrier->name;
  const ovsdb::Row* row = bridge_of(context.facts, node, bridge.port);
  return row && name_of(*row) == carrier->name && carrier->name != bridge.name ? carrier->name : "";
}

/// Links that carry nothing and are nobody's port.
std::string candidates(const Context& context, const NodeSpec& node, const HostSeen& host) {
  const std::set<std::string> carriers = host.links_below(host.ssh_address);
  std::string names;
  for (const LinkSeen& link : host.links) {
    const bool has_ports = std::ranges::find(host.links, link.name, &LinkSeen::master) != host.links.end();
    if (link.name != "lo" && link.addresses.empty() && link.master.empty() && !has_ports &&
        !carriers.contains(link.name) && !bridge_of(context.facts, node, link.name) &&
        std::ranges::none_of(node.bridges,
                             [&](const auto& named) { return named.second.port == link.name; }) &&
        !link.name.starts_with("ovs-") && !link.name.starts_with("br-"))
      names += (names.empty() ? "" : ", ") + link.name;
  }
  return names;
}

void check_bridge(const NodeSpec& node, const BridgeSpec& bridge, const HostSeen& host,
                  const Context& context, Diags& diags) {
  if (bridge.port.empty()) return;
  const std::string where = "[nodes." + node.name + ".bridges." + bridge.name + "]";
  const std::string names = candidates(context, node, host);
  const std::string help = names.empty() ? "no other interface of " + node.name + " is free"
                                         : "interfaces of " + node.name + " that are free: " + names;
  const Span& place = bridge.places.at("port");
  const LinkSeen* link = host.find_link(bridge.port);
  if (!link) {
    diags.error("missing-interface", place, node.name + " has no interface `" + bridge.port + '`').help =
        help;
    return;
  }
  if (const std::string carrier = carrier_over(context, node, bridge, host); !carrier.empty()) {
    Diag& diag = diags.error("interface-carries-ssh", place,
                             '`' + bridge.port + "` is the way kiln reaches " + node.name + " (" +
                                 host.ssh_address + (carrier == bridge.port ? "" : " on `" + carrier + '`') +
                                 "); it cannot become a port of " + where);
    diag.notes.push_back({"the host would lose its connection", {}});
    diag.help = help;
    return;
  }
  const std::string owner = owner_of(context, node, *link);
  if (owner.empty()) return;
  Diag& diag = diags.error("interface-in-use", place,
                           '`' + bridge.port + "` of " + node.name + " is a port of `" + owner +
                               "`; it cannot become one of " + where);
  diag.help = "take it out of `" + owner + "` there, if nothing needs it; " + help;
}

/// Open vSwitch takes the row of a bridge whose datapath the kernel has not, and makes nothing of it.
void check_kernel_datapath(const NodeSpec& node, bool chassis, const HostSeen& host, Diags& diags) {
  if (host.kernel_datapath != "missing") return;
  std::vector<std::string> bridges;
  if (chassis && node.integration_datapath() == "system") bridges.emplace_back(kIntegrationBridge);
  for (const auto& [name, bridge] : node.bridges)
    if (bridge.datapath == "system") bridges.push_back(name);
  if (bridges.empty()) return;
  Diag& diag = diags.error(
      "no-kernel-datapath", node.places.at("datapath"),
      node.name + " has no module openvswitch for its kernel, and would not make " + join(bridges, ", "));
  diag.notes.push_back({"`modprobe -n openvswitch` there finds none", {}});
  diag.help = "`datapath = \"netdev\"` makes it in userspace; or install a kernel that has the module";
}

/// What has the address may give it up by this plan: a bridge that the file no longer has, or no longer gives
/// the address.
void check_encap_stays(const NodeSpec& node, const std::string& ip, const LinkSeen& link,
                       const Context& context, Diags& diags) {
  const std::string given = address_in_unit(context.facts, node.name, link.name);
  const bool goes = lost_bridges(context, node).contains(link.name);
  if (!goes && given.substr(0, given.find('/')) != ip) return;
  diags
      .error("address-not-on-node", node.places.at(node.encap_key()),
             node.name + " would lose the encap address " + ip + ": " + link.name + " has it, and the file " +
                 (goes ? "has no such bridge any more" : "no longer gives it that"))
      .help = "keep it on the bridge, or take another `encap`";
}

void check_encap(const NodeSpec& node, const std::string& ip, const HostSeen& host, const Context& context,
                 Diags& diags) {
  const bool of_a_bridge = std::ranges::any_of(node.bridges, [&](const auto& named) {
    return named.second.address.substr(0, named.second.address.find('/')) == ip;
  });
  if (of_a_bridge) return;
  if (const LinkSeen* link = host.link_of(ip)) return check_encap_stays(node, ip, *link, context, diags);
  std::string addresses;
  for (const LinkSeen& link : host.links)
    for (const std::string& address : link.addresses)
      if (link.name != "lo") addresses += (addresses.empty() ? "" : ", ") + address + " (" + link.name + ')';
  Diag& diag = diags.error("address-not-on-node", node.places.at(node.encap_key()),
                           node.name + " does not have the encap address " + ip);
  diag.help = node.name + " has " + (addresses.empty() ? "no address" : addresses);
}

void check_encaps(const NodeSpec& node, const HostSeen& host, const Context& context, Diags& diags) {
  for (const std::string& ip : node.encap_ips()) check_encap(node, ip, host, context, diags);
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

/// A database that cannot write its log stops. Where there is none yet nothing is lost by an error; where
/// there is one, an apply may be what mends the host.
void check_disk(const NodeSpec& node, const HostSeen& host, const Facts& facts, Diags& diags) {
  constexpr std::int64_t kMiB = 1 << 20;
  constexpr std::int64_t kLeast = 512 * kMiB;
  if (host.free_bytes >= kLeast) return;
  for (const Database database : {Database::northbound, Database::southbound})
    if (facts.unknown(node.name, DatabaseFileLook{database})) return;
  const bool holds_one = facts.seen<DatabaseFileSeen>(node.name, DatabaseFileLook{Database::northbound}) ||
                         facts.seen<DatabaseFileSeen>(node.name, DatabaseFileLook{Database::southbound});
  const std::string message = node.name + (holds_one ? " holds" : " is to hold") + " the databases and has " +
                              std::to_string(host.free_bytes / kMiB) + " MiB left below /var/lib; at least " +
                              std::to_string(kLeast / kMiB) + " MiB are expected";
  const Span& place = node.places.at("services");
  (holds_one ? diags.warning("disk-almost-full", place, message)
             : diags.error("too-little-disk", place, message))
      .help = "make room there";
}

/// The snap's daemon manages an Open vSwitch and an ovn-controller of its own on the same datapath.
void check_microovn(const NodeSpec& node, const Facts& facts, Diags& diags) {
  const auto* unit = facts.seen<UnitSeen>(node.name, UnitLook{kMicroOvnUnit});
  if (!unit || unit->load_state != "loaded") return;
  diags
      .error("other-ovn", node.places.self,
             node.name + " has MicroOVN (" + kMicroOvnUnit + " is " + unit->active_state +
                 "); kiln works with the distribution's packages")
      .help = "`snap remove microovn` there, or take the node out of the file";
}

/// A chassis without kiln's options that was told of databases which are none of the file's nodes.
void check_southbound(const NodeSpec& node, const Context& context, Diags& diags) {
  const Facts& facts = context.facts;
  if (!facts.absent(node.name, FileLook{controller_environment_path()})) return;
  const ovsdb::Value* external_ids = switch_external_ids(facts, node.name);
  if (!external_ids) return;
  const auto remote = external_ids->at("ovn-remote");
  if (!remote || remote->empty() || context.is_at_a_node(*remote)) return;
  Diag& diag = diags.warning("other-southbound", node.places.self,
                             node.name + " is the chassis of another deployment: ovn-remote there is `" +
                                 *remote + "`, and kiln did not set it");
  diag.notes.push_back({"apply makes it a chassis of " + context.desired.cluster.name, {}});
  diag.help = "take it out of that deployment first, if it is in use";
}

/// With services = "auto" only the hosts tell who is central.
void check_centrals_at_work(const Desired& desired, const Placement& placement, Diags& diags) {
  std::vector<const NodeSpec*> drained;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (placement.has(node->name, "central") && node->drained()) drained.push_back(node);
  if (drained.empty() || drained.size() < placement.centrals.size()) return;
  Diag& diag =
      diags.error("no-central-at-work", drained.front()->places.at("state"),
                  "every central is in maintenance: nobody would lead the databases and run ovn-northd");
  for (const NodeSpec* node : std::vector(drained.begin() + 1, drained.end()))
    diag.notes.push_back({node->name + " is one of them", node->places.at("state")});
  diag.help = "leave one of them `present`";
}

/// Its files say that it is another deployment's: nothing is done to it, whatever the file says of it.
bool check_owner(const NodeSpec& node, const Desired& desired, const Facts& facts, Diags& diags) {
  const OtherOwner other = other_owner(desired, node.name, facts);
  if (other.cluster.empty()) return false;
  Diag& diag = diags.error("host-of-another-deployment", node.places.at("address"),
                           "the host at " + node.address + " is one of the deployment `" + other.cluster +
                               "`, not of `" + desired.cluster.name + '`');
  diag.notes.push_back({"its " + other.path + " says so", {}});
  diag.help = "put the address right; a host that is to change hands leaves `" + other.cluster +
              "` first (`state = \"absent\"` in its file)";
  return true;
}

std::string places_of(const std::vector<HostName>& hosts) {
  std::vector<std::string> names;
  for (const HostName& host : hosts) names.push_back(host == kCluster ? "the northbound" : host);
  return join(names, ", ");
}

/// Two deployments may have one name, and a file that has hosts of both is wrong about some of them.
void check_identity(const Context& context, Diags& diags) {
  const auto& found = context.identity.found;
  if (found.size() < 2) return;
  const ClusterSpec& cluster = context.desired.cluster;
  Diag& diag = diags.error(
      "two-deployments", cluster.places.at("name"),
      "the hosts are of " + std::to_string(found.size()) + " deployments named `" + cluster.name + '`');
  for (const auto& [id, hosts] : found) diag.notes.push_back({places_of(hosts) + ": " + id, {}});
  diag.help =
      "an address may lead to a host of the other one; where a machine was restored from an old image, "
      "remove " +
      std::string(kMarkPath) + " there";
}

}  // namespace

std::vector<Probe> probes_of_host_checks(const Desired& desired) {
  std::vector<Probe> probes;
  for (const auto& [name, node] : desired.nodes)
    for (Probe& probe : probes_of_owner(name)) probes.push_back(std::move(probe));
  for (const auto& [name, node] : desired.nodes) probes.push_back({name, UnitLook{kMicroOvnUnit}});
  return probes;
}

void check_against_hosts(const Desired& desired, const Facts& facts, Diags& diags) {
  std::vector<std::string> unplaced;  // planning says them
  const Placement placement = place(desired, facts, unplaced);
  for (const auto& [name, node] : desired.dead)
    if (!why_not_dead(facts, name).empty())
      diags
          .error("not-dead", node.places.at("state"), name + " answers, so it is not dead; nobody lets it go")
          .help = "`state = \"absent\"` lets it leave; for `dead`, power it off";
  check_centrals_at_work(desired, placement, diags);
  const Context context(desired, placement, facts);
  check_identity(context, diags);
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (desired.scope.excludes(node->name)) continue;
    const auto* host = facts.seen<HostSeen>(node->name, HostLook{});
    if (!host || check_owner(*node, desired, facts, diags)) continue;
    for (const auto& [name, bridge] : node->bridges) check_bridge(*node, bridge, *host, context, diags);
    const bool chassis = placement.has(node->name, "chassis");
    if (placement.has(node->name, "switch")) check_kernel_datapath(*node, chassis, *host, diags);
    if (node->auto_services || node->has("chassis")) check_encaps(*node, *host, context, diags);
    check_machine(*node, desired, facts, diags);
    check_clock(*node, *host, facts, diags);
    if (placement.has(node->name, "central")) check_disk(*node, *host, facts, diags);
    check_microovn(*node, facts, diags);
    if (node->auto_services || node->has("chassis")) check_southbound(*node, context, diags);
  }
}

}  // namespace kiln::resources
