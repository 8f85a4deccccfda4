#pragma once

#include "config/decode.h"

namespace kiln::config {

/// What no single key can tell: do the tables fit each other, and is the whole a deployment that works? A
/// value that was refused before holds its default here and is not reported again.
void check(const Decoded& decoded, Diags& diags);

// The parts of `check`, each in the file of its name.
void check_references(const Decoded& decoded, Diags& diags);
void check_central(const Desired& desired, Diags& diags);
void check_trust(const Desired& desired, Diags& diags);
void check_nodes(const Desired& desired, Diags& diags);
void check_maintenance(const Desired& desired, Diags& diags);
void check_underlay(const Desired& desired, Diags& diags);
void check_network(const Desired& desired, Diags& diags);
void check_workloads(const Desired& desired, Diags& diags);

}  // namespace kiln::config
