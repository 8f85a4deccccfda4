#pragma once

#include <vector>

#include "engine/gate.h"

/// Whether a step may touch a member of a database's cluster now.

namespace kiln::engine {

std::vector<Probe> probes_of_quorum(const QuorumKept& wait);

/// A member that is listed and has no file, does not serve or is not heard by the leader is down: whoever
/// acts now would act on what is no longer so.
Verdict judge_quorum(const QuorumKept& wait, const Facts& facts);

}  // namespace kiln::engine
