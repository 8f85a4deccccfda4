#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "model/database.h"

/// What the file says, decoded: one struct for each table of the TOML file. Keys of the file are the
/// members' names in kebab-case; model/describe.h describes each once for decoder, schema and reference.
/// Values are checked and in normal form. A member that is not set holds its documented default.

namespace kiln {

/// Where each key of a table was written, for messages and plans. Keys of sub-tables have a dot: "encap.ip".
struct Places {
  Span self;  ///< the table's header, or the key that holds an inline table
  std::map<std::string, Span> keys;

  /// The key's place; the table's where the key was not written.
  const Span& at(const std::string& key) const {
    const auto found = keys.find(key);
    return found == keys.end() ? self : found->second;
  }
  bool has(const std::string& key) const { return keys.contains(key); }
};

/// A secret by reference: kiln never takes a literal one.
struct SecretReference {
  enum class Source { none, environment, file, command };
  Source source = Source::none;
  std::string
      value;  ///< the variable's name, the path (beside the TOML file unless absolute), or the command
  bool operator==(const SecretReference&) const = default;
};

struct ClusterSpec {
  std::string name;
  std::vector<std::string> central_ips;  ///< of centrals that somebody else runs; empty: the nodes' own
  bool adopt = false;  ///< what nobody's mark is on, and the file names, becomes kiln's as it is
  Places places;
};

/// How kiln reaches a host; `[ssh]` for all, `[nodes.N] ssh = {…}` over it.
struct SshSpec {
  std::string user = "root";
  std::string become;         ///< "" or "sudo"
  std::string identity_file;  ///< "" = ssh's own choice
  std::string known_hosts;    ///< "" = ssh's own files
  std::string host;           ///< "" = the node's address
  int port = 22;
  std::string jump;      ///< ssh_config(5) ProxyJump, or ""
  std::string host_key;  ///< "SHA256:…" as ssh-keygen -l prints it, or ""
  bool local = false;    ///< no ssh at all: the node is the machine that kiln runs on
  Places places;
};

struct PackagesSpec {
  std::string source = "apt";  ///< "apt" or "none" (whatever is installed; a missing one is an error)
  std::string ovn;  ///< the release that every member is to run, "25.03"; "" = whatever is installed
  Places places;
};

/// What the file takes as an inactivity probe.
inline constexpr int kShortestProbeMs = 5000;
inline constexpr int kLongestProbeMs = 3600000;

struct CentralSpec {
  int count = 3;                  ///< centrals among the nodes with services = "auto"
  int election_timer_ms = 16000;  ///< of both RAFT clusters
  int inactivity_probe_ms = 60000;
  int northd_threads = 1;
  Places places;
};

struct SafetySpec {
  std::optional<int> max_delete;  ///< resources that one apply may delete; unset: the larger of 3 and 10 %
  bool allow_last_central_removal = false;
  std::string left_databases =
      "keep";  ///< "keep" on their node, or "pull" a backup to kiln's machine as well
  Places places;
};

struct AuditSpec {
  bool enabled = true;  ///< security events go to the journal and to syslog(3)
  Places places;
};

/// What one daemon is to log, beyond what its package makes it log.
struct DaemonLoggingSpec {
  std::vector<std::string> levels;  ///< "module:destination:level", as `vlog/set` takes them; each is whole
  Places places;
};

struct LoggingSpec {
  DaemonLoggingSpec nb;
  DaemonLoggingSpec sb;
  DaemonLoggingSpec ovn_northd;
  DaemonLoggingSpec ovn_controller;
  DaemonLoggingSpec ovsdb_server;
  DaemonLoggingSpec ovs_vswitchd;
  Places places;

  DaemonLoggingSpec& of(std::string_view daemon);  ///< by a name of logged_daemons()
  const DaemonLoggingSpec& of(std::string_view daemon) const;
};

struct CaSpec {
  std::string mode = "self-signed";  ///< "self-signed" or "provided"
  std::string dir = "pki";           ///< absolute once loaded: ca.pem, ca.key
  SecretReference passphrase;
  int lifetime_days = 3650;  ///< of a self-signed authority
  int leaf_lifetime_days = 365;
  Places places;
};

struct EncapSpec {
  std::string ip;                            ///< "" = the first of `ips`, else the node's address
  std::vector<std::string> ips;              ///< several tunnel endpoints; else only `ip`
  std::vector<std::string> types{"geneve"};  ///< geneve, vxlan
};

/// An Open vSwitch bridge of the host's own, such as the one that holds the underlay address.
struct BridgeSpec {
  std::string name;
  std::string datapath = "system";  ///< "system" or "netdev"
  std::string port;                 ///< the host interface that becomes its port, or ""
  std::string address;              ///< "10.0.1.11/24" on the bridge itself, or ""
  Places places;
};

struct NodeSpec {
  std::string name;
  int order = 0;  ///< place in the file, from 0
  std::string address;
  /// "present", "maintenance" (it stays a member and does no work), "absent" (all of kiln's leaves it) or
  /// "dead" (it is gone).
  std::string state = "present";
  bool auto_services = true;          ///< services = "auto"
  std::vector<std::string> services;  ///< else, sorted: central, chassis, switch
  std::string zone;
  EncapSpec encap;
  std::string
      datapath;  ///< of the integration bridge: "system", "netdev", or "" (netdev if any bridge here is)
  std::optional<std::string> client;  ///< user who may use ovn-nbctl here; unset: root on centrals
  std::map<std::string, BridgeSpec> bridges;
  SshSpec ssh;  ///< [ssh] with the node's own over it
  /// The file does not have it: the roster in the northbound says where it is, and it leaves.
  bool former = false;
  bool out_of_reach = false;  ///< former, and nobody here knows its address: it is not contacted
  std::string after;          ///< the former node that has to leave this machine before this one comes, or ""
  Places places;

