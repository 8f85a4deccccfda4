#pragma once

#include <string>

#include "model/id.h"

namespace kiln {

/// Whether waiting helps against a trouble.
enum class Passing {
  soon,         ///< daemons that have lost each other look for each other
  after_steps,  ///< only on a host where kiln has just done something, or for which it has written rows
  by_hand       ///< somebody has made it so
};

/// A resource is as the file wants it, and does not do its work.
struct Trouble {
  ResourceId resource;
  HostName host;     ///< kCluster: no single host's
  std::string seen;  ///< what shows it, with the daemons' own words where they have any
  std::string mend;  ///< what would mend it
  Passing passing = Passing::soon;
  bool operator==(const Trouble&) const = default;
};

/// Somebody else's, and no trouble by itself: a row that has no mark of this deployment, or what others have
/// set on one of kiln's.
struct Beside {
  std::string kind;      ///< one of several: "ACL", "logical switch"
  std::string text;      ///< which, and what it does: "of ls1: allow-related, priority 1000, to-lport, ip4"
  bool on_ours = false;  ///< on an object of kiln's
  ResourceId may_stop = {};  ///< that object, where packets of its can be kept or led elsewhere; else nothing
  bool operator==(const Beside&) const = default;
};

/// "northd/n1 on n1: ovn-northd is paused"
inline std::string to_text(const Trouble& trouble) {
  return trouble.resource.text() + " on " + trouble.host + ": " + trouble.seen;
}

}  // namespace kiln
