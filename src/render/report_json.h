#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/event.h"

namespace kiln::render {

/// What a run was, in one word for programs.
enum class RunResult {
  applied,      ///< all steps done, nothing remains, checks passed
  nothing,      ///< there was nothing to do
  partly,       ///< some steps are in place; a re-run continues
  unchanged,    ///< it failed or was stopped before anything was changed
  check_failed  ///< all is in place, but a check does not pass
};
RunResult result_of(const Report& report);

/// {format_version, plan_id, result, interrupted, mutations, steps, remaining, checks, took_ms,
/// waited_for_hosts_ms, own_cpu_ms, state}. `own_cpu`: what kiln itself computed (getrusage(2)).
nlohmann::json report_json(const Report& report, Duration own_cpu);

/// {format_version, result, checks}
nlohmann::json checks_json(const std::vector<StepReport>& checks);

}  // namespace kiln::render
