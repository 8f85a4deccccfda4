#include "resources/central/quorum_needed.h"

#include <set>

namespace kiln::resources {
namespace {

bool needs(const ResourceId& id, Database database) {
  static const std::set<std::string> kNorthbound = {"logical-switch", "logical-switch-port", "node"};
  if (id == listener_id(database) || id == election_timer_id(database)) return true;
  // Endpoints are told to whoever may then find the members at them.
  if (id.kind == "northd" || id.kind == "client") return true;
  return database == Database::northbound ? kNorthbound.contains(id.kind) : id.kind == "chassis";
}

}  // namespace

std::string why_no_quorum(const Context& context, const ResourceId& id) {
  for (const auto& [database, members] : context.memberships)
    for (const std::string& why : {members.why_lost, members.why_no_leader})
      if (!why.empty() && needs(id, database)) return why;
  return "";
}

}  // namespace kiln::resources
