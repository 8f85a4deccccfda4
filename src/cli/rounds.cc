#include "cli/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/lease.h"
#include "cli/planning.h"
#include "engine/recheck.h"
#include "render/plan_text.h"
#include "render/stale.h"

namespace kiln::cli {
namespace {

/// A line for each change that the plan has put off.
std::vector<std::string> put_off(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Change& change : plan.changes)
    if (change.verb == Verb::defer) lines.push_back(change.id.text() + ": " + change.why);
  return lines;
}

/// No step: the observation that says so is the proof of the `rounds` before. Where nothing was put off only
/// the checks are left.
Report only_checks(const Plan& plan, const Desired& desired, Session& session, const Clock& clock,
                   Report rounds) {
  Report report = std::move(rounds);
  report.plan_id = plan.id;
  const Duration started = clock.monotonic();
  report.remaining = put_off(plan);
  // It may be about to work: that takes another look.
  if (report.wrote_northbound || (plan.empty() && !plan.troubles.empty())) {
    engine::Seams under_lease = session.under_lease();
    engine::prove(desired, under_lease, session.limits(), report);
  } else if (report.remaining.empty()) {
    report.checks = engine::verify(desired, session.seams(), session.limits());
  }
  report.took += clock.monotonic() - started;
  session.progress().clear();
  return report;
}

void show_plan(const Plan& plan, const render::Answers& answers, const Arguments& arguments, Screen& screen) {
  if (arguments.json) {
    screen.talk(render::plan_text(plan, answers, screen.err_style(), arguments.verbose));
  } else {
    screen.result(render::plan_text(plan, answers, screen.out_style(), arguments.verbose) + '\n');
  }
}

/// While somebody was asked, or another run was at work, anything may have changed that the plan rests on.
planner::Recheck look_again(const engine::Planned& planned, Session& session) {
  planner::Recheck now = engine::recheck(planned.plan, planned.desired, session.seams(), session.limits());
  session.progress().clear();
  return now;
}

/// Rounds of plan and apply in one run. What one round puts off because something could not be known yet,
/// such as the rows of a database that does not run, the next can plan; a deployment is whole after two.
constexpr int kMostRounds = 3;

/// True if the plan makes nothing but what was put off by one that somebody has said yes to.
bool is_approved(const Plan& plan, const std::set<ResourceId>& shown) {
  return !plan.goes_on && std::ranges::all_of(plan.changes, [&](const Change& change) {
    return change.verb == Verb::defer ||
           ((change.verb == Verb::create || change.verb == Verb::update) && shown.contains(change.id));
  });
}

/// True if, once its steps are done, what was put off may be known, or the plan goes on.
bool leads_on(const Plan& plan, const render::Answers& answers) {
  return (plan.deferred() > 0 || plan.goes_on) && !plan.steps.empty() && answers.silent.empty();
}

}  // namespace

ExitCode apply_in_rounds(const Wanted& wanted, const std::string& command, const Gates& gates,
                         const Arguments& arguments, World& world, Screen& screen) {
  const Desired& desired = wanted.desired;
  // From here the file is right by itself. Hosts are only looked at.
  Session session(desired, world, arguments, screen);
  Report whole;
  std::set<ResourceId> shown;  // what the rounds before this one have put off
  for (int round = 1;; ++round) {
    const auto stop = [&](ExitCode why) {
      if (round == 1) return why;
      show_report(whole, arguments, world, screen);  // what the rounds before this one did
      return ExitCode::partly;
    };
    const Planning planning = make_planning(wanted, session, screen);
    if (!planning.planned) return stop(planning.code);
    const Plan& plan = planning.planned->plan;
    const Desired& with_former = planning.planned->desired;
    const render::Answers answers = answers_of(with_former, planning.planned->facts);
    show_plan(plan, answers, arguments, screen);
    // From here the person has seen everything that this round will do.
    const std::size_t asked = screen.asked();
    if (!plan.steps.empty()) {
      if (const ExitCode closed = gates(*planning.planned, session, is_approved(plan, shown));
          closed != ExitCode::done)
        return stop(closed);
      // From here nobody else changes anything.
      if (const ExitCode held = take_lease(plan, with_former, command, arguments, session, screen);
          held != ExitCode::done)
        return stop(held);
    } else {
      give_back_for_the_dead(*planning.planned, command, session);
    }
    planner::Recheck now;
    const bool moved = session.lease() && round == 1 && session.lease()->moved_since(planning.planned->facts);
    if (moved || screen.asked() > asked) now = look_again(*planning.planned, session);
    if (!now.stale.empty()) {
      show_stale(plan.id, now.stale, arguments.json && round == 1, screen);
      screen.talk("run it again: it plans anew\n");
      return stop(ExitCode::stale);
    }
    const Plan left = planner::without(plan, now.satisfied);
    if (!plan.steps.empty() && left.steps.empty()) {
      screen.talk("all of it was done in the meantime; looking again\n");
      continue;
    }
    if (session.interrupted()) {
      screen.talk("stopped; nothing of this plan was begun\n");
      return stop(ExitCode::partly);
    }
    // From here hosts are changed, by the steps of this plan and nothing else.
    const bool leads = round < kMostRounds && leads_on(plan, answers);
    whole = plan.steps.empty()
                ? only_checks(plan, desired, session, world.clock, std::move(whole))
                : carry_out(left, with_former, command, leads ? Proof::later : Proof::whole_file, session,
                            screen, std::move(whole));
    if (leads && all_done(whole.steps) && !whole.interrupted) {
      shown.clear();
      for (const Change& change : plan.changes)
        if (change.verb == Verb::defer) shown.insert(change.id);
      whole.remaining = put_off(plan);  // should the next round not begin
      if (whole.remaining.empty()) whole.remaining = {"more is to do, which a new plan shows"};
      screen.talk('\n' + (plan.deferred() > 0 ? count_of(plan.deferred(), "change was", "changes were") +
                                                    " put off until now; looking again\n"
                                              : "more is to do now; looking again\n"));
      continue;
    }
    const ExitCode code = show_report(whole, arguments, world, screen);
    if (plan.left_out > 0)
      screen.talk(fmt::format("PARTIAL ({}): {} left out\n", plan.part,
                              count_of(plan.left_out, "change was", "changes were")));
    // A failure is told by the report; what was put off makes it no better.
    return plan.deferred() == 0 ? code : show_deferred(plan, ExitCode::done, screen);
  }
}

}  // namespace kiln::cli
