#include "resources/host/mark.h"

#include "resources/nb/roster.h"
#include "resources/paths.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::mark_test {
namespace {

const std::string kOne = "11111111-1111-4111-8111-111111111111";
const std::string kTwo = "22222222-2222-4222-8222-222222222222";
const FileLook kMark{kMarkPath};

std::string marked_as(const std::string& id, const std::string& cluster = "edge") {
  return file_header(cluster, "mark/n1") + "KILN_DEPLOYMENT=" + id + '\n';
}
void see_northbound(Bench& bench, const std::string& id) {
  bench.see(kCluster, roster_look(),
            RowsSeen({{row(1), {{"external_ids", ids({{"kiln-deployment", id}})}}}}));
}

TEST(Mark, is_written_with_a_fresh_uuid_before_anything_is_done_to_the_host) {
  Bench bench;
  bench.lack("n1", kMark);
  bench.desired.fresh_id = kOne;
  EXPECT_EQ(bench.verdict(mark_id("n1")), "absent");
  EXPECT_EQ(bench.steps(mark_id("n1")), "mark/n1:write\n  write /etc/kiln/deployment\n");
  EXPECT_EQ(bench.written(mark_id("n1"), kMarkPath), marked_as(kOne));
  EXPECT_EQ(bench.needs(packages_id("n1")), "mark/n1\n");
}

TEST(Mark, takes_over_what_another_host_or_the_northbound_says) {
  Bench bench(2);
  bench.desired.fresh_id = kTwo;
  bench.lack("n1", kMark);
  bench.see("n2", kMark, file(marked_as(kOne)));
  EXPECT_EQ(bench.written(mark_id("n1"), kMarkPath), marked_as(kOne));
  bench.lack("n2", kMark);
  see_northbound(bench, kOne);
  EXPECT_EQ(bench.written(mark_id("n1"), kMarkPath), marked_as(kOne));
}

TEST(Mark, of_another_deployment_is_not_touched) {
  Bench bench(2);
  bench.see("n1", kMark, file(marked_as(kTwo, "core")));
  bench.see("n2", kMark, file(marked_as(kOne)));
  EXPECT_EQ(bench.verdict(mark_id("n1")), "foreign: /etc/kiln/deployment is of core");
  EXPECT_EQ(other_owner(bench.desired, "n1", bench.facts).cluster, "core");
  EXPECT_EQ(other_owner(bench.desired, "n2", bench.facts).cluster, "");
  EXPECT_EQ(identity(bench.desired, bench.facts).found.size(), 1U) << "its uuid is no matter";
}

TEST(Mark, two_of_one_name_are_told) {
  Bench bench(3);
  bench.see("n1", kMark, file(marked_as(kOne)));
  bench.see("n2", kMark, file(marked_as(kTwo)));
  see_northbound(bench, kOne);
  Diags diags;
  check_against_hosts(bench.desired, bench.facts, diags);
  ASSERT_EQ(diags.size(), 1U);
  EXPECT_EQ(diags.all().front().slug, "two-deployments");
  EXPECT_EQ(diags.all().front().notes.front().text, "n1, the northbound: " + kOne);
  EXPECT_EQ(diags.all().front().notes.back().text, "n2: " + kTwo);
}

TEST(Mark, is_told_by_older_files_too) {
  Bench bench;
  bench.see("n1", FileLook{"/etc/kiln/ovn-nb.env"}, file(file_header("core", "database/n7/nb")));
  HostSeen host;
  bench.see("n1", HostLook{}, host);
  Diags diags;
  check_against_hosts(bench.desired, bench.facts, diags);
  ASSERT_EQ(diags.size(), 1U);
  EXPECT_EQ(diags.all().front().slug, "host-of-another-deployment");
}

TEST(Mark, goes_last_where_a_node_leaves) {
  Bench bench(2);
  bench.see("n2", kMark, file(marked_as(kOne)));
  bench.desired.nodes["n2"].state = "absent";
  bench.placement.services.erase("n2");
  bench.placement.centrals = {"n1"};
  EXPECT_EQ(bench.verdict(mark_id("n2")), "not wanted");
  EXPECT_EQ(bench.steps(mark_id("n2")), "mark/n2:remove\n  remove /etc/kiln/deployment\n");
}

}  // namespace
}  // namespace kiln::resources::mark_test
