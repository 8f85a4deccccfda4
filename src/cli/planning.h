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
Planning make_planning(const Wanted& wanted, Session& session, Screen& screen);

/// What was put off, a line for each host: "n2: database/n2/nb and 14 more: n2 does not answer".
std::string deferred_text(const Plan& plan, const render::Style& style);

}  // namespace kiln::cli
