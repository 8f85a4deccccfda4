#pragma once

#include "cli/init_answers.h"
#include "cli/screen.h"
#include "cli/world.h"

namespace kiln::cli {

/// Asks for everything that is not in `answers` yet; an answer that cannot be is asked for again, with the
/// reason. False where the input ends before the answers do.
bool ask_answers(InitAnswers& answers, World& world, Screen& screen);

}  // namespace kiln::cli
