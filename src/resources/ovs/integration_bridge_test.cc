#include "resources/resource_for_test.h"

// Kind `bridge/<node>/br-int`: the bridge that ovn-controller programs.

namespace kiln::resources::integration_bridge_test {
namespace {

const ResourceId kId{"bridge", "n1/br-int"};
constexpr const char* kMark = "edge:bridge/n1/br-int";

Bench with_bridges(ovsdb::Table bridges) {
  Bench bench;
  bench.names[row_uuid(kMark)] = "new";
  bench.names[row_uuid(std::string(kMark) + "#port/br-int")] = "new-port";
  bench.names[row_uuid(std::string(kMark) + "#interface/br-int")] = "new-interface";
  bench.see_rows("n1", Database::open_vswitch, "Bridge", std::move(bridges));
  bench.see_rows("n1", Database::open_vswitch, "Port", {});
  return bench;
}
ovsdb::Row br_int() {
  return {{"name", "br-int"}, {"fail_mode", "secure"}, {"external_ids", ids({{kOwnerKey, kMark}})}};
}
Bench with_bridge(const std::string& column, const ovsdb::Value& value) {
  ovsdb::Row bridge = br_int();
  bridge[column] = value;
  return with_bridges({{row(1), bridge}});
}
std::string rows_step(const std::string& operation) {
  return "bridge/n1/br-int:rows (risk data-plane)\n  in Open_vSwitch\n    " + operation +
         "\n  until link br-int present on n1\n";
}

TEST(IntegrationBridge, is_inserted_with_its_port_in_one_transaction) {
  Bench bench = with_bridges({});
  bench.desired.nodes["n1"].datapath = "netdev";
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(
      bench.steps(kId),
      "bridge/n1/br-int:rows\n"
      "  in Open_vSwitch\n"
      "    insert Interface as #new-interface: external_ids={kiln-owner=edge:bridge/n1/br-int} name=br-int"
      " type=internal\n"
      "    insert Port as #new-port: external_ids={kiln-owner=edge:bridge/n1/br-int}"
      " interfaces=#new-interface name=br-int\n"
      "    insert Bridge as #new: datapath_type=netdev external_ids={kiln-owner=edge:bridge/n1/br-int}"
      " fail_mode=secure name=br-int ports=#new-port\n"
      "    mutate Open_vSwitch: bridges insert #new\n"
      "  until link br-int present on n1\n");
}

TEST(IntegrationBridge, as_wanted_is_no_change_whichever_way_the_kernel_is_spelt) {
  EXPECT_EQ(with_bridges({{row(1), br_int()}}).verdict(kId), "as wanted");
  EXPECT_EQ(with_bridge("datapath_type", "").verdict(kId), "as wanted");
  EXPECT_EQ(with_bridge("datapath_type", "system").verdict(kId), "as wanted");
}

TEST(IntegrationBridge, a_drifted_fail_mode_is_set_back) {
  Bench bench = with_bridge("fail_mode", "standalone");
  EXPECT_EQ(bench.verdict(kId), "fail_mode: standalone -> secure\n");
  EXPECT_EQ(bench.steps(kId), rows_step("update Bridge #1: datapath_type= fail_mode=secure"));
  bench = with_bridge("fail_mode", ovsdb::Value());
  EXPECT_EQ(bench.verdict(kId), "fail_mode: not there -> secure\n");
}

TEST(IntegrationBridge, a_drifted_datapath_is_set_back) {
  Bench bench = with_bridge("datapath_type", "netdev");
  EXPECT_EQ(bench.verdict(kId), "datapath_type: netdev -> system\n");
  EXPECT_EQ(bench.steps(kId), rows_step("update Bridge #1: datapath_type= fail_mode=secure"));
}

TEST(IntegrationBridge, ovn_controllers_own_is_adopted_and_its_keys_survive) {
  Bench bench = with_bridge("external_ids", ids({{"ct-zone-vm1", "3"}}));
  EXPECT_EQ(bench.verdict(kId), "kiln-owner: not there -> edge:bridge/n1/br-int\n");
  EXPECT_EQ(bench.steps(kId), rows_step("mutate Bridge #1: external_ids delete kiln-owner external_ids insert"
                                        " {kiln-owner=edge:bridge/n1/br-int}"));
}

TEST(IntegrationBridge, that_of_another_cluster_of_kiln_is_foreign) {
  Bench bench = with_bridge("external_ids", ids({{kOwnerKey, "other:bridge/n1/br-int"}}));
  EXPECT_EQ(bench.verdict(kId).substr(0, 9), "foreign: ");
}

TEST(IntegrationBridge, other_bridges_are_not_looked_at) {
  Bench bench =
      with_bridges({{row(1), br_int()}, {row(2), {{"name", "br-ex"}, {"fail_mode", "standalone"}}}});
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(IntegrationBridge, is_unknown_while_any_table_is) {
  Bench bench = with_bridges({{row(1), br_int()}});
  bench.expect_unknown_for_each_probe(kId);
}

TEST(IntegrationBridge, is_where_a_switch_is_a_chassis) {
  Bench bench(3);
  bench.placement.services["n2"] = {"switch"};
  bench.placement.services["n3"] = {"central"};
  EXPECT_EQ(bench.all_of("bridge"), "{n1/br-int}");
  EXPECT_EQ(bench.needs(kId), "openvswitch/n1\n");
}

}  // namespace
}  // namespace kiln::resources::integration_bridge_test
