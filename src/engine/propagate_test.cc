#include "engine/propagate.h"

#include <gtest/gtest.h>

#include "engine/fakes_for_test.h"
#include "engine/settle.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/works.h"

namespace kiln::engine::propagate_test {
namespace {

using Lines = std::vector<std::string>;

Uuid numbered_row(std::uint8_t last) {
  Uuid uuid;
  uuid.bytes[15] = last;
  return uuid;
}
Fact sequences(const ovsdb::Row& row) {
  return Seen{RowsSeen({{numbered_row(1), row}})};
}

/// A central n1, whose northbound is at 4, and the chassis n1 and n2 that follow it as the test says.
class Propagate : public testing::Test {
 protected:
  Propagate() : desired_(centrals(1)) {
    answer(DatabaseLook{Database::northbound}, server(true, true));
    answer(DatabaseLook{Database::southbound}, server(true, true));
    bench_.transport.on_act = [this](const HostName&, const Action&) -> Result<transport::Outcome> {
      if (refused_-- > 0) return fail(ErrorCode::unreachable, "no answer");
      ++asked_;
      return transport::Outcome{};
    };
    bench_.transport.on_look = [this](const HostName&, const std::vector<Look>&) { show(); };
  }

  Lines run() {
    Announcer announcer(bench_.seams.events, bench_.seams.clock);
    Cluster cluster(desired_, bench_.transport, bench_.limits.look_timeout);
    const std::atomic<bool> interrupted{false};
    const Means means{bench_.transport, bench_.time, bench_.limits, nullptr,
                      announcer,        cluster,     bench_.time,   interrupted};
    return propagate({"n1", "n2"}, means);
  }

  std::int64_t asked_ = 4;
  std::int64_t northd_ = 100;  ///< how far each gets
  std::int64_t chassis_ = 100;
  int refused_ = 0;
  Bench bench_;
  Desired desired_;

 private:
  void answer(const Look& look, const Fact& fact) { bench_.transport.answers[{"n1", look}] = fact; }
  void show() {
    answer(resources::northbound_sequence_look(),
           sequences({{"nb_cfg", asked_}, {"sb_cfg", std::min(asked_, northd_)}}));
    const auto of = [](const char* name, std::int64_t at) {
      return ovsdb::Row{{"name", name}, {"nb_cfg", at}};
    };
    answer(resources::chassis_sequence_look(),
           Seen{RowsSeen({{numbered_row(1), of("n1", asked_)},
                          {numbered_row(2), of("n2", std::min(asked_, chassis_))},
                          {numbered_row(3), of("off", 1)}})});
  }
};

TEST_F(Propagate, raises_the_number_once_and_waits_for_nobody_who_is_not_named) {
  EXPECT_EQ(run(), Lines{});
  EXPECT_EQ(asked_, 5);
  EXPECT_EQ(bench_.transport.acted.size(), 1U);
}

TEST_F(Propagate, names_who_has_not_followed_when_time_is_over) {
  northd_ = 4;
  EXPECT_EQ(run(), Lines{"ovn-northd has not taken up what was written: it is at 4 of 5, after 30 s"});
  northd_ = 100;
  chassis_ = 3;
  EXPECT_EQ(
      run(),
      Lines{"chassis n2 has not taken up what was written: its ovn-controller is at 3 of 6, after 30 s"});
}

TEST_F(Propagate, asks_again_where_nobody_answers) {
  refused_ = 3;
  EXPECT_EQ(run(), Lines{});
  refused_ = 1000;
  EXPECT_EQ(run(), Lines{"OVN_Northbound could not be told to be taken up: n1: no answer"});
}

TEST_F(Propagate, is_for_a_run_that_has_written_rows_of_the_northbound) {
  Plan plan;
  Step step;
  step.id = "listener/nb:row";
  step.actions = {Transact{Database::southbound, {}}};
  plan.steps = {step};
  Report report;
  report.steps.emplace_back();
  report.steps[0].step = step.id;
  report.steps[0].status = StepStatus::done;
  EXPECT_FALSE(wrote_northbound(plan, report));
  plan.steps[0].actions.emplace_back(Transact{Database::northbound, {}});
  EXPECT_TRUE(wrote_northbound(plan, report));
  report.steps[0].status = StepStatus::failed;
  EXPECT_FALSE(wrote_northbound(plan, report));
}

TEST_F(Propagate, settle_looks_again_while_somebody_is_behind) {
  Facts facts;
  UnitSeen unit;
  unit.active_state = "active";
  facts.set({"n1", UnitLook{resources::kControllerUnit}}, Seen{unit});
  facts.set({kCluster, resources::southbound_sequence_look()}, sequences({{"nb_cfg", std::int64_t{5}}}));
  facts.set({kCluster, resources::chassis_sequence_look()},
            sequences({{"name", "n1"}, {"nb_cfg", std::int64_t{4}}}));
  bench_.transport.answers[{"n1", resources::southbound_sequence_look()}] =
      sequences({{"nb_cfg", std::int64_t{4}}});
  settle(desired_, facts, bench_.seams, bench_.limits, bench_.time);
  // n1 is at 4 in what show() tells, and so it is asked once.
  EXPECT_EQ(bench_.time.monotonic(), Duration{500});
  const auto* seen = facts.seen<RowsSeen>(kCluster, resources::southbound_sequence_look());
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(resources::sequence_of(seen, "nb_cfg"), 4);
}

}  // namespace
}  // namespace kiln::engine::propagate_test
