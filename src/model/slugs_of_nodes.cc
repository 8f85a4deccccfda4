#include "model/slugs.h"

namespace kiln {

std::vector<SlugPage> slugs_of_nodes() {
  return {
      {.slug = "address-in-bridge-network",
       .severity = Severity::warning,
       .cause = "A bridge of a node is in the network of the node's own address, which is on another "
                "interface: the "
                "host has two ways into one network, and may answer kiln on the wrong one.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n\n[nodes.n1.bridges.br-phys]\naddress = "
                  "\"192.0.2.201/24\"\n",
       .fix = "Give the bridge an address of another network."},
      {.slug = "bridge-networks-overlap",
       .cause = "Two bridges of a node have addresses in one network, so that it is not determined which of "
                "them a "
                "packet takes.",
       .example =
           "[nodes.n1]\naddress = \"192.0.2.11\"\n\n[nodes.n1.bridges.br-a]\naddress = \"10.0.1.11/24\"\n\n"
           "[nodes.n1.bridges.br-b]\naddress = \"10.0.1.12/24\"\n",
       .fix = "Give them addresses of different networks."},
      {.slug = "bridges-without-switch",
       .severity = Severity::warning,
       .cause = "A node has bridges and does not run Open vSwitch: they are not made.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\"]\n\n"
                  "[nodes.n1.bridges.br-phys]\naddress = \"10.0.1.11/24\"\n",
       .fix = "Add \"switch\" to its services, or take its bridges out."},
      {.slug = "central-count",
       .severity = Severity::warning,
       .cause = "The number of centrals is one, two or even: a RAFT cluster of so many tolerates no failure, "
                "or no "
                "more than one member fewer would.",
       .example = "[central]\ncount = 2\n\n[nodes.n1]\naddress = \"192.0.2.11\"\n\n[nodes.n2]\naddress = "
                  "\"192.0.2.12\"\n",
       .fix = "Have three or five centrals."},
      {.slug = "centrals-in-maintenance",
       .severity = Severity::warning,
       .cause =
           "Half of the centrals or more are in maintenance. Their servers run on, but one machine that is "
           "then powered off may take the majority of both databases with it.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nstate = \"maintenance\"\n\n[nodes.n2]\naddress = "
                  "\"192.0.2.12\"\nstate = \"maintenance\"\n\n[nodes.n3]\naddress = \"192.0.2.13\"\n",
       .fix = "Drain one central after the other."},
      {.slug = "chassis-without-switch",
       .cause = "A node runs ovn-controller without Open vSwitch, which it works on.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\", \"chassis\"]\n",
       .fix = "Add \"switch\" to its services."},
      {.slug = "duplicate-bridge-address",
       .cause = "An address is on two bridges, or on a bridge of one node while it is the address of another "
                "node.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-a.address = \"10.0.1.11/24\"\n\n"
                  "[nodes.n2]\naddress = \"192.0.2.12\"\nbridges.br-a.address = \"10.0.1.11/24\"\n",
       .fix = "Give each bridge an address of its own."},
      {.slug = "duplicate-bridge-port",
       .cause = "An interface is to be a port of two bridges.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-a.port = \"eth1\"\nbridges.br-b.port = "
                  "\"eth1\"\n",
       .fix = "Choose another interface for one of them."},
      {.slug = "duplicate-encap-ip",
       .cause = "Two nodes have the same tunnel endpoint; the southbound Encap table has one row for each "
                "type and "
                "ip, so that the second chassis could not register.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nencap.ip = \"10.0.1.11\"\n\n"
                  "[nodes.n2]\naddress = \"192.0.2.12\"\nencap.ip = \"10.0.1.11\"\n",
       .fix = "Give each node its own endpoint."},
      {.slug = "duplicate-link-name",
       .cause = "Two things of one node would be network interfaces of the same name: a bridge, a bridge's "
                "port, or "
                "the link `w-<name>` of a workload.",
       .example =
           "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-a.datapath = \"system\"\nbridges.br-b.port = "
           "\"br-a\"\n",
       .fix = "Rename one of them."},
      {.slug = "duplicate-node-address",
       .cause = "Two nodes have the same address.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n\n[nodes.n2]\naddress = \"192.0.2.11\"\n",
       .fix = "Give each node its own address."},
      {.slug = "duplicate-ssh-target",
       .cause = "Two nodes are reached at the same machine, while each is a machine of its own.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nssh.host = \"bastion\"\n\n"
                  "[nodes.n2]\naddress = \"192.0.2.12\"\nssh.host = \"bastion\"\n",
       .fix = "Put the `ssh` of one of them right; a host to go through is `jump`."},
      {.slug = "encap-ip-not-listed",
       .cause =
           "A node lists several tunnel endpoints, and the one that others are to prefer is none of them.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nencap.ip = \"10.0.3.11\"\nencap.ips = "
                  "[\"10.0.1.11\", \"10.0.2.11\"]\n",
       .fix = "List it in `encap.ips`, or leave `encap.ip` out."},
      {.slug = "encap-mismatch",
       .cause =
           "Two chassis have no tunnel type or no family of addresses in common, so that no tunnel can be "
           "between them.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nencap.types = [\"geneve\"]\n\n"
                  "[nodes.n2]\naddress = \"192.0.2.12\"\nencap.types = [\"vxlan\"]\n",
       .fix = "Give all chassis one type, and endpoints of one family, IPv4 or IPv6."},
      {.slug = "encap-not-on-bridge",
       .cause = "A tunnel endpoint is in the network of one of the node's bridges, and is not that bridge's "
                "address.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nencap.ip = \"10.0.1.12\"\nbridges.br-phys.address = "
                  "\"10.0.1.11/24\"\n",
       .fix = "Let `encap.ip` be the bridge's address."},
      {.slug = "foreign-central",
       .cause = "The databases are run by somebody else, as [cluster] `central-ips` says, and the file asks "
                "for something "
                "that needs databases of its own.",
       .example = "[cluster]\nname = \"edge\"\ncentral-ips = [\"198.51.100.1\"]\n\n[nodes.n1]\naddress = "
                  "\"192.0.2.11\"\nservices = [\"central\", \"chassis\", \"switch\"]\n",
       .fix = "Take it out, or `central-ips`."},
      {.slug = "leaf-outlives-ca",
       .cause = "Certificates would be valid for longer than the authority that signs them.",
       .example = "[ca]\npassphrase = { env = \"KILN_CA_PASSPHRASE\" }\nlifetime-days = 100\n",
       .fix = "Set `leaf-lifetime-days` to less than `lifetime-days`."},
      {.slug = "missing-passphrase",
       .cause = "A self-signed authority has no passphrase to encrypt its key with.",
       .example = "[ca]\ndir = \"pki\"\n",
       .fix = "Add `passphrase = { env = \"KILN_CA_PASSPHRASE\" }` to [ca]."},
      {.slug = "no-central",
       .severity = Severity::warning,
       .cause = "No node runs the databases and ovn-northd: no chassis, switch or port is made.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"chassis\", \"switch\"]\n",
       .fix = "Add \"central\" to the services of one or three nodes."},
      {.slug = "no-central-at-work",
       .cause = "Every central is in maintenance. A node in maintenance leads no database and runs no "
                "ovn-northd, and somebody has to.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nstate = \"maintenance\"\n",
       .fix = "Leave one of them `present`."},
      {.slug = "no-nodes",
       .cause = "The file has no node.",
       .example = "[cluster]\nname = \"edge\"   # and no [nodes.<name>]\n",
       .fix = "Add [nodes.n1] with an `address`."},
      {.slug = "too-few-nodes",
       .cause = "[central] `count` asks for more centrals than there are nodes that may be one.",
       .example = "[central]\ncount = 3\n\n[nodes.n1]\naddress = \"192.0.2.11\"\n",
       .fix = "Add nodes, or ask for fewer."},
      {.slug = "unreachable-address",
       .cause = "An address that other hosts have to reach is a loopback or link-local one.",
       .example = "[nodes.n1]\naddress = \"127.0.0.1\"\n\n[nodes.n2]\naddress = \"192.0.2.12\"\n",
       .fix = "Write an address that the other nodes can reach."},
      {.slug = "workload-in-maintenance",
       .severity = Severity::warning,
       .cause = "A workload is on a node in maintenance, where ovn-controller does not run: its network "
                "namespace stays, and nothing reaches it.",
       .example = "[nodes.n3]\naddress = \"192.0.2.13\"\nstate = \"maintenance\"\n\n[workloads.vm3]\nnode = "
                  "\"n3\"\nport = \"ls1/vm3\"\n",
       .fix = "Move what has to go on to another node first."},
  };
}

}  // namespace kiln
