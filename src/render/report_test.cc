#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render/golden_for_test.h"
#include "render/json_text.h"
#include "render/report_json.h"
#include "render/report_text.h"
#include "render/samples_for_test.h"

namespace kiln::render {

const Style kStyle{false, true, 80};

TEST(ReportText, success) {
  expect_golden("apply/success/report.txt", report_text(samples::succeeded(), kStyle, false));
}

TEST(ReportText, success_with_every_step) {
  expect_golden("apply/success/verbose.txt", report_text(samples::succeeded(), kStyle, true));
}

TEST(ReportText, failure_in_the_middle) {
  expect_golden("apply/failure/report.txt", report_text(samples::failed(), kStyle, false));
  expect_golden("apply/failure/report.json", json_text(report_json(samples::failed(), Duration{120})));
}

TEST(ReportText, something_still_differs) {
  Report report = samples::succeeded();
  report.checks.clear();
  report.remaining = {"chassis/n1: external_ids:ovn-remote"};
  expect_golden("apply/remaining/report.txt", report_text(report, kStyle, false));
}

TEST(ReportText, verify) {
  expect_golden("apply/verify/passed.txt", checks_text(samples::succeeded().checks, kStyle));
  std::vector<StepReport> checks = samples::succeeded().checks;
  checks[0].status = StepStatus::failed;
  checks[0].text = "0 of 3 answered";
  expect_golden("apply/verify/failed.txt", checks_text(checks, kStyle));
  EXPECT_EQ(checks_text({}, kStyle), "the file has no [[checks]]: nothing was proven\n");
}

TEST(LastSentence, says_the_state_that_things_are_in) {
  EXPECT_EQ(last_sentence(samples::succeeded()), "all 2 steps done, nothing remains, 1 check passed");
  EXPECT_EQ(last_sentence(samples::failed()), "steps 1-2 of 5 are in place; run it again to continue");
  EXPECT_EQ(last_sentence(Report{}), "there was nothing to do, nothing remains");
  Report put_off;
  put_off.remaining = {"database/n3/nb: n3 does not answer"};
  EXPECT_EQ(last_sentence(put_off), "nothing was changed; 1 resource still differs");
}

TEST(LastSentence, nothing_was_changed_when_the_first_step_could_not_begin) {
  Report report = samples::failed();
  for (StepReport& step : report.steps) step.status = StepStatus::not_started;
  report.mutations = 0;
  EXPECT_EQ(last_sentence(report), "nothing was changed");
  EXPECT_EQ(result_of(report), RunResult::unchanged);
}

TEST(LastSentence, steps_out_of_order_are_counted) {
  Report report = samples::failed();
  report.steps[0].status = StepStatus::skipped;
  report.steps[4].status = StepStatus::done;
  EXPECT_EQ(last_sentence(report), "2 of 5 steps are in place; run it again to continue");
}

TEST(LastSentence, a_failed_check_is_not_success) {
  Report report = samples::succeeded();
  report.checks[0].status = StepStatus::failed;
  EXPECT_EQ(last_sentence(report), "all 2 steps done, nothing remains, but 1 of 1 check failed");
  EXPECT_EQ(result_of(report), RunResult::check_failed);
}

TEST(LastSentence, says_run_it_again_only_where_that_ends_something) {
  Report report = samples::succeeded();
  report.remaining = {"chassis/n1 on n1: one", "chassis/n2 on n2: two"};
  report.by_hand = 1;
  EXPECT_EQ(last_sentence(report),
            "all 2 steps done, but 2 resources still differ; run it again to continue");
  report.by_hand = 2;
  EXPECT_EQ(last_sentence(report),
            "all 2 steps done, but 2 resources still differ; what ends that is said above");
}

TEST(LastSentence, interrupted_before_the_proof) {
  Report report = samples::succeeded();
  report.checks.clear();
  report.interrupted = true;
  EXPECT_EQ(last_sentence(report), "all 2 steps done, but not proven; run it again to continue");
  EXPECT_EQ(result_of(report), RunResult::partly);
}

}  // namespace kiln::render
