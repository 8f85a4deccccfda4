#include "resources/resource_for_test.h"

namespace kiln::resources::openvswitch_test {
namespace {

const ResourceId kId{"openvswitch", "n1"};
const UnitLook kUnit{"openvswitch-switch.service"};
const UnitLook kServer{"ovsdb-server.service"};
const UnitLook kSwitch{"ovs-vswitchd.service"};
const FileLook kSystemId{"/etc/openvswitch/system-id.conf"};
const FileLook kMark{"/etc/kiln/openvswitch"};

constexpr const char* kRun = "openvswitch/n1:run (risk data-plane)\n";
constexpr const char* kGates =
    "  until Open_vSwitch connected and caught up on n1\n"
    "  until ovs-vswitchd.service active on n1\n";

Bench as_wanted() {
  Bench bench;
  for (const UnitLook& unit : {kUnit, kServer, kSwitch}) bench.see("n1", unit, running());
  bench.see("n1", kSystemId, file("n1\n"));
  bench.see("n1", kMark,
            file("# made by kiln for edge:openvswitch/n1; changes here are undone by the next apply\n"));
  return bench;
}

TEST(OpenVswitch, is_named_enabled_and_started_where_there_is_nothing) {
  Bench bench;
  bench.lack_all(kId);
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "openvswitch/n1:system-id\n"
            "  write /etc/kiln/openvswitch\n"
            "  write /etc/openvswitch/system-id.conf\n" +
                std::string(kRun) +
                "  enable openvswitch-switch.service\n"
                "  start ovsdb-server.service\n"
                "  start ovs-vswitchd.service\n"
                "  start openvswitch-switch.service\n" +
                kGates);
  EXPECT_EQ(bench.written(kId, kSystemId.path), "n1\n");
}

TEST(OpenVswitch, as_wanted_is_no_change) {
  Bench bench = as_wanted();
  EXPECT_EQ(bench.verdict(kId), "as wanted");
  bench.see("n1", kSystemId, file("  n1"));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(OpenVswitch, only_the_unit_that_does_not_run_is_started) {
  for (const UnitLook& unit : {kUnit, kServer, kSwitch}) {
    Bench bench = as_wanted();
    bench.see("n1", unit, in_state(running(), "failed"));
    EXPECT_EQ(bench.verdict(kId), unit.unit + ": failed -> active\n");
    EXPECT_EQ(bench.steps(kId), kRun + ("  start " + unit.unit + '\n') + kGates);
  }
}

TEST(OpenVswitch, is_enabled_at_boot) {
  Bench bench = as_wanted();
  bench.see("n1", kUnit, at_boot(running(), "disabled"));
  EXPECT_EQ(bench.verdict(kId), "openvswitch-switch.service at boot: disabled -> enabled\n");
  EXPECT_EQ(bench.steps(kId), kRun + std::string("  enable openvswitch-switch.service\n") + kGates);
}

TEST(OpenVswitch, another_name_is_written_and_nothing_is_restarted) {
  Bench bench = as_wanted();
  for (const char* content : {"b1e0f6a2-7c1c-4a8e-9f2e-000000000001\n", "", "n1\nn2\n", "N1\n"}) {
    bench.see("n1", kSystemId, file(content));
    EXPECT_TRUE(bench.verdict(kId).starts_with("/etc/openvswitch/system-id.conf: ")) << content;
    EXPECT_EQ(bench.steps(kId), "openvswitch/n1:system-id\n  write /etc/openvswitch/system-id.conf\n");
  }
}

TEST(OpenVswitch, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(OpenVswitch, is_where_a_switch_is_wanted) {
  Bench bench(2);
  bench.placement.services["n2"] = {"central"};
  EXPECT_EQ(bench.all_of("openvswitch"), "{n1}");
  EXPECT_EQ(bench.needs(kId), "packages/n1\n");
}

}  // namespace
}  // namespace kiln::resources::openvswitch_test
