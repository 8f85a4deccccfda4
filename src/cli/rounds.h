#pragma once

#include <functional>

#include "cli/session.h"

namespace kiln::cli {

/// Everything that must hold before the first change of a plan that has been shown; done: it may begin.
/// `approved`: it makes only what an approved plan of this run has put off, so that nobody is asked again.
using Gates = std::function<ExitCode(const engine::Planned& planned, Session& session, bool approved)>;

/// Plan, show, ask, carry out and prove, again where what was put off may be known by then. Where somebody
/// was asked, or another run was at work, what the plan rests on is looked at again before anything is done:
/// ExitCode::stale if it changed. `command` is what the lease says that was run.
ExitCode apply_in_rounds(const Wanted& wanted, const std::string& command, const Gates& gates,
                         const Arguments& arguments, World& world, Screen& screen);

}  // namespace kiln::cli
