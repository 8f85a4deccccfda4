#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/doctor_parts.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"

// Checks of `kiln doctor`: logical ports on the hosts, and the tunnels between them.

namespace kiln::engine {
namespace {

RowsLook port_options_look() {
  return {Database::northbound, "Logical_Switch_Port", {"name", "options"}};
}

/// The port names several chassis for its migration (ovn-nb(5), options:requested-chassis).
bool migrates(const Patient& patient, const std::string& port) {
  const auto* rows = patient.facts().seen<RowsSeen>(kCluster, port_options_look());
  if (!rows) return false;
  const auto named = rows->names().find(port);
  if (named == rows->names().end()) return false;
  const auto requested = column(rows->rows().at(named->second), "options").at("requested-chassis");
  return requested && requested->find(',') != std::string::npos;
}

/// The largest packet that any workload sends, and whose that is.
struct Largest {
  int mtu = 0;
  std::string workload;
};
Largest largest(const Patient& patient) {
  Largest most;
  for (const auto& [name, workload] : patient.desired().workloads) {
    int mtu = workload.mtu;
    if (const auto* seen = patient.facts().seen<NamespaceSeen>(workload.node, NamespaceLook{name}))
      for (const LinkSeen& link : seen->links)
        if (link.name != "lo" && link.up) mtu = std::max(mtu, link.mtu);
    if (mtu > most.mtu) most = {mtu, name};
  }
  return most;
}

}  // namespace

void judge_iface_ids(const Patient& patient, Examination& found) {
  std::map<std::string, std::vector<std::string>> places;  // "w-vm1 on n1", by iface-id
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    if (!patient.placement().has(node->name, "chassis")) continue;
    const RowsSeen* rows = rows_on(patient, node->name, resources::interfaces_look(), found);
    if (!rows) continue;
    for (const auto& [name, uuid] : rows->names())
      if (const auto id = column(rows->rows().at(uuid), "external_ids").at("iface-id"); id && !id->empty())
        places[*id].push_back(name + " on " + node->name);
  }
  for (const auto& [id, where] : places) {
    if (where.size() < 2) continue;
    const std::string evidence = "is the iface-id of " + join(where, " and ");
    if (migrates(patient, id))
      found.warn("port " + id, evidence + "; its requested-chassis says that it moves",
                 "end the migration: leave it in one place, and name one chassis");
    else
      found.fail("port " + id, evidence + ": they take the port from each other",
                 "`ovs-vsctl remove Interface NAME external_ids iface-id` in all places but one");
  }
  found.passed = count_of(places.size(), "interface", "interfaces") + ", each with an iface-id of its own";
}

void judge_mtu(const Patient& patient, Examination& found) {
  const Largest overlay = largest(patient);
  int least = 0;
  const auto judge = [&](const NodeSpec& node, const std::string& ip, const HostSeen& host) {
    const LinkSeen* link = resources::underlay(node, ip, host);
    if (!link) {
      found.fail(node.name, "no link has the encap address " + ip,
                 std::string(kApply) + ", or give the host that address");
      return;
    }
    if (!link->up) {
      found.unknown(node.name, link->name + " is down: what it would carry tells nothing");
      return;
    }
    const int overhead = resources::tunnel_overhead(node, ip);
    const int left = link->mtu - overhead;
    if (least == 0 || left < least) least = left;
    if (left < overlay.mtu)
      found.fail(node.name,
                 fmt::format("{} carries {} bytes and tunnels take {} of them, so {} are left; workload {} "
                             "sends up to {}: large packets are lost",
                             link->name, link->mtu, overhead, left, overlay.workload, overlay.mtu),
                 fmt::format("an MTU of at least {} on {} and on the network behind it; or `mtu = {}` for "
                             "the workloads, and in guests",
                             overlay.mtu + overhead, link->name, left));
  };
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    if (!patient.placement().has(node->name, "chassis") ||
        note_unknown(patient, node->name, HostLook{}, found))
      continue;
    const auto* host = patient.facts().seen<HostSeen>(node->name, HostLook{});
    if (!host) continue;
    for (const std::string& ip : node->encap_ips()) judge(*node, ip, *host);
  }
  found.passed = fmt::format("tunnels carry packets of up to {} bytes", least) +
                 (overlay.mtu == 0 ? "" : fmt::format("; workloads send up to {}", overlay.mtu));
}

std::vector<Probe> doctor_network_probes(const Desired& desired) {
  std::vector<Probe> probes{{kCluster, port_options_look()}};
  for (const auto& [name, node] : desired.nodes) probes.push_back({name, resources::interfaces_look()});
  return probes;
}

}  // namespace kiln::engine
