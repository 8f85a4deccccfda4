#pragma once

#include <optional>

#include "cli/session.h"

namespace kiln::cli {

/// A plan that may be shown and carried out, or why there is none.
struct Planning {
  std::optional<engine::Planned> planned;
  ExitCode code = ExitCode::done;  ///< where there is none
};

/// Looks at the hosts and plans. Errors, and what the hosts tell is wrong with the file, are shown.
Planning make_planning(const Desired& desired, Session& session, Screen& screen, World& world);

/// "n2: the host did not answer" for each change that was put off.
std::string deferred_text(const Plan& plan, const render::Style& style);

}  // namespace kiln::cli
