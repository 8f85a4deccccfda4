#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/field.h"
#include "model/spec.h"

/// The fields of the file, each described once. `describe(visit, spec)` calls the visitor for every field of
/// a table with its description and its member; from that come the decoder (config/decode.cc), the JSON
/// schema (config/schema.cc) and the reference. A field's default is what its member holds in a fresh struct.
///
/// A visitor has
///   operator()(const Field&, std::string& | bool& | int& | std::vector<std::string>& |
///              std::optional<std::string>& | SecretReference& | Services)
///   table(const Field&, Spec&&)                                  a nested table
///   map(const Field&, std::map<std::string, Spec>&, const Spec&) tables by name; the last one is what each
///                                                                of them starts as
///   array(const Field&, std::vector<Spec>&)                      an array of tables
///   defaults(const Field&, Spec&)                                what all of Spec's kind start as: no key is
///                                                                required, none is `own`

namespace kiln {

/// Members of `services`: "auto", or a list.
struct Services {
  bool& automatic;
  std::vector<std::string>& list;
};

/// `[ssh]`: what every node's `ssh` starts with.
struct SshDefaults {
  SshSpec& spec;
  Places& places;
};

/// `[defaults]`: what every node and every port starts as.
struct Defaults {
  NodeSpec& node;
  PortSpec& port;
};

/// `ping` of a check.
struct Ping {
  std::string& from;
  std::string& to;
};

template <typename Visitor>
void describe(Visitor& visit, ClusterSpec& cluster) {
  visit(
      {.name = "name",
       .doc =
           "Name of the deployment; part of the ownership mark `external_ids:kiln-owner`, so it is for ever.",
       .format = Format::label,
       .example = "\"edge\"",
       .required = true},
      cluster.name);
  visit({.name = "central-ips",
         .doc = "Addresses of OVN centrals that somebody else runs: the nodes are chassis of that deployment "
                "(Open_vSwitch external_ids:ovn-remote), and no database is made here.",
         .format = Format::ip,
         .minimum = 1,
         .example = "[\"192.0.2.101\", \"192.0.2.102\", \"192.0.2.103\"]"},
        cluster.central_ips);
  visit({.name = "adopt",
         .doc = "True: what is there already, has nobody's mark and is in the file becomes kiln's and keeps "
                "what it holds: standalone databases, their listeners, logical switches, ports, bridges.",
         .example = "true"},
        cluster.adopt);
}

template <typename Visitor>
void describe(Visitor& visit, SshDefaults& ssh) {
  visit({.name = "user", .doc = "User to log in as.", .format = Format::user, .example = "\"root\""},
        ssh.spec.user);
  visit({.name = "become",
         .doc = "How that user becomes root: `sudo` (without a password), or empty where the user is root.",
         .choices = {"", "sudo"},
         .example = "\"sudo\"",
         .may_be_empty = true},
        ssh.spec.become);
  visit({.name = "identity-file",
         .doc =
             "Private key to log in with (ssh_config(5) IdentityFile); without it, what ssh finds by itself.",
         .format = Format::path,
         .example = "\"~/.ssh/id_ed25519\"",
         .may_be_empty = true},
        ssh.spec.identity_file);
  visit({.name = "known-hosts",
         .doc = "File with the hosts' keys (ssh_config(5) UserKnownHostsFile); without it, ssh's own files.",
         .format = Format::path,
         .example = "\"known_hosts\"",
         .may_be_empty = true},
        ssh.spec.known_hosts);
  visit({.name = "port", .doc = "TCP port of sshd.", .minimum = 1, .maximum = 65535, .example = "22"},
        ssh.spec.port);
  visit({.name = "jump",
         .doc = "Hosts to go through, as ssh_config(5) ProxyJump takes them.",
         .format = Format::jump,
         .example = "\"admin@bastion:2222\"",
         .may_be_empty = true},
        ssh.spec.jump);
}

template <typename Visitor>
void describe(Visitor& visit, SshSpec& ssh) {
  visit({.name = "host",
         .doc = "Name or address to connect to, where it is not the node's `address`.",
         .format = Format::host,
         .example = "\"n1.example.net\"",
         .own = true},
        ssh.host);
  visit({.name = "host-key",
         .doc = "Fingerprint of the host's key, as `ssh-keygen -l` prints it; no other key is accepted.",
         .format = Format::host_key,
         .example = "\"SHA256:…\"",
         .own = true},
        ssh.host_key);
  visit({.name = "local",
         .doc = "True for the machine that kiln runs on: it is reached without ssh.",
         .example = "true",
         .own = true},
        ssh.local);
  SshDefaults shared{.spec = ssh, .places = ssh.places};
  describe(visit, shared);
}

template <typename Visitor>
void describe(Visitor& visit, PackagesSpec& packages) {
  visit({.name = "source",
         .doc =
             "`apt` installs what is missing; `none` takes what is there, and a missing package is an error.",
         .choices = {"apt", "none"},
         .example = "\"apt\""},
        packages.source);
  visit({.name = "ovn",
         .doc = "Release of OVN that every node is to run; without it, whatever is installed stays.",
         .format = Format::release,
         .example = "\"25.03\""},
        packages.ovn);
}

template <typename Visitor>
void describe(Visitor& visit, CentralSpec& central) {
  visit({.name = "count",
         .doc =
             "Centrals (members of OVN_Northbound's and OVN_Southbound's RAFT clusters) among the nodes with "
             "`services = \"auto\"`; nodes that name `central` themselves count too.",
         .minimum = 1,
         .maximum = 15,
         .example = "3"},
        central.count);
  visit({.name = "election-timer-ms",
         .doc = "RAFT election timer of both databases (ovsdb-server(1), cluster/change-election-timer).",
         .minimum = 100,
         .maximum = 600000,
         .unit = "milliseconds",
         .example = "16000"},
        central.election_timer_ms);
  visit(
      {.name = "inactivity-probe-ms",
       .doc =
           "How long a silent peer is waited for: Connection.inactivity_probe of both databases, NB_Global "
           "options:northd_probe_interval, and Open_vSwitch external_ids:ovn-remote-probe-interval of every "
           "chassis.",
       .minimum = kShortestProbeMs,
       .maximum = kLongestProbeMs,
       .unit = "milliseconds",
       .example = "60000"},
      central.inactivity_probe_ms);
  visit({.name = "northd-threads",
         .doc = "Threads with which ovn-northd computes logical flows (ovn-northd(8), --n-threads).",
         .minimum = 1,
         .maximum = 256,
         .example = "4"},
        central.northd_threads);
}

template <typename Visitor>
void describe(Visitor& visit, SafetySpec& safety) {
  visit({.name = "max-delete",
         .doc = "Resources that one apply may delete because the file no longer has them; without it, the "
                "larger of 3 and a tenth of what kiln owns. More needs `--allow-delete`.",
         .minimum = 0,
         .maximum = 1000000,
         .example = "10"},
        safety.max_delete);
  visit(
      {.name = "allow-last-central-removal",
       .doc = "True: the file may leave no node with `central`. The files of the databases are put aside on "
              "their nodes; nobody serves their rows any more.",
       .example = "true"},
      safety.allow_last_central_removal);
  visit(
      {.name = "left-databases",
       .doc = "What becomes of the databases of a node that leaves. `keep`: their files are put aside on it, "
              "in /var/lib/ovn/kiln-left-TIME; `pull`: besides, a backup comes to the machine that kiln runs "
              "on before anything is done, as it does when the last central goes.",
       .choices = {"keep", "pull"},
       .example = "\"pull\""},
      safety.left_databases);
}

template <typename Visitor>
void describe(Visitor& visit, AuditSpec& audit) {
  visit({.name = "enabled",
         .doc = "False: no security events, in the words of OWASP's logging vocabulary, for what an apply "
                "changes; else they are in kiln's journal and in the log of the machine that kiln runs on "
                "(syslog(3), facility authpriv).",
         .example = "true"},
        audit.enabled);
}

template <typename Visitor>
void describe(Visitor& visit, DaemonLoggingSpec& daemon) {
  visit({.name = "levels",
         .doc = "What `vlog/set` is told (ovs-appctl(8)), at once and at every start: "
                "`module:destination:level`, where `any` is every module and the destinations are console, "
                "syslog and file. Without `destination:` it is all three, without `module:` every module. A "
                "module's own level wins. What is not listed is left alone.",
         .format = Format::log_level,
         .example = "[\"any:syslog:info\", \"pinctrl:file:dbg\"]"},
        daemon.levels);
}

template <typename Visitor>
void describe(Visitor& visit, LoggingSpec& logging) {
  visit.table({.name = "nb",
               .doc = "ovsdb-server of OVN_Northbound (unit ovn-ovsdb-server-nb).",
               .example = "levels = [\"raft:file:dbg\"]"},
              logging.nb);
  visit.table({.name = "sb",
               .doc = "ovsdb-server of OVN_Southbound (unit ovn-ovsdb-server-sb).",
               .example = "levels = [\"raft:file:dbg\"]"},
              logging.sb);
  visit.table({.name = "ovn-northd",
               .doc = "ovn-northd of every central.",
               .example = "levels = [\"inc_proc_eng:file:dbg\"]"},
              logging.ovn_northd);
  visit.table({.name = "ovn-controller",
               .doc = "ovn-controller of every chassis.",
               .example = "levels = [\"pinctrl:file:dbg\"]"},
              logging.ovn_controller);
  visit.table({.name = "ovsdb-server",
               .doc = "ovsdb-server of the hosts' Open vSwitch.",
               .example = "levels = [\"any:syslog:info\"]"},
              logging.ovsdb_server);
  visit.table({.name = "ovs-vswitchd",
               .doc = "ovs-vswitchd of the hosts' Open vSwitch.",
               .example = "levels = [\"bridge:file:dbg\"]"},
              logging.ovs_vswitchd);
}

template <typename Visitor>
void describe(Visitor& visit, CaSpec& ca) {
  visit(
      {.name = "mode",
       .doc = "`self-signed`: kiln makes an authority in `dir`; `provided`: `ca.pem` and `ca.key` are there.",
       .choices = {"self-signed", "provided"},
       .example = "\"self-signed\""},
      ca.mode);
  visit({.name = "dir",
         .doc = "Folder of the authority on the machine that kiln runs on: `ca.pem` and `ca.key`.",
         .format = Format::path,
         .example = "\"pki\""},
        ca.dir);
  visit({.name = "passphrase",
         .doc = "Where to find the passphrase that encrypts `ca.key`.",
         .example = "{ env = \"KILN_CA_PASSPHRASE\" }"},
        ca.passphrase);
  visit({.name = "lifetime-days",
         .doc = "How long the certificate of a self-signed authority is valid.",
         .minimum = 1,
         .maximum = 36500,
         .unit = "days",
         .example = "3650"},
        ca.lifetime_days);
  visit({.name = "leaf-lifetime-days",
         .doc = "How long the certificates of daemons and clients are valid.",
         .minimum = 1,
         .maximum = 3650,
         .unit = "days",
         .example = "365"},
        ca.leaf_lifetime_days);
}

template <typename Visitor>
void describe(Visitor& visit, EncapSpec& encap) {
  visit(
      {.name = "ip",
       .doc =
           "Tunnel endpoint: Open_vSwitch external_ids:ovn-encap-ip; without it, the node's `address`. With "
           "`ips`, the one of them that others prefer: external_ids:ovn-encap-ip-default.",
       .format = Format::ip,
       .example = "\"10.0.1.11\"",
       .own = true},
      encap.ip);
  visit(
      {.name = "ips",
       .doc =
           "Several tunnel endpoints, such as one on each network card: external_ids:ovn-encap-ip. Each has "
           "its row of Encap.",
       .format = Format::ip,
       .minimum = 1,
       .example = "[\"10.0.1.11\", \"10.0.2.11\"]",
       .own = true},
      encap.ips);
  visit({.name = "types",
         .doc = "Tunnel types, the preferred one first: Open_vSwitch external_ids:ovn-encap-type.",
         .choices = {"geneve", "vxlan"},
         .minimum = 1,
         .example = "[\"geneve\"]"},
        encap.types);
}

template <typename Visitor>
void describe(Visitor& visit, BridgeSpec& bridge) {
  visit({.name = "datapath",
         .doc = "Bridge.datapath_type: `system` is the kernel's, `netdev` is in userspace.",
         .choices = {"system", "netdev"},
         .example = "\"system\""},
        bridge.datapath);
  visit({.name = "port",
         .doc = "Interface of the host that becomes a port of the bridge.",
         .format = Format::link_name,
         .example = "\"eth1\""},
        bridge.port);
  visit({.name = "address",
         .doc = "Address on the bridge itself, such as the node's tunnel endpoint.",
         .format = Format::interface,
         .example = "\"10.0.1.11/24\"",
         .own = true},
        bridge.address);
}

template <typename Visitor>
void describe(Visitor& visit, NodeSpec& node) {
  visit({.name = "address",
         .doc = "Address by which the other nodes and kiln reach it; databases listen there.",
         .format = Format::ip,
         .example = "\"192.0.2.11\"",
         .required = true,
         .own = true},
        node.address);
  visit({.name = "state",
         .doc =
             "`present`; `maintenance`: it stays a member and leads no database, its ovn-northd and "
             "ovn-controller are stopped, also after a reboot; `absent`: all that kiln made there leaves, "
             "after which the node can be taken out of the file; `dead`: it is powered off for good, and the "
             "others let it go.",
         .choices = {"present", "maintenance", "absent", "dead"},
         .example = "\"absent\"",
         .own = true},
        node.state);
  visit({.name = "services",
         .doc = "What runs there: `central` (databases and ovn-northd), `chassis` (ovn-controller), `switch` "
                "(Open "
                "vSwitch); `auto` is chassis and switch, and central on [central] `count` nodes.",
         .choices = {"central", "chassis", "switch"},
         .example = "[\"central\", \"chassis\", \"switch\"]"},
        Services{node.auto_services, node.services});
  visit({.name = "zone",
         .doc = "Rack or room; automatic centrals are spread over zones.",
         .example = "\"rack1\""},
        node.zone);
  visit.table({.name = "encap", .doc = "Tunnels to the other chassis.", .example = "{ ip = \"10.0.1.11\" }"},
              node.encap);
  visit(
      {.name = "datapath",
       .doc =
           "Datapath of the integration bridge (Open_vSwitch external_ids:ovn-bridge-datapath-type); without "
           "it, `netdev` if a bridge here is, else `system`.",
       .choices = {"system", "netdev"},
       .example = "\"system\""},
      node.datapath);
  visit({.name = "client",
         .doc = "User who may use ovn-nbctl and ovn-sbctl there; without it, root on centrals and nobody "
                "elsewhere.",
         .format = Format::user,
         .example = "\"admin\""},
        node.client);
  visit.map({.name = "bridges",
             .doc = "Open vSwitch bridges of the host's own, by name; br-int is OVN's.",
             .format = Format::bridge_name,
             .example = "br-phys"},
            node.bridges, BridgeSpec{});
  visit.table({.name = "ssh", .doc = "How kiln reaches this node, over [ssh].", .example = "{ port = 2222 }"},
              node.ssh);
}

template <typename Visitor>
void describe(Visitor& visit, PortSpec& port) {
  visit({.name = "name",
         .doc = "Logical_Switch_Port.name and the iface-id; without it, `<switch>-<port>`.",
         .format = Format::northbound_name,
         .example = "\"ls1-vm1\"",
         .own = true},
        port.nb_name);
  visit({.name = "addresses",
         .doc = "Logical_Switch_Port.addresses: \"MAC [IP…]\", \"MAC dynamic\", \"dynamic\", \"unknown\" or "
                "\"router\".",
         .format = Format::port_address,
         .example = "[\"02:ac:10:ff:00:11 172.16.255.11\"]"},
        port.addresses);
  visit({.name = "port-security",
         .doc = "True: Logical_Switch_Port.port_security holds `addresses`, and nothing else may be sent.",
         .example = "true"},
        port.port_security);
  visit({.name = "enabled",
         .doc = "Logical_Switch_Port.enabled: false drops all packets of the port.",
         .example = "true"},
        port.enabled);
  visit({.name = "protect",
         .doc =
             "True: kiln does not delete it, not even when its block is gone, until an apply has set this to "
             "false (kept on the row as external_ids:kiln-protect).",
         .example = "true"},
        port.protect);
}

template <typename Visitor>
void describe(Visitor& visit, SwitchSpec& on) {
  visit.map({.name = "ports",
             .doc = "Logical_Switch_Port, by name; `vm[1-20]` is a range, as of nodes.",
             .format = Format::network_name,
             .example = "vm1"},
            on.ports, on.fresh_port);
  visit({.name = "protect",
         .doc =
             "True: kiln does not delete it, not even when its block is gone, until an apply has set this to "
             "false (kept on the row as external_ids:kiln-protect).",
         .example = "true"},
        on.protect);
}

template <typename Visitor>
void describe(Visitor& visit, WorkloadSpec& workload) {
  visit({.name = "node",
         .doc = "Node on which it lives; another one moves it.",
         .format = Format::label,
         .reference = "nodes",
         .example = "\"n1\"",
         .required = true},
        workload.node);
  visit(
      {.name = "port",
       .doc = "Logical switch port that it is wired to: Interface external_ids:iface-id is that port's name.",
       .format = Format::port_key,
       .reference = "ports",
       .example = "\"ls1/vm1\"",
       .required = true},
      workload.port);
  visit({.name = "ip",
         .doc = "Address on its interface; one of the port's, if the port lists any.",
         .format = Format::interface,
         .example = "\"172.16.255.11/24\""},
        workload.ip);
  visit({.name = "mtu",
         .doc = "MTU of its interface; 1400 leaves room for Geneve on an underlay of 1500.",
         .minimum = 576,
         .maximum = 9000,
         .unit = "octets",
         .example = "1400"},
        workload.mtu);
  visit({.name = "protect",
         .doc =
             "True: kiln does not delete it, not even when its block is gone, until an apply has set this to "
             "false (kept on the node's Port row as external_ids:kiln-protect).",
         .example = "true"},
        workload.protect);
}

template <typename Visitor>
void describe(Visitor& visit, Ping& ping) {
  visit({.name = "from",
         .doc = "Workload that sends.",
         .format = Format::workload_name,
         .reference = "workloads",
         .example = "\"vm1\"",
         .required = true},
        ping.from);
  visit({.name = "to",
         .doc = "Workload that answers.",
         .format = Format::workload_name,
         .reference = "workloads",
         .example = "\"vm2\"",
         .required = true},
        ping.to);
}

template <typename Visitor>
void describe(Visitor& visit, CheckSpec& check) {
  visit.table({.name = "ping",
               .doc = "ICMP echo from a workload to another, which must be answered.",
               .example = "{ from = \"vm1\", to = \"vm2\" }",
               .required = true},
              Ping{check.from, check.to});
}

template <typename Visitor>
void describe(Visitor& visit, Defaults& defaults) {
  visit.defaults(
      {.name = "node",
       .doc = "What every node starts as: keys of [nodes.NAME], but none that only one node can have. A "
              "node's own key wins.",
       .example = "{ client = \"admin\" }"},
      defaults.node);
  visit.defaults(
      {.name = "port",
       .doc = "What every port starts as: keys of [switches.NAME.ports.NAME], but not `name`. A port's "
              "own key wins.",
       .example = "{ port-security = true }"},
      defaults.port);
}

/// The top of the file. `include` is gone when a file is decoded: the loader has followed it.
template <typename Visitor>
void describe(Visitor& visit, Desired& desired) {
  std::vector<std::string> include;
  visit({.name = "include",
         .doc = "More files, as paths or patterns such as `nodes/*.toml`, beside the one that includes them.",
         .example = "[\"nodes/*.toml\"]"},
        include);
  visit.table({.name = "cluster",
               .doc = "The deployment as a whole.",
               .example = "name = \"edge\"",
               .required = true},
              desired.cluster);
  visit.table({.name = "ssh", .doc = "How kiln reaches the nodes; a node's own `ssh` comes over it."},
              SshDefaults{desired.ssh, desired.ssh.places});
  visit.table({.name = "packages", .doc = "Where OVN and Open vSwitch come from."}, desired.packages);
  visit.table({.name = "central", .doc = "The databases and ovn-northd."}, desired.central);
  visit.table({.name = "safety", .doc = "What one apply may not do unasked."}, desired.safety);
  visit.table({.name = "audit", .doc = "What is told to whoever watches over security."}, desired.audit);
  visit.table({.name = "logging", .doc = "What the daemons log; `kiln logs` shows it."}, desired.logging);
  visit.table({.name = "ca", .doc = "The certificate authority of the deployment."}, desired.ca);
  NodeSpec node;
  node.ssh = desired.ssh;
  SwitchSpec logical_switch;
  visit.table({.name = "defaults", .doc = "What nodes and ports have in common."},
              Defaults{.node = node, .port = logical_switch.fresh_port});
  visit.map(
      {.name = "nodes",
       .doc =
           "The hosts, by name. `n[1-3]` is a range: three nodes, in whose texts `{n}` is the number, `{x}` "
           "the number as two hexadecimal digits and `{name}` the name; `{n+10}` and `{x-1}` shift it.",
       .format = Format::label,
       .example = "n1"},
      desired.nodes, node);
  visit.map({.name = "switches",
             .doc = "Logical_Switch, by name.",
             .format = Format::network_name,
             .example = "ls1"},
            desired.switches, logical_switch);
  visit.map(
      {.name = "workloads",
       .doc =
           "Network namespaces wired to logical switch ports, by name; `vm[1-20]` is a range, as of nodes.",
       .format = Format::workload_name,
       .example = "vm1"},
      desired.workloads, WorkloadSpec{});
  visit.array({.name = "checks", .doc = "What must hold after every apply; `kiln verify` proves it too."},
              desired.checks);
}

}  // namespace kiln
