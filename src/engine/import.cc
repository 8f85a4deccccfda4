#include "engine/import.h"

#include <algorithm>

#include "base/text.h"
#include "config/format.h"
#include "model/logging.h"
#include "resources/central/central.h"
#include "resources/host/logging.h"
#include "resources/nb/rows.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

namespace kiln::engine {
namespace {

/// Tables of the northbound that the file has no words for.
const std::vector<std::string>& other_tables() {
  static const std::vector<std::string> kTables = {
      "Logical_Router", "NAT",         "Load_Balancer", "ACL", "DHCP_Options",
      "Port_Group",     "Address_Set", "DNS",           "QoS", "Meter"};
  return kTables;
}

RowsLook table_look(const std::string& table) {
  return {Database::northbound, table, {"external_ids"}};
}

std::string name_of_node(const Facts& facts, const HostName& host) {
  if (const ovsdb::Value* ids = resources::switch_external_ids(facts, host))
    if (const auto id = ids->at("system-id"); id && !id->empty()) return *id;
  const auto* seen = facts.seen<HostSeen>(host, HostLook{});
  return seen ? seen->hostname.substr(0, seen->hostname.find('.')) : "";
}

/// Each host's name in the file. Two hosts with one are an error, as is a name that the file cannot hold.
Result<std::map<std::string, std::string>> names_of(const Desired& hosts, const Facts& facts,
                                                    const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> taken;
  for (const NodeSpec* host : hosts.nodes_in_file_order()) {
    const auto said = given.find(host->name);
    const std::string name = said != given.end() ? said->second : name_of_node(facts, host->name);
    if (!config::is_normal(Format::label, name))
      return fail(ErrorCode::failed, host->name + " calls itself `" + name +
                                         "`, which cannot be a node's name: say one with --host " +
                                         host->name + "=NAME");
    if (const auto [other, fresh] = taken.emplace(name, host->name); !fresh)
      return fail(ErrorCode::failed, other->second + " and " + host->name + " both call themselves `" + name +
                                         "`: say another with --host " + host->name + "=NAME");
    names[host->name] = name;
  }
  return names;
}

/// The first thing that a host did not say, which the file would then lack.
Result<> all_seen(const std::vector<Probe>& probes, const Facts& facts) {
  for (const Probe& probe : probes) {
    // A server that is not a member has no RAFT status, and a host without ovsdb-tool no readable file.
    if (std::holds_alternative<RaftLook>(probe.look)) continue;
    if (const auto why = facts.unknown(probe.host, probe.look))
      return fail(ErrorCode::unreachable, (probe.host == kCluster ? "the northbound" : probe.host) + ", " +
                                              describe(probe.look) + ": " + *why);
  }
  return {};
}

/// "# made by kiln for edge:chassis/n1; …"
std::string cluster_of_file(const FileSeen& file) {
  const std::size_t at = file.content.find(resources::kFileMark);
  if (at == std::string::npos) return "";
  const std::size_t from = at + std::string(resources::kFileMark).size();
  return file.content.substr(from, file.content.find(':', from) - from);
}

}  // namespace

void note_guess(Imported& to) {
  to.notes["cluster"].push_back(
      "A guess. It is in the ownership mark of every row that becomes kiln's: choose it once.");
}

std::vector<Probe> import_probes(const Desired& hosts) {
  std::vector<Probe> probes;
  for (const NodeSpec* host : hosts.nodes_in_file_order()) {
    const auto add = [&](Look look) { probes.push_back({host->name, std::move(look)}); };
    add(HostLook{});
    for (const LoggedDaemon& daemon : logged_daemons()) {
      add(UnitLook{std::string(daemon.unit)});
      add(FileLook{resources::levels_path(daemon.name)});
    }
    for (const Database database : {Database::northbound, Database::southbound}) {
      add(DatabaseFileLook{database});
      add(RaftLook{database});
      add(FileLook{resources::server_environment_path(database)});
    }
    for (const std::string& path :
         {resources::controller_environment_path(), std::string(resources::kSwitchMarkPath),
          std::string(resources::kNbctlPath)})
      add(FileLook{path});
    add(FileLook{resources::key_path(resources::kClientName), false});
    for (const RowsLook& rows : {resources::open_vswitch_look(), resources::bridges_look(),
                                 resources::ports_look(), resources::interfaces_look()})
      add(rows);
  }
  probes.push_back({kCluster, resources::switches_look()});
  probes.push_back({kCluster, resources::switch_ports_look()});
  probes.push_back({kCluster, port_types_look()});
  probes.push_back({kCluster, resources::connections_look(Database::northbound)});
  for (const std::string& table : other_tables()) probes.push_back({kCluster, table_look(table)});
  return probes;
}

std::string marked_cluster(const ImportSource& source) {
  for (const auto& [probe, fact] : source.facts.all()) {
    const auto* seen = std::get_if<Seen>(&fact);
    const auto* file = seen ? std::get_if<FileSeen>(seen) : nullptr;
    if (!file) continue;
    if (std::string cluster = cluster_of_file(*file); !cluster.empty()) return cluster;
  }
  return "";
}

Result<Imported> import_hosts(const Desired& hosts, const std::map<std::string, std::string>& names,
                              const std::string& cluster, Seams& seams, const Limits& limits) {
  const std::vector<Probe> probes = import_probes(hosts);
  Facts facts = observe(hosts, probes, seams, limits);
  KILN_TRY(all_seen(probes, facts));
  KILN_TRY_ASSIGN(auto found, names_of(hosts, facts, names));
  ImportSource source{hosts, facts, std::move(found)};
  const std::vector<Probe> units = import_unit_probes(source);
  facts.merge(observe(hosts, units, seams, limits));
  KILN_TRY(all_seen(units, facts));
  return imported_from(source, cluster);
}

Imported imported_from(const ImportSource& source, const std::string& cluster) {
  Imported imported;
  const std::string marked = marked_cluster(source);
  imported.desired.cluster.name = !cluster.empty() ? cluster : !marked.empty() ? marked : "imported";
  imported.desired.cluster.adopt = imported.desired.cluster.name != marked;
  if (cluster.empty() && marked.empty()) note_guess(imported);
  import_nodes(source, imported);
  import_network(source.facts, imported);
  import_workloads(source, imported);
  for (const std::string& table : other_tables()) {
    const auto* rows = source.facts.seen<RowsSeen>(kCluster, table_look(table));
    if (rows && !rows->rows().empty())
      imported.notes[""].push_back("Stays as it is, and is not in this file: " +
                                   count_of(rows->rows().size(), "row", "rows") + " of " + table + ".");
  }
  return imported;
}

}  // namespace kiln::engine
