#include "engine/execute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "engine/fakes_for_test.h"

namespace kiln::engine::execute_test {
namespace {

Step step_of(const std::string& id, const std::vector<std::string>& needs = {}, const HostName& host = "n1") {
  Step step;
  step.id = id;
  step.host = host;
  step.title = "do " + id;
  step.actions = {RemoveFile{'/' + id}};
  for (const std::string& need : needs) step.needs.push_back({need, "order"});
  return step;
}

Plan plan_of(std::vector<Step> steps) {
  Plan plan;
  plan.id = "p";
  plan.steps = std::move(steps);
  return plan;
}

Report run(const Plan& plan, Bench& bench, Journal* journal = nullptr, unsigned seed = 1) {
  const std::atomic<bool> interrupted{false};
  ShuffledRunner runner(seed);
  return execute_with(plan, centrals(3), bench.seams, bench.limits, journal, interrupted, runner, bench.time);
}

/// "a done; b failed: text; …"
std::string summary(const Report& report) {
  std::vector<std::string> parts;
  for (const StepReport& step : report.steps)
    parts.push_back(step.step + ' ' + std::string(to_string(step.status)) +
                    (step.text.empty() ? "" : ": " + step.text));
  return join(parts, "; ");
}

auto fails(const std::string& path, ErrorCode code) {
  return [path, code](const HostName&, const Action& action) -> Result<transport::Outcome> {
    if (const auto* remove = std::get_if<RemoveFile>(&action); remove && remove->path == path)
      return fail(code, "it broke");
    return transport::Outcome{};
  };
}

TEST(Execute, a_failed_step_stops_what_needs_it_and_nothing_else) {
  Bench bench;
  bench.transport.on_act = fails("/b", ErrorCode::failed);
  const Report report = run(plan_of({step_of("a"), step_of("b"), step_of("c", {"b"}), step_of("d", {"a"}),
                                     step_of("e", {"c", "d"})}),
                            bench);
  EXPECT_EQ(summary(report),
            "a done; b failed: remove /b: it broke; c skipped: because b failed; d done; e skipped: because "
            "b failed");
  EXPECT_FALSE(report.interrupted);
  EXPECT_EQ(report.mutations, 3U);
}

TEST(Execute, an_action_without_an_answer_is_sent_three_times_and_each_try_is_written_down) {
  Bench bench;
  RecordedJournal journal;
  int tries = 0;
  bench.transport.on_act = [&](const HostName&, const Action&) -> Result<transport::Outcome> {
    if (++tries < 3) return fail(ErrorCode::unreachable, "no route");
    return transport::Outcome{};
  };
  EXPECT_EQ(summary(run(plan_of({step_of("a")}), bench, &journal)), "a done");
  EXPECT_EQ(journal.lines, (std::vector<std::string>{"apply p", "intent a", "result a: no route", "intent a",
                                                     "result a: no route", "intent a", "result a", "end"}));
  EXPECT_EQ(bench.time.monotonic(), Duration{2500});
}

TEST(Execute, an_action_that_never_gets_an_answer_fails_and_one_that_is_refused_is_not_sent_again) {
  Bench bench;
  bench.transport.on_act = fails("/a", ErrorCode::timed_out);
  EXPECT_EQ(summary(run(plan_of({step_of("a")}), bench)), "a failed: remove /a: it broke");
  EXPECT_EQ(bench.transport.acted.size(), 3U);
  bench.transport.on_act = fails("/b", ErrorCode::denied);
  run(plan_of({step_of("b")}), bench);
  EXPECT_EQ(bench.transport.acted.size(), 4U);
}

Step rows_step() {
  Step step = step_of("rows/1", {}, kCluster);
  step.actions = {Transact{Database::northbound, {}}};
  return step;
}

TEST(Execute, rows_go_to_the_leader_and_to_another_member_when_it_does_not_answer) {
  Bench bench;
  bench.transport.answers[{"n1", DatabaseLook{Database::northbound}}] = server(true, false);
  bench.transport.answers[{"n2", DatabaseLook{Database::northbound}}] = server(true, true);
  bench.transport.on_act = [](const HostName& host, const Action&) -> Result<transport::Outcome> {
    if (host == "n2") return fail(ErrorCode::unreachable, "gone");
    return transport::Outcome{};
  };
  EXPECT_EQ(summary(run(plan_of({rows_step()}), bench)), "rows/1 done");
  EXPECT_EQ(bench.transport.acted, (std::vector<std::string>{"n2: transact 0 operations in OVN_Northbound",
                                                             "n1: transact 0 operations in OVN_Northbound"}));
}

TEST(Execute, rows_wait_for_a_member_that_can_be_asked_and_give_up_at_the_deadline) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  for (const char* host : {"n1", "n2", "n3"})
    bench.transport.answers[{host, DatabaseLook{Database::northbound}}] = server(false, false);
  EXPECT_EQ(summary(run(plan_of({rows_step()}), bench)),
            "rows/1 failed: transact 0 operations in OVN_Northbound: no member of OVN_Northbound can be "
            "asked: n1: not "
            "connected to its cluster; n2: not connected to its cluster; n3: not connected to its cluster");
  EXPECT_EQ(bench.time.monotonic(), Duration{60000});
  bench.transport.on_look = [&](const HostName&, const std::vector<Look>&) {
    if (bench.time.monotonic() > Duration{65000})
      bench.transport.answers[{"n3", DatabaseLook{Database::northbound}}] = server(true, true);
  };
  EXPECT_EQ(summary(run(plan_of({rows_step()}), bench)), "rows/1 done");
}

TEST(Execute, rows_do_not_wait_a_second_time_for_a_database_that_has_lost_its_majority) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  for (const char* host : {"n1", "n2", "n3"})
    bench.transport.answers[{host, DatabaseLook{Database::northbound}}] = server(false, false);
  std::vector<Step> steps;
  for (const char* id : {"rows/1", "rows/2", "rows/3"}) {
    steps.push_back(rows_step());
    steps.back().id = id;
    steps.back().pool = "rows";
  }
  run(plan_of(steps), bench);
  EXPECT_EQ(bench.time.monotonic(), Duration{60000});
  EXPECT_TRUE(bench.transport.acted.empty());
}

