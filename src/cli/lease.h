#pragma once

#include <string>

#include "cli/session.h"

namespace kiln::cli {

/// What must hold before the first change of every command that changes hosts or databases: nobody else
/// does, from now until the session ends. After the answer, and before what the answer rests on is looked at
/// once more; not for a plan without a step. Held already: done.
ExitCode take_lease(const Plan& plan, const Desired& desired, const std::string& command,
                    const Arguments& arguments, Session& session, Screen& screen);

/// What a run of this machine that was killed between its last step and its end has left: a plan without a
/// step gives it back. Nothing where there is none.
void give_back_for_the_dead(const engine::Planned& planned, const std::string& command, Session& session);

/// Takes it from whoever has it and gives it back, with the reason for them.
ExitCode break_lease(const Desired& desired, const Arguments& arguments, Session& session, Screen& screen);

}  // namespace kiln::cli
