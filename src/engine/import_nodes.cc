#include <algorithm>
#include <charconv>

#include "base/address.h"
#include "base/text.h"
#include "config/format.h"
#include "engine/import.h"
#include "model/logging.h"
#include "resources/central/central.h"
#include "resources/host/logging.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

// Nodes of `kiln import`: services, addresses, tunnels, bridges, workloads.

namespace kiln::engine {
namespace {

using resources::kIntegrationBridge;

bool is(Format format, const std::string& text) {
  const auto normal = config::normal_text(format, text);
  return normal && *normal == text;
}

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

/// The file takes no probe that is shorter, nor 0, which is none.
void take_probe(std::int64_t ms, Imported& to) {
  constexpr std::int64_t kLeast = 5000;
  constexpr std::int64_t kMost = 3600000;
  if (ms >= kLeast && ms <= kMost) to.desired.central.inactivity_probe_ms = static_cast<int>(ms);
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
    const std::size_t colon = at.find(':');
    const std::size_t last = at.rfind(':');
    std::string ip = colon < last ? at.substr(colon + 1, last - colon - 1) : "";
    std::erase_if(ip, [](char c) { return c == '[' || c == ']'; });
    if (IpAddress::parse(ip) && ip != node_.address) {
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
      if (!is(Format::bridge_name, name) ||
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
      constexpr std::string_view kVariable = "KILN_LOG_LEVELS=\"";
      const std::size_t at = file->content.find(kVariable);
      if (at == std::string::npos) continue;
      const std::size_t from = at + kVariable.size();
      LoggingSpec& logging = to_.desired.logging;
      const_cast<DaemonLoggingSpec&>(logging.of(daemon.name)).levels =
          split(file->content.substr(from, file->content.find('"', from) - from), ' ');
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

/// Of "ssl:192.0.2.11:6642,ssl:[2001:db8::1]:6642" the addresses.
std::vector<std::string> addresses_in(const std::string& remotes) {
  std::vector<std::string> addresses;
  for (const std::string& remote : split(remotes, ',')) {
    const std::size_t colon = remote.find(':');
    const std::size_t last = remote.rfind(':');
    if (colon >= last) continue;
    std::string ip = remote.substr(colon + 1, last - colon - 1);
    std::erase_if(ip, [](char c) { return c == '[' || c == ']'; });
    if (const auto address = IpAddress::parse(ip)) addresses.push_back(address->text);
  }
  return addresses;
}

/// Of our mark of this kind, the name: "vm1" of "edge:workload/vm1".
std::string marked_name(const std::string& mark, const std::string& cluster, const std::string& kind) {
  const std::string start = cluster + ':' + kind + '/';
  return mark.starts_with(start) ? mark.substr(start.size()) : "";
}

std::string workload_unit(const std::string& name) {
  return resources::unit_path("kiln-workload-" + name + ".service");
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
  const auto* connections = source.facts.seen<RowsSeen>(
      kCluster, RowsLook{Database::northbound, "Connection", {"external_ids", "inactivity_probe", "target"}});
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
      for (const auto& [mark, uuid] : ports->marks())
        if (const std::string name = marked_name(mark, cluster, "workload"); !name.empty())
          probes.push_back({host->name, FileLook{workload_unit(name)}});
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
    for (const auto& [mark, uuid] : ports->marks()) {
      const std::string name = marked_name(mark, to.desired.cluster.name, "workload");
      const auto link = interfaces->names().find("w-" + name);
      const auto* unit = source.facts.seen<FileSeen>(host->name, FileLook{workload_unit(name)});
      if (name.empty() || link == interfaces->names().end() || !unit) continue;
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
