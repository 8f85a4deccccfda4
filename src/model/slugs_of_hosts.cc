#include "model/slugs.h"

namespace kiln {

std::vector<SlugPage> slugs_of_hosts() {
  constexpr SlugOrigin kHosts = SlugOrigin::hosts;
  return {
      {.slug = "address-not-on-node",
       .origin = kHosts,
       .cause = "A chassis does not have the address that its tunnels are to end at.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nencap.ip = \"10.0.1.11\"\n# n1 has 192.0.2.11/24 on "
                  "eth0, and "
                  "nothing else\n",
       .fix = "Configure the address on the host, or write one that it has."},
      {.slug = "clock-off",
       .origin = kHosts,
       .cause = "The clock of a host is a minute or more off that of the machine that kiln runs on, so that "
                "certificates would not be valid there.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n# the clock of n1 is 90 s behind\n",
       .fix = "Set the time there, with chrony or systemd-timesyncd."},
      {.slug = "disk-almost-full",
       .severity = Severity::warning,
       .origin = kHosts,
       .cause = "A host that holds the databases has less than 512 MiB left below /var/lib; a database that "
                "cannot "
                "write its log stops.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\"]\n# n1 holds "
                  "OVN_Southbound, and `df "
                  "/var/lib` says 100 MiB\n",
       .fix = "Make room there."},
      {.slug = "host-of-another-deployment",
       .origin = kHosts,
       .cause = "A node's address leads to a host of a deployment with another name, by the files that kiln "
                "has left there. Nothing of it is touched.",
       .example = "[cluster]\nname = \"edge\"\n\n[nodes.n1]\naddress = \"192.0.2.21\"\n# "
                  "/etc/kiln/deployment at 192.0.2.21 begins with `# made by kiln for core:`\n",
       .fix = "Put the address right; a host that is to change hands leaves the other deployment first."},
      {.slug = "interface-carries-ssh",
       .origin = kHosts,
       .cause = "An interface is to become a bridge's port, and carries the SSH connection of kiln, which "
                "the host would lose: it has the address, or what has it stands on it (a bridge, a bond, a "
                "VLAN).",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-phys.port = \"eth0\"\n# 192.0.2.11/24 is "
                  "on eth0\n",
       .fix = "Choose an interface that is free."},
      {.slug = "interface-in-use",
       .origin = kHosts,
       .cause =
           "An interface is to become a bridge's port, and is the port of something else: of a bridge or "
           "bond of the kernel, of a VRF, or of a bridge of Open vSwitch that kiln did not make.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-phys.port = \"eth1\"\n# `ip link show "
                  "eth1` on n1 says `master br0`\n",
       .fix = "Choose an interface that is free, or take it out of the other one first."},
      {.slug = "machine-of-another-node",
       .origin = kHosts,
       .cause = "A node's address leads to a machine that says it is another node of the file.",
       .example = "[nodes.n1]\naddress = \"192.0.2.12\"\n\n[nodes.n2]\naddress = \"192.0.2.11\"\n"
                  "# /etc/openvswitch/system-id.conf at 192.0.2.12 holds n2\n",
       .fix = "Put the addresses right, or remove system-id.conf from a machine that is a copy."},
      {.slug = "missing-interface",
       .origin = kHosts,
       .cause = "An interface that is to become a bridge's port is not on the host.",
       .example =
           "[nodes.n1]\naddress = \"192.0.2.11\"\nbridges.br-phys.port = \"eth9\"\n# n1 has eth0 and eth1\n",
       .fix = "Write the name of an interface that is there."},
      {.slug = "no-kernel-datapath",
       .origin = kHosts,
       .cause =
           "A bridge is to be one of the kernel's datapath, and the host's kernel has no module openvswitch: "
           "Open vSwitch would take the row and make nothing of it.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n# `modprobe -n openvswitch` on n1 finds no module\n",
       .fix = "Write `datapath = \"netdev\"`, or install a kernel that has the module."},
      {.slug = "not-dead",
       .origin = kHosts,
       .cause = "A node that the file calls dead answers. Its servers may lead their clusters, so that "
                "nobody is told to "
                "forget it.",
       .example = "[nodes.n3]\naddress = \"192.0.2.13\"\nstate = \"dead\"\n# and 192.0.2.13 answers\n",
       .fix = "Write `state = \"absent\"`, so that it leaves; or power it off, for good."},
      {.slug = "other-ovn",
       .origin = kHosts,
       .cause = "MicroOVN is installed on a host: its own Open vSwitch and ovn-controller would fight with "
                "those of "
                "the distribution's packages for the datapath.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n# n1 has the unit snap.microovn.daemon.service\n",
       .fix = "Remove it there (`snap remove microovn`), or take the node out of the file."},
      {.slug = "other-southbound",
       .severity = Severity::warning,
       .origin = kHosts,
       .cause =
           "Somebody other than kiln has made a host the chassis of another deployment; apply takes it over, "
           "and its ports there go down.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\n# Open_vSwitch on n1 has external_ids:ovn-remote = "
                  "tcp:198.51.100.7:6642\n",
       .fix = "Take the host out of that deployment first, if it is still in use."},
      {.slug = "too-little-disk",
       .origin = kHosts,
       .cause = "A host that is to hold the databases, and does not yet, has less than 512 MiB left below "
                "/var/lib.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\"]\n# `df /var/lib` on n1 "
                  "says 100 MiB\n",
       .fix = "Make room there, or let another node be central."},
      {.slug = "two-deployments",
       .origin = kHosts,
       .cause = "The hosts are of two deployments of the same name, by the uuids in their "
                "/etc/kiln/deployment: an address leads to a host of the other one. Apply exits with 4.",
       .example = "[cluster]\nname = \"edge\"\n\n[nodes.n1]\naddress = \"192.0.2.11\"\n\n[nodes.n2]\naddress "
                  "= \"192.0.2.22\"\n# another deployment named edge has 192.0.2.22\n",
       .fix = "Put the address right; where a machine was restored from an old image of another "
              "deployment's host, remove the file there."},
  };
}

}  // namespace kiln
