#include "resources/nb/deployment.h"

#include "resources/nb/roster.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::deployment_test {
namespace {

const ResourceId kDeployment{"deployment", "edge"};

void see_keys(Bench& bench, const std::map<std::string, std::string>& keys) {
  bench.see(kCluster, roster_look(), RowsSeen({{row(1), {{"external_ids", ids(keys)}}}}));
}
Bench at_home() {
  Bench bench;
  HostSeen host;
  host.hostname = "laptop";
  bench.see(kController, HostLook{}, host);
  return bench;
}

TEST(Deployment, remembers_where_its_authority_was_made) {
  Bench bench = at_home();
  see_keys(bench, {{"theirs", "x"}});
  EXPECT_EQ(bench.verdict(kDeployment), "absent");
  EXPECT_EQ(bench.steps(kDeployment),
            "deployment/edge:keys (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids insert {kiln-authority=laptop:/home/me/pki}\n");
}

TEST(Deployment, keeps_the_place_wherever_it_is_worked_on) {
  Bench bench = at_home();
  see_keys(bench, {{"kiln-authority", "workstation:/srv/pki"}});
  EXPECT_EQ(bench.verdict(kDeployment), "as wanted");
}

TEST(Deployment, a_place_that_is_no_text_for_people_is_none) {
  for (const std::string& text : {std::string("a\x1b[2J"), std::string(513, 'x')}) {
    Bench bench = at_home();
    see_keys(bench, {{"kiln-authority", text}});
    EXPECT_EQ(authority_record(bench.facts), "");
  }
}

TEST(Deployment, remembers_its_uuid) {
  Bench bench;
  see_keys(bench, {});
  bench.desired.fresh_id = "11111111-1111-4111-8111-111111111111";
  EXPECT_EQ(bench.steps(kDeployment),
            "deployment/edge:keys (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids insert "
            "{kiln-deployment=11111111-1111-4111-8111-111111111111}\n");
}

TEST(Deployment, remembers_how_many_files_each_pattern_matched) {
  Bench bench;
  see_keys(bench, {{"kiln-include-old/*.toml", "4"}, {"kiln-include-nets/*.toml", "2"}});
  bench.desired.includes = {{"nets/*.toml", 3}};
  EXPECT_EQ(bench.verdict(kDeployment), "include-nets/*.toml: 2 -> 3\ninclude-old/*.toml: 4 -> \n");
  EXPECT_EQ(bench.steps(kDeployment),
            "deployment/edge:keys (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids delete kiln-include-nets/*.toml"
            " external_ids insert {kiln-include-nets/*.toml=3}"
            " external_ids delete kiln-include-old/*.toml\n");
}

TEST(Deployment, a_pattern_that_matches_fewer_files_is_told) {
  Bench bench;
  see_keys(bench, {{"kiln-include-nets/*.toml", "2"}, {"kiln-include-more/*.toml", "1"}});
  bench.desired.includes = {{"nets/*.toml", 1}, {"more/*.toml", 1}, {"new/*.toml", 1}};
  EXPECT_EQ(shrunk_includes(bench.desired, bench.facts),
            std::vector<std::string>{"include of `nets/*.toml` matches 1 file, and 2 when the file was last "
                                     "applied: what the others had goes"});
  bench.desired.includes["nets/*.toml"] = 0;  // that is refused
  EXPECT_TRUE(shrunk_includes(bench.desired, bench.facts).empty());
}

TEST(Deployment, a_pattern_that_matched_and_no_longer_does_is_refused_unless_it_is_meant) {
  Bench bench;
  see_keys(bench, {{"kiln-include-nets/*.toml", "2"}});
  bench.desired.includes = {{"nets/*.toml", 0}};
  EXPECT_EQ(
      bench.steps(kDeployment),
      "refused: include of `nets/*.toml` (2 files) matched when the file was last applied, and matches no "
      "file now: bring the files back; if it is meant to be empty: kiln apply --allow-empty-include "
      "'nets/*.toml'");
  bench.desired.allowed_empty_includes = {"nets/*.toml"};
  EXPECT_EQ(bench.steps(kDeployment),
            "deployment/edge:keys (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids delete kiln-include-nets/*.toml\n");
}

TEST(Deployment, a_pattern_that_is_written_in_anothers_place_and_matches_nothing_is_refused) {
  Bench bench;
  see_keys(bench, {{"kiln-include-nets/*.toml", "2"}});
  bench.desired.includes = {{"net/*.toml", 0}};
  EXPECT_EQ(
      bench.steps(kDeployment),
      "refused: include of `nets/*.toml` (2 files, now written `net/*.toml`) matched when the file was last "
      "applied, and matches no file now: bring the files back; if it is meant to be empty: kiln apply "
      "--allow-empty-include 'net/*.toml'");
  bench.desired.includes = {{"networks/*.toml", 2}};
  EXPECT_EQ(bench.steps(kDeployment).find("refused"), std::string::npos);
}

}  // namespace
}  // namespace kiln::resources::deployment_test
