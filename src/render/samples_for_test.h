#pragma once

#include "engine/doctor.h"
#include "engine/status.h"
#include "model/event.h"
#include "model/plan.h"
#include "render/history_text.h"
#include "render/plan_summary.h"

/// Hand-made values for the tests of render/ and cli/.

namespace kiln::render::samples {

/// The bring-up of three nodes: about eighty steps.
Plan bring_up();
/// One update, one replacement, one removal, two deferrals; long and multi-line values, a warning.
Plan drift();
/// One host, one step.
Plan one_host();
/// Everything is as wanted.
Plan nothing();

Answers all_of(std::size_t hosts);

Report succeeded();
/// A step failed in the middle; what needed it was skipped, another never started.
Report failed();

/// Four runs, one of each result.
History history();
/// The same, with older ones and lines that could not be read.
History damaged_history();

engine::Status healthy_status();
engine::Status troubled_status();

engine::Checkup healthy_checkup();
/// A host that does not answer, and something of each verdict.
engine::Checkup troubled_checkup();

}  // namespace kiln::render::samples
