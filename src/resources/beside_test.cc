#include "resources/beside.h"

#include "resources/resource_for_test.h"

namespace kiln::resources::beside_test {
namespace {

ovsdb::Value owned(const std::string& resource) {
  return ids({{kOwnerKey, "edge:" + resource}});
}

/// Switch ls1 with port vm1 is kiln's, the switch `theirs` somebody else's.
class BesideTest : public testing::Test {
 protected:
  void SetUp() override {
    switches_ = {{row(1),
                  {{"name", "ls1"},
                   {"external_ids", owned("logical-switch/ls1")},
                   {"ports", ovsdb::Value::set({row(3), row(4)})}}},
                 {row(2), {{"name", "theirs"}, {"ports", ovsdb::Value(row(5))}}}};
    ports_ = {{row(3),
               {{"name", "ls1-vm1"},
                {"external_ids", owned("logical-switch-port/ls1/vm1")},
                {"addresses", "02:AC:10:ff:00:11 172.16.255.11"}}},
              {row(4), {{"name", "more"}, {"addresses", "02:ac:10:ff:00:99 172.16.255.99"}}},
              {row(5), {{"name", "other"}, {"addresses", "02:ac:10:ff:00:11 172.16.255.11"}}}};
  }

  void add_acl(const Uuid& uuid, const std::string& action, std::int64_t priority) {
    acls_[uuid] = {{"action", action}, {"direction", "to-lport"}, {"match", "ip4"}, {"priority", priority}};
  }
  const Context context() {
    bench_.see_rows(kCluster, Database::northbound, "Logical_Switch", switches_);
    bench_.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", ports_);
    bench_.see_rows(kCluster, Database::northbound, "ACL", acls_);
    bench_.see_rows(kCluster, Database::northbound, "Port_Group", groups_);
    return {bench_.desired, bench_.placement, bench_.facts};
  }
  std::string listed() {
    std::string text;
    for (const Beside& one : beside(context()))
      text += (one.on_ours ? "on kiln's: " : "") + one.kind + ' ' + one.text + '\n';
    return text;
  }
  std::string told() {
    std::string text;
    for (const Trouble& trouble : obstacles(context())) text += to_text(trouble) + '\n';
    return text;
  }

