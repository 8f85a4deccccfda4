#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/plan.h"
#include "model/spec.h"

namespace kiln::planner {

/// What a plan deletes because the file no longer has it, and how much of that one apply may do unasked.
struct Deletions {
  std::vector<ResourceId> lost;   ///< sorted; a workload that moves to another node is not among them
  std::size_t owned = 0;          ///< resources that exist, as far as the plan knows
  std::size_t allowed = 0;        ///< [safety] max-delete; else the larger of 3 and a tenth of `owned`
  std::size_t nodes = 0;          ///< that the file no longer has, by its roster
  std::size_t nodes_allowed = 0;  ///< without [safety] max-delete: the larger of 1 and a tenth of all

  bool over() const { return lost.size() > allowed || nodes > nodes_allowed; }
};

Deletions deletions(const Plan& plan, const Desired& desired);

/// "deletes 12 of 40 resources, and one apply may delete 4"
std::string to_text(const Deletions& deletions);

}  // namespace kiln::planner
