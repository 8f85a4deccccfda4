#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/fact.h"
#include "model/spec.h"

namespace kiln::resources {

/// Says on a host of which deployment it is, from the first action on: a line `KILN_DEPLOYMENT=<uuid>`.
inline constexpr const char* kMarkPath = "/etc/kiln/deployment";

/// Which deployment this is: a uuid that the first plan draws, in every host's mark and in the northbound.
/// A name alone does not tell two deployments apart.
struct Identity {
  /// The one that is found, or else Desired::fresh_id. Of several: the one of most hosts.
  std::string id;
  std::map<std::string, std::vector<HostName>> found;  ///< by uuid; kCluster is the northbound
};

/// By what the hosts of the file and the northbound say; marks of deployments with other names tell nothing.
Identity identity(const Desired& desired, const Facts& facts);

/// The name of another deployment whose file `path` is on the host, or "" with none.
struct OtherOwner {
  std::string cluster;
  std::string path;
};
OtherOwner other_owner(const Desired& desired, const HostName& host, const Facts& facts);

/// Hosts that answer and are of a deployment of another name, by their files: check_against_hosts() names
/// each.
std::set<HostName> foreign_hosts(const Desired& desired, const Facts& facts);

/// What other_owner() looks at.
std::vector<Probe> probes_of_owner(const HostName& host);

}  // namespace kiln::resources
