#pragma once

#include "base/diag.h"
#include "config/value.h"

namespace kiln::config {

/// Adds the tables of another file to the tree. What is in both is an error that shows both places.
void merge(Value& into, Value&& from, Diags& diags);

}  // namespace kiln::config
