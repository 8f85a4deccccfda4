#pragma once

#include <string>

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
  int lock_ = -1;  ///< held as long as the run lives (flock(2))
};

}  // namespace kiln::transport
