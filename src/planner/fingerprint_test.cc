#include "planner/fingerprint.h"

#include <gtest/gtest.h>

namespace kiln::planner {
namespace {

TEST(Fingerprint, is_fnv_1a_of_128_bits) {
  EXPECT_EQ(fingerprint(""), "6c62272e07bb");
  EXPECT_EQ(fingerprint("foobar"), "343e1662793c");
}

Plan sample() {
  Plan plan;
  plan.cluster = "edge";
  Step step;
  step.id = "a";
  step.actions = {WriteFile{"/etc/kiln/x", "content", 0644}};
  plan.steps = {step};
  return plan;
}

TEST(Fingerprint, of_a_plan_is_of_its_content) {
  Plan other = sample();
  std::get<WriteFile>(other.steps[0].actions[0]).content = "other";
  EXPECT_NE(fingerprint(sample()), fingerprint(other));
  // Whoever says yes to it has read this, too.
  Plan warned = sample();
  warned.warnings = {"one"};
  EXPECT_NE(fingerprint(sample()), fingerprint(warned));
  Plan harmless = sample();
  harmless.steps[0].risk = Risk::quorum;
  EXPECT_NE(fingerprint(sample()), fingerprint(harmless));
  Plan final = sample();
  final.steps[0].irreversible = true;
  EXPECT_NE(fingerprint(sample()), fingerprint(final));
  Plan described = sample();
  described.steps[0].why = {"because"};
  EXPECT_EQ(fingerprint(sample()), fingerprint(described)) << "attributes of the changes say it";
}

TEST(Fingerprint, does_not_mistake_one_list_for_another) {
  Plan one = sample();
  one.steps[0].actions = {InstallPackages{{"a", "b"}, {}}};
  Plan two = sample();
  two.steps[0].actions = {InstallPackages{{"a"}, {"b"}}};
  EXPECT_NE(fingerprint(one), fingerprint(two));
}

}  // namespace
}  // namespace kiln::planner
