#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/address.h"
#include "base/text.h"
#include "engine/doctor_parts.h"
#include "engine/status_parts.h"
#include "resources/central/central.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

// Checks of `kiln doctor`: what runs on the nodes, with which arguments, and in which version.

namespace kiln::engine {
namespace {

using resources::connections_look;
using resources::kControllerUnit;
using resources::kNorthdUnit;

const UnitSeen* active(const Patient& patient, const HostName& host, const std::string& unit) {
  const auto* seen = patient.facts().seen<UnitSeen>(host, UnitLook{unit});
  return seen && seen->active_state == "active" ? seen : nullptr;
}

/// Units that the file wants to run, by node: those of OVN, and kiln's own.
std::map<HostName, std::set<std::string>> wanted_units(const Patient& patient) {
  std::map<HostName, std::set<std::string>> units;
  for (const auto& resource :
       resources::make_resources(patient.desired(), patient.placement(), patient.facts()))
    for (const auto& [attribute, value] : resource->wanted().value_or(State{}))
      if (attribute.ends_with(".service") && value == AttributeValue("active"))
        units[resource->host()].insert(attribute);
  return units;
}

void judge_wanted(const Patient& patient, const HostName& host, const std::string& unit, Examination& found) {
  if (note_unknown(patient, host, UnitLook{unit}, found) || active(patient, host, unit)) return;
  const auto* seen = patient.facts().seen<UnitSeen>(host, UnitLook{unit});
  const std::string mend = fmt::format("{}; `journalctl -u {}` there says why it stopped", kApply, unit);
  if (!seen)
    found.fail(host, unit + " is not installed", kApply);
  else if (seen->load_state == "masked" || seen->file_state == "masked")
    found.fail(host, unit + " is masked", kApply);
  else
    found.fail(host,
               unit + " is " + seen->active_state +
                   (seen->sub_state == seen->active_state ? "" : " (" + seen->sub_state + ')'),
               mend);
}

/// What maintenance has stopped, and runs.
void judge_drained(const Patient& patient, const NodeSpec& node, Examination& found) {
  if (!node.drained()) return;
  for (const char* unit : {kNorthdUnit, kControllerUnit})
    if (active(patient, node.name, unit))
      found.warn(node.name, fmt::format("{} runs, and the node is in maintenance", unit), kApply);
}

/// A daemon of OVN's on a node that the file does not give it to.
void judge_unwanted(const Patient& patient, const NodeSpec& node, Examination& found) {
  for (const Service& service : all_services()) {
    if (patient.placement().has(node.name, service.name)) continue;
    // An Open vSwitch that kiln did not start is the host's own.
    const bool ours =
        patient.facts().seen<FileSeen>(node.name, FileLook{resources::kSwitchMarkPath}) != nullptr;
    if (std::string(service.name) == "switch" && !ours) continue;
    for (const std::string& unit : service.units)
      if (active(patient, node.name, unit))
        found.warn(
            node.name, fmt::format("{} runs, and the file does not make this node a {}", unit, service.name),
            fmt::format("{}; if kiln did not start it: `systemctl disable --now {}` there", kApply, unit));
  }
}

/// Debian's options of ovs-ctl(8), which are the operator's to write.
const FileLook& switch_options_look() {
  static const FileLook kLook{"/etc/default/openvswitch-switch"};
  return kLook;
}

/// Options that undo what kiln has made, each time that Open vSwitch starts (ovs-ctl(8)).
void judge_switch_options(const Patient& patient, const NodeSpec& node, Examination& found) {
  if (!patient.placement().has(node.name, "switch")) return;
  const auto* file = patient.facts().seen<FileSeen>(node.name, switch_options_look());
  if (!file) return;
  const std::map<std::string, std::string> undoes = {
      {"--delete-bridges", "all bridges go at each start of Open vSwitch, with ports and workloads"},
      {"--delete-transient-ports", "workloads' ports go at each start of Open vSwitch"},
      {"--no-ovs-vswitchd", "ovs-vswitchd is not started"},
      {"--no-ovsdb-server", "ovsdb-server is not started"},
      {"--system-id",
       "each start of Open vSwitch writes its own system-id, and the chassis has another name"}};
  for (const std::string& line : split(file->content, '\n')) {
    if (trim(line).starts_with('#')) continue;
    for (const auto& [option, what] : undoes) {
      const std::size_t at = line.find(option);
      if (at == std::string::npos) continue;
      const std::size_t end = line.find_first_of(" \t\"'", at);
      const std::string word = line.substr(at, end == std::string::npos ? end : end - at);
      if (word == "--system-id=" + node.name) continue;
      found.warn(node.name, switch_options_look().path + " has " + word + ": " + what,
                 "take it out of that file there");
    }
  }
}

std::set<std::string> as_set(const std::string& endpoints) {
  std::set<std::string> set;
  for (const std::string& endpoint : split(endpoints, ',')) set.insert(normal_words(endpoint));
  return set;
}

/// Endpoints that a daemon works with, against those of the deployment. Their order means nothing.
void judge_list(const HostName& host, const std::string& of, const std::string& seen,
                const std::string& wanted, Examination& found) {
  const std::set<std::string> has = as_set(seen);
  const std::set<std::string> all = as_set(wanted);
  if (has == all) return;
  const std::string evidence = fmt::format("{} is {}; the deployment has {}", of,
                                           seen.empty() ? "empty" : seen, wanted.empty() ? "none" : wanted);
  const bool any = std::ranges::any_of(has, [&](const std::string& one) { return all.contains(one); });
  if (any)
    found.warn(host, evidence, kApply);
  else
    found.fail(host, evidence, kApply);
}

/// The argument of the running process, without its name.
std::string argument(const UnitSeen& unit, std::string_view name) {
  for (const std::string& one : unit.command_line)
    if (one.starts_with(name)) return one.substr(name.size());
  return {};
}

/// A key of Open_vSwitch, "" without it; nothing once it is said why it is not known.
std::optional<std::string> external_id(const Patient& patient, const HostName& host, const std::string& key,
                                       Examination& found) {
  if (!rows_on(patient, host, resources::open_vswitch_look(), found)) return std::nullopt;
  const ovsdb::Value* external_ids = resources::switch_external_ids(patient.facts(), host);
  return external_ids ? external_ids->at(key).value_or("") : "";
}

RowsLook northbound_look() {
  return {Database::northbound, "NB_Global", {"connections", "options"}};
}
constexpr const char* kNorthdKey = "northd_probe_interval";
constexpr const char* kRemoteKey = "ovn-remote-probe-interval";

void judge_rows_of_probes(const Patient& patient, Examination& found) {
  const Facts& facts = patient.facts();
  for (const Database database : {Database::northbound, Database::southbound}) {
    if (note_unknown(patient, kCluster, connections_look(database), found)) continue;
    if (const auto* rows = facts.seen<RowsSeen>(kCluster, connections_look(database)))
      for (const auto& [uuid, row] : rows->rows())
        if (column(row, "inactivity_probe").as_integer() == 0)
          found.warn(std::string(schema_name(database)),
                     "inactivity_probe of connection " + column(row, "target").as_string().value_or("") +
                         " is 0: a connection whose other end is gone is never closed",
                     column(row, "external_ids").at(kOwnerKey)
                         ? kApply
                         : fmt::format("on a central: `ovn-{}ctl set Connection {} inactivity_probe=60000`",
                                       short_name(database), uuid.text()));
  }
  if (note_unknown(patient, kCluster, northbound_look(), found)) return;
  if (const auto* rows = facts.seen<RowsSeen>(kCluster, northbound_look()))
    for (const auto& [uuid, row] : rows->rows())
      if (column(row, "options").at(kNorthdKey) == "0")
        found.warn(
            "OVN_Northbound",
            std::string("NB_Global options:") + kNorthdKey +
                " is 0: an ovn-northd whose server is gone keeps its lock, and no other becomes active",
            kApply);
}

/// A daemon whose version is asked for.
struct Running {
  std::string unit;
  AppctlLook look;
  const char* package;
};
const std::vector<Running>& running_daemons() {
  static const std::vector<Running> kRunning = [] {
    std::vector<Running> daemons = {{kNorthdUnit, {"ovn-northd", "version"}, kOvnPackage},
                                    {kControllerUnit, {"ovn-controller", "version"}, kOvnPackage},
                                    {"ovs-vswitchd.service", {"ovs-vswitchd", "version"}, kOvsPackage},
                                    {"ovsdb-server.service", {"ovsdb-server", "version"}, kOvsPackage}};
    for (const Database database : {Database::northbound, Database::southbound})
      daemons.push_back({std::string(server_unit(database)),
                         {std::string(control_path(database)), "version"},
                         kOvsPackage});
    return daemons;
  }();
  return kRunning;
}

/// "25.03.0" of "ovn-northd 25.03.0\nOpen vSwitch Library 3.5.0" and of "25.03.0~git1".
std::string release_in(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  for (const std::string& word : split(line, ' '))
    if (!word.empty() && std::isdigit(static_cast<unsigned char>(word.front())))
      return word.substr(0, word.find_first_not_of("0123456789."));
  return {};
}

void judge_running_versions(const Patient& patient, const HostName& host, Examination& found) {
  for (const Running& daemon : running_daemons()) {
    if (!active(patient, host, daemon.unit)) continue;
    const std::string installed = release_in(upstream_version(patient.facts(), host, daemon.package));
    if (installed.empty() || note_unknown(patient, host, daemon.look, found)) continue;
    const auto* said = patient.facts().seen<TextSeen>(host, daemon.look);
    const std::string running = said ? release_in(said->text) : "";
    if (running.empty())
      found.unknown(host, daemon.unit + " does not say its version");
    else if (running != installed)
      found.warn(host, fmt::format("{} runs {}, and {} is installed", daemon.unit, running, installed),
                 fmt::format("`systemctl restart {}` there, one host at a time", daemon.unit));
  }
}

/// Which versions of a package the nodes have; a finding if there is more than one.
std::string judge_package(const Patient& patient, const std::string& name, const std::string& package,
                          Examination& found) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    note_unknown(patient, node->name, PackageLook{package}, found);
    if (const std::string version = upstream_version(patient.facts(), node->name, package); !version.empty())
      nodes[version].push_back(node->name);
  }
  std::vector<std::string> texts;
  for (const auto& [version, names] : nodes) texts.push_back(version + " on " + join(names, ", "));
  if (nodes.size() > 1)
    found.warn(name, join(texts, "; "),
               "bring all nodes to one release, one node at a time, then `kiln apply`");
  return nodes.empty() ? "" : name + ' ' + nodes.begin()->first;
}

}  // namespace

