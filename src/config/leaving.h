#pragma once

#include "model/spec.h"

namespace kiln::config {

/// Whatever is written of the node: nothing of kiln's is to be there.
void take_out(NodeSpec& node);

/// The same deployment with nothing left of it: every node is to be absent, the last central among them.
Desired taken_out(Desired desired);

}  // namespace kiln::config
