#include "resources/resource_for_test.h"

namespace kiln::resources::listener_test {
namespace {

const ResourceId kNb{"listener", "nb"};
const ResourceId kSb{"listener", "sb"};
constexpr const char* kMark = "edge:listener/nb";

ovsdb::Row connection(const std::string& target, int probe_ms,
                      const std::map<std::string, std::string>& marks) {
  return {{"target", target}, {"inactivity_probe", probe_ms}, {"external_ids", ids(marks)}};
}

/// Every node says that it has no database yet.
void answer(Bench& bench) {
  for (const char* node : {"n1", "n2", "n3"})
    for (const Database database : {Database::northbound, Database::southbound})
      bench.lack(node, DatabaseFileLook{database});
}

Bench with_connections(ovsdb::Table rows) {
  Bench bench;
  bench.names[row_uuid(kMark)] = "new";
  bench.see_rows(kCluster, Database::northbound, "Connection", std::move(rows));
  bench.see_rows(kCluster, Database::northbound, "NB_Global",
                 {{row(9), {{"options", ids({{"northd_probe_interval", "60000"}, {"theirs", "1"}})}}}});
  answer(bench);
  return bench;
}
Bench as_wanted() {
  return with_connections({{row(1), connection("pssl:6641:[::]", 60000, {{kOwnerKey, kMark}})}});
}

/// What an update writes, whatever differs.
std::string update_of(const std::string& uuid) {
  return "listener/nb:write (risk control-plane)\n"
         "  in OVN_Northbound\n"
         "    update Connection " +
         uuid +
         ": inactivity_probe=60000 target=pssl:6641:[::]\n"
         "    mutate Connection " +
         uuid +
         ": external_ids delete kiln-owner"
         " external_ids insert {kiln-owner=edge:listener/nb}\n"
         "  until certificate of ovn-northbound.n1 served at 192.0.2.11:6641 on n1\n";
}

TEST(Listener, is_inserted_and_referred_to_where_there_is_none) {
  Bench bench = with_connections({});
  EXPECT_EQ(bench.verdict(kNb), "absent");
  EXPECT_EQ(bench.steps(kNb),
            "listener/nb:write (risk control-plane)\n"
            "  in OVN_Northbound\n"
            "    insert Connection as #new: external_ids={kiln-owner=edge:listener/nb} inactivity_probe=60000"
            " target=pssl:6641:[::]\n"
            "    mutate NB_Global: connections insert #new\n"
            "    mutate NB_Global: options delete northd_probe_interval options insert "
            "{northd_probe_interval=60000}\n"
            "  until certificate of ovn-northbound.n1 served at 192.0.2.11:6641 on n1\n");
}

// Both would bind one port, and the one without TLS might be first.
TEST(Listener, one_made_by_hand_on_its_port_is_in_the_way_unless_the_file_says_adopt) {
  Bench bench = with_connections(
      {{row(1), connection("ptcp:6641:127.0.0.1", 5000, {})}, {row(2), connection("ptcp:16641", 5000, {})}});
  EXPECT_EQ(bench.verdict(kNb),
            "foreign: the connection ptcp:6641:127.0.0.1 has the port of pssl:6641:[::]: `adopt = true` in "
            "[cluster] makes it this one, or delete it");
  bench.desired.cluster.adopt = true;
  EXPECT_NE(bench.verdict(kNb).find("target: ptcp:6641:127.0.0.1 -> pssl:6641:[::]\n"), std::string::npos)
      << bench.verdict(kNb);
  EXPECT_EQ(bench.steps(kNb), update_of("#1"));
}

// ovn-northd does not heed the rows of Connection.
TEST(Listener, tells_ovn_northd_too_and_leaves_other_options) {
  Bench bench = as_wanted();
  bench.see_rows(kCluster, Database::northbound, "NB_Global",
                 {{row(9), {{"options", ids({{"northd_probe_interval", "5000"}, {"theirs", "1"}})}}}});
  EXPECT_EQ(bench.verdict(kNb), "options:northd_probe_interval: 5000 -> 60000\n");
  EXPECT_NE(bench.steps(kNb).find("    mutate NB_Global: options delete northd_probe_interval options insert "
                                  "{northd_probe_interval=60000}\n"),
            std::string::npos)
      << bench.steps(kNb);
}

TEST(Listener, makes_the_global_row_of_a_new_database_unless_it_came_meanwhile) {
  Bench bench;
  answer(bench);
  bench.names[row_uuid("edge:listener/sb")] = "new";
  bench.lack_all(kSb);
  EXPECT_EQ(bench.verdict(kSb), "absent");
  EXPECT_EQ(bench.steps(kSb),
            "listener/sb:write (risk control-plane)\n"
            "  in OVN_Southbound\n"
            "    wait SB_Global ==\n"
            "    insert SB_Global as any: \n"
            "  in OVN_Southbound\n"
            "    insert Connection as #new: external_ids={kiln-owner=edge:listener/sb} inactivity_probe=60000"
            " target=pssl:6642:[::]\n"
            "    mutate SB_Global: connections insert #new\n"
            "  until certificate of ovn-southbound.n1 served at 192.0.2.11:6642 on n1\n");
}

TEST(Listener, as_wanted_is_no_change_and_other_connections_do_not_matter) {
  EXPECT_EQ(as_wanted().verdict(kNb), "as wanted");
  Bench bench = with_connections({{row(1), connection("ptcp:6641:127.0.0.1", 5000, {{"made-by", "alice"}})},
                                  {row(2), connection("pssl:6641:[::]", 60000, {{kOwnerKey, kMark}})}});
  EXPECT_EQ(bench.verdict(kNb), "as wanted");
}

TEST(Listener, a_drifted_inactivity_probe_is_the_only_difference) {
  Bench bench = with_connections({{row(1), connection("pssl:6641:[::]", 5000, {{kOwnerKey, kMark}})}});
  EXPECT_EQ(bench.verdict(kNb), "inactivity_probe: 5000 -> 60000\n");
  EXPECT_EQ(bench.steps(kNb), update_of("#1"));
}

TEST(Listener, an_unset_inactivity_probe_is_a_difference) {
  Bench bench = as_wanted();
  bench.see_rows(kCluster, Database::northbound, "Connection",
                 {{row(1), {{"target", "pssl:6641:[::]"}, {"external_ids", ids({{kOwnerKey, kMark}})}}}});
  EXPECT_EQ(bench.verdict(kNb), "inactivity_probe: not there -> 60000\n");
}

TEST(Listener, a_drifted_target_is_found_by_the_mark) {
  Bench bench = with_connections({{row(1), connection("ptcp:6641", 60000, {{kOwnerKey, kMark}})}});
  EXPECT_EQ(bench.verdict(kNb), "target: ptcp:6641 -> pssl:6641:[::]\n");
  EXPECT_EQ(bench.steps(kNb), update_of("#1"));
}

TEST(Listener, a_row_of_the_same_target_is_adopted_and_its_other_keys_survive) {
  Bench bench = with_connections({{row(3), connection("pssl:6641:[::]", 60000, {{"made-by", "alice"}})}});
  EXPECT_EQ(bench.verdict(kNb), "kiln-owner: not there -> edge:listener/nb\n");
  EXPECT_EQ(bench.steps(kNb), update_of("#3"));
}

TEST(Listener, a_row_that_another_cluster_of_kiln_owns_is_foreign) {
  Bench bench =
      with_connections({{row(3), connection("pssl:6641:[::]", 60000, {{kOwnerKey, "other:listener/nb"}})}});
  EXPECT_EQ(bench.verdict(kNb).substr(0, 9), "foreign: ");
}

TEST(Listener, is_unknown_while_either_table_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kNb);
}

TEST(Listener, waits_for_every_member_and_until_each_serves_its_certificate) {
  Bench bench(3);
  EXPECT_EQ(bench.needs(kSb), "database/n1/sb\ndatabase/n2/sb\ndatabase/n3/sb\n");
  bench.lack_all(kSb);
  answer(bench);
  EXPECT_EQ(bench.planned(kSb).front().gates.size(), 3U);
  // One that does not answer cannot be asked; it serves when it is back.
  bench.hide("n2", DatabaseFileLook{Database::southbound});
  EXPECT_EQ(bench.planned(kSb).front().gates.size(), 2U);
}

TEST(Listener, there_is_none_without_a_central) {
  Bench bench;
  bench.placement.services["n1"] = {"chassis", "switch"};
  EXPECT_EQ(bench.all_of("listener"), "{}");
  bench.placement.services["n1"] = {"central"};
  EXPECT_EQ(bench.all_of("listener"), "{nb, sb}");
}

}  // namespace
}  // namespace kiln::resources::listener_test
