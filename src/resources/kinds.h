#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/diag.h"
#include "resources/resource.h"

/// The table of kinds: from the desired state to resources.

namespace kiln::resources {

/// Which services each node runs: what the file says, and for services = "auto" what placement chose.
struct Placement {
  std::map<std::string, std::set<std::string>> services;  ///< by node: central, chassis, switch
  std::vector<std::string> centrals;  ///< in the order in which they join; the first creates

  bool has(const std::string& node, const std::string& service) const;
  bool operator==(const Placement&) const = default;
};

/// What to look at before placement is known: everything that any node might turn out to run.
std::vector<Probe> all_probes(const Desired& desired);

/// The same for these resources alone, for a plan that is looked at again.
std::vector<Probe> probes_of(const Desired& desired, const std::set<ResourceId>& ids);

/// Who is central stays; free places of `[central] count` are filled in the order of the file, a zone that
/// has fewest centrals first. Unknown nodes keep whatever place they may have: `problems` says so.
Placement place(const Desired& desired, const Facts& facts, std::vector<std::string>& problems);

/// Every wanted resource, and every resource of ours in the facts that is no longer wanted. In no order.
Resources make_resources(const Desired& desired, const Placement& placement, const Facts& facts);

/// Why the databases stay on a node where nobody else would have them; part of why their change is put off.
inline constexpr const char* kLastCentral =
    "it would be the last central, and every row would be gone with it; "
    "`[safety] allow-last-central-removal = true` says that it is meant";

/// Why the only central does not move to another address.
inline constexpr const char* kOnlyCentral =
    "it is the only member, and would have nobody to join again; give the deployment a second central, move "
    "this one, and take the second away";

/// True for the removal of something that the file has elsewhere: a workload that moves to another node.
bool moves(const ResourceId& removed, const Desired& desired);

/// Of what can be removed, whatever could not be looked at: "what the file no longer has on n2 is not known:
/// …".
std::vector<std::string> unread_marks(const Desired& desired, const Placement& placement, const Facts& facts);

/// What check_against_hosts() looks at besides what the kinds do.
std::vector<Probe> probes_of_host_checks(const Desired& desired);

/// What only the hosts can tell is wrong with the file: an address that the node does not have, an
/// interface that is missing or carries kiln's own SSH, a disk that is full, another OVN in charge. Of all
/// hosts; one that does not answer is not judged. Spans point into the file.
void check_against_hosts(const Desired& desired, const Facts& facts, Diags& diags);

}  // namespace kiln::resources
