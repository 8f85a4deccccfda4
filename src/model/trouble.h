#pragma once

#include <string>

#include "model/id.h"

namespace kiln {

/// A resource is as the file wants it, and does not do its work.
struct Trouble {
  ResourceId resource;
  HostName host;     ///< kCluster: no single host's
  std::string seen;  ///< what shows it, with the daemons' own words where they have any
  std::string mend;  ///< what would mend it
  bool operator==(const Trouble&) const = default;
};

/// "northd/n1 on n1: ovn-northd is paused"
inline std::string to_text(const Trouble& trouble) {
  return trouble.resource.text() + " on " + trouble.host + ": " + trouble.seen;
}

}  // namespace kiln
