#pragma once

#include <string>
#include <vector>

#include "model/fact.h"
#include "model/plan.h"

namespace kiln::engine {

/// What the facts say of a gate's condition.
struct Verdict {
  enum class Kind {
    holds,
    not_yet,  ///< look again
    never,    ///< looking again will not help: a unit has failed
  };
  Kind kind = Kind::not_yet;
  std::string seen;  ///< what was seen, in a few words
  bool operator==(const Verdict&) const = default;
};

/// What to look at; the same every time.
std::vector<Probe> probes_of(const Gate& gate);

/// Pure: from the facts of probes_of(gate).
Verdict judge(const Gate& gate, const Facts& facts);

}  // namespace kiln::engine
