#pragma once

#include <string>

#include "resources/context.h"

namespace kiln::resources {

/// Why the resource cannot be changed now: it needs a database to be written, or its daemon to be told of
/// one, and the database has lost its majority or has no leader. "" if it can.
std::string why_no_quorum(const Context& context, const ResourceId& id);

}  // namespace kiln::resources
