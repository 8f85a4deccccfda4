#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "resources/context.h"

namespace kiln::resources {

/// What is known of a database's members before anything is done, on all nodes of the file.
struct Membership {
  std::map<std::string, std::string> addresses;  ///< of the members that are there, by node
  std::set<std::string> left;        ///< nodes whose file is of a member that the others have let go
  std::vector<std::string> unknown;  ///< nodes that did not say
  std::set<std::string> cluster_ids;
  std::set<std::string> stopped;    ///< members that are to stay and whose server does not run
  std::set<std::string> strangers;  ///< addresses that a member lists and that are of no node of the file
};
Membership membership(const Context& context, Database database);

/// Why no member may leave now, or "": one membership change at a time, and only while all members are well.
std::string why_none_may_leave(const Context& context, Database database, const Membership& members);

}  // namespace kiln::resources
