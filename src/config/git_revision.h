#pragma once

#include <string>
#include <vector>

namespace kiln::config {

/// The commit that the repository around the first file is at, shortened as git does, and "-dirty" if one of
/// the files is not there as it is in that commit. "" outside a repository, before its first commit, and in a
/// repository of another owner, which libgit2 refuses to open.
std::string git_revision(const std::vector<std::string>& files);

}  // namespace kiln::config