void judge_units(const Patient& patient, Examination& found) {
  std::size_t count = 0;
  for (const auto& [host, units] : wanted_units(patient)) {
    for (const std::string& unit : units) judge_wanted(patient, host, unit, found);
    count += units.size();
  }
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    note_unknown(patient, node->name, HostLook{}, found);
    judge_unwanted(patient, *node, found);
    judge_drained(patient, *node, found);
    judge_switch_options(patient, *node, found);
  }
  std::vector<std::string> drained;
  for (const NodeSpec* node : patient.desired().nodes_in_file_order())
    if (node->drained()) drained.push_back(node->name);
  const std::string maintenance = drained.empty() ? "" : "in maintenance: " + join(drained, ", ") + "; ";
  found.passed =
      fmt::format("{}all {} run, and no other of OVN's", maintenance, count_of(count, "unit", "units"));
}

void judge_endpoints(const Patient& patient, Examination& found) {
  const std::string nb = patient.context.endpoints(Database::northbound);
  const std::string sb = patient.context.endpoints(Database::southbound);
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    const HostName& host = node->name;
    if (patient.placement().has(host, "central") &&
        !note_unknown(patient, host, UnitLook{kNorthdUnit}, found))
      if (const UnitSeen* unit = active(patient, host, kNorthdUnit)) {
        judge_list(host, "--ovnnb-db of the running ovn-northd", argument(*unit, "--ovnnb-db="), nb, found);
        judge_list(host, "--ovnsb-db of the running ovn-northd", argument(*unit, "--ovnsb-db="), sb, found);
      }
    // ovn-controller follows the row while it runs (ovn-controller(8), external_ids:ovn-remote).
    if (!patient.placement().has(host, "chassis")) continue;
    if (const auto remote = external_id(patient, host, "ovn-remote", found);
        remote && active(patient, host, kControllerUnit))
      judge_list(host, "ovn-remote of ovn-controller", *remote, sb, found);
  }
  found.passed = "what runs knows " + (sb.empty() ? std::string("no database") : sb);
}

