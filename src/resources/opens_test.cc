#include "resources/opens.h"

#include "resources/central/central.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::opens_test {
namespace {

const std::string kUnguarded = "whoever reaches it, without a certificate\n";
const std::string kGuarded = "whoever has a certificate of the authority\n";

/// A central whose servers run as kiln runs them.
Bench closed() {
  Bench bench;
  const std::vector<std::string> arguments{"ovsdb-server", "--remote=punix:/run/ovn/ovnnb_db.sock",
                                           "--remote=db:OVN_Northbound,NB_Global,connections",
                                           "--ca-cert=/etc/kiln/pki/ca.pem"};
  for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch})
    bench.see("n1", UnitLook{std::string(server_unit(database))}, running(arguments));
  for (const Database database : {Database::northbound, Database::southbound})
    bench.see_rows(kCluster, database, "Connection",
                   {{row(1), {{"target", "pssl:" + std::to_string(client_port(database)) + ":[::]"}}}});
  return bench;
}
void listen(Bench& bench, std::vector<ListenerSeen> sockets, std::vector<RemoteSeen> remotes = {}) {
  bench.see("n1", ListenersLook{}, ListenersSeen{std::move(sockets), std::move(remotes)});
}

std::string seen_in(const Bench& bench) {
  return lines_of(openings(Context(bench.desired, bench.placement, bench.facts)));
}

TEST(Openings, what_kiln_itself_opens_and_what_is_of_this_host_alone_is_none) {
  Bench bench = closed();
  listen(bench,
         {{"nb", "*", 6641},
          {"nb", "192.0.2.11", 6643},
          {"sb", "[::]", 6642},
          {"sb", "192.0.2.11", 6644},
          {"nb", "127.0.0.1", 16641},
          {"ovsdb-server", "[::1]", 6640}},
         {{"nb", "punix:/run/ovn/ovnnb_db.sock"},
          {"nb", "db:OVN_Northbound,NB_Global,connections"},
          {"nb", "ptcp:16641:127.0.0.1"}});
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Openings, what_a_server_was_told_while_it_runs_is_told_with_what_closes_it) {
  Bench bench = closed();
  listen(bench, {{"nb", "0.0.0.0", 16641}, {"sb", "0.0.0.0", 16642}, {"ovsdb-server", "0.0.0.0", 6640}},
         {{"nb", "ptcp:16641"}, {"sb", "pssl:16642"}, {"ovsdb-server", "ptcp:6640"}});
  EXPECT_EQ(seen_in(bench),
            "listener/nb on n1: its server was told to take ptcp:16641, which opens OVN_Northbound to " +
                kUnguarded +
                "listener/sb on n1: its server was told to take pssl:16642, which opens OVN_Southbound to " +
                kGuarded +
                "openvswitch/n1 on n1: its server was told to take ptcp:6640, which opens Open_vSwitch to " +
                kUnguarded);
  EXPECT_EQ(openings(Context(bench.desired, bench.placement, bench.facts)).front().mend,
            "`ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/remove-remote ptcp:16641` there");
}

TEST(Openings, a_socket_that_nothing_explains_is_told_once) {
  Bench bench = closed();
  bench.see_rows(kCluster, Database::northbound, "Connection",
                 {{row(2), {{"target", "ptcp:7001:127.0.0.1"}}}});
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {});
  bench.see_rows("n1", Database::open_vswitch, "Controller", {});
  listen(bench, {{"nb", "0.0.0.0", 7000}, {"nb", "[::]", 7000}, {"ovs-vswitchd", "*", 6653}});
  EXPECT_EQ(seen_in(bench),
            "listener/nb on n1: nb listens on 0.0.0.0:7000, and nothing in the file says so\n"
            "openvswitch/n1 on n1: ovs-vswitchd listens on *:6653, and nothing in the file says so\n");
}

TEST(Openings, an_authority_beside_kilns_is_told) {
  Bench bench = closed();
  const UnitLook unit{std::string(server_unit(Database::southbound))};
  bench.see("n1", unit, running({"ovsdb-server", "--ca-cert=/etc/kiln/pki/ca.pem", "--ca-cert=none"}));
  EXPECT_EQ(seen_in(bench),
            "listener/sb on n1: " + unit.unit +
                " runs with --ca-cert=none too: it, and not kiln's authority, may decide whom "
                "it lets in\n");
  // As its package runs it: that it is to run otherwise is a change.
  bench.see("n1", unit, running({"ovsdb-server", "--ca-cert=db:OVN_Southbound,SSL,ca_cert"}));
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Openings, a_controller_that_a_bridge_of_kilns_waits_for_is_told) {
  Bench bench = closed();
  bench.see_rows("n1", Database::open_vswitch, "Bridge",
                 {{row(3), {{"name", "br-int"}, {"controller", ovsdb::Value(row(4))}}},
                  {row(5), {{"name", "theirs"}, {"controller", ovsdb::Value(row(6))}}}});
  bench.see_rows("n1", Database::open_vswitch, "Controller",
                 {{row(4), {{"target", "ptcp:6633"}}}, {row(6), {{"target", "ptcp:"}}}});
  listen(bench, {{"ovs-vswitchd", "0.0.0.0", 6633}, {"ovs-vswitchd", "0.0.0.0", 6653}});
  EXPECT_EQ(seen_in(bench), "bridge/n1/br-int on n1: controller ptcp:6633 opens its flows to " + kUnguarded);
}

TEST(Openings, a_server_that_somebody_has_started_besides_is_told) {
  Bench bench = closed();
  const auto with = [&](OtherServerSeen other) {
    bench.see("n1", ListenersLook{}, ListenersSeen{{}, {}, {std::move(other)}});
    return seen_in(bench);
  };
  const std::string who = "an ovsdb-server that the packages' units do not run (pid 4711) listens on ";
  EXPECT_EQ(with({4711, "0.0.0.0", 16641, {"OVN_Northbound"}}),
            "listener/nb on n1: " + who + "0.0.0.0:16641 and serves OVN_Northbound\n");
  EXPECT_EQ(with({4711, "[::]", 6640, {"Open_vSwitch"}}),
            "openvswitch/n1 on n1: " + who + "[::]:6640 and serves Open_vSwitch\n");
  EXPECT_EQ(with({4711, "*", 7, {}}),
            "listener/nb on n1: " + who + "*:7, and does not tell what it serves\n");
  EXPECT_EQ(with({4711, "*", 7, {"hardware_vtep"}}), "");
  EXPECT_EQ(with({4711, "127.0.0.1", 7, {"OVN_Northbound"}}), "");
}

}  // namespace
}  // namespace kiln::resources::opens_test
