#include "engine/observe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/fakes_for_test.h"

namespace kiln::engine::observe_test {
namespace {

const RowsLook kPorts{Database::northbound, "Logical_Switch_Port", {"name"}};
const RowsLook kSwitches{Database::northbound, "Logical_Switch", {"name"}};

Fact rows() {
  return Seen{RowsSeen{}};
}

Facts see(Bench& bench, const std::vector<Probe>& probes) {
  ShuffledRunner runner(1);
  return observe_with(centrals(3), probes, bench.seams, bench.limits, runner);
}

void set_server(Bench& bench, const HostName& host, Fact fact) {
  bench.transport.answers[{host, DatabaseLook{Database::northbound}}] = std::move(fact);
}

TEST(Observe, looks_at_each_host_once) {
  Bench bench;
  see(bench, {{"n1", HostLook{}}, {"n2", HostLook{}}, {"n1", UnitLook{"u"}}, {"n1", HostLook{}}});
  std::ranges::sort(bench.transport.looked);
  EXPECT_EQ(bench.transport.looked, (std::vector<HostName>{"n1", "n2"}));
}

TEST(Observe, says_why_a_host_is_unknown) {
  Bench bench;
  bench.transport.answers[{"n1", HostLook{}}] = Seen{HostSeen{}};
  see(bench, {{"n1", HostLook{}}, {"n2", HostLook{}}});
  std::map<HostName, std::string> problems;
  for (const Event& event : bench.events.all)
    if (const auto* looking = std::get_if<Looking>(&event.body); looking && looking->done)
      problems[looking->host] = looking->problem;
  EXPECT_EQ(problems, (std::map<HostName, std::string>{{"n1", ""}, {"n2", "does not answer"}}));
}

TEST(Observe, reads_rows_of_the_leader_in_one_call) {
  Bench bench;
  set_server(bench, "n1", server(true, false));
  set_server(bench, "n3", server(true, true));
  bench.transport.answers[{"n3", kPorts}] = rows();
  bench.transport.answers[{"n3", kSwitches}] = rows();
  const Facts facts = see(bench, {{kCluster, kPorts}, {kCluster, kSwitches}});
  EXPECT_TRUE(facts.seen<RowsSeen>(kCluster, kPorts));
  EXPECT_TRUE(facts.seen<RowsSeen>(kCluster, kSwitches));
  EXPECT_EQ(bench.transport.looked.size(), 4U);
  EXPECT_EQ(bench.transport.looked.back(), "n3");
}

TEST(Observe, of_two_leaders_the_one_further_on_is_asked) {
  Bench bench;
  set_server(bench, "n1", server(true, true, 10));
  set_server(bench, "n2", server(true, true, 20));
  bench.transport.answers[{"n2", kPorts}] = rows();
  EXPECT_TRUE(see(bench, {{kCluster, kPorts}}).seen<RowsSeen>(kCluster, kPorts));
  EXPECT_EQ(bench.transport.looked.size(), 4U);
}

TEST(Observe, asks_the_next_member_when_the_leader_has_gone) {
  Bench bench;
  set_server(bench, "n1", server(true, true));
  set_server(bench, "n2", server(true, false));
  bench.transport.answers[{"n2", kPorts}] = rows();
  EXPECT_TRUE(see(bench, {{kCluster, kPorts}}).seen<RowsSeen>(kCluster, kPorts));
}

TEST(Observe, rows_are_absent_only_if_every_central_answered_and_none_serves_the_database) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  EXPECT_TRUE(see(bench, {{kCluster, kPorts}}).absent(kCluster, kPorts));
  set_server(bench, "n2", Unknown{"no route to host"});
  EXPECT_EQ(
      see(bench, {{kCluster, kPorts}}).unknown(kCluster, kPorts),
      "table Logical_Switch_Port of OVN_Northbound: no member of OVN_Northbound can be asked: n2: server of "
      "OVN_Northbound: no route to host");
}

TEST(Observe, rows_are_unknown_without_a_quorum) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  set_server(bench, "n1", server(false, false));
  EXPECT_EQ(see(bench, {{kCluster, kPorts}}).unknown(kCluster, kPorts),
            "table Logical_Switch_Port of OVN_Northbound: no member of OVN_Northbound can be asked: n1: not "
            "connected "
            "to its cluster");
}

TEST(Observe, a_file_whose_server_has_run_may_hold_rows_and_one_that_was_only_made_holds_none) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  DatabaseFileSeen file;
  file.used = false;
  bench.transport.answers[{"n1", DatabaseFileLook{Database::northbound}}] = Seen{file};
  EXPECT_TRUE(see(bench, {{kCluster, kPorts}}).absent(kCluster, kPorts));
  file.used = true;
  bench.transport.answers[{"n1", DatabaseFileLook{Database::northbound}}] = Seen{file};
  EXPECT_EQ(see(bench, {{kCluster, kPorts}}).unknown(kCluster, kPorts),
            "table Logical_Switch_Port of OVN_Northbound: no member of OVN_Northbound can be asked: n1: its "
            "server does "
            "not run");
}

TEST(Plan, hosts_that_do_not_answer_lose_nothing_and_gain_nothing) {
  Bench bench;
  const Result<Planned> planned = plan(centrals(3), bench.seams, bench.limits);
  ASSERT_TRUE(planned) << planned.error().text();
  EXPECT_TRUE(planned->plan.steps.empty());
  EXPECT_GT(planned->plan.deferred(), 0U);
  EXPECT_EQ(planned->plan.deferred(), planned->plan.changes.size());
  EXPECT_TRUE(bench.transport.acted.empty());
}

TEST(Plan, empty_hosts_are_planned_whole_in_one_round) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  const Result<Planned> planned = plan(centrals(3), bench.seams, bench.limits);
  ASSERT_TRUE(planned) << planned.error().text();
  EXPECT_EQ(planned->plan.deferred(), 0U);
  EXPECT_GT(planned->plan.steps.size(), 30U);
  for (const Step& step : planned->plan.steps)
    for (const StepNeed& need : step.needs) EXPECT_FALSE(need.reason.empty()) << step.id;
}

}  // namespace
}  // namespace kiln::engine::observe_test
