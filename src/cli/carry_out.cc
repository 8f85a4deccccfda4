#include "cli/carry_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/interrupt.h"
#include "cli/planning.h"
#include "engine/recheck.h"
#include "planner/budget.h"
#include "render/json_text.h"
#include "render/report_json.h"
#include "render/report_text.h"
#include "render/stale.h"
#include "resources/central/trace.h"
#include "resources/host/authority.h"
#include "resources/kinds.h"
#include "resources/nb/deployment.h"

namespace kiln::cli {
namespace {

/// One of its actions is of these sorts.
template <typename... Sorts>
bool has_any(const Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const Step& step) {
    return std::ranges::any_of(
        step.actions, [](const Action& action) { return (std::holds_alternative<Sorts>(action) || ...); });
  });
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// With it nothing of the plan is done.
bool is_refused(const Change& change) {
  return change.verb == Verb::defer &&
         (has(change.why, resources::kMadeBefore) || has(change.why, resources::kLostFiles));
}

/// The report of a run of several rounds: what remains is what the last one says.
Report joined(Report rounds, Report last) {
  last.steps.insert(last.steps.begin(), rounds.steps.begin(), rounds.steps.end());
  last.mutations += rounds.mutations;
  last.took += rounds.took;
  last.waited_for_hosts += rounds.waited_for_hosts;
  last.wrote_northbound = last.wrote_northbound || rounds.wrote_northbound;
  return last;
}

ExitCode exit_code_of(const Report& report) {
  switch (render::result_of(report)) {
    case render::RunResult::applied:
    case render::RunResult::nothing:
      return ExitCode::done;
    case render::RunResult::partly:
      return ExitCode::partly;
    case render::RunResult::unchanged:
      return report.interrupted ? ExitCode::partly : ExitCode::failed;
    case render::RunResult::check_failed:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

}  // namespace

ExitCode check_authority(const Plan& plan, Session& session, Screen& screen) {
  // It signs, or makes hosts trust who signs: key and certificate have to fit each other before that.
  if (!has_any<CreateAuthority, WriteTrust, IssueCertificate>(plan)) return ExitCode::done;
  const Result<> ready = session.authority().check_ready();
  if (ready) return ExitCode::done;
  screen.error(ready.error().text(), "nothing was changed");
  return ExitCode::failed;
}

ExitCode check_new_database(const Plan& plan, const Arguments& arguments, Screen& screen) {
  if (!arguments.new_database || !has_any<CreateDatabase, AdoptDatabase>(plan)) return ExitCode::done;
  return check_name(
      plan.cluster,
      "Databases are made anew, without a row of those that are lost. Type the cluster's name, " +
          plan.cluster + ", if it is meant: ",
      arguments, screen);
}

ExitCode check_budget(const Plan& plan, const Desired& desired, const Arguments& arguments, Screen& screen) {
  const planner::Deletions found = planner::deletions(plan, desired);
  if (!found.over() || found.lost.size() <= arguments.allow_delete) return ExitCode::done;
  constexpr std::size_t kShown = 10;
  std::string text = "the plan " + planner::to_text(found) + ":\n";
  for (std::size_t at = 0; at < std::min(kShown, found.lost.size()); ++at)
    text += "  - " + found.lost[at].text() + '\n';
  if (found.lost.size() > kShown) text += fmt::format("  and {} more\n", found.lost.size() - kShown);
  text += fmt::format("if all of them are meant to go: kiln apply --allow-delete={} {}", found.lost.size(),
                      arguments.file);
  screen.error(text, "nothing was changed");
  return ExitCode::gate_closed;
}

ExitCode check_last_central(const Plan& plan, Screen& screen) {
  for (const Change& change : plan.changes) {
    if (change.verb != Verb::defer) continue;
    for (const char* why : {resources::kLastCentral, resources::kOnlyCentral}) {
      if (change.why.find(why) == std::string::npos) continue;
      screen.error(change.host + ": " + why, "nothing was changed");
      return ExitCode::gate_closed;
    }
    if (!is_refused(change)) continue;
    screen.error(change.why, "nothing was changed");
    return ExitCode::gate_closed;
  }
  return ExitCode::done;
}

ExitCode show_deferred(const Plan& plan, ExitCode code, Screen& screen) {
  if (plan.deferred() == 0) return code;
  screen.talk(deferred_text(plan, screen.err_style()));
  for (const Change& change : plan.changes) {
    if (change.verb != Verb::defer) continue;
    if (is_refused(change) || has(change.why, resources::kSignsNothing)) {
      screen.error(change.why, "the rest of the plan does not need it");
      return ExitCode::gate_closed;
    }
  }
  return code == ExitCode::done ? ExitCode::partly : code;
}

ExitCode check_apply(const Plan& plan, const Desired& desired, const Arguments& arguments, Session& session,
                     Screen& screen, bool approved) {
  if (const ExitCode closed = check_last_central(plan, screen); closed != ExitCode::done) return closed;
  if (const ExitCode closed = check_budget(plan, desired, arguments, screen); closed != ExitCode::done)
    return closed;
  if (const ExitCode closed = check_authority(plan, session, screen); closed != ExitCode::done) return closed;
  if (approved) return ExitCode::done;
  const std::string steps =
      plan.steps.size() == 1 ? "this step" : fmt::format("these {} steps", plan.steps.size());
  return check_approval(fmt::format("Apply {} to {}? [y/N] ", steps, plan.cluster), arguments, screen);
}

ExitCode check_approval(const std::string& question, const Arguments& arguments, Screen& screen) {
  if (arguments.auto_approve) return ExitCode::done;
  if (!screen.can_ask()) {
    screen.error("nobody to ask: this is not a terminal, and --auto-approve was not given",
                 "nothing was changed");
    return ExitCode::gate_closed;
  }
  if (screen.agreed(question)) return ExitCode::done;
  screen.talk("not approved; nothing was changed\n");
  return ExitCode::gate_closed;
}

ExitCode check_name(const std::string& cluster, const std::string& question, const Arguments& arguments,
                    Screen& screen) {
  std::string name = arguments.cluster;
  if (name.empty() && !screen.can_ask()) {
    screen.error("nobody to ask: this is not a terminal, and --name was not given", "nothing was changed");
    return ExitCode::gate_closed;
  }
  if (name.empty()) name = screen.answer_to(question);
  if (name == cluster) return ExitCode::done;
  screen.error("`" + name + "` is not the cluster's name, which is `" + cluster + '`', "nothing was changed");
  return ExitCode::gate_closed;
}

Report run_steps(const Plan& plan, const Desired& desired, const std::string& command, Events& events,
                 const std::atomic<bool>& interrupted, Session& session, Screen& screen) {
  Result<std::unique_ptr<engine::Journal>> journal = session.open_journal();
  if (!journal) screen.talk("warning: no journal: " + journal.error().text() + '\n');
  engine::Journal* const record = journal ? journal->get() : nullptr;
  session.progress().expect(plan);
  engine::Seams& seams = session.seams();
  engine::Seams watched{session.acting(), seams.clock, seams.random, events};
  Report report = engine::execute(plan, desired, watched, session.limits(), record, interrupted, command);
  session.progress().clear();
  return report;
}

Report carry_out(const Plan& plan, const Desired& desired, const std::string& command, Proof proof,
                 Session& session, Screen& screen, Report rounds) {
  const Interrupts interrupts(screen.progress_mode() == render::ProgressMode::live);
  Report report = joined(std::move(rounds), run_steps(plan, desired, command, session.progress(),
                                                      interrupts.asked(), session, screen));
  // What is not complete needs no proof, and waiting for its checks would only take time.
  if (all_done(report.steps) && !report.interrupted) {
    engine::Seams under_lease = session.under_lease();
    if (proof == Proof::whole_file)
      engine::prove(desired, under_lease, session.limits(), report);
    else if (proof == Proof::this_plan)
      engine::prove_plan(plan, desired, session.seams(), session.limits(), report);
  }
  session.progress().clear();
  // A step that only waited when it happened does not say so.
  if (engine::HeldLease* const lease = session.lease()) {
    if (!all_done(report.steps)) lease->renew();
    if (const std::string to = lease->lost_to(); !to.empty()) screen.talk(engine::kLostWords + to + '\n');
  }
  return report;
}

void show_stale(const std::string& plan_id, const std::vector<planner::Stale>& stale, bool json,
                Screen& screen) {
  screen.talk(render::stale_text(stale, screen.err_style()));
  if (json) screen.result(render::json_text(render::stale_json(plan_id, stale)));
}

ExitCode show_report(const Report& report, const Arguments& arguments, const World& world, Screen& screen) {
  screen.result(arguments.json ? render::json_text(render::report_json(report, world.own_cpu()))
                               : render::report_text(report, screen.out_style(), arguments.verbose));
  return exit_code_of(report);
}

}  // namespace kiln::cli