  bool has(const std::string& service) const;  ///< explicit services only
  /// "system" or "netdev", derived as described above.
  std::string integration_datapath() const;
  /// It is to have what the file says; else all of kiln's leaves it.
  bool stays() const { return state == "present" || drained(); }
  /// It leads no database, and its ovn-northd and ovn-controller do not run, not even after a reboot.
  bool drained() const { return state == "maintenance"; }
  /// Tunnel endpoints, sorted: one, or those of `encap.ips`.
  std::vector<std::string> encap_ips() const;
  /// The key under `encap`, or "address", that says so.
  std::string encap_key() const;
};

struct PortSpec {
  std::string switch_name;
  std::string name;     ///< key in the file
  std::string nb_name;  ///< Logical_Switch_Port.name: `<switch>-<port>` unless `name` says otherwise
  std::vector<std::string>
      addresses;  ///< as in ovn-nb(5): "MAC [IP…]", "dynamic", "unknown", "router"; MACs lower case
  bool port_security = false;
  bool enabled = true;
  bool protect = false;  ///< kept in its row, so that deleting the block does not lift it
  Places places;

  std::string key() const { return switch_name + '/' + name; }
  /// The MAC of the first address that has one, or "".
  std::string mac() const;
};

struct SwitchSpec {
  std::string name;
  bool protect = false;
  PortSpec fresh_port;  ///< what its ports start as: [defaults.port]
  std::map<std::string, PortSpec> ports;
  Places places;
};

/// A network namespace wired to a logical port.
struct WorkloadSpec {
  std::string name;
  std::string node;
  std::string port;  ///< "<switch>/<port>"
  std::string ip;    ///< "172.16.255.11/24"
  int mtu = 1400;    ///< fits Geneve over an underlay of 1500
  bool protect = false;
  Places places;
};

/// The host's end of a workload's link.
inline std::string workload_link(const std::string& workload) {
  return "w-" + workload;
}

/// A proof wanted after apply: ping from a workload to another.
struct CheckSpec {
  std::string from;
  std::string to;
  int order = 0;
  Places places;
};

/// Which nodes a run is about; the file does not say that, whoever starts the run does.
struct Scope {
  std::vector<std::string> only;  ///< these, and what their changes need; empty: all
  std::vector<std::string> but;   ///< all but these

  bool whole() const { return only.empty() && but.empty(); }
  bool excludes(const std::string& node) const;
  bool has(const std::string& node) const;
};

struct Desired {
  ClusterSpec cluster;
  PackagesSpec packages;
  CentralSpec central;
  SafetySpec safety;
  AuditSpec audit;
  LoggingSpec logging;
  CaSpec ca;
  std::map<std::string, NodeSpec> nodes;    ///< but those that are dead
  std::map<std::string, NodeSpec> dead;     ///< powered off for good; the others let them go
  std::map<std::string, NodeSpec> waiting;  ///< on machines that former nodes have to leave first
  SshSpec ssh;                              ///< [ssh]: what a node's own comes over
  std::map<std::string, SwitchSpec> switches;
  std::map<std::string, WorkloadSpec> workloads;
  std::vector<CheckSpec> checks;
  Scope scope;
  bool purge = false;  ///< of nodes that leave, what was put aside goes too; whoever starts the run says so
  /// How many files each pattern of `include` matches (config::normal_pattern); one without a wildcard is
  /// none.
  std::map<std::string, std::size_t> includes;
  std::set<std::string>
      allowed_empty_includes;  ///< that these match none is meant; whoever starts the run says
  std::string fresh_id;        ///< a uuid for a deployment that has none, or ""
  bool new_authority = false;  ///< what hosts trust is replaced by what [ca] dir has; likewise
  bool new_database = false;   ///< where a database is lost for good a new one is made; likewise
  /// Nodes that are members of a clustered database, as far as this machine's journal tells: it may be long,
  /// and is asked where a database would be made.
  std::function<std::set<std::string>(Database)> remembered = [](Database) {
    return std::set<std::string>();
  };
  /// How a node is reached that only the northbound knows, at this address: as a file said that this machine
  /// has applied, or as [ssh] says where whoever runs kiln allows it. Nothing: it is not to be contacted.
  std::function<std::optional<SshSpec>(const std::string& node, const std::string& address)> way_to_former =
      [](const std::string&, const std::string&) { return std::optional<SshSpec>(); };
  std::vector<std::string> files;  ///< read, as given; the first is the one named on the command line

  std::vector<const NodeSpec*> nodes_in_file_order() const;
  const PortSpec* find_port(const std::string& key) const;  ///< "<switch>/<port>", or null
};

}  // namespace kiln
