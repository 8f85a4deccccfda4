#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "cli/session.h"
#include "planner/recheck.h"

namespace kiln::cli {

/// What must hold before the first change of a plan that signs certificates: the authority can be opened.
ExitCode check_authority(const Plan& plan, Session& session, Screen& screen);

/// gate_closed if a node would have to go that holds the last member of a database, or a second database
/// would have to be made, and nobody has said that this is meant.
ExitCode check_last_central(const Plan& plan, Screen& screen);

/// Whoever says --new-database says the cluster's name too, where one is made.
ExitCode check_new_database(const Plan& plan, const Arguments& arguments, Screen& screen);

/// The deletion budget: what the file no longer has is deleted only up to [safety] max-delete or
/// --allow-delete.
ExitCode check_budget(const Plan& plan, const Desired& desired, const Arguments& arguments, Screen& screen);

/// What the plan has put off, if anything, and the exit code of a run that has come to `code` without it:
/// gate_closed where an authority is lacking.
ExitCode show_deferred(const Plan& plan, ExitCode code, Screen& screen);

/// Everything that must hold before the first change of an apply: the gates above, and that somebody says
/// yes, or has (`approved`).
ExitCode check_apply(const Plan& plan, const Desired& desired, const Arguments& arguments, Session& session,
                     Screen& screen, bool approved = false);

/// Asks `question`, unless --auto-approve was given.
ExitCode check_approval(const std::string& question, const Arguments& arguments, Screen& screen);

/// Whoever replaces or takes away everything says the cluster's name, as an answer to `question` or with
/// --name.
ExitCode check_name(const std::string& cluster, const std::string& question, const Arguments& arguments,
                    Screen& screen);

/// Whether the steps are proven by the whole file, or only for what the plan is about, or by a round that
/// follows.
enum class Proof { whole_file, this_plan, later };

/// The steps alone, with a journal, which says that `command` was run.
Report run_steps(const Plan& plan, const Desired& desired, const std::string& command, Events& events,
                 const std::atomic<bool>& interrupted, Session& session, Screen& screen);

/// The steps, with a journal, which says that `command` was run, and an ear for Ctrl-C, then the proof. The
/// report is one of `rounds` too, those that this one follows.
Report carry_out(const Plan& plan, const Desired& desired, const std::string& command, Proof proof,
                 Session& session, Screen& screen, Report rounds = {});

/// Why a plan is not carried out any more; `json`: that is the result.
void show_stale(const std::string& plan_id, const std::vector<planner::Stale>& stale, bool json,
                Screen& screen);

/// The report, and the exit code that it comes to.
ExitCode show_report(const Report& report, const Arguments& arguments, const World& world, Screen& screen);

}  // namespace kiln::cli
