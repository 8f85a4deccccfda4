#pragma once

#include "cli/session.h"

namespace kiln::cli {

/// A backup of every database whose last servers the plan stops, before anything is done; with [safety]
/// left-databases = "pull", of every one that a member leaves. Done where there is none. A database that
/// nobody serves any more has nothing to copy but its files, which the plan puts aside. `failed`, and nothing
/// may be done, if one that is served could not be copied.
ExitCode back_up_what_ends(const Plan& plan, const Desired& desired, const Arguments& arguments, World& world,
                           Session& session, Screen& screen);

}  // namespace kiln::cli