void judge_inactivity_probes(const Patient& patient, Examination& found) {
  if (patient.desired().cluster.central_ips.empty()) judge_rows_of_probes(patient, found);
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    if (!patient.placement().has(node->name, "chassis")) continue;
    if (external_id(patient, node->name, kRemoteKey, found) == "0")
      found.warn(node->name,
                 std::string("external_ids:") + kRemoteKey +
                     " is 0: ovn-controller does not notice that its southbound server is gone",
                 kApply);
  }
  found.passed = "none is 0";
}

void judge_versions(const Patient& patient, Examination& found) {
  const std::string ovn = judge_package(patient, "OVN", kOvnPackage, found);
  const std::string ovs = judge_package(patient, "Open vSwitch", kOvsPackage, found);
  for (const NodeSpec* node : patient.desired().nodes_in_file_order())
    judge_running_versions(patient, node->name, found);
  found.passed = fmt::format("{}{}{} everywhere, and that is what runs", ovn, ovn.empty() ? "" : ", ", ovs);
}

std::vector<Probe> doctor_daemon_probes(const Desired& desired) {
  std::vector<Probe> probes;
  for (const Database database : {Database::northbound, Database::southbound})
    probes.push_back({kCluster, connections_look(database)});
  probes.push_back({kCluster, northbound_look()});
  for (const auto& [name, node] : desired.nodes) {
    probes.push_back({name, resources::open_vswitch_look()});
    probes.push_back({name, FileLook{resources::kSwitchMarkPath}});
    probes.push_back({name, switch_options_look()});
    for (const Running& daemon : running_daemons()) probes.push_back({name, daemon.look});
  }
  return probes;
}

}  // namespace kiln::engine
