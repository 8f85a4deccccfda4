#pragma once

#include <string>

namespace kiln::config {

/// A path of the file as an absolute one: `~/` is the home directory of the caller, and what is not absolute
/// is beside `of_file`.
std::string absolute_path(const std::string& path, const std::string& of_file);

/// As a person would write it, beside `of_file`: "nodes/n1.toml" in "site/kiln.toml" is "site/nodes/n1.toml".
std::string beside(const std::string& path, const std::string& of_file);

}  // namespace kiln::config
