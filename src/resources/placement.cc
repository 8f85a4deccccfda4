#include <algorithm>

#include "resources/central/membership.h"
#include "resources/context.h"
#include "resources/kinds.h"

namespace kiln::resources {
namespace {

enum class Holds { yes, no, unknown };

struct ListedMembers {
  Servers servers;
  std::set<std::string> clusters;
};

/// Does the node hold a member of either database?
Holds holds_database(const std::string& node, const std::map<Database, ListedMembers>& listed,
                     const Facts& facts) {
  Holds holds = Holds::no;
  for (const auto& [database, of] : listed) {
    const auto* file = facts.seen<DatabaseFileSeen>(node, DatabaseFileLook{database});
    // A package makes a standalone database for itself: one without rows is nobody's.
    if (file && !file->clustered && !file->used) continue;
    if (file && !was_let_go(*file, of.servers, of.clusters)) return Holds::yes;
    if (facts.unknown(node, DatabaseFileLook{database})) holds = Holds::unknown;
  }
  return holds;
}

/// The cluster counts on a server at the node's address, though its disk has no file of it: it was rebuilt.
bool is_listed(const NodeSpec& node, const std::map<Database, ListedMembers>& listed) {
  return std::ranges::any_of(listed, [&](const auto& of) {
    return of.second.servers.contains(ssl_address(node.address, raft_port(of.first)));
  });
}

/// The free place goes to the candidate whose zone has fewest centrals; among equals the first of the file.
/// Who is in maintenance comes last.
const NodeSpec* next_central(const std::vector<const NodeSpec*>& candidates,
                             const std::vector<const NodeSpec*>& chosen) {
  const auto centrals_in = [&](const std::string& zone) {
    return std::ranges::count_if(chosen, [&](const NodeSpec* node) { return node->zone == zone; });
  };
  const auto best = std::ranges::min_element(candidates, {}, [&](const NodeSpec* node) {
    return std::pair(node->drained(), centrals_in(node->zone));
  });
  return best == candidates.end() ? nullptr : *best;
}

bool holds_standalone(const std::string& node, const Facts& facts) {
  return std::ranges::any_of(
      std::initializer_list<Database>{Database::northbound, Database::southbound}, [&](Database database) {
        const auto* file = facts.seen<DatabaseFileSeen>(node, DatabaseFileLook{database});
        return file && !file->clustered;
      });
}

std::string standalone_of_no_central(const std::string& node) {
  return node +
         " holds a standalone database, and the file does not make it a central; kiln leaves it as it is";
}

std::string unused_database(const std::string& node) {
  return node +
         " holds a central database, which nobody uses while [cluster] central-ips is set; kiln leaves it as "
         "it is";
}

}  // namespace

bool Placement::has(const std::string& node, const std::string& service) const {
  const auto found = services.find(node);
  return found != services.end() && found->second.contains(service);
}

Placement place(const Desired& desired, const Facts& facts, std::vector<std::string>& problems) {
  Placement placement;
  std::map<Database, ListedMembers> listed;
  for (const Database database : {Database::northbound, Database::southbound})
    listed[database] = {listed_servers(desired, facts, database), known_clusters(desired, facts, database)};
  for (const auto& [database, of] : listed)
    for (const std::string& stranger : strangers(desired, facts, database, of.servers))
      problems.push_back(
          stranger + " is a member of " + std::string(schema_name(database)) +
          " and no node of the file: put its node back with `state = \"absent\"`, or \"dead\" if it "
          "will never come back");
  std::vector<const NodeSpec*> chosen;
  std::vector<const NodeSpec*> candidates;
  std::vector<const NodeSpec*> silent;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const Holds holds = holds_database(node->name, listed, facts);
    if (!node->auto_services) {
      placement.services[node->name] = {node->services.begin(), node->services.end()};
      if (node->has("central")) chosen.push_back(node);
      if (!node->has("central") && holds == Holds::yes && !desired.cluster.central_ips.empty())
        problems.push_back(unused_database(node->name));
      else if (!node->has("central") && holds_standalone(node->name, facts))
        problems.push_back(standalone_of_no_central(node->name));
      continue;
    }
    placement.services[node->name] = {"chassis", "switch"};
    if (!desired.cluster.central_ips.empty()) {
      if (holds == Holds::yes) problems.push_back(unused_database(node->name));
      continue;
    }
    // Whoever is central stays; a node that does not answer keeps the place that it may have.
    (holds == Holds::yes || (holds == Holds::no && is_listed(*node, listed)) ? chosen
     : holds == Holds::unknown                                               ? silent
                                                                             : candidates)
        .push_back(node);
  }
  const auto free_places = [&] { return chosen.size() < static_cast<std::size_t>(desired.central.count); };
  for (const NodeSpec* node : silent) {
    if (!free_places()) break;
    chosen.push_back(node);
    problems.push_back(node->name +
                       " has not said whether it holds a central database; it keeps a place among the " +
                       std::to_string(desired.central.count) + " centrals until it does");
  }
  while (free_places() && !candidates.empty()) {
    const NodeSpec* next = next_central(candidates, chosen);
    std::erase(candidates, next);
    chosen.push_back(next);
  }
  for (const NodeSpec* node : candidates)
    if (holds_standalone(node->name, facts)) problems.push_back(standalone_of_no_central(node->name));
  // Who is in maintenance does not create a database, as it would lead it.
  std::ranges::stable_sort(chosen, {},
                           [](const NodeSpec* node) { return std::pair(node->drained(), node->order); });
  std::ranges::stable_partition(
      chosen, [&](const NodeSpec* node) { return holds_database(node->name, listed, facts) == Holds::yes; });
  for (const NodeSpec* node : chosen) {
    placement.services[node->name].insert("central");
    placement.centrals.push_back(node->name);
  }
  return placement;
}

}  // namespace kiln::resources
