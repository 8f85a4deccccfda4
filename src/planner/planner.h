#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"
#include "resources/kinds.h"

/// From differences to an ordered plan. Pure: no host is touched, and the same input and random bytes give
/// the same plan.

namespace kiln::planner {

/// One Change for each resource, sorted by id: none, create, update, remove, or defer with the reason.
std::vector<Change> diff(const resources::Resources& resources, const Facts& facts);

/// Place, make resources, diff, ask each changed resource for its steps, put them in order. Resources that
/// cannot be planned are deferred, and so is whatever needs them; the rest goes on. failed: the needs of
/// resources form a cycle (kiln's own mistake), named as a path.
Result<Plan> make_plan(const Desired& desired, const Facts& facts, Random& random);

/// What the plan shows and does nothing about, of the same file and facts: what is as wanted and does not
/// work, and what others have. No part of its id.
void add_what_is_not_done(Plan& plan, const Desired& desired, const Facts& facts);

/// Rows of nb and sb that are written in one transaction at most.
inline constexpr std::size_t kRowsPerTransaction = 500;

/// The pool of steps that may be merged into batches of rows: each has one Transact at kCluster, no gate.
inline constexpr const char* kRowsPool = "rows";

}  // namespace kiln::planner
