#include <gtest/gtest.h>

#include "render/golden_for_test.h"
#include "render/recovery_text.h"

namespace kiln::render {
namespace {

planner::Recovery recovery() {
  planner::Recovery recovery;
  recovery.cluster_id = "d983a422-37ee-48a3-9aa9-06cd97013f56";
  recovery.survivors = {{"n4", 5, 121, 120}, {"n1", 5, 98, 98}};
  recovery.lost = {"n2 (ssl:192.0.2.12:6643), which the file calls dead",
                   "n3 (ssl:192.0.2.13:6643), which has no file of it any more"};
  for (const char* title : {"stop the server of OVN_Northbound", "run the new OVN_Northbound"}) {
    Step step;
    step.host = "n4";
    step.title = title;
    recovery.plan.steps.push_back(step);
  }
  return recovery;
}

TEST(RecoveryText, tells_whose_rows_are_kept_and_what_may_be_lost) {
  expect_golden("cli/recover/lost.txt", recovery_text(recovery(), Database::northbound, {false, true, 80}));
}

TEST(RecoveryText, tells_that_no_server_accepts_what_is_kept) {
  planner::Recovery refused = recovery();
  refused.survivors = {{"n4", 5, 119, 120, "record 41 attempts to truncate log from 121 to 119 entries"}};
  refused.lost.clear();
  expect_golden("cli/recover/refused.txt", recovery_text(refused, Database::northbound, {false, true, 80}));
}

TEST(RecoveryText, of_one_that_goes_on_tells_the_steps_that_are_left) {
  planner::Recovery begun = recovery();
  begun.cluster_id.clear();
  expect_golden("cli/recover/begun.txt", recovery_text(begun, Database::northbound, {false, true, 80}));
}

TEST(RecoveryText, each_reason_for_not_doing_it_has_a_line) {
  planner::Recovery refused;
  refused.refusals = {"n2 may come back: it does not answer", "n3 answers, so it is not dead"};
  EXPECT_EQ(refusals_text(refused, Database::southbound),
            "OVN_Southbound is not recovered:\n  - n2 may come back: it does not answer\n"
            "  - n3 answers, so it is not dead");
}

}  // namespace
}  // namespace kiln::render
