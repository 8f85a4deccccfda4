#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/address.h"
#include "engine/doctor_parts.h"
#include "engine/status_parts.h"
#include "resources/nb/roster.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"

// Checks of `kiln doctor`: chassis as the southbound has them (ovn-sb(5)).

namespace kiln::engine {
namespace {

using resources::encaps_look;

constexpr std::int64_t kFollowWithinMs = 60000;

/// When ovn-northd had written the last `nb_cfg` into the southbound (ovn-nb(5)).
RowsLook timestamp_look() {
  return {Database::northbound, "NB_Global", {"sb_cfg_timestamp"}};
}

std::string text_of(const ovsdb::Row& row, const std::string& name) {
  return column(row, name).as_string().value_or("");
}

/// Says why, if the southbound cannot be read.
const RowsSeen* registered(const Patient& patient, Examination& found) {
  note_unknown(patient, kCluster, registered_look(), found);
  return patient.facts().seen<RowsSeen>(kCluster, registered_look());
}

/// The node that the row of a stranger keeps from its place, and by what; or "".
std::string in_the_way_of(const Patient& patient, const ovsdb::Row& chassis) {
  const auto* encaps = patient.facts().seen<RowsSeen>(kCluster, encaps_look());
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    if (!patient.placement().has(node->name, "chassis")) continue;
    const auto* host = patient.facts().seen<HostSeen>(node->name, HostLook{});
    if (text_of(chassis, "hostname") == (host ? host->hostname : node->name))
      return node->name + "'s host name";
    const std::vector<std::string> own = node->encap_ips();
    for (const Uuid& uuid : column(chassis, "encaps").as_uuids()) {
      if (!encaps || !encaps->rows().contains(uuid)) continue;
      const std::string ip = normal_words(text_of(encaps->rows().at(uuid), "ip"));
      if (std::ranges::find(own, ip) != own.end()) return node->name + "'s encap address " + ip;
    }
  }
  return "";
}

void judge_stranger(const Patient& patient, const std::string& name, const ovsdb::Row& row,
                    Examination& found) {
  if (patient.desired().nodes.contains(name) || patient.desired().dead.contains(name)) {
    found.warn("chassis " + name, "the file no longer makes this node a chassis, and its row is still there",
               kApply);
    return;
  }
  if (resources::entry_for(patient.facts(), name)) {
    found.warn("chassis " + name, "it is of a node that the file no longer has, and that has not left",
               std::string(kApply) + " lets it leave");
    return;
  }
  const std::string host = text_of(row, "hostname");
  const std::string evidence = fmt::format("its row in OVN_Southbound matches no node of the file{}",
                                           host.empty() ? "" : " (host name " + host + ")");
  const std::string mend =
      "if it is gone for good, on a central: `ovn-sbctl chassis-del " + name + "`; else put it into the file";
  if (const std::string what = in_the_way_of(patient, row); !what.empty())
    found.fail("chassis " + name, evidence + ", and it has " + what, mend);
  else
    found.warn("chassis " + name, evidence + "; every other chassis keeps a tunnel to it", mend);
}

/// A chassis that has not taken over what was asked for a minute ago.
void judge_followers(const Patient& patient, const RowsSeen& chassis, Examination& found) {
  const Facts& facts = patient.facts();
  for (const RowsLook& look :
       {resources::chassis_sequence_look(), resources::southbound_sequence_look(), timestamp_look()})
    if (note_unknown(patient, kCluster, look, found)) return;
  const auto* rows = facts.seen<RowsSeen>(kCluster, resources::chassis_sequence_look());
  if (!rows) return;
  const std::int64_t asked =
      resources::sequence_of(facts.seen<RowsSeen>(kCluster, resources::southbound_sequence_look()), "nb_cfg");
  const std::int64_t at_ms =
      resources::sequence_of(facts.seen<RowsSeen>(kCluster, timestamp_look()), "sb_cfg_timestamp");
  const std::int64_t ago_ms =
      std::chrono::duration_cast<Duration>(patient.now.time_since_epoch()).count() - at_ms;
  for (const auto& [name, uuid] : rows->names()) {
    if (!chassis.names().contains(name)) {
      found.warn("chassis " + name, "its row in Chassis_Private has no row in Chassis",
                 "on a central: `ovn-sbctl destroy Chassis_Private " + uuid.text() + "`");
      continue;
    }
    const std::int64_t reached = column(rows->rows().at(uuid), "nb_cfg").as_integer().value_or(0);
    if (reached < asked && at_ms > 0 && ago_ms > kFollowWithinMs)
      found.warn("chassis " + name,
                 fmt::format("it is at nb_cfg {} of {}, asked for {} s ago: its flows may be old", reached,
                             asked, ago_ms / 1000),
                 "`ovn-appctl -t ovn-controller connection-status` there; `systemctl restart "
                 "ovn-controller` if it hangs");
  }
}

}  // namespace

