#include <algorithm>
#include <charconv>

#include "base/address.h"
#include "base/text.h"
#include "config/format.h"
#include "engine/import.h"
#include "model/logging.h"
#include "resources/central/central.h"
#include "resources/host/logging.h"
#include "resources/nb/rows.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

// Nodes of `kiln import`: services, addresses, tunnels, bridges, workloads.

namespace kiln::engine {
namespace {

using resources::kIntegrationBridge;

int number_in(const std::string& text, int otherwise) {
  int number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The word after `before` in a text, or "".
std::string word_after(const std::string& text, const std::string& before) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t from = at + before.size();
  return text.substr(from, text.find_first_of(" \n", from) - from);
}

/// Others, and 0, which is none, the file does not take.
void take_probe(std::int64_t ms, Imported& to) {
  if (ms >= kShortestProbeMs && ms <= kLongestProbeMs)
    to.desired.central.inactivity_probe_ms = static_cast<int>(ms);
}

/// One host on its way to a node.
class Host {
 public:
  Host(const ImportSource& source, const NodeSpec& host, Imported& to)
      : facts_(source.facts),
        host_(host.name),
        cluster_(to.desired.cluster.name),
        to_(to),
        node_(to.desired.nodes[source.names.at(host.name)]),
        notes_(to.notes["nodes." + source.names.at(host.name)]) {
    node_.name = source.names.at(host.name);
    node_.order = host.order;
    node_.address = host.address;
    node_.auto_services = false;
  }

  void read() {
    if (runs("ovn-controller.service")) node_.services.push_back("chassis");
    if (runs("ovs-vswitchd.service")) node_.services.push_back("switch");
    for (const Database database : {Database::northbound, Database::southbound}) read_database(database);
    std::ranges::sort(node_.services);
    read_northd();
    if (const ovsdb::Value* ids = resources::switch_external_ids(facts_, host_)) read_external_ids(*ids);
    read_bridges();
    read_client();
    read_logging();
    if (node_.services.empty()) notes_.push_back("None of OVN's daemons runs here: it gets no service.");
  }

 private:
  bool runs(const std::string& unit) const {
    const auto* seen = facts_.seen<UnitSeen>(host_, UnitLook{unit});
    return seen && seen->active_state == "active";
  }

  void read_database(Database database) {
    const std::string name(schema_name(database));
    const auto* file = facts_.seen<DatabaseFileSeen>(host_, DatabaseFileLook{database});
    const bool holds = file && (file->clustered || file->used || runs(std::string(server_unit(database))));
    if (!holds) return;
    if (!node_.has("central")) node_.services.push_back("central");
    if (!file->clustered) {
      notes_.push_back(name + " here is standalone" + (file->used ? ", with rows" : ", without rows") +
                       ": apply makes it " + (file->used ? "a cluster with those rows." : "join."));
      return;
    }
    // "ssl:192.0.2.11:6643": what others know the member by is the node's address.
    const std::string& at = file->local_address;
    const std::vector<std::string> addresses = addresses_in(at);
    const std::string ip = addresses.empty() ? node_.address : addresses.front();
    if (ip != node_.address) {
      node_.ssh.host = host_;
      node_.address = ip;
    }
    if (at != resources::ssl_address(ip, raft_port(database)))
      notes_.push_back("TODO: " + name + " here is a member at " + at + "; kiln runs members at ssl:" + ip +
                       ':' + std::to_string(raft_port(database)) + " and refuses this one.");
    const auto* raft = facts_.seen<RaftSeen>(host_, RaftLook{database});
    if (raft && raft->election_timer_ms > 0)
      to_.desired.central.election_timer_ms = static_cast<int>(raft->election_timer_ms);
  }

  void read_northd() {
    const auto* unit = facts_.seen<UnitSeen>(host_, UnitLook{resources::kNorthdUnit});
    if (!unit) return;
    constexpr std::string_view kThreads = "--n-threads=";
    for (const std::string& argument : unit->command_line)
      if (argument.starts_with(kThreads))
        to_.desired.central.northd_threads = number_in(argument.substr(kThreads.size()), 1);
  }

