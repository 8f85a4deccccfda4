#pragma once

#include <string>

#include "base/diag.h"
#include "config/value.h"
#include "model/spec.h"

namespace kiln::config {

/// `{ env = "NAME" }`, `{ file = "path" }` or `{ command = "…" }`. Anything else is an error, and no message
/// holds what was written: it may be the secret itself. `where` is the table of the entry.
SecretReference read_secret(const Entry& entry, const std::string& where, Diags& diags);

}  // namespace kiln::config
