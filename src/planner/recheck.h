#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/seams.h"
#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"

/// Whether a plan that was made some time ago still fits: judged from what it says of its resources, so that
/// what changed elsewhere does not matter.

namespace kiln::planner {

/// Something on which the plan rests and which is no longer so.
struct Stale {
  ResourceId resource;
  HostName host;
  std::string fact;     ///< the attribute's path; or in words what else changed
  std::string planned;  ///< what it was when the plan was made
  std::string now;      ///< what it is, or why that is not known
  std::vector<std::string>
      voids;  ///< steps that can no longer be done: the resource's, and all that need them
  bool operator==(const Stale&) const = default;
};

struct Recheck {
  std::vector<Stale> stale;         ///< not empty: nothing of the plan may be applied
  std::set<std::string> satisfied;  ///< steps whose resources are as wanted already
};

/// `facts` must hold the answers to resources::probes_of() of the plan's resources.
Recheck recheck(const Plan& plan, const Desired& desired, const Facts& facts, Random& random);

/// Empty if the plan is what its id was made of (fingerprint.h): else somebody has edited it since it was
/// saved.
std::vector<Stale> edited(const Plan& plan);

/// The plan without these steps; nothing waits for them any more.
Plan without(Plan plan, const std::set<std::string>& steps);

/// Of each resource with a change that is not put off.
std::set<ResourceId> resources_of(const Plan& plan);

}  // namespace kiln::planner