  Bench bench_;
  ovsdb::Table switches_;
  ovsdb::Table ports_;
  ovsdb::Table acls_;
  ovsdb::Table groups_;
};

TEST_F(BesideTest, what_others_have_is_listed_and_no_trouble) {
  switches_[row(2)]["acls"] = ovsdb::Value(row(6));
  add_acl(row(6), "drop", 1000);
  bench_.see_rows(kCluster, Database::northbound, "Logical_Router", {{row(7), {{"name", "lr0"}}}});
  bench_.see_rows("n1", Database::open_vswitch, "Bridge",
                  {{row(8), {{"name", "br-int"}, {"ports", ovsdb::Value::set({row(1), row(2), row(3)})}}},
                   {row(9), {{"name", "br-ex"}}}});
  bench_.see_rows(
      "n1", Database::open_vswitch, "Port",
      {{row(1), {{"name", "br-int"}}},
       {row(2), {{"name", "tap0"}}},
       {row(3), {{"name", "ovn-n2-0"}, {"external_ids", ids({{"ovn-chassis-id", "n2@10.0.1.12"}})}}}});
  EXPECT_EQ(listed(),
            "ACL of theirs: drop, priority 1000, to-lport, ip4\n"
            "bridge br-ex on n1\n"
            "on kiln's: bridge port tap0 in br-int on n1\n"
            "logical router lr0\n"
            "logical switch theirs\n"
            "on kiln's: logical switch port more of ls1\n"
            "logical switch port other of theirs\n");
  EXPECT_EQ(told(), "");
}

TEST_F(BesideTest, what_is_set_on_kilns_own_rows_is_named_with_what_it_does) {
  switches_.erase(row(2));
  ports_.erase(row(4));
  ports_.erase(row(5));
  switches_[row(1)]["other_config"] = ids({{"mcast_snoop", "true"}});
  switches_[row(1)]["qos_rules"] = ovsdb::Value::set({row(6), row(7)});
  ports_[row(3)]["dhcpv4_options"] = ovsdb::Value(row(8));
  EXPECT_EQ(listed(),
            "on kiln's: DHCP option set of ls1-vm1: answers the port's DHCP requests\n"
            "on kiln's: QoS rule of ls1: limits or marks what it matches\n"
            "on kiln's: QoS rule of ls1: limits or marks what it matches\n"
            "on kiln's: other_config key of ls1: mcast_snoop = true\n");
  EXPECT_EQ(told(), "");
}

TEST_F(BesideTest, an_acl_that_drops_on_a_switch_of_kilns_is_a_trouble) {
  switches_[row(1)]["acls"] = ovsdb::Value::set({row(6), row(7)});
  add_acl(row(6), "drop", 1001);
  add_acl(row(7), "allow-related", 1000);
  EXPECT_EQ(told(),
            "logical-switch/ls1 on cluster: an ACL of ls1 drops what it matches, and none that allows comes "
            "before it: drop, priority 1001, to-lport, ip4\n");
  // A policy: some are let through, the rest is dropped.
  add_acl(row(6), "drop", 999);
  EXPECT_EQ(told(), "");
}

TEST_F(BesideTest, an_acl_of_a_port_group_counts_where_a_port_of_kilns_is_in_it) {
  add_acl(row(6), "reject", 1);
  groups_[row(7)] = {{"name", "web"}, {"acls", ovsdb::Value(row(6))}, {"ports", ovsdb::Value(row(5))}};
  EXPECT_EQ(told(), "");
  groups_[row(7)]["ports"] = ovsdb::Value(row(3));
  EXPECT_EQ(told(),
            "logical-switch/ls1 on cluster: an ACL of port group web drops what it matches, and none that "
            "allows comes before it: reject, priority 1, to-lport, ip4\n");
  EXPECT_EQ(obstacles(context()).at(0).mend,
            "`ovn-nbctl remove Port_Group " + row(7).text() + " acls " + row(6).text() + "`");
}

TEST_F(BesideTest, an_option_that_drops_what_no_acl_allows_counts_where_there_is_an_acl) {
  const auto see_option = [&](const std::string& value) {
    bench_.see(kCluster, RowsLook{Database::northbound, "NB_Global", {"options"}},
               RowsSeen(ovsdb::Table{{row(9), {{"options", ids({{"default_acl_drop", value}})}}}}));
  };
  see_option("true");
  EXPECT_EQ(told(), "");
  switches_[row(1)]["acls"] = ovsdb::Value(row(6));
  add_acl(row(6), "allow-related", 1000);
  EXPECT_EQ(
      told(),
      "logical-switch/ls1 on cluster: options:default_acl_drop of NB_Global is true, and ls1 has ACLs: what "
      "none of them allows is dropped\n");
  see_option("false");
  EXPECT_EQ(told(), "");
}

TEST_F(BesideTest, a_port_of_others_with_an_address_of_kilns_on_the_same_switch_is_a_trouble) {
  ports_[row(4)]["addresses"] = ovsdb::Value("02:ac:10:ff:00:99 172.16.255.11");
  EXPECT_EQ(told(),
            "logical-switch-port/ls1/vm1 on cluster: somebody's port more of the same switch has its address "
            "172.16.255.11 too\n");
}

TEST_F(BesideTest, a_load_balancer_that_takes_what_goes_to_a_port_of_kilns_is_a_trouble) {
  bench_.see_rows(
      kCluster, Database::northbound, "Load_Balancer",
      {{row(8),
        {{"name", "lb0"}, {"vips", ids({{"172.16.255.11:80", "10.0.0.1:80"}, {"[fd00::1]:80", ""}})}}},
       {row(9), {{"name", "lb1"}, {"vips", ids({{"172.16.255.12", "10.0.0.1"}})}}}});
  switches_[row(1)]["load_balancer"] = ovsdb::Value::set({row(9)});
  EXPECT_EQ(told(), "");
  bench_.see_rows(kCluster, Database::northbound, "Load_Balancer_Group",
                  {{row(7), {{"load_balancer", ovsdb::Value(row(8))}}}});
  switches_[row(1)]["load_balancer_group"] = ovsdb::Value(row(7));
  EXPECT_EQ(
      told(),
      "logical-switch-port/ls1/vm1 on cluster: somebody's load balancer lb0 of ls1 sends what goes to its "
      "address 172.16.255.11 elsewhere\n");
}

}  // namespace
}  // namespace kiln::resources::beside_test
