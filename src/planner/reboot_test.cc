#include "planner/reboot.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kiln::planner {
namespace {

/// Three centrals, all well, and the chassis n4; n2 leads the northbound.
class RebootTest : public testing::Test {
 protected:
  RebootTest() {
    desired_.cluster.name = "edge";
    for (int number = 1; number <= 4; ++number) {
      NodeSpec node;
      node.name = "n" + std::to_string(number);
      node.order = number;
      node.address = "192.0.2.1" + std::to_string(number);
      node.auto_services = false;
      node.services = {"chassis", "switch"};
      if (number < 4) node.services.insert(node.services.begin(), "central");
      desired_.nodes[node.name] = node;
      HostSeen host;
      host.boot_id = "boot-" + node.name;
      facts_.set({node.name, HostLook{}}, Seen{host});
      for (const Database database : {Database::northbound, Database::southbound}) {
        if (number == 4) {
          facts_.set({node.name, DatabaseFileLook{database}}, Absent{});
          continue;
        }
        facts_.set({node.name, DatabaseFileLook{database}},
                   Seen{DatabaseFileSeen{.clustered = true,
                                         .cluster_id = "c",
                                         .server_id = "000" + std::to_string(number),
                                         .local_address = address_of(number, database)}});
        facts_.set({node.name, RaftLook{database}}, Seen{member(database, number == 2)});
      }
    }
  }

  static std::string address_of(int number, Database database) {
    return "ssl:192.0.2.1" + std::to_string(number) + ':' + std::to_string(raft_port(database));
  }
  static RaftSeen member(Database database, bool leads) {
    RaftSeen raft;
    raft.status = "cluster member";
    raft.role = leads ? "leader" : "follower";
    raft.leader = leads ? "self" : "0002";
    for (int number = 1; number <= 3; ++number) {
      RaftServerSeen server;
      server.server_id = "000" + std::to_string(number);
      server.address = address_of(number, database);
      raft.servers.push_back(server);
    }
    return raft;
  }

  RollingReboot plan(const Scope& scope = {}) { return plan_reboot(desired_, facts_, open_, scope); }
  std::string refusals(const Scope& scope = {}) { return join(plan(scope).refusals, "; "); }

  Desired desired_;
  Facts facts_;
  Plan open_;
};

TEST_F(RebootTest, chassis_go_first_and_who_leads_goes_last) {
  EXPECT_EQ(join(plan().order, " "), "n4 n1 n3 n2");
  EXPECT_EQ(join(plan().leaders, " "), "n2");
}

TEST_F(RebootTest, each_step_needs_the_one_before_it) {
  const RollingReboot reboot = plan();
  ASSERT_TRUE(reboot.refusals.empty());
  std::string text;
  for (const Step& step : reboot.plan.steps) {
    text += step.id + '\n';
    for (const Action& action : step.actions) text += "  " + describe(action) + '\n';
    for (const Gate& gate : step.gates)
      text += "  until " + describe(gate.condition) + " on " + gate.host + '\n';
  }
  EXPECT_EQ(text.substr(0, text.find("reboot/n3:hand-over")),
            "reboot/n4:stop\n"
            "  stop ovn-controller.service\n"
            "  until chassis n4 not in OVN_Southbound on cluster\n"
            "reboot/n4:reboot\n"
            "  systemctl reboot\n"
            "  until rebooted on n4\n"
            "  until openvswitch-switch.service active on n4\n"
            "  until ovn-controller.service active on n4\n"
            "  until ovn-host.service active on n4\n"
            "  until ovs-vswitchd.service active on n4\n"
            "  until ovsdb-server.service active on n4\n"
            "  until chassis n4 registered in OVN_Southbound with encap 192.0.2.14 on n4\n"
            "reboot/n1:hand-over\n"
            "  hand over the leadership of OVN_Northbound\n"
            "  hand over the leadership of OVN_Southbound\n"
            "  until OVN_Northbound led by another member on n1\n"
            "  until OVN_Southbound led by another member on n1\n"
            "reboot/n1:stop\n"
            "  stop ovn-northd.service\n"
            "  stop ovn-controller.service\n"
            "  until ovn-northd active on n2 or n3 on n1\n"
            "  until chassis n1 not in OVN_Southbound on cluster\n"
            "reboot/n1:reboot\n"
            "  systemctl reboot\n"
            "  until rebooted on n1\n"
            "  until OVN_Northbound connected and caught up on n1\n"
            "  until OVN_Southbound connected and caught up on n1\n"
            "  until openvswitch-switch.service active on n1\n"
            "  until ovn-central.service active on n1\n"
            "  until ovn-controller.service active on n1\n"
            "  until ovn-host.service active on n1\n"
            "  until ovn-northd.service active on n1\n"
            "  until ovn-ovsdb-server-nb.service active on n1\n"
            "  until ovn-ovsdb-server-sb.service active on n1\n"
            "  until ovs-vswitchd.service active on n1\n"
            "  until ovsdb-server.service active on n1\n"
            "  until ovn-northd active or standby on n1\n"
            "  until chassis n1 registered in OVN_Southbound with encap 192.0.2.11 on n1\n");
  for (std::size_t at = 1; at < reboot.plan.steps.size(); ++at) {
    ASSERT_EQ(reboot.plan.steps[at].needs.size(), 1u);
    EXPECT_EQ(reboot.plan.steps[at].needs.front().step, reboot.plan.steps[at - 1].id);
  }
  EXPECT_EQ(std::get<Reboot>(reboot.plan.steps[1].actions.front()).boot_id, "boot-n4");
}

TEST_F(RebootTest, what_is_stopped_on_purpose_is_not_waited_for) {
  desired_.nodes["n4"].state = "maintenance";
  const RollingReboot reboot = plan({.only = {"n4"}, .but = {}});
  ASSERT_EQ(reboot.plan.steps.size(), 1u);
  for (const Gate& gate : reboot.plan.steps.front().gates)
    EXPECT_EQ(describe(gate.condition).find("ovn-controller"), std::string::npos);
}

TEST_F(RebootTest, is_refused_while_an_apply_has_something_to_do) {
  Change change;
  change.id = {"chassis", "n1"};
  change.verb = Verb::update;
  open_.changes = {change};
  EXPECT_EQ(refusals(),
            "the hosts are not as the file says (1 change, such as chassis/n1): `kiln apply` first");
}

TEST_F(RebootTest, is_refused_while_a_member_is_not_well) {
  RaftSeen lost = member(Database::northbound, false);
  lost.leader = "unknown";
  facts_.set({"n3", RaftLook{Database::northbound}}, Seen{lost});
  EXPECT_EQ(refusals(), "the member of OVN_Northbound on n3 knows no leader");
}

TEST_F(RebootTest, the_machine_that_kiln_runs_on_is_refused_unless_it_is_left_out) {
  desired_.nodes["n1"].ssh.local = true;
  EXPECT_EQ(refusals(),
            "n1 is the machine that kiln runs on, which cannot be rebooted under it: --exclude n1");
  EXPECT_EQ(refusals({.only = {}, .but = {"n1"}}), "");
  EXPECT_EQ(refusals({.only = {"n1"}, .but = {"n1"}}), "no node is left to reboot");
}

}  // namespace
}  // namespace kiln::planner
