#pragma once

#include <string>

#include "render/plan_summary.h"
#include "render/style.h"

namespace kiln::render {

/// The plan for people: what it rests on, what changes and where that was asked for, in which order and
/// why, and the sum. Contents of files are never shown. `verbose` shows every attribute, step and action;
/// else creations are one line each, long lists are cut, and steps that do the same on several hosts are
/// one entry.
std::string plan_text(const Plan& plan, const Answers& answers, const Style& style, bool verbose);

/// What is as the file has it and does not work, each with what would mend it; "" if there is nothing.
std::string troubles_text(const std::vector<Trouble>& troubles, const Style& style);

/// "beside kiln's: 2 ACLs, 1 logical switch": what others have, counted; then what they have set on kiln's
/// own, or all of it. "" if there is nothing.
std::string beside_text(const std::vector<Beside>& beside, const Style& style, bool verbose);

/// "4 of 5 hosts answered (n3 did not)"
std::string answers_text(const Answers& answers);

}  // namespace kiln::render
