#include <gmock/gmock.h>

#include <filesystem>

#include "config/load.h"
#include "fault/story.h"
#include "render/golden_for_test.h"
#include "render/plan_text.h"

// examples/*.toml on hosts that are as Debian's installer left them: the plan is the golden, and what it says
// is all that is needed.

namespace kiln::test {
namespace {

using ::testing::IsEmpty;

class Example : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { std::filesystem::current_path(KILN_SOURCE_DIR); }

  static Desired load() {
    SystemFileIo files;
    config::Loaded loaded = config::load("examples/" + std::string(GetParam()) + ".toml", files);
    EXPECT_FALSE(loaded.diags.has_errors());
    loaded.desired->ca.dir = "/home/me/pki";
    return *loaded.desired;
  }
};

TEST_P(Example, is_planned_as_the_golden_says) {
  Lab lab(load());
  if (lab.desired.ca.mode == "provided") lab.cluster.replace_authority(0);
  const engine::Planned planned = lab.plan();
  ASSERT_FALSE(planned.diags.has_errors()) << planned.diags.all().front().message;
  const std::size_t hosts = lab.desired.nodes.size();
  render::expect_golden("plan/examples/" + std::string(GetParam()) + ".txt",
                        render::plan_text(planned.plan, {hosts, {}}, {false, true, 100}, false));
}

/// All but datapath-only.toml, whose centrals are somebody else's and real: tests/lab/datapath_only.bats.
class AppliedExample : public Example {};

TEST_P(AppliedExample, leaves_nothing_to_do_after_one_apply) {
  Lab lab(load());
  EXPECT_THAT(steps_with(lab.apply(), StepStatus::failed), IsEmpty());
  EXPECT_THAT(lab.remaining(), IsEmpty());
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  for (const StepReport& check : lab.verify()) EXPECT_EQ(check.status, StepStatus::done) << check.title;
}

INSTANTIATE_TEST_SUITE_P(All, Example,
                         ::testing::Values("single-node", "three-nodes", "primer", "datapath-only",
                                           "everything"));
INSTANTIATE_TEST_SUITE_P(All, AppliedExample,
                         ::testing::Values("single-node", "three-nodes", "primer", "everything"));

}  // namespace
}  // namespace kiln::test
