#pragma once

#include <string>

#include "model/database.h"
#include "resources/central/membership.h"

namespace kiln::resources {

/// Part of why a database is not made.
inline constexpr const char* kMadeBefore = "this deployment has one already";

/// Why no first member of the database may be made, though no node of the file holds one, or "": something
/// tells that the deployment has it elsewhere, or had it. That is a chassis which was told of databases of
/// this deployment, a roster, or what this machine's journal says of nodes that are no longer in the file. An
/// authority, certificates and options tell nothing: a bring-up that was killed leaves
/// them. Whoever starts the run may say that a new one is meant (Desired::new_database).
std::string why_not_made_anew(const Context& context, Database database);

/// What tells so; and what to do then.
std::string trace_of(const Context& context, Database database);
inline constexpr const char* kPutBack =
    "put the nodes that hold it back into the file (an include may have lost some); only where all of it is "
    "lost for good: `kiln apply --new-database`";

}  // namespace kiln::resources