/// For an election timer it says that it is connected, and leads.
TEST(Execute, rows_are_not_sent_to_a_leader_that_hears_no_majority) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  bench.transport.answers[{"n1", DatabaseLook{Database::northbound}}] = server(true, true);
  RaftSeen raft;
  raft.role = "leader";
  raft.election_timer_ms = 16000;
  for (int node = 1; node <= 5; ++node)
    raft.servers.push_back({.server_id = "1a2b",
                            .address = "ssl:192.0.2.1:6643",
                            .self = node == 1,
                            .match_index = {},
                            .last_message_ms = node == 2 ? 900 : 17000});
  bench.transport.answers[{"n1", RaftLook{Database::northbound}}] = Seen{raft};
  EXPECT_EQ(
      summary(run(plan_of({rows_step()}), bench)),
      "rows/1 failed: transact 0 operations in OVN_Northbound: no member of OVN_Northbound can be asked: "
      "n1: leads, and hears 2 of 5 members");
  EXPECT_TRUE(bench.transport.acted.empty());
}

Step gated_step(const std::string& unit) {
  Step step = step_of("a");
  step.gates = {{"n1", UnitActive{unit}, Duration{1000}}};
  return step;
}

Fact unit(const std::string& state) {
  UnitSeen seen;
  seen.load_state = "loaded";
  seen.active_state = state;
  return Seen{seen};
}

TEST(Execute, a_guard_that_does_not_hold_keeps_the_step_from_acting) {
  Bench bench;
  Step step = step_of("a");
  step.guards = {{"n1", UnitActive{"u.service"}, Duration{1000}}};
  bench.transport.answers[{"n1", UnitLook{"u.service"}}] = unit("inactive");
  EXPECT_EQ(summary(run(plan_of({step}), bench)),
            "a failed: not done: u.service active: not within 1 s, last seen: inactive");
  EXPECT_TRUE(bench.transport.acted.empty());
  bench.transport.answers[{"n1", UnitLook{"u.service"}}] = unit("active");
  EXPECT_EQ(summary(run(plan_of({step}), bench)), "a done");
}

TEST(Execute, a_guard_is_looked_at_again_before_an_action_is_sent_again) {
  Bench bench;
  Step step = step_of("a");
  step.guards = {{"n1", UnitActive{"u.service"}, Duration{1000}}};
  bench.transport.answers[{"n1", UnitLook{"u.service"}}] = unit("active");
  bench.transport.on_act = [&](const HostName&, const Action&) -> Result<transport::Outcome> {
    bench.transport.answers[{"n1", UnitLook{"u.service"}}] = unit("inactive");
    return fail(ErrorCode::timed_out, "no answer");
  };
  run(plan_of({step}), bench);
  EXPECT_EQ(bench.transport.acted.size(), 1U);
}

/// Runs until something sleeps, which interrupts it; how long it went on then.
Duration ends_within(const Plan& plan, Bench& bench) {
  std::atomic<bool> interrupted{false};
  bench.transport.on_look = [&](const HostName&, const std::vector<Look>&) {
    if (bench.time.monotonic() >= Duration{3000}) interrupted = true;
  };
  ShuffledRunner runner(1);
  const Report report =
      execute_with(plan, centrals(3), bench.seams, bench.limits, nullptr, interrupted, runner, bench.time);
  EXPECT_TRUE(report.interrupted);
  return bench.time.monotonic() - Duration{3000};
}

TEST(Execute, what_only_waits_ends_at_once_when_it_is_interrupted) {
  Bench gate;
  Step step = step_of("a");
  step.gates = {{"n1", UnitActive{"u.service"}, Duration{600000}}};
  gate.transport.answers[{"n1", UnitLook{"u.service"}}] = unit("inactive");
  EXPECT_LE(ends_within(plan_of({step}), gate), Duration{500});
  Bench rows;
  rows.transport.otherwise = Absent{};
  for (const char* host : {"n1", "n2", "n3"})
    rows.transport.answers[{host, DatabaseLook{Database::northbound}}] = server(false, false);
  EXPECT_LE(ends_within(plan_of({rows_step()}), rows), Duration{1500});
}

