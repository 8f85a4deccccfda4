#include "resources/kinds.h"
#include "resources/paths.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "resources/kinds_reference.h"
#include "resources/nb/roster.h"
#include "resources/resource_for_test.h"

namespace kiln::resources {
namespace {

/// n1 is the only central, n2 a chassis with a workload, both wired to ls1.
Bench deployment() {
  Bench bench(2);
  bench.desired.fresh_id = "11111111-1111-4111-8111-111111111111";
  bench.placement.services["n2"] = {"chassis", "switch"};
  bench.placement.centrals = {"n1"};
  PortSpec& port = bench.desired.switches["ls1"].ports["vm1"];
  port.switch_name = "ls1";
  port.name = "vm1";
  bench.desired.switches["ls1"].name = "ls1";
  bench.desired.workloads["vm1"] = {
      .name = "vm1", .node = "n2", .port = "ls1/vm1", .ip = "", .mtu = 1400, .places = {}};
  return bench;
}

TEST(Kinds, each_wanted_thing_is_one_resource) {
  Bench bench = deployment();
  std::string ids;
  Resources resources = make_resources(bench.desired, bench.placement, bench.facts);
  std::ranges::sort(resources, {}, [](const auto& resource) { return resource->id(); });
  for (const auto& resource : resources) ids += resource->host() + ' ' + resource->id().text() + '\n';
  EXPECT_EQ(
      ids,
      "controller authority/edge\n"
      "n1 bridge/n1/br-int\nn2 bridge/n2/br-int\n"
      "n1 certificate/n1/ovn-client\nn1 certificate/n1/ovn-controller\nn1 certificate/n1/ovn-northbound\n"
      "n1 certificate/n1/ovn-northd\nn1 certificate/n1/ovn-southbound\nn2 certificate/n2/ovn-controller\n"
      "n1 chassis/n1\nn2 chassis/n2\n"
      "n1 client/n1\n"
      "n1 database/n1/nb\nn1 database/n1/sb\n"
      "cluster deployment/edge\n"
      "cluster listener/nb\ncluster listener/sb\n"
      "cluster logical-switch/ls1\ncluster logical-switch-port/ls1/vm1\n"
      "n1 mark/n1\nn2 mark/n2\n"
      "cluster node/n1\ncluster node/n2\n"
      "n1 northd/n1\n"
      "n1 openvswitch/n1\nn2 openvswitch/n2\n"
      "n1 packages/n1\nn2 packages/n2\n"
      "n1 trust/n1\nn2 trust/n2\n"
      "n2 workload/vm1\n");
}

TEST(Kinds, nothing_known_is_unknown_for_all_and_absent_for_none) {
  Bench bench = deployment();
  for (const auto& resource : make_resources(bench.desired, bench.placement, Facts{})) {
    const Observation observation = resource->observe(Facts{});
    EXPECT_TRUE(std::holds_alternative<Unknown>(observation)) << resource->id().text();
  }
}

// Only what runs can tell who is central: what any of them would look at is looked at.
TEST(Kinds, all_probes_cover_every_placement_and_none_twice) {
  Bench bench = deployment();
  const std::vector<Probe> probes = all_probes(bench.desired);
  EXPECT_TRUE(std::ranges::is_sorted(probes));
  EXPECT_EQ(std::ranges::adjacent_find(probes), probes.end());
  for (const auto& resource : make_resources(bench.desired, bench.placement, bench.facts))
    for (const Probe& probe : resource->probes())
      EXPECT_TRUE(std::ranges::binary_search(probes, probe)) << probe.host << ' ' << describe(probe.look);
}

TEST(Kinds, all_probes_find_what_the_file_no_longer_has) {
  Desired desired = Bench().desired;
  const std::vector<Probe> probes = all_probes(desired);
  for (const char* table : {"Logical_Switch", "Logical_Switch_Port", "Port", "Bridge"})
    EXPECT_TRUE(std::ranges::any_of(probes, [&](const Probe& probe) {
      const auto* look = std::get_if<RowsLook>(&probe.look);
      return look && look->table == table;
    })) << table;
}

// It may have had services: their marks are looked for, and nobody asks for other rows of a cluster that
// there is not than those that name nodes.
TEST(Kinds, a_node_without_services_is_asked_for_what_it_may_have_had) {
  Bench bench;
  bench.desired.nodes["n1"].auto_services = false;
  const std::vector<Probe> probes = all_probes(bench.desired);
  for (const Probe& probe : probes) {
    if (probe.host == kCluster) {
      EXPECT_EQ(probe.look, Look{roster_look()}) << describe(probe.look);
    }
  }
  for (const char* mark : {"/etc/kiln/ovn-controller.env", "/etc/kiln/openvswitch",
                           "/etc/kiln/ovn-northd.env", "/etc/kiln/pki/ovn-controller/cert.pem"})
    EXPECT_TRUE(std::ranges::binary_search(probes, Probe{"n1", FileLook{mark}})) << mark;
}

TEST(Kinds, a_node_that_leaves_is_asked_whom_it_trusts_and_a_dead_one_only_whether_it_answers) {
  Bench bench(3);
  bench.desired.nodes["n2"].state = "absent";
  bench.desired.nodes["n3"].state = "dead";
  bench.desired.dead.insert(bench.desired.nodes.extract("n3"));
  const std::vector<Probe> probes = all_probes(bench.desired);
  EXPECT_TRUE(std::ranges::binary_search(probes, Probe{"n2", FileLook{kTrustPath}}));
  for (const Probe& probe : probes) {
    if (probe.host == "n3") {
      EXPECT_EQ(probe.look, Look{HostLook{}}) << describe(probe.look);
    }
  }
}

TEST(RowUuid, is_the_same_for_the_same_mark_and_another_for_another) {
  EXPECT_EQ(row_uuid("edge:logical-switch/ls1"), row_uuid("edge:logical-switch/ls1"));
  std::set<Uuid> uuids;
  for (int i = 0; i < 1000; ++i) uuids.insert(row_uuid("edge:logical-switch/ls" + std::to_string(i)));
  uuids.insert(row_uuid(""));
  EXPECT_EQ(uuids.size(), 1001U);
}

// It is in databases: another one would make every row a second time.
TEST(RowUuid, is_for_ever) {
  EXPECT_EQ(row_uuid("edge:logical-switch/ls1").text(), "3f3be9ff-10fe-88d8-83c1-ebaa21e2ef09");
}

TEST(RowUuid, has_the_form_of_version_8) {
  const std::string text = row_uuid("edge:workload/vm1").text();
  EXPECT_EQ(text[14], '8') << text;
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
}

TEST(Endpoints, are_of_every_central_in_the_order_of_the_file) {
  Bench bench(3);
  bench.desired.nodes["n1"].order = 9;
  bench.desired.nodes["n2"].address = "2001:db8::2";
  bench.placement.centrals = {"n1", "n3", "n2"};
  const auto endpoints = [&](Database database) {
    return Context(bench.desired, bench.placement, bench.facts).endpoints(database);
  };
  EXPECT_EQ(endpoints(Database::northbound),
            "ssl:[2001:db8::2]:6641,ssl:192.0.2.13:6641,ssl:192.0.2.11:6641");
  bench.placement.services.clear();
  EXPECT_EQ(endpoints(Database::southbound), "");
}

TEST(Kinds, their_page_is_the_one_in_the_repository) {
  const std::string path = KILN_SOURCE_DIR "/docs/reference/kinds.md";
  if (std::getenv("KILN_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << kinds_reference();
    GTEST_SKIP() << "accepted";
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(kinds_reference(), std::string(std::istreambuf_iterator<char>(file), {}))
      << "run with KILN_ACCEPT=1 to write it anew";
}

TEST(Kinds, each_makes_resources_of_its_name_and_says_what_they_are) {
  Bench bench = deployment();
  bench.desired.logging.nb.levels = {"raft:file:dbg"};
  // An election timer is of a cluster that is there.
  RaftSeen leader;
  leader.role = "leader";
  bench.see(bench.desired.nodes.begin()->first, RaftLook{Database::northbound}, leader);
  for (const Kind& kind : kinds()) {
    Resources made;
    kind.make({bench.desired, bench.placement, bench.facts}, made);
    EXPECT_FALSE(made.empty()) << kind.name;
    for (const auto& resource : made) EXPECT_EQ(resource->id().kind, kind.name);
    for (const char* text : {kind.ids, kind.what, kind.from, kind.holds}) EXPECT_NE(std::string(text), "");
  }
}

}  // namespace
}  // namespace kiln::resources
