#pragma once

#include <string>

#include "model/event.h"
#include "render/style.h"

namespace kiln::render {

/// The end of an apply for people: what failed and why, what was left undone, what still differs, the
/// checks, and as the last sentence the state that things are in now. `verbose` lists every step.
std::string report_text(const Report& report, const Style& style, bool verbose);

/// A tick, a cross, or the status in a word.
std::string mark_of(StepStatus status, const Style& style);

/// The last sentence: "all 83 steps done, nothing remains, 1 check passed".
std::string last_sentence(const Report& report);

/// The end of a verify: each check, and a sentence.
std::string checks_text(const std::vector<StepReport>& checks, const Style& style);

}  // namespace kiln::render
