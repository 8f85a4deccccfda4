#pragma once

#include <string>

#include "model/plan.h"
#include "render/plan_summary.h"
#include "render/style.h"

/// The parts of plan_text, each whole lines; for plan_text.cc only.

namespace kiln::render {

/// What differs, by host: a symbol (+ ~ > - !), the resource, the line of the file, its attributes. Unless
/// verbose, the deferrals of a host that did not answer are one entry.
std::string changes_text(const Plan& plan, const Answers& answers, const Style& style, bool verbose);

/// The order in short: by wave and reason to wait; steps that do the same on several hosts are one entry.
std::string waves_text(const Plan& plan, const Style& style);

/// Every step with its needs, actions and gates.
std::string steps_text(const Plan& plan, const Style& style);

/// "[quorum, irreversible]", or "".
std::string tags_of(const Step& step);

}  // namespace kiln::render
