#include "engine/pending.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/doctor_parts.h"
#include "engine/fakes_for_test.h"
#include "engine/status.h"

namespace kiln::engine {
namespace {

using Texts = std::vector<std::string>;

class PendingTest : public testing::Test {
 protected:
  PendingTest() {
    for (const Probe& probe : plan_probes(desired_)) facts_.set(probe, Absent{});
    for (const char* host : {"n1", "n2"}) facts_.set({host, HostLook{}}, Seen{HostSeen{}});
  }
  Pending pending() { return engine::pending(desired_, facts_, random_); }

  Desired desired_ = centrals(2);
  Facts facts_;
  SystemRandom random_;
};

TEST_F(PendingTest, what_was_never_made_is_a_change) {
  const Pending found = pending();
  EXPECT_EQ(std::ranges::count(found.changes, "create database/n1/nb"), 1);
  EXPECT_FALSE(found.none());
}

TEST_F(PendingTest, a_host_that_does_not_answer_has_no_changes_and_is_unknown) {
  const Facts before = facts_;
  for (const auto& [probe, fact] : before.all())
    if (probe.host == "n2") facts_.set(probe, Unknown{"n2 is off"});
  const Pending found = pending();
  EXPECT_NE(unknown_in_short(found).find("n2 is off"), std::string::npos) << unknown_in_short(found);
  for (const std::string& change : found.changes) EXPECT_EQ(change.find("/n2"), std::string::npos) << change;
}

TEST(Pending, is_told_in_short) {
  EXPECT_EQ(changes_in_short({}), "");
  EXPECT_EQ(changes_in_short({.changes = {"update a/b"}, .unknown = {}, .errors = {}}),
            "1 change: update a/b");
  EXPECT_EQ(changes_in_short({.changes = {"a", "b", "c", "d"}, .unknown = {}, .errors = {}}),
            "4 changes: a, b, c, …");
  EXPECT_EQ(unknown_in_short({}), "");
  EXPECT_EQ(unknown_in_short({.changes = {}, .unknown = {"a: why", "b: why"}, .errors = {}}),
            "a: why; and 1 more");
}

TEST(Pending, is_the_last_word_of_doctor) {
  EXPECT_EQ(judge_plan({}).verdict(), Health::pass);
  EXPECT_EQ(judge_plan({.changes = {"a"}, .unknown = {}, .errors = {}}).verdict(), Health::warn);
  EXPECT_EQ(judge_plan({.changes = {"a"}, .unknown = {"b: why"}, .errors = {}}).verdict(), Health::unknown);
  const Examination found = judge_plan({.changes = {"a"}, .unknown = {"b: why"}, .errors = {"no"}});
  EXPECT_EQ(found.verdict(), Health::fail);
  EXPECT_EQ(found.findings.size(), 3U);
  Bench bench;
  bench.transport.otherwise = Absent{};
  EXPECT_EQ(examine(centrals(1), bench.seams, bench.limits).checks.back().check, "plan");
  Status status;
  EXPECT_TRUE(status.healthy());
  status.pending.changes = {"a"};
  EXPECT_FALSE(status.healthy());
}

}  // namespace
}  // namespace kiln::engine
