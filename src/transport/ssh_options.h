#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/id.h"
#include "model/spec.h"

namespace kiln::transport {

/// How to reach one host: [ssh] and the node's own, and its address.
struct Target {
  HostName name;
  std::string address;  ///< to connect to
  SshSpec ssh;
};

/// The arguments of ssh(1) that hold for every call, host at the end; nothing secret is among them. Host keys
/// are always checked (StrictHostKeyChecking=yes).
std::vector<std::string> ssh_arguments(const Target& target, const std::string& control_path,
                                       const std::string& known_hosts,
                                       const std::vector<std::string>& options);

/// The known_hosts file to use: the one of the file, "" for ssh's own, or one made in `directory` from the
/// key that the host shows, if its fingerprint is the pinned one. denied: it is not.
Result<std::string> pinned_known_hosts(const Target& target, const std::string& directory, FileIo& files);

}  // namespace kiln::transport
