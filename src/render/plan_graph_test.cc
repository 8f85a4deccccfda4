#include "render/plan_graph.h"

#include <gtest/gtest.h>

#include "render/golden_for_test.h"
#include "render/samples_for_test.h"

namespace kiln::render {
namespace {

Step make_step(const std::string& id, const HostName& host, const std::string& title,
               std::vector<StepNeed> needs) {
  Step step;
  step.id = id;
  step.host = host;
  step.title = title;
  step.needs = std::move(needs);
  return step;
}

/// a → b → c, and a → c, which the others imply.
Plan chain() {
  Plan plan;
  plan.steps = {make_step("a", "n1", "say \"a\\b\"", {}), make_step("b", "n2", "b", {{"a", "x"}}),
                make_step("c", "n2", "c", {{"a", "x"}, {"b", "y"}})};
  plan.steps[1].irreversible = true;
  return plan;
}

TEST(PlanGraph, in_dot_leaves_out_what_other_edges_imply) {
  EXPECT_EQ(plan_graph(chain(), GraphFormat::dot),
            "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n"
            "  s0 [label=\"n1: say 'a'b'\"];\n"
            "  s1 [label=\"n2: b\", penwidth=3];\n"
            "  s2 [label=\"n2: c\"];\n"
            "  s0 -> s1;\n  s1 -> s2;\n}\n");
}

TEST(PlanGraph, in_mermaid) {
  EXPECT_EQ(
      plan_graph(chain(), GraphFormat::mermaid),
      "flowchart LR\n  s0[\"n1: say 'a'b'\"]\n  s1[\"n2: b\"]\n  s2[\"n2: c\"]\n  s0 --> s1\n  s1 --> s2\n");
}

TEST(PlanGraph, and_what_explains_a_step_hold_no_escapes_of_names) {
  Plan plan;
  Step step;
  step.id = "logical-switch-port/ls1/a\x1b[2J:remove";  // a forged ownership mark
  step.host = "n1\n";
  step.title = "remove";
  plan.steps = {step};
  EXPECT_EQ(plan_graph(plan, GraphFormat::mermaid), "flowchart LR\n  s0[\"n1'n: remove\"]\n");
  EXPECT_TRUE(
      step_explained(plan, step.id).starts_with("logical-switch-port/ls1/a\\x1b[2J:remove: remove\n"));
}

TEST(PlanGraph, of_nothing_is_empty) {
  EXPECT_EQ(plan_graph({}, GraphFormat::mermaid), "flowchart LR\n");
}

TEST(ExplainStep, tells_causes_needs_actions_and_who_waits) {
  const Plan plan = samples::bring_up();
  std::string text;
  for (const Step& step : plan.steps)
    if (step.id.find("database/") == 0 && !step.needs.empty()) text = step_explained(plan, step.id);
  expect_golden("plan/explain/step.txt", text);
  EXPECT_EQ(step_explained(plan, "no/such:step"), "");
}

TEST(ExplainStep, says_where_a_gate_looks_if_that_is_another_host) {
  Plan plan;
  Step& step = plan.steps.emplace_back();
  step.id = "database/n1/nb:leave";
  step.host = "n1";
  step.gates = {{"n2", MemberGone{Database::northbound, "ssl:10.0.0.1:6643"}, Duration{30000}},
                {"n1", NorthdRunning{}, Duration{1000}}};
  const std::string text = step_explained(plan, step.id);
  EXPECT_NE(text.find("OVN_Northbound without ssl:10.0.0.1:6643 on n2, for 30 s at most"), std::string::npos)
      << text;
  EXPECT_NE(text.find("ovn-northd active or standby, for 1 s at most"), std::string::npos) << text;
}

}  // namespace
}  // namespace kiln::render
