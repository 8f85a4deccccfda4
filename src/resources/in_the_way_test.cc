#include "resources/in_the_way.h"

#include "base/text.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::in_the_way_test {
namespace {

/// vm1 on n1 and vm2 on n2, ports of ls1; all is bound and there are tunnels.
class InTheWay : public testing::Test {
 protected:
  void SetUp() override {
    int number = 0;
    for (const char* name : {"1", "2"}) {
      const std::string vm = std::string("vm") + name;
      const std::string node = std::string("n") + name;
      PortSpec& port = bench_.desired.switches["ls1"].ports[vm];
      port.switch_name = "ls1";
      port.name = vm;
      port.nb_name = "ls1-" + vm;
      WorkloadSpec& workload = bench_.desired.workloads[vm];
      workload.name = vm;
      workload.node = node;
      workload.port = "ls1/" + vm;
      ports_[row(++number)] = {{"name", port.nb_name},
                               {"external_ids", ids({{kOwnerKey, "edge:logical-switch-port/ls1/" + vm}})},
                               {"up", true}};
      chassis_[row(number)] = {{"name", node}};
    }
    tunnel("n1", "n2");
    tunnel("n2", "n1");
  }
  void tunnel(const HostName& from, const std::string& to) {
    bench_.see_rows(
        from, Database::open_vswitch, "Port",
        {{row(1),
          {{"name", "ovn-0"}, {"external_ids", ids({{"ovn-chassis-id", to + "@10.0.1.12%10.0.1.11"}})}}}});
  }
  std::string found() {
    bench_.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", ports_);
    bench_.see_rows(kCluster, Database::southbound, "Chassis", chassis_);
    CheckSpec check;
    check.from = "vm1";
    check.to = "vm2";
    return join(in_the_way(Context(bench_.desired, bench_.placement, bench_.facts), check), "\n");
  }

  Bench bench_{2};
  ovsdb::Table ports_;
  ovsdb::Table chassis_;
};

TEST_F(InTheWay, is_nothing_where_all_is_bound) {
  EXPECT_EQ(found(), "");
}

TEST_F(InTheWay, is_a_port_that_is_disabled_or_not_up) {
  ports_[row(1)]["enabled"] = false;
  ports_[row(2)]["up"] = false;
  EXPECT_EQ(found(), "port ls1-vm1 is disabled\nport ls1-vm2 is not up: no chassis has bound it");
  ports_.erase(row(1));
  ports_[row(2)]["up"] = true;
  EXPECT_EQ(found(), "there is no port ls1-vm1 in OVN_Northbound");
}

TEST_F(InTheWay, is_a_chassis_or_a_tunnel_that_is_not_there) {
  chassis_.erase(row(2));
  tunnel("n1", "n20");
  EXPECT_EQ(found(), "n2 is no chassis of OVN_Southbound\nn1 has no tunnel to n2");
}

TEST_F(InTheWay, is_what_plan_calls_a_trouble_of_what_is_on_it) {
  ports_[row(2)]["options"] = ids({{"requested-chassis", "n9"}});
  EXPECT_EQ(found(),
            "logical-switch-port/ls1/vm2 on cluster: options:requested-chassis = n9 is somebody's: no other "
            "chassis binds the port");
}

TEST_F(InTheWay, may_be_what_others_have_on_the_switch) {
  bench_.see_rows(kCluster, Database::northbound, "Logical_Switch",
                  {{row(1),
                    {{"name", "ls1"},
                     {"external_ids", ids({{kOwnerKey, "edge:logical-switch/ls1"}})},
                     {"load_balancer", ovsdb::Value(row(8))},
                     {"dns_records", ovsdb::Value(row(9))}}}});
  EXPECT_EQ(found(),
            "perhaps somebody's load balancer of ls1: sends what goes to its virtual addresses elsewhere");
}

}  // namespace
}  // namespace kiln::resources::in_the_way_test
