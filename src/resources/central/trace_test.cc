#include "resources/central/trace.h"

#include "resources/nb/roster.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::trace_test {
namespace {

const ResourceId kNb{"database", "n1/nb"};
const ResourceId kSb{"database", "n1/sb"};

/// Nodes without a database.
Bench bare(int nodes = 2) {
  Bench bench(nodes);
  for (const auto& [name, node] : bench.desired.nodes)
    for (const char* database : {"/nb", "/sb"}) bench.lack_all({"database", name + database});
  return bench;
}
/// The journal knows these as members of OVN_Northbound.
void remember(Bench& bench, const std::set<std::string>& nodes) {
  bench.desired.remembered = [nodes](Database database) {
    return database == Database::northbound ? nodes : std::set<std::string>{};
  };
}
void see_chassis(Bench& bench, const HostName& host, std::map<std::string, std::string> keys,
                 const std::string& cluster = "edge") {
  bench.see(host, FileLook{controller_environment_path()}, file(file_header(cluster, "chassis/" + host)));
  bench.see_rows(host, Database::open_vswitch, "Open_vSwitch",
                 {{row(1), {{"external_ids", ids(std::move(keys))}}}});
}
const std::string kElsewhere = "ssl:192.0.2.1:6642";

bool is_refused(Bench& bench, const ResourceId& id) {
  return bench.steps(id).starts_with("refused: no new OVN_") &&
         bench.steps(id).find(kMadeBefore) != std::string::npos;
}

TEST(Trace, of_a_chassis_that_was_told_of_databases) {
  Bench bench = bare();
  see_chassis(bench, "n2", {{"ovn-remote", kElsewhere}});
  EXPECT_EQ(
      bench.steps(kNb),
      "refused: no new OVN_Northbound is made, as this deployment has one already: n2 is a chassis of the "
      "databases at ssl:192.0.2.1:6642; put the nodes that hold it back into the file (an include may "
      "have lost some); only where all of it is lost for good: `kiln apply --new-database`");
  EXPECT_TRUE(is_refused(bench, kSb));
  bench.desired.new_database = true;
  EXPECT_FALSE(is_refused(bench, kNb));
  EXPECT_FALSE(is_refused(bench, kSb));
}

TEST(Trace, is_none_on_a_chassis_of_others) {
  Bench bench = bare();
  see_chassis(bench, "n2", {{"ovn-remote", kElsewhere}, {kCentralsKey, kOfOthers}});
  EXPECT_FALSE(is_refused(bench, kNb)) << "its databases are those of [cluster] central-ips";
  see_chassis(bench, "n2", {{"ovn-remote", kElsewhere}}, "another");
  EXPECT_FALSE(is_refused(bench, kNb)) << "they are another deployment's";
  see_chassis(bench, "n2", {{"system-id", "n2"}});
  EXPECT_FALSE(is_refused(bench, kNb)) << "the last central was taken away";
}

TEST(Trace, is_none_while_a_bring_up_is_under_way) {
  Bench bench = bare();
  see_chassis(bench, "n2", {{"ovn-remote", "ssl:192.0.2.11:6642"}});
  DatabaseFileSeen member;
  member.clustered = true;
  member.cluster_id = "c1";
  member.server_id = "s1";
  member.local_address = "ssl:192.0.2.11:6644";
  bench.see("n1", DatabaseFileLook{Database::southbound}, member);
  EXPECT_FALSE(is_refused(bench, kNb));
}

TEST(Trace, of_a_node_that_the_journal_knows_and_the_file_does_not) {
  Bench bench = bare();
  remember(bench, {"n1"});
  EXPECT_FALSE(is_refused(bench, kNb)) << "n1 says itself that it has none";
  remember(bench, {"n1", "n9"});
  EXPECT_TRUE(is_refused(bench, kNb));
  EXPECT_FALSE(is_refused(bench, kSb));
}

TEST(Trace, of_rows_that_are_served_though_no_node_has_the_file) {
  Bench bench = bare();
  bench.see(kCluster, roster_look(),
            RowsSeen({{row(1), {{"external_ids", ids({{"kiln-node-n1", "192.0.2.11"}})}}}}));
  EXPECT_TRUE(is_refused(bench, kNb));
  EXPECT_FALSE(is_refused(bench, kSb));
}

TEST(Trace, of_options_and_certificates_is_none) {
  Bench bench = bare();
  bench.put_files(kNb);
  bench.see("n1", FileLook{kTrustPath}, file("an authority"));
  EXPECT_FALSE(is_refused(bench, kNb));
}

}  // namespace
}  // namespace kiln::resources::trace_test
