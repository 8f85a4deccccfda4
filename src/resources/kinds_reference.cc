#include "resources/kinds_reference.h"

#include "resources/host/logging.h"

namespace kiln::resources {

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds{
      {"mark", "mark/NODE",
       "Of which deployment a host is: a uuid that the first plan draws, as a name is not one of its own.",
       "`[cluster] name`", "`/etc/kiln/deployment`.", make_marks},
      {"packages", "packages/NODE", "OVN's packages and the few tools that kiln needs on a host.",
       "`[packages]`, `[nodes.NAME] services`",
       "Debian packages; drop-ins `40-kiln-condition.conf`, by which a database unit starts only a database "
       "that "
       "kiln has made.",
       make_packages},
      {"authority", "authority/CLUSTER", "The certificate authority, on the machine that kiln runs on.",
       "`[ca]`", "`ca.pem` and `ca.key` (encrypted) in `[ca] dir`.", make_authority},
      {"trust", "trust/NODE", "What the daemons of a node trust.", "`[ca]`", "`/etc/kiln/pki/ca.pem`.",
       make_trust},
      {"certificate", "certificate/NODE/DAEMON",
       "One leaf for each daemon, ECDSA P-384, its key made on the node; renewed when a third of its life is "
       "left.",
       "`[ca] leaf-lifetime-days`", "`/etc/kiln/pki/DAEMON/key.pem` and `cert.pem`, switched together.",
       make_certificates},
      {"database", "database/NODE/nb` and `database/NODE/sb",
       "One member of the RAFT cluster of OVN_Northbound or OVN_Southbound (ovsdb-server(7)).", "`[central]`",
       "`/var/lib/ovn/ovnnb_db.db` and `ovnsb_db.db`; `/etc/kiln/ovn-nb.env` and `ovn-sb.env`; units "
       "`ovn-ovsdb-server-nb` and `ovn-ovsdb-server-sb`, with a drop-in.",
       make_databases},
      {"listener", "listener/nb` and `listener/sb", "How clients reach a database: TLS on port 6641 or 6642.",
       "`[central] inactivity-probe-ms`", "The row of Connection: `target`, `inactivity_probe`.",
       make_listeners},
      {"election-timer", "election-timer/nb` and `election-timer/sb",
       "The RAFT election timer of a database that is there: raised by doubling, on the leader; lowered at "
       "once.",
       "`[central] election-timer-ms`", "What the cluster has agreed on (`cluster/status`, ovsdb-server(1)).",
       make_election_timers},
      {"northd", "northd/NODE",
       "ovn-northd on each central: one is active, the others stand by; masked on a node in maintenance.",
       "`[nodes.NAME] services`, `state`",
       "`/etc/kiln/ovn-northd.env`; unit `ovn-northd`, with a drop-in; `ovn-central`.", make_northd},
      {"client", "client/NODE", "Plain `ovn-nbctl` and `ovn-sbctl` on a node.", "`[nodes.NAME] client`",
       "`/etc/kiln/ovn.env`, `/usr/local/bin/ovn-nbctl` and `ovn-sbctl`.", make_clients},
      {"openvswitch", "openvswitch/NODE", "ovsdb-server and ovs-vswitchd of a node.",
       "`[nodes.NAME] services`",
       "`/etc/openvswitch/system-id.conf`; `/etc/kiln/openvswitch`, which says that kiln made it run; units "
       "`openvswitch-switch`, `ovsdb-server`, `ovs-vswitchd`.",
       make_openvswitch},
      {"bridge", "bridge/NODE/NAME", "A bridge of Open vSwitch: OVN's br-int, and those of the file.",
       "`[nodes.NAME.bridges.NAME]`, `[nodes.NAME] datapath`",
       "The row of Bridge: `datapath_type`, `fail_mode`, its port; unit `kiln-bridge-NAME` for the address.",
       make_bridges},
      {"chassis", "chassis/NODE",
       "ovn-controller, and what it is told (ovn-controller(8)); masked on a node in maintenance.",
       "`[nodes.NAME] encap`, `datapath`, `state`",
       "Open_vSwitch `external_ids`: `system-id`, `ovn-remote`, `ovn-encap-type`, `ovn-encap-ip`, "
       "`ovn-bridge-datapath-type`, `kiln-centrals`; its row of Chassis; `/etc/kiln/ovn-controller.env`; "
       "units "
       "`ovn-controller` (with a drop-in) "
       "and "
       "`ovn-host`.",
       make_chassis},
      {"logging", "logging/NODE/DAEMON",
       "What a daemon logs, and where: set while it runs (`vlog/set`, ovs-appctl(8)) and at every start.",
       "`[logging.DAEMON]`",
       "Levels of the daemon's modules (`vlog/list`); `/etc/kiln/log-DAEMON.env` and a drop-in "
       "`60-kiln-logging.conf` of its unit.",
       make_logging},
      {"logical-switch", "logical-switch/NAME", "A logical switch (ovn-nb(5)).", "`[switches.NAME]`",
       "The row of Logical_Switch: `name`, `external_ids:kiln-owner`, `external_ids:kiln-protect`.",
       make_logical_switches},
      {"logical-switch-port", "logical-switch-port/SWITCH/NAME", "A port of a logical switch (ovn-nb(5)).",
       "`[switches.NAME.ports.NAME]`",
       "The row of Logical_Switch_Port: `name`, `addresses`, `port_security`, `enabled`, "
       "`external_ids:kiln-owner`, `external_ids:kiln-protect`.",
       make_logical_switch_ports},
      {"workload", "workload/NAME", "A network namespace wired to a logical port.", "`[workloads.NAME]`",
       "Unit `kiln-workload-NAME`, the namespace with its `eth0`; rows of Port and Interface `w-NAME` with "
       "`external_ids:iface-id`.",
       make_workloads},
      {"node", "node/NAME",
       "Where a node is, kept where the deployment's other rows are, so that one that is no longer in the "
       "file can be asked to leave; forgotten when nothing of it is left.",
       "`[nodes.NAME] address`", "NB_Global `external_ids:kiln-node-NAME`: the address.", make_nodes},
      {"deployment", "deployment/CLUSTER", "What the northbound remembers of the deployment as a whole.",
       "`[ca] dir`, `include`",
       "NB_Global `external_ids`: `kiln-deployment`, its uuid; `kiln-authority`, where the authority was "
       "made, for whoever has to sign and does not have it; `kiln-include-PATTERN`, how many files each "
       "pattern of `include` matched.",
       make_deployment},
  };
  return kKinds;
}

std::string kinds_reference() {
  std::string text =
      "# Kinds of resources\n\n"
      "Made from the table of kinds in `src/resources/kinds_reference.cc`. A plan names resources by these "
      "ids. What "
      "kiln makes carries its mark: rows `external_ids:kiln-owner = \"CLUSTER:KIND/NAME\"`, files a first "
      "line. "
      "Nothing without the mark is removed, and of what is shared with others only the keys below are "
      "written.\n";
  for (const Kind& kind : kinds())
    text += "\n## " + std::string(kind.name) + "\n\n" + kind.what + "\n\n- ids: `" + kind.ids +
            "`\n- from the file: " + kind.from + "\n- holds: " + kind.holds + '\n';
  return text;
}

}  // namespace kiln::resources