TEST(Execute, a_gate_is_looked_at_until_it_holds) {
  Bench bench;
  bench.transport.on_look = [&](const HostName&, const std::vector<Look>&) {
    bench.transport.answers[{"n1", UnitLook{"u"}}] =
        unit(bench.transport.looked.size() < 4 ? "activating" : "active");
  };
  EXPECT_EQ(summary(run(plan_of({gated_step("u")}), bench)), "a done");
  EXPECT_EQ(bench.transport.looked.size(), 4U);
}

TEST(Execute, a_gate_fails_at_its_deadline_with_what_was_seen_last) {
  Bench bench;
  bench.transport.answers[{"n1", UnitLook{"u"}}] = unit("activating");
  EXPECT_EQ(summary(run(plan_of({gated_step("u")}), bench)),
            "a failed: while waiting on n1: u active: not within 1 s, last seen: activating");
}

TEST(Execute, a_gate_that_can_never_hold_is_not_waited_for) {
  Bench bench;
  bench.transport.answers[{"n1", UnitLook{"u"}}] = unit("failed");
  EXPECT_EQ(summary(run(plan_of({gated_step("u")}), bench)),
            "a failed: while waiting on n1: u active: u has failed: see `journalctl -u u` on n1");
  EXPECT_EQ(bench.time.monotonic(), Duration{0});
}

TEST(Execute, after_an_interrupt_what_runs_is_finished_and_nothing_is_started) {
  Bench bench;
  bench.limits.parallel_hosts = 1;
  std::atomic<bool> interrupted{false};
  bench.transport.on_act = [&](const HostName&, const Action&) -> Result<transport::Outcome> {
    interrupted = true;
    return transport::Outcome{};
  };
  ShuffledRunner runner(1);
  const Report report = execute_with(plan_of({step_of("a"), step_of("b"), step_of("c", {"a"})}), centrals(1),
                                     bench.seams, bench.limits, nullptr, interrupted, runner, bench.time);
  EXPECT_EQ(summary(report), "a done; b not-started; c not-started");
  EXPECT_TRUE(report.interrupted);
}

/// Steps that need some of those before them; some share a pool.
Plan random_plan(unsigned seed, std::size_t size) {
  std::mt19937 random(seed);
  std::vector<Step> steps;
  for (std::size_t at = 0; at < size; ++at) {
    std::set<std::string> needs;
    for (std::size_t i = 0; at > 0 && i < random() % 4; ++i)
      needs.insert("s" + std::to_string(random() % at));
    Step step = step_of("s" + std::to_string(at), {needs.begin(), needs.end()});
    if (random() % 3 == 0) step.pool = random() % 2 == 0 ? "raft/nb" : "northd";
    steps.push_back(std::move(step));
  }
  return plan_of(std::move(steps));
}

TEST(Execute, every_order_of_completion_gives_the_same_report) {
  const Plan plan = random_plan(7, 60);
  std::set<std::string> summaries;
  for (unsigned seed = 0; seed < 100; ++seed) {
    Bench bench;
    bench.transport.on_act = fails("/s11", ErrorCode::failed);
    summaries.insert(summary(run(plan, bench, nullptr, seed)));
  }
  EXPECT_EQ(summaries.size(), 1U);
}

TEST(Execute, a_pool_never_runs_two_steps_at_once_and_needs_come_first) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Plan plan = random_plan(seed, 40);
    Bench bench;
    ShuffledRunner runner(seed);
    runner.on_start = [&](const auto& running) {
      std::map<std::string, int> pools;
      for (const auto& [at, task] : running) ++pools[plan.steps[at].pool];
      pools.erase("");
      for (const auto& [pool, count] : pools) EXPECT_EQ(count, 1) << pool << " with seed " << seed;
    };
    const std::atomic<bool> interrupted{false};
    const Report report =
        execute_with(plan, centrals(1), bench.seams, bench.limits, nullptr, interrupted, runner, bench.time);
    EXPECT_TRUE(report.succeeded());
    std::set<std::string> done;
    for (const std::string& act : bench.transport.acted) {
      const std::string id = act.substr(std::string("n1: remove /").size());
      const auto step = std::ranges::find(plan.steps, id, &Step::id);
      ASSERT_NE(step, plan.steps.end());
      for (const StepNeed& need : step->needs)
        EXPECT_TRUE(done.contains(need.step)) << id << " with seed " << seed;
      done.insert(id);
    }
  }
}

TEST(Execute, threads_carry_out_every_step_once) {
  const Plan plan = random_plan(3, 300);
  Bench bench;
  RecordedJournal journal;
  const std::atomic<bool> interrupted{false};
  const Report report = execute(plan, centrals(3), bench.seams, bench.limits, &journal, interrupted);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(std::set(bench.transport.acted.begin(), bench.transport.acted.end()).size(), 300U);
  EXPECT_EQ(bench.transport.acted.size(), 300U);
}

}  // namespace
}  // namespace kiln::engine::execute_test
