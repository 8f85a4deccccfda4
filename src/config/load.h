#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/diag.h"
#include "base/seams.h"
#include "model/spec.h"

namespace kiln::config {

/// What became of a file. `desired` is set unless `diags` has errors.
struct Loaded {
  std::optional<Desired> desired;
  Diags diags;                                 ///< sorted by place
  std::map<std::string, std::string> sources;  ///< file → text, for rendering
};

/// From the file on the command line to what is wanted. Never throws; all that is wrong with the file is in
/// the diags of one run, except behind a syntax error.
Loaded load(const std::string& path, const FileIo& files);

}  // namespace kiln::config
