#pragma once

#include <optional>
#include <string>

#include "base/folder_claim.h"

namespace kiln::transport {

/// A folder for this run alone (mode 0700), with a short path: a unix socket's path holds 107 bytes. It goes
/// with the object; what a killed run has left goes with the next one that is made.
class PrivateDirectory {
 public:
  explicit PrivateDirectory(const std::string& parent = "/tmp");
  ~PrivateDirectory();
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;

  /// "" where none could be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::optional<FolderClaim> claim_;
};

}  // namespace kiln::transport
