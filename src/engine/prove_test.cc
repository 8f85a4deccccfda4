#include "engine/prove.h"
#include "engine/checks.h"

#include <gtest/gtest.h>

#include "engine/fakes_for_test.h"

namespace kiln::engine {
namespace {

TEST(Prove, names_what_remains_by_id_and_attribute) {
  Plan plan;
  plan.changes = {{.id = {"chassis", "n2"},
                   .host = "n2",
                   .verb = Verb::update,
                   .attributes = {{"mtu", std::int64_t{1400}, std::int64_t{1500}, {}},
                                  {"mac", std::nullopt, std::string("a"), {}}},
                   .why = {},
                   .span = {}},
                  {.id = {"trust", "n3"},
                   .host = "n3",
                   .verb = Verb::defer,
                   .attributes = {},
                   .why = "no answer",
                   .span = {}}};
  EXPECT_EQ(remaining_of(plan),
            (std::vector<std::string>{"chassis/n2 on n2: mtu: 1400 -> 1500; mac: not there -> a",
                                      "trust/n3 on n3: no answer"}));
}

TEST(Prove, waits_for_what_may_pass_and_for_nothing_else) {
  Desired desired = centrals(2);
  desired.central.election_timer_ms = 16000;
  const auto waits = [&](Passing passing, const ResourceId& resource, const std::vector<StepReport>& steps) {
    Plan plan;
    plan.troubles = {{resource, "n1", "it is not well", "mend it", Passing::by_hand},
                     {resource, "n1", "nor is it", "mend it", passing}};
    return patience(plan, desired, steps).count();
  };
  const auto step_on = [](const HostName& host) {
    return std::vector<StepReport>{{.step = "a", .host = host, .title = {}, .text = {}}};
  };
  const ResourceId chassis{"chassis", "n1"};
  EXPECT_EQ(waits(Passing::by_hand, chassis, step_on("n1")), 0);
  EXPECT_EQ(waits(Passing::after_steps, chassis, {}), 0);
  EXPECT_EQ(waits(Passing::after_steps, chassis, step_on("n2")), 0);
  EXPECT_EQ(waits(Passing::after_steps, chassis, step_on("n1")), 60000);
  EXPECT_EQ(waits(Passing::after_steps, chassis, step_on(kCluster)), 60000) << "rows are taken up everywhere";
  EXPECT_EQ(waits(Passing::soon, chassis, {}), 15000);
  EXPECT_EQ(waits(Passing::soon, {"northd", "n1"}, {}), 15000 + 2 * 16000) << "somebody is elected first";
  EXPECT_EQ(waits(Passing::soon, chassis, step_on("n2")), 60000);
}

Desired with_checks() {
  Desired desired = centrals(2);
  desired.workloads["vm1"] = {
      .name = "vm1", .node = "n1", .port = "ls1/vm1", .ip = "172.16.255.11/24", .places = {}};
  desired.workloads["vm2"] = {
      .name = "vm2", .node = "n2", .port = "ls1/vm2", .ip = "172.16.255.12/24", .places = {}};
  for (const char* port : {"vm1", "vm2"}) {
    PortSpec& spec = desired.switches["ls1"].ports[port];
    spec.switch_name = "ls1";
    spec.name = port;
    spec.nb_name = std::string("ls1-") + port;
  }
  desired.checks = {{"vm1", "vm2", 0, {}}, {"vm2", "vm1", 1, {}}};
  return desired;
}

TEST(Verify, pings_from_each_namespace_to_the_other_workload_within_the_deadline) {
  Bench bench;
  bench.transport.answers[{"n1", PingLook{"vm1", "172.16.255.12", 1}}] = Seen{PingSeen{1, 1}};
  bench.transport.answers[{"n2", PingLook{"vm2", "172.16.255.11", 1}}] = Seen{PingSeen{1, 0}};
  ShuffledRunner runner(1);
  const std::vector<StepReport> checks =
      verify_with(with_checks(), bench.seams, bench.limits, runner, bench.time, kCheckDeadline);
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].step, "check/1");
  EXPECT_EQ(checks[0].title, "ping vm1 to vm2");
  EXPECT_EQ(checks[0].host, "n1");
  EXPECT_EQ(checks[0].status, StepStatus::done);
  EXPECT_EQ(checks[1].status, StepStatus::failed);
  EXPECT_EQ(checks[1].text,
            "ping from vm2 to 172.16.255.11 answered: not within 30 s, last seen: 0 of 1 answered");
}

TEST(Prove, a_run_whose_hosts_do_not_answer_is_not_proven) {
  Bench bench;
  Report report;
  prove(centrals(1), bench.seams, bench.limits, report);
  EXPECT_FALSE(report.remaining.empty());
  EXPECT_FALSE(report.succeeded());
}

}  // namespace
}  // namespace kiln::engine
