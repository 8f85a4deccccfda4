#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "render/golden_for_test.h"
#include "render/json_text.h"
#include "render/line.h"
#include "render/plan_json.h"
#include "render/plan_text.h"
#include "render/samples_for_test.h"
#include "render/schema_for_test.h"

namespace kiln::render {
namespace {

Style utf8(std::size_t width) {
  return {false, true, width};
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const std::string& line : split(text, '\n')) widest = std::max(widest, width_of(line));
  return widest;
}

}  // namespace

TEST(PlanText, bring_up_of_three_nodes_on_80_columns) {
  expect_golden("plan/bring-up/80.txt", plan_text(samples::bring_up(), samples::all_of(3), utf8(80), false));
}

TEST(PlanText, bring_up_of_three_nodes_on_200_columns) {
  expect_golden("plan/bring-up/200.txt",
                plan_text(samples::bring_up(), samples::all_of(3), utf8(200), false));
}

TEST(PlanText, verbose_shows_every_step_and_action) {
  expect_golden("plan/bring-up/verbose.txt",
                plan_text(samples::bring_up(), samples::all_of(3), utf8(80), true));
}

TEST(PlanText, drift_with_deferrals_a_removal_and_long_values) {
  expect_golden("plan/drift/80.txt", plan_text(samples::drift(), {3, {"n3"}}, utf8(80), false));
  expect_golden("plan/drift/verbose-ascii.txt", plan_text(samples::drift(), {3, {"n3"}}, {}, true));
}

TEST(PlanText, colours_add_nothing_to_the_words) {
  Style colored = utf8(80);
  colored.color = true;
  const std::string text = plan_text(samples::drift(), {3, {"n3"}}, colored, false);
  expect_golden("plan/drift/color.txt", text);
}

TEST(PlanText, one_host_one_step) {
  expect_golden("plan/one-host/80.txt", plan_text(samples::one_host(), samples::all_of(1), utf8(80), false));
}

TEST(PlanText, counts_what_others_have_and_names_what_is_on_kilns_own) {
  const std::vector<Beside> beside{{"ACL", "of ls1: drop", true},
                                   {"ACL", "of theirs: drop", false},
                                   {"logical switch", "theirs", false},
                                   {"logical switch", "more\x1b[2J", false}};
  EXPECT_EQ(
      beside_text(beside, utf8(80), false),
      "beside kiln's: 2 ACLs, 2 logical switches (-v lists them)\n  on kiln's own: ACL of ls1: drop\n\n");
  EXPECT_EQ(beside_text(beside, utf8(80), true),
            "beside kiln's: 2 ACLs, 2 logical switches\n  on kiln's own: ACL of ls1: drop\n"
            "  ACL of theirs: drop\n  logical switch theirs\n  logical switch more\\x1b[2J\n\n");
  EXPECT_EQ(beside_text({}, utf8(80), true), "");
  const std::vector<Beside> many(10, {"ACL", "of ls1", true});
  EXPECT_NE(beside_text(many, utf8(80), false).find("and 2 more on kiln's own\n"), std::string::npos);
}

TEST(PlanText, says_when_there_is_nothing_to_do) {
  EXPECT_EQ(plan_text(samples::nothing(), samples::all_of(3), utf8(80), false),
            "no changes: 83 resources are as wanted, 3 of 3 hosts answered\n");
}

TEST(PlanText, a_set_that_no_line_holds_is_shown_by_what_goes_and_what_comes) {
  Plan plan = samples::one_host();
  plan.changes.resize(1);
  plan.changes[0].verb = Verb::update;
  plan.changes[0].attributes = {
      {.path = "ovn-remote",
       .from = std::set<std::string>{"ssl:10.252.0.11:6642", "ssl:10.252.0.12:6642", "ssl:10.252.0.13:6642"},
       .to = std::set<std::string>{"ssl:10.252.0.12:6642", "ssl:10.252.0.13:6642", "ssl:10.252.0.14:6642"},
       .span = {}}};
  EXPECT_THAT(plan_text(plan, samples::all_of(1), utf8(80), false),
              ::testing::HasSubstr("      ovn-remote\n"
                                   "        - ssl:10.252.0.11:6642\n"
                                   "        + ssl:10.252.0.14:6642\n"));
}

