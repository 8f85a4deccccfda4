#pragma once

#include "cli/session.h"

namespace kiln::cli {

/// What must hold before the first change of a plan that signs certificates: the authority can be opened.
ExitCode check_authority(const Plan& plan, Session& session, Screen& screen);

/// gate_closed if a node would have to go that holds the last member of a database, and nobody has said that
/// this is meant.
ExitCode check_last_central(const Plan& plan, Screen& screen);

/// The deletion budget: what the file no longer has is deleted only up to [safety] max-delete or
/// --allow-delete.
ExitCode check_budget(const Plan& plan, const Desired& desired, const Arguments& arguments, Screen& screen);

/// Whether the steps are proven by the whole file, or only for what the plan is about.
enum class Proof { whole_file, this_plan };

/// The steps, with a journal and an ear for Ctrl-C, then the proof.
Report carry_out(const Plan& plan, const Desired& desired, Proof proof, Session& session, Screen& screen);

/// The report, and the exit code that it comes to.
ExitCode show_report(const Report& report, const Arguments& arguments, const World& world, Screen& screen);

}  // namespace kiln::cli
