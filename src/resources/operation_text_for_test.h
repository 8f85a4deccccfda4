#pragma once

#include <map>
#include <string>

#include "model/plan.h"

/// Actions as lines of text with all that they hold, so that tests compare whole plans.

namespace kiln::resources {

/// What tests call rows; a uuid that is not here is written as it is.
using Names = std::map<Uuid, std::string>;

/// "  restart ovn-northd.service\n", and a line more for each operation of a transaction.
std::string action_text(const Action& action, const Names& names);

/// "database/n1/nb:start (risk quorum, pool raft/nb)\n", its actions, then its gates.
std::string step_text(const Step& step, const Names& names);

}  // namespace kiln::resources
