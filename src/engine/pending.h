#pragma once

#include <string>
#include <vector>

#include "base/seams.h"
#include "model/fact.h"
#include "model/spec.h"

namespace kiln::engine {

/// What `kiln plan` says of the same facts, in short: `status` and `doctor` call nothing well that has a
/// change.
struct Pending {
  std::vector<std::string> changes;  ///< "update bridge/n1/br-phys"
  std::vector<std::string> unknown;  ///< what cannot be told or made now: "chassis/n3: it does not answer"
  std::vector<std::string> errors;   ///< what keeps apply from beginning

  bool none() const { return changes.empty() && unknown.empty() && errors.empty(); }
  bool operator==(const Pending&) const = default;
};

/// What planning looks at: everything of the file's nodes, and the controller's clock (certificates are made
/// by it and must be valid on the hosts).
std::vector<Probe> plan_probes(const Desired& desired);
/// Pure. Nodes that only the roster has are changes, and what they have is not looked at.
Pending pending(const Desired& desired, const Facts& facts, Random& random);

/// "3 changes: update bridge/n1/br-phys, …": at most three of them; "" for none.
std::string changes_in_short(const Pending& pending);
/// The first of what is unknown, and how many more; "" for none.
std::string unknown_in_short(const Pending& pending);

}  // namespace kiln::engine