void judge_stale_chassis(const Patient& patient, Examination& found) {
  const RowsSeen* rows = registered(patient, found);
  if (!rows && !found.findings.empty()) return;
  std::size_t well = 0;
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    if (!patient.placement().has(node->name, "chassis")) continue;
    const bool there = rows && rows->names().contains(node->name);
    if (there && node->drained())
      found.warn(node->name, "it is in maintenance, and still registered as a chassis in OVN_Southbound",
                 kApply);
    else if (there)
      ++well;
    else if (!node->drained())
      found.fail(node->name, "it is not registered as a chassis in OVN_Southbound",
                 std::string(kApply) +
                     "; `ovn-appctl -t ovn-controller connection-status` there says "
                     "whether it reaches the southbound");
  }
  if (!rows) return;
  for (const auto& [name, uuid] : rows->names())
    if (!patient.placement().has(name, "chassis"))
      judge_stranger(patient, name, rows->rows().at(uuid), found);
  judge_followers(patient, *rows, found);
  found.passed = fmt::format("{} chassis, each a node of the file", well);
}

void judge_duplicate_chassis(const Patient& patient, Examination& found) {
  const RowsSeen* rows = registered(patient, found);
  if (!rows) {
    found.passed = "no chassis is registered";
    return;
  }
  std::map<std::string, std::set<std::string>> by_host;
  for (const auto& [name, uuid] : rows->names())
    if (const std::string host = text_of(rows->rows().at(uuid), "hostname"); !host.empty())
      by_host[host].insert(name);
  for (const auto& [host, names] : by_host)
    if (names.size() > 1)
      found.warn("chassis " + fmt::format("{}", fmt::join(names, ", ")),
                 "they have one host name, " + host +
                     ": `requested-chassis` and other options that name it may mean either",
                 "`ovn-sbctl chassis-del NAME` of one that is gone; else give each host its own name");
  std::map<std::string, std::set<std::string>> by_ip;
  note_unknown(patient, kCluster, encaps_look(), found);
  if (const auto* encaps = patient.facts().seen<RowsSeen>(kCluster, encaps_look()))
    for (const auto& [uuid, row] : encaps->rows())
      by_ip[normal_words(text_of(row, "ip"))].insert(text_of(row, "chassis_name"));
  for (const auto& [ip, names] : by_ip)
    if (names.size() > 1)
      found.fail("chassis " + fmt::format("{}", fmt::join(names, ", ")),
                 "they have one encap address, " + ip + ": tunnels to it reach only one of them",
                 "`ovn-sbctl chassis-del NAME` of one that is gone; else give each node its own `encap`");
  found.passed = "no host name and no encap address twice";
}

std::vector<Probe> doctor_chassis_probes() {
  std::vector<Probe> probes;
  for (const RowsLook& look : {registered_look(), encaps_look(), resources::chassis_sequence_look(),
                               resources::southbound_sequence_look(), timestamp_look()})
    probes.push_back({kCluster, look});
  return probes;
}

}  // namespace kiln::engine
