#include "engine/restore.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/lease.h"
#include "render/backup_text.h"

namespace kiln::cli {
namespace {

/// Rows may change between a look and the transaction that rests on it; then the differences that are left
/// are brought back in another one.
constexpr int kMostRestoreRounds = 5;

/// Passes on what happens, and remembers the steps whose transaction the server refused: a row with the same
/// index, say, that a daemon has written in between.
class RefusedTransactions : public Events {
 public:
  explicit RefusedTransactions(Events& to) : to_(to) {}
  void announce(const Event& event) override {
    if (const auto* done = std::get_if<ActionDone>(&event.body); done && !done->changed)
      steps.insert(done->step);
    to_.announce(event);
  }
  std::set<std::string> steps;

 private:
  Events& to_;
};

std::vector<Database> databases_of(const Arguments& arguments) {
  if (arguments.database) return {*arguments.database};
  return {Database::northbound, Database::southbound};
}

std::size_t count_rows(const std::map<std::string, planner::RowsRestored>& tables) {
  std::size_t count = 0;
  for (const auto& [table, rows] : tables) count += rows.inserted + rows.updated + rows.deleted;
  return count;
}

/// What still differs of the northbound, table by table. The southbound is written by daemons all the time.
std::vector<std::string> remaining(const engine::RestorePlan& left) {
  std::vector<std::string> lines;
  const auto northbound = left.tables.find(Database::northbound);
  if (northbound == left.tables.end()) return lines;
  for (const auto& [table, rows] : northbound->second)
    lines.push_back(fmt::format("{}: {} differ from the backup's", table,
                                count_of(rows.inserted + rows.updated + rows.deleted, "row", "rows")));
  return lines;
}

class Restoration {
 public:
  Restoration(const Desired& desired, const engine::Backup& backup, const Arguments& arguments, World& world,
              Session& session, Screen& screen)
      : desired_(desired),
        backup_(backup),
        arguments_(arguments),
        world_(world),
        session_(session),
        screen_(screen) {}

  Result<engine::RestorePlan> plan() {
    auto restore = engine::plan_restore(desired_, backup_, databases_of(arguments_), world_.files,
                                        session_.seams(), session_.limits());
    session_.progress().clear();
    return restore;
  }

  /// Until nothing of the northbound differs, and the southbound's transaction was taken.
  Result<Report> run() {
    const Interrupts interrupts(screen_.progress_mode() == render::ProgressMode::live);
    Report whole;
    for (int round = 1;; ++round) {
      KILN_TRY_ASSIGN(const engine::RestorePlan restore, plan());
      RefusedTransactions refused(session_.progress());
      Report report =
          run_steps(restore.plan, desired_, "restore", refused, interrupts.asked(), session_, screen_);
      KILN_TRY_ASSIGN(const engine::RestorePlan left, plan());
      report.remaining = remaining(left);
      if (!refused.steps.empty() && report.remaining.empty())
        report.remaining.emplace_back("the southbound changed while its rows were put back");
      const bool done = all_done(report.steps) && report.remaining.empty();
      add(whole, std::move(report));
      if (done && left.tables.contains(Database::southbound))
        screen_.talk(
            fmt::format("{} of OVN_Southbound differ again: ovn-northd and ovn-controller write it\n",
                        count_of(count_rows(left.tables.at(Database::southbound)), "row", "rows")));
      if (done || whole.interrupted || round == kMostRestoreRounds) return whole;
      screen_.talk("rows changed in the meantime; looking again\n");
    }
  }

 private:
  /// Of the rounds before, only what they sent is told: the last one says how it is now.
  static void add(Report& whole, Report round) {
    round.mutations += whole.mutations;
    round.took += whole.took;
    round.waited_for_hosts += whole.waited_for_hosts;
    whole = std::move(round);
  }

  const Desired& desired_;
  const engine::Backup& backup_;
  const Arguments& arguments_;
  World& world_;
  Session& session_;
  Screen& screen_;
};

ExitCode refuse(const Error& error, Screen& screen) {
  screen.error(error.text(), "nothing was changed");
  return ExitCode::failed;
}

}  // namespace

ExitCode run_restore(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  const Result<engine::Backup> backup = engine::read_backup(arguments.backup, world.files);
  if (!backup) return refuse(backup.error(), screen);
  if (backup->cluster != desired.cluster.name)
    return refuse(
        Error(ErrorCode::precondition, '`' + arguments.backup + "` is of the cluster `" + backup->cluster +
                                           "`, and the file is of `" + desired.cluster.name + '`'),
        screen);
  Session session(desired, world, arguments, screen);
  Restoration restoration(desired, *backup, arguments, world, session, screen);
  const Result<engine::RestorePlan> restore = restoration.plan();
  if (!restore) return refuse(restore.error(), screen);
  if (restore->plan.steps.empty()) {
    screen.talk("every row is as it is in the backup\n");
    return show_report({}, arguments, world, screen);
  }
  screen.talk(render::restore_text(*backup, *restore, screen.err_style()) + '\n');
  const std::string question =
      "These rows are replaced. Type the cluster's name, " + desired.cluster.name + ", if it is meant: ";
  if (const ExitCode closed = check_name(desired.cluster.name, question, arguments, screen);
      closed != ExitCode::done)
    return closed;
  if (const ExitCode held = take_lease(restore->plan, desired, "restore", arguments, session, screen);
      held != ExitCode::done)
    return held;
  // From here it is meant; whatever it does can be undone with this one.
  const Result<engine::Backup> present =
      engine::take_backup(desired, session.seams(), session.limits(), world.files, arguments.folder);
  session.progress().clear();
  if (!present) return refuse(present.error(), screen);
  screen.talk("what is there now is in " + present->folder + '\n');
  const Result<Report> report = restoration.run();
  if (report) return show_report(*report, arguments, world, screen);
  screen.error(report.error().text(), "rows may have been put back; run it again to continue");
  return ExitCode::partly;
}

}  // namespace kiln::cli
