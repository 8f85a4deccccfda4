#pragma once

#include <string>
#include <vector>

#include "resources/context.h"

namespace kiln::resources {

/// A kind of resource, as the table of kinds and docs/reference/kinds.md have it.
struct Kind {
  const char* name;   ///< what ids begin with: "chassis"
  const char* ids;    ///< the form of its ids: "chassis/NODE"
  const char* what;   ///< one sentence
  const char* from;   ///< tables and keys of the file
  const char* holds;  ///< rows, keys, files and units that it manages
  MakeKind make;
};

/// Every kind, in the order in which they are made.
const std::vector<Kind>& kinds();

/// docs/reference/kinds.md.
std::string kinds_reference();

}  // namespace kiln::resources
