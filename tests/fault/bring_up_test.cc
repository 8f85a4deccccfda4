#include <gmock/gmock.h>

#include "support/lab.h"

// From fresh hosts to a deployment that answers pings, on clusters of several sizes.

namespace kiln::test {
namespace {

using ::testing::IsEmpty;

class BringUp : public ::testing::TestWithParam<int> {};

TEST_P(BringUp, OneApplyThenNothingToDo) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Lab lab(deployment(GetParam()), seed);
    const FakeCluster fresh(lab.cluster);
    EXPECT_EQ(Lab(lab.desired, fresh).plan_with_threads().plan, Lab(lab.desired, fresh).plan().plan);
    const Report report = lab.apply();
    EXPECT_THAT(steps_with(report, StepStatus::failed), IsEmpty());
    EXPECT_THAT(steps_with(report, StepStatus::skipped), IsEmpty());
    EXPECT_THAT(lab.remaining(), IsEmpty());
    for (const StepReport& check : lab.verify())
      EXPECT_EQ(check.status, StepStatus::done) << check.title << ": " << check.text;
    const Report again = lab.apply();
    EXPECT_EQ(again.mutations, 0u);
    EXPECT_THAT(again.steps, IsEmpty());
    EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Nodes, BringUp, ::testing::Values(1, 2, 3, 5));

}  // namespace
}  // namespace kiln::test
