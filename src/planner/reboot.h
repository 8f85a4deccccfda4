#pragma once

#include <string>
#include <vector>

#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"

/// Nodes that are rebooted one after the other: each hands over what it does, and the next one begins only
/// when it works again. Docs: docs/how-to/maintenance.md.

namespace kiln::planner {

struct RollingReboot {
  std::vector<std::string> refusals;  ///< why nothing may be done; empty: it may
  std::vector<HostName> order;        ///< chassis first, then centrals, whoever leads a database last
  std::vector<HostName> leaders;      ///< of the two databases, now
  Plan plan;
  bool operator==(const RollingReboot&) const = default;
};

/// The step in which this node reboots.
std::string reboot_step_id(const HostName& node);

/// `open`: what an apply would do now; refused unless that is nothing, and all members of both databases are
/// well. `scope`: which nodes. Each node is rebooted whose boot id is the one of the facts: a plan that is
/// carried out twice reboots nobody twice.
RollingReboot plan_reboot(const Desired& desired, const Facts& facts, const Plan& open, const Scope& scope);

}  // namespace kiln::planner
