#include <gtest/gtest.h>

#include <algorithm>

#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/resource_for_test.h"

namespace kiln::resources {
namespace {

constexpr std::int64_t kTimeMs = 1767323045000;

/// n1 with eth0 at its address, which carries kiln's SSH, and eth1 and eth2 without an address.
Bench fine() {
  Bench bench;
  HostSeen host;
  host.time_ms = kTimeMs;
  host.free_bytes = std::int64_t{1} << 30;
  host.ssh_address = "192.0.2.11";
  host.links = {{"lo", "", true, 65536, {"127.0.0.1/8"}},
                {"eth0", "02:00:00:00:00:01", true, 1500, {"192.0.2.11/24"}},
                {"eth1", "02:00:00:00:00:02", true, 1500, {}},
                {"eth2", "02:00:00:00:00:03", false, 1500, {}},
                {"ovs-system", "02:00:00:00:00:04", false, 1500, {}}};
  bench.see("n1", HostLook{}, host);
  HostSeen controller;
  controller.time_ms = kTimeMs;
  bench.see(kController, HostLook{}, controller);
  for (const Database database : {Database::northbound, Database::southbound})
    bench.lack("n1", DatabaseFileLook{database});
  BridgeSpec& bridge = bench.desired.nodes["n1"].bridges["br-phys"];
  bridge.name = "br-phys";
  bridge.port = "eth2";
  bridge.places.keys["port"] = {"kiln.toml", 8, 8, 8, 13};
  return bench;
}
Diags diags_of(const Bench& bench) {
  Diags diags;
  check_against_hosts(bench.desired, bench.facts, diags);
  return diags;
}
/// "slug line: message (help)\n" of each.
std::string problems(const Bench& bench) {
  const Diags diags = diags_of(bench);
  std::string text;
  for (const Diag& diag : diags.all())
    text += diag.slug + ' ' + std::to_string(diag.span.line) + ": " + diag.message + " (" + diag.help + ")\n";
  return text;
}
HostSeen host_of(const Bench& bench) {
  return *bench.facts.seen<HostSeen>("n1", HostLook{});
}

TEST(HostChecks, a_host_as_the_file_has_it_is_fine) {
  EXPECT_EQ(problems(fine()), "");
}

TEST(HostChecks, a_kernel_without_the_module_makes_no_bridge) {
  Bench bench = fine();
  HostSeen host = host_of(bench);
  bench.desired.nodes["n1"].places.keys["datapath"] = {"kiln.toml", 5, 5, 5, 13};
  for (const char* state : {"", "loaded", "loadable"}) {
    host.kernel_datapath = state;
    bench.see("n1", HostLook{}, host);
    EXPECT_EQ(problems(bench), "");
  }
  host.kernel_datapath = "missing";
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(
      problems(bench),
      "no-kernel-datapath 5: n1 has no module openvswitch for its kernel, and would not make br-int, br-phys "
      "(`datapath = \"netdev\"` makes it in userspace; or install a kernel that has the module)\n");
  bench.desired.nodes["n1"].datapath = "netdev";
  bench.desired.nodes["n1"].bridges["br-phys"].datapath = "netdev";
  EXPECT_EQ(problems(bench), "");
}

TEST(HostChecks, a_host_that_does_not_answer_is_not_judged) {
  Bench bench = fine();
  bench.desired.nodes["n1"].encap.ip = "10.9.9.9";
  bench.hide("n1", HostLook{});
  EXPECT_EQ(problems(bench), "");
}

TEST(HostChecks, the_machine_of_another_node) {
  Bench bench = fine();
  bench.desired.nodes["n2"] = bench.desired.nodes["n1"];
  bench.desired.nodes["n2"].name = "n2";
  bench.see("n1", FileLook{kSystemIdPath}, file("n2\n"));
  EXPECT_EQ(problems(bench),
            "machine-of-another-node 1: the machine at 192.0.2.11 is n2, not n1 (if the addresses were "
            "exchanged, put them right; if the machine is a copy of n2's, remove "
            "/etc/openvswitch/system-id.conf there)\n");
  bench.see("n1", FileLook{kSystemIdPath}, file("n1\n"));
  EXPECT_EQ(problems(bench), "");
  bench.see("n1", FileLook{kSystemIdPath}, file("08d5a4a3-3f5e-4c8c-8a0e-1d9a5a0c6e11\n"));
  EXPECT_EQ(problems(bench), "");
}

TEST(HostChecks, the_interface_that_carries_ssh_is_not_taken) {
  Bench bench = fine();
  bench.desired.nodes["n1"].bridges["br-phys"].port = "eth0";
  EXPECT_EQ(
      problems(bench),
      "interface-carries-ssh 8: `eth0` is the way kiln reaches n1 (192.0.2.11); it cannot become a port of "
      "[nodes.n1.bridges.br-phys] (interfaces of n1 that are free: eth1, eth2)\n");
}

// A bridge or bond, and a VLAN on it, have the address, and the NIC below them has none.
TEST(HostChecks, what_carries_the_interface_that_carries_ssh_is_not_taken) {
  Bench bench = fine();
  HostSeen host = host_of(bench);
  host.links = {
      {"eth1", "", true, 1500, {}, "bond0", ""}, {"eth2", "", true, 1500, {}, "bond0", ""},
      {"eth3", "", true, 1500, {}, "", ""},      {"bond0", "", true, 1500, {}, "br0", ""},
      {"br0", "", true, 1500, {}, "", ""},       {"br0.5", "", true, 1500, {"192.0.2.11/24"}, "", "br0"}};
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(problems(bench),
            "interface-carries-ssh 8: `eth2` is the way kiln reaches n1 (192.0.2.11 on `br0.5`); it cannot "
            "become a "
            "port of [nodes.n1.bridges.br-phys] (interfaces of n1 that are free: eth3)\n");
  host.ssh_address.clear();  // kiln runs there
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(problems(bench),
            "interface-in-use 8: `eth2` of n1 is a port of `bond0`; it cannot become one of "
            "[nodes.n1.bridges.br-phys] (take it out of `bond0` there, if nothing needs it; interfaces of n1 "
            "that are "
            "free: eth3)\n");
}

TEST(HostChecks, a_port_of_a_bridge_of_open_vswitch_is_taken_from_kilns_only) {
  Bench bench = fine();
  const auto in_bridge = [&](const std::string& name, const std::string& mark) {
    ovsdb::Table ports;
    ports[row(2)] = {{"name", "eth2"}};
    ovsdb::Table bridges;
    bridges[row(1)] = {{"name", name}, {"ports", row(2)}, {"external_ids", ids({{"kiln-owner", mark}})}};
    bench.see("n1", ports_look(), RowsSeen(ports));
    bench.see("n1", bridges_look(), RowsSeen(bridges));
    HostSeen host = host_of(bench);
    host.links[3].master = "ovs-system";
    bench.see("n1", HostLook{}, host);
    return problems(bench);
  };
  EXPECT_EQ(in_bridge("br-phys", ""), "");
  EXPECT_EQ(in_bridge("br-old", "edge:bridge/n1/br-old"), "");
  EXPECT_EQ(in_bridge("br-theirs", ""),
            "interface-in-use 8: `eth2` of n1 is a port of `br-theirs`; it cannot become one of "
            "[nodes.n1.bridges.br-phys] (take it out of `br-theirs` there, if nothing needs it; interfaces "
            "of n1 that "
            "are free: eth1)\n");
  HostSeen host = host_of(bench);
  std::swap(host.links[1].name, host.links[3].name);
  host.links[1].name = "br-old";  // kiln's own, with the address
  host.links[3].name = "eth2";
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(
      in_bridge("br-old", "edge:bridge/n1/br-old"),
      "interface-carries-ssh 8: `eth2` is the way kiln reaches n1 (192.0.2.11 on `br-old`); it cannot "
      "become a port of [nodes.n1.bridges.br-phys] (interfaces of n1 that are free: eth1)\n"
      "address-not-on-node 1: n1 would lose the encap address 192.0.2.11: br-old has it, and the file has "
      "no such bridge any more (keep it on the bridge, or take another `encap`)\n");
}

TEST(HostChecks, a_missing_interface_is_said_with_those_that_are_there) {
  Bench bench = fine();
  bench.desired.nodes["n1"].bridges["br-phys"].port = "eth9";
  EXPECT_EQ(problems(bench),
            "missing-interface 8: n1 has no interface `eth9` (interfaces of n1 that are free: eth1, eth2)\n");
  HostSeen host = host_of(bench);
  host.links.resize(2);
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(problems(bench),
            "missing-interface 8: n1 has no interface `eth9` (no other interface of n1 is free)\n");
}

TEST(HostChecks, an_encap_address_must_not_go_with_an_edit_of_its_bridge) {
  Bench bench = fine();
  NodeSpec& node = bench.desired.nodes["n1"];
  node.encap.ip = "10.0.1.11";
  HostSeen host = host_of(bench);
  host.links.push_back({"br-phys", "", true, 1500, {"10.0.1.11/24"}});
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(problems(bench), "") << "somebody else's address";
  bench.see("n1", FileLook{unit_path(bridge_unit("br-phys"))},
            file("ExecStart=/usr/sbin/ip address replace 10.0.1.11/24 dev br-phys\n"));
  EXPECT_EQ(
      problems(bench),
      "address-not-on-node 1: n1 would lose the encap address 10.0.1.11: br-phys has it, and the file no "
      "longer gives it that (keep it on the bridge, or take another `encap`)\n");
  bench.see_rows(
      "n1", Database::open_vswitch, "Bridge",
      {{row(3), {{"name", "br-phys"}, {"external_ids", ids({{kOwnerKey, "edge:bridge/n1/br-phys"}})}}}});
  node.bridges.clear();
  EXPECT_NE(problems(bench).find("br-phys has it, and the file has no such bridge any more"),
            std::string::npos);
}

TEST(HostChecks, an_encap_address_must_be_on_the_node_or_come_with_a_bridge) {
  Bench bench = fine();
  NodeSpec& node = bench.desired.nodes["n1"];
  node.encap.ip = "10.0.1.11";
  EXPECT_EQ(
      problems(bench),
      "address-not-on-node 1: n1 does not have the encap address 10.0.1.11 (n1 has 192.0.2.11/24 (eth0))\n");
  node.bridges["br-phys"].address = "10.0.1.11/24";
  EXPECT_EQ(problems(bench), "");
  node.bridges["br-phys"].address = "10.0.1.111/24";
  EXPECT_NE(problems(bench), "");
  node.auto_services = false;
  node.services = {"central"};
  EXPECT_EQ(problems(bench), "");
}

TEST(HostChecks, a_clock_may_be_off_by_less_than_a_minute) {
  Bench bench = fine();
  HostSeen host = host_of(bench);
  for (const std::int64_t off : {59999, -59999}) {
    host.time_ms = kTimeMs + off;
    bench.see("n1", HostLook{}, host);
    EXPECT_EQ(problems(bench), "");
  }
  host.time_ms = kTimeMs - 90000;
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(
      problems(bench),
      "clock-off 1: the clock of n1 is -90 s off this machine's (certificates would not be valid there: set "
      "the time (chrony, systemd-timesyncd))\n");
}

TEST(HostChecks, a_central_needs_room_for_its_databases) {
  Bench bench = fine();
  HostSeen host = host_of(bench);
  host.free_bytes = std::int64_t{512} << 20;
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(problems(bench), "");
  host.free_bytes = (std::int64_t{512} << 20) - 1;
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(
      problems(bench),
      "too-little-disk 1: n1 is to hold the databases and has 511 MiB left below /var/lib; at least 512 MiB "
      "are expected (make room there)\n");
  EXPECT_TRUE(diags_of(bench).has_errors());
  // A node that holds one is not kept from being mended.
  bench.see("n1", DatabaseFileLook{Database::southbound}, DatabaseFileSeen{});
  EXPECT_EQ(
      problems(bench),
      "disk-almost-full 1: n1 holds the databases and has 511 MiB left below /var/lib; at least 512 MiB are "
      "expected (make room there)\n");
  EXPECT_FALSE(diags_of(bench).has_errors());
  bench.hide("n1", DatabaseFileLook{Database::northbound});
  EXPECT_EQ(problems(bench), "") << "whether it holds one is not known";
  bench.lack("n1", DatabaseFileLook{Database::northbound});
  bench.desired.nodes["n1"].auto_services = false;
  bench.desired.nodes["n1"].services = {"chassis", "switch"};
  EXPECT_EQ(problems(bench), "");
}

TEST(HostChecks, microovn_is_looked_for_and_refused) {
  Bench bench = fine();
  const Probe probe{"n1", UnitLook{"snap.microovn.daemon.service"}};
  EXPECT_EQ(std::ranges::count(all_probes(bench.desired), probe), 1);
  UnitSeen unit;
  unit.load_state = "not-found";
  bench.see("n1", probe.look, unit);
  EXPECT_EQ(problems(bench), "");
  bench.see("n1", probe.look, running());
  EXPECT_EQ(problems(bench),
            "other-ovn 1: n1 has MicroOVN (snap.microovn.daemon.service is active); kiln works with the "
            "distribution's packages (`snap remove microovn` there, or take the node out of the file)\n");
}

TEST(HostChecks, the_chassis_of_another_deployment_is_said) {
  Bench bench = fine();
  const auto remote = [&](const std::string& endpoints) {
    bench.see_rows("n1", Database::open_vswitch, "Open_vSwitch",
                   {{row(1), {{"external_ids", ids({{"ovn-remote", endpoints}})}}}});
    return problems(bench);
  };
  const FileLook options{"/etc/kiln/ovn-controller.env"};
  bench.lack("n1", options);
  EXPECT_EQ(
      remote("tcp:198.51.100.7:6642"),
      "other-southbound 1: n1 is the chassis of another deployment: ovn-remote there is "
      "`tcp:198.51.100.7:6642`, and kiln did not set it (take it out of that deployment first, if it is in "
      "use)\n");
  EXPECT_FALSE(diags_of(bench).has_errors());
  EXPECT_NE(remote("unix:/run/ovn/ovnsb_db.sock"), "");
  EXPECT_NE(remote("ssl:192.0.2.111:6642"), "");
  EXPECT_EQ(remote("ssl:198.51.100.7:6642,ssl:192.0.2.11:6642"), "") << "one of the file's nodes";
  EXPECT_EQ(remote(""), "");
  // Whatever is there, kiln has been here, or it is not known.
  bench.see("n1", options, file(""));
  EXPECT_EQ(remote("tcp:198.51.100.7:6642"), "");
  bench.hide("n1", options);
  EXPECT_EQ(remote("tcp:198.51.100.7:6642"), "");
}

TEST(HostChecks, findings_of_all_hosts_come_together) {
  Bench bench = fine();
  bench.desired.nodes["n2"] = bench.desired.nodes["n1"];
  bench.desired.nodes["n2"].name = "n2";
  HostSeen host = host_of(bench);
  host.time_ms = kTimeMs + 60000;
  for (const char* node : {"n1", "n2"}) bench.see(node, HostLook{}, host);
  EXPECT_EQ(diags_of(bench).size(), 2U) << problems(bench);
}

}  // namespace
}  // namespace kiln::resources