  void read_external_ids(const ovsdb::Value& ids) {
    if (const auto id = ids.at("system-id"); id && *id != node_.name)
      notes_.push_back("Its system-id is `" + *id + "`; apply makes that " + node_.name +
                       ", and it registers as another chassis.");
    if (const auto probe = ids.at("ovn-remote-probe-interval")) take_probe(number_in(*probe, 0), to_);
    if (const auto bridge = ids.at("ovn-bridge"); bridge && *bridge != kIntegrationBridge)
      notes_.push_back("TODO: its integration bridge is " + *bridge + "; kiln works with br-int.");
    if (const auto mappings = ids.at("ovn-bridge-mappings"))
      notes_.push_back("Stays as it is: ovn-bridge-mappings = " + *mappings + '.');
    if (const auto remote = ids.at("ovn-remote"); remote && !remote->starts_with("ssl:"))
      notes_.push_back("It reaches the southbound by " + *remote + "; apply makes that TLS.");
    if (const auto types = ids.at("ovn-encap-type"); types && !types->empty()) {
      node_.encap.types.clear();
      for (const std::string& type : split(*types, ','))
        if (type == "geneve" || type == "vxlan")
          node_.encap.types.push_back(type);
        else
          notes_.push_back("TODO: tunnels of type " + type + " are not kiln's.");
      if (node_.encap.types.empty()) node_.encap.types = {"geneve"};
    }
    std::vector<std::string> ips;
    for (const std::string& ip : split(ids.at("ovn-encap-ip").value_or(""), ','))
      if (const auto address = IpAddress::parse(ip)) ips.push_back(address->text);
    if (ips.size() == 1 && ips.front() != node_.address) node_.encap.ip = ips.front();
    if (ips.size() > 1) {
      node_.encap.ips = ips;
      node_.encap.ip = ids.at(resources::kEncapDefault).value_or("");
    }
    if (to_.desired.cluster.central_ips.empty()) remotes_ = ids.at("ovn-remote").value_or("");
  }

  void read_bridges() {
    const auto* bridges = facts_.seen<RowsSeen>(host_, resources::bridges_look());
    if (!bridges) return;
    std::string integration = "system";
    for (const auto& [name, uuid] : bridges->names()) {
      const ovsdb::Row& row = bridges->rows().at(uuid);
      const std::string datapath = column(row, "datapath_type").as_string().value_or("");
      if (name == kIntegrationBridge) {
        integration = datapath.empty() ? "system" : datapath;
        continue;
      }
      if (!config::is_normal(Format::bridge_name, name) ||
          (!datapath.empty() && datapath != "system" && datapath != "netdev")) {
        notes_.push_back("Stays as it is: bridge " + name + '.');
        continue;
      }
      const std::string mark = column(row, "external_ids").at(kOwnerKey).value_or("");
      if (!mark.empty() && !mark.starts_with(cluster_ + ':')) {
        notes_.push_back("Stays as it is: bridge " + name + ", which is " + mark + '.');
        continue;
      }
      BridgeSpec& bridge = node_.bridges[name];
      bridge.name = name;
      if (datapath == "netdev") bridge.datapath = datapath;
      if (mark.empty())
        notes_.push_back("Ports and addresses of bridge " + name + " stay what they are: others set them.");
      else
        read_own_bridge(row, bridge);
    }
    if (node_.has("chassis") && integration != node_.integration_datapath()) node_.datapath = integration;
  }

  /// A bridge of kiln's: its unit says the address, and its other port is marked too.
  void read_own_bridge(const ovsdb::Row& row, BridgeSpec& bridge) {
    const auto* ports = facts_.seen<RowsSeen>(host_, resources::ports_look());
    for (const Uuid& uuid : column(row, "ports").as_uuids()) {
      if (!ports || !ports->rows().contains(uuid)) continue;
      const ovsdb::Row& port = ports->rows().at(uuid);
      const std::string name = column(port, "name").as_string().value_or("");
      if (name != bridge.name &&
          column(port, "external_ids").at(kOwnerKey) == column(row, "external_ids").at(kOwnerKey))
        bridge.port = name;
    }
    const auto* unit =
        facts_.seen<FileSeen>(host_, FileLook{resources::unit_path(resources::bridge_unit(bridge.name))});
    if (unit) bridge.address = word_after(unit->content, "address replace ");
  }

  void read_client() {
    const auto* key =
        facts_.seen<FileSeen>(host_, FileLook{resources::key_path(resources::kClientName), false});
    if (key && (key->owner != "root" || !node_.has("central"))) node_.client = key->owner;
  }

