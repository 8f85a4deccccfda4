#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/plan.h"

namespace kiln::render {

/// Which hosts the plan rests on.
struct Answers {
  std::size_t total = 0;            ///< hosts of the file
  std::vector<std::string> silent;  ///< of those, the ones that did not answer; sorted

  std::size_t answered() const { return total - silent.size(); }
  bool operator==(const Answers&) const = default;
};

/// A plan in numbers: the same ones in text and JSON.
struct PlanSummary {
  std::size_t create = 0;
  std::size_t update = 0;
  std::size_t replace = 0;
  std::size_t remove = 0;
  std::size_t defer = 0;
  std::size_t unchanged = 0;
  std::size_t steps = 0;
  std::size_t restarts = 0;      ///< of units
  std::size_t irreversible = 0;  ///< steps
};
PlanSummary summarize(const Plan& plan);

/// For each step how many others, one after the other, go before it at least: steps of one wave need none
/// of each other.
std::vector<std::size_t> waves(const Plan& plan);

}  // namespace kiln::render
