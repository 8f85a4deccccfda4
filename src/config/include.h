#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diag.h"
#include "base/seams.h"
#include "config/range.h"
#include "config/value.h"

namespace kiln::config {

/// A file with all that it includes, merged into one tree.
struct Document {
  std::optional<Value> root;                   ///< nothing where a file could not be read
  std::vector<std::string> files;              ///< in the order of reading; the first is the one asked for
  std::map<std::string, std::string> sources;  ///< file → text
  /// How many files each normal_pattern() matches; a path without a wildcard is none.
  std::map<std::string, std::size_t> includes;
  Ranges ranges;  ///< which it has no more: they are ordinary tables
};

/// A pattern of `include` as it is known by, however it is spelled: `./nets/*.toml` is `nets/*.toml`.
std::string normal_pattern(const std::string& pattern);

/// Reads `path`, follows `include` and merges. Names of nodes, switches, ports and workloads may be in any
/// file, but each in one only; [defaults.node] and [defaults.port] may be in two; other tables are in one
/// file.
Document read_document(const std::string& path, const FileIo& files, Diags& diags);

}  // namespace kiln::config
