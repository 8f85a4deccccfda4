#pragma once

#include "base/error.h"
#include "base/seams.h"
#include "base/secret.h"
#include "model/spec.h"

namespace kiln::engine {

/// The secret that a reference names, without the newline that ends it. `what` says what it is, for messages:
/// "the passphrase of the authority's key". not_found: the variable is not set, the file is not there,
/// nothing was named. A secret that is empty is refused. Neither its text nor what a command printed is in
/// any message.
Result<Secret> read_secret(const SecretReference& reference, const std::string& what, const FileIo& files);

}  // namespace kiln::engine
