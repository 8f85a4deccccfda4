#include "model/slugs.h"

namespace kiln {

std::vector<SlugPage> slugs_of_ports() {
  return {
      {.slug = "duplicate-ip",
       .cause = "Two ports or workloads of one switch have the same IP address.",
       .example = "[switches.ls1.ports.vm1]\naddresses = [\"02:00:00:00:00:01 10.1.0.10\"]\n\n"
                  "[switches.ls1.ports.vm2]\naddresses = [\"02:00:00:00:00:02 10.1.0.10\"]\n",
       .fix = "Give each its own address."},
      {.slug = "duplicate-mac",
       .cause = "Two ports of one switch have the same MAC address.",
       .example = "[switches.ls1.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[switches.ls1.ports.vm2]\naddresses = [\"02:00:00:00:00:01\"]\n",
       .fix = "Give each its own MAC address."},
      {.slug = "duplicate-port-name",
       .cause =
           "Two ports would have the same name in OVN_Northbound, where names of ports are unique in all "
           "switches.",
       .example = "[switches.a.ports.b-c]\n\n[switches.a-b.ports.c]   # both would be a-b-c\n",
       .fix = "Give one of them a `name` of its own."},
      {.slug = "ip-not-on-port",
       .cause = "A workload has an address that its port does not list.",
       .example = "[switches.ls1.ports.vm1]\naddresses = [\"02:00:00:00:00:01 10.1.0.10\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"ls1/vm1\"\nip = \"10.1.0.11/24\"\n",
       .fix = "Give the workload one of its port's addresses."},
      {.slug = "node-without-chassis",
       .cause = "A workload is on a node that does not run ovn-controller.",
       .example = "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\"]\n\n"
                  "[switches.ls1.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"ls1/vm1\"\n",
       .fix = "Choose another node, or add \"chassis\" and \"switch\" to its services."},
      {.slug = "ping-between-networks",
       .severity = Severity::warning,
       .cause =
           "The two ends of a check are on different switches or in different networks, and kiln makes no "
           "router between them.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[switches.b.ports.vm2]\naddresses = [\"02:00:00:00:00:02\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"a/vm1\"\nip = \"10.1.0.10/24\"\n\n"
                  "[workloads.vm2]\nnode = \"n1\"\nport = \"b/vm2\"\nip = \"10.2.0.10/24\"\n\n"
                  "[[checks]]\nping = { from = \"vm1\", to = \"vm2\" }\n",
       .fix = "Check between workloads of one switch, unless somebody else connects the two."},
      {.slug = "ping-to-itself",
       .cause = "A check is from a workload to the same workload.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"a/vm1\"\nip = \"10.1.0.10/24\"\n\n"
                  "[[checks]]\nping = { from = \"vm1\", to = \"vm1\" }\n",
       .fix = "Name another workload in `to`."},
      {.slug = "ping-without-ip",
       .cause = "An end of a check has no IP address.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[switches.a.ports.vm2]\naddresses = [\"02:00:00:00:00:02\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"a/vm1\"\nip = \"10.1.0.10/24\"\n\n"
                  "[workloads.vm2]\nnode = \"n1\"\nport = \"a/vm2\"\n\n"
                  "[[checks]]\nping = { from = \"vm1\", to = \"vm2\" }\n",
       .fix = "Give the workload an `ip`."},
      {.slug = "port-in-use",
       .cause = "Two workloads are on one port; interfaces with one iface-id take the port from each other.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"a/vm1\"\n\n"
                  "[workloads.vm2]\nnode = \"n1\"\nport = \"a/vm1\"\n",
       .fix = "Give each workload a port of its own."},
      {.slug = "port-without-mac",
       .cause = "A workload's port has no MAC address that the workload could take.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"dynamic\"]\n\n"
                  "[workloads.vm1]\nnode = \"n1\"\nport = \"a/vm1\"\n",
       .fix = "Begin one of the port's `addresses` with a MAC address."},
      {.slug = "unknown-reference",
       .cause = "A key names a node, a port or a workload that the file does not define.",
       .example = "[switches.a.ports.vm1]\naddresses = [\"02:00:00:00:00:01\"]\n\n"
                  "[workloads.vm1]\nnode = \"n9\"\nport = \"a/vm1\"\n",
       .fix = "Put the name right, or define what it names."},
  };
}

}  // namespace kiln