  void read_logging() {
    for (const LoggedDaemon& daemon : logged_daemons()) {
      const auto* file = facts_.seen<FileSeen>(host_, FileLook{resources::levels_path(daemon.name)});
      if (!file || file->content.find(resources::file_mark(cluster_)) == std::string::npos) continue;
      std::vector<std::string>& levels = to_.desired.logging.of(daemon.name).levels;
      levels.clear();
      for (const LogLevel& level : resources::levels_in(file->content)) levels.push_back(level.text());
    }
  }

 public:
  /// Where it finds the southbound.
  const std::string& remotes() const { return remotes_; }

 private:
  const Facts& facts_;
  HostName host_;
  std::string cluster_;
  Imported& to_;
  NodeSpec& node_;
  std::vector<std::string>& notes_;
  std::string remotes_;
};

FileLook workload_look(const std::string& name) {
  return FileLook{resources::unit_path(resources::workload_unit(name))};
}

}  // namespace

void import_nodes(const ImportSource& source, Imported& to) {
  std::string remotes;
  bool centrals = false;
  for (const NodeSpec* host : source.hosts.nodes_in_file_order()) {
    Host reader(source, *host, to);
    reader.read();
    centrals = centrals || to.desired.nodes.at(source.names.at(host->name)).has("central");
    if (remotes.empty()) remotes = reader.remotes();
  }
  const auto* connections =
      source.facts.seen<RowsSeen>(kCluster, resources::connections_look(Database::northbound));
  for (const auto& [uuid, row] : connections ? connections->rows() : ovsdb::Table{})
    if (const auto probe = column(row, "inactivity_probe").as_integer()) take_probe(*probe, to);
  if (centrals || remotes.empty()) return;
  to.desired.cluster.central_ips = addresses_in(remotes);
  to.notes["cluster"].push_back("None of these hosts holds a database: they are chassis of " + remotes + '.');
}

std::vector<Probe> import_unit_probes(const ImportSource& source) {
  std::vector<Probe> probes;
  const std::string cluster = marked_cluster(source);
  for (const NodeSpec* host : source.hosts.nodes_in_file_order()) {
    if (const auto* bridges = source.facts.seen<RowsSeen>(host->name, resources::bridges_look()))
      for (const auto& [name, uuid] : bridges->names())
        if (column(bridges->rows().at(uuid), "external_ids").at(kOwnerKey))
          probes.push_back({host->name, FileLook{resources::unit_path(resources::bridge_unit(name))}});
    if (const auto* ports = source.facts.seen<RowsSeen>(host->name, resources::ports_look()))
      for (const auto& [name, uuid] : resources::owned_names(*ports, cluster, resources::kWorkloadKind))
        probes.push_back({host->name, workload_look(name)});
  }
  return probes;
}

void import_workloads(const ImportSource& source, Imported& to) {
  std::map<std::string, std::string> keys;  // of ports, by their name in the northbound
  for (const auto& [name, on] : to.desired.switches)
    for (const auto& [port_name, port] : on.ports) keys[port.nb_name] = port.key();
  for (const NodeSpec* host : source.hosts.nodes_in_file_order()) {
    const auto* ports = source.facts.seen<RowsSeen>(host->name, resources::ports_look());
    const auto* interfaces = source.facts.seen<RowsSeen>(host->name, resources::interfaces_look());
    if (!ports || !interfaces) continue;
    for (const auto& [name, uuid] :
         resources::owned_names(*ports, to.desired.cluster.name, resources::kWorkloadKind)) {
      const auto link = interfaces->names().find(workload_link(name));
      const auto* unit = source.facts.seen<FileSeen>(host->name, workload_look(name));
      if (link == interfaces->names().end() || !unit) continue;
      const auto iface_id = column(interfaces->rows().at(link->second), "external_ids").at("iface-id");
      const auto port = keys.find(iface_id.value_or(""));
      if (port == keys.end()) continue;
      WorkloadSpec& workload = to.desired.workloads[name];
      workload.name = name;
      workload.node = source.names.at(host->name);
      workload.port = port->second;
      workload.ip = word_after(unit->content, "address replace ");
      workload.mtu = number_in(word_after(unit->content, " mtu "), workload.mtu);
      workload.protect = column(ports->rows().at(uuid), "external_ids").at(kProtectKey) == "true";
    }
  }
}

}  // namespace kiln::engine