TEST(PlanText, no_line_is_wider_than_the_terminal) {
  for (const std::size_t width : {60U, 80U, 132U})
    for (const bool verbose : {false, true})
      for (const Plan& plan : {samples::bring_up(), samples::drift()})
        EXPECT_LE(widest_line(plan_text(plan, {3, {"n3"}}, utf8(width), verbose)), width);
}

TEST(PlanSummary, waves_follow_the_longest_path) {
  Plan plan;
  plan.steps.resize(3);
  plan.steps[0].id = "a";
  plan.steps[1].id = "b";
  plan.steps[1].needs = {{"a", ""}};
  plan.steps[2].id = "c";
  plan.steps[2].needs = {{"a", ""}, {"b", ""}, {"not-in-the-plan", ""}};
  EXPECT_EQ(waves(plan), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(PlanJson, drift_whole) {
  expect_golden("plan/drift/plan.json", json_text(plan_json(samples::drift(), {3, {"n3"}})));
}

TEST(PlanJson, every_sample_fits_the_published_schema) {
  for (const Plan& plan : {samples::bring_up(), samples::drift(), samples::one_host(), samples::nothing()})
    EXPECT_EQ(schema_problems("schemas/plan.schema.json", plan_json(plan, {3, {"n3"}})), "");
}

TEST(PlanJson, every_action_and_condition_fits_the_published_schema) {
  Plan plan = samples::one_host();
  plan.steps[0].actions = {
      WriteFile{},
      RemoveFile{},
      RemoveAddress{},
      UnitAction{},
      DaemonReload{},
      InstallPackages{},
      CreateAuthority{},
      WriteTrust{},
      IssueCertificate{"/etc/ovn/pki",
                       {"n1", "ovn-northbound", {"n1"}, {"10.0.0.1"}, {pki::Usage::server}, 365}},
      CreateDatabase{},
      AdoptDatabase{},
      JoinDatabase{},
      Transact{},
      Appctl{},
      LeaveDatabase{},
      RetireDatabase{},
      RecreateDatabase{},
      KickMember{},
      RemoveCertificate{},
      HandOver{},
      Reboot{},
      RemoveKept{}};
  plan.steps[0].gates.clear();
  for (const Condition& condition :
       {Condition(DatabaseConnected{}), Condition(UnitActive{}), Condition(LinkPresent{}),
        Condition(ChassisRegistered{}), Condition(NorthdRunning{}), Condition(CertificateServed{}),
        Condition(PortUp{}), Condition(PingAnswered{}), Condition(ControllerConnected{}),
        Condition(MemberGone{}), Condition(ElectionTimer{}), Condition(LinkGone{}),
        Condition(MemberFollows{}), Condition(NorthdActive{}), Condition(ChassisGone{}),
        Condition(Rebooted{}), Condition(QuorumKept{Database::northbound, {{}}, {}, "", "", false}),
        Condition(NoDatabase{})})
    plan.steps[0].gates.push_back({"n1", condition, Duration{1}});
  EXPECT_EQ(plan.steps[0].actions.size(), std::variant_size_v<Action>);
  EXPECT_EQ(plan.steps[0].gates.size(), std::variant_size_v<Condition>);
  EXPECT_EQ(schema_problems("schemas/plan.schema.json", plan_json(plan, {1, {}})), "");
}

TEST(PlanJson, the_schema_refuses_what_it_should) {
  nlohmann::json plan = plan_json(samples::one_host(), {1, {}});
  plan["steps"][0]["risk"] = "some";
  EXPECT_NE(schema_problems("schemas/plan.schema.json", plan), "");
}

}  // namespace kiln::render
