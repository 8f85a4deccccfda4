#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/database.h"
#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"

namespace kiln::resources {

struct Context;

/// Server ids by address.
using Servers = std::map<std::string, std::string>;

/// What is known of a database's members before anything is done, on all nodes of the file.
struct Membership {
  std::map<std::string, std::string> addresses;  ///< of the members that are there, by node
  bool made_by_kiln = false;                     ///< one of them has kiln's options
  /// Nodes whose file is of a server that the others have let go, or whose server refuses its file while a
  /// majority is there: nothing but joining anew helps them. And those that were about to join and are to be
  /// no members any more.
  std::set<std::string> left;
  std::vector<std::string> unknown;  ///< nodes that did not say
  std::set<std::string> cluster_ids;
  std::set<std::string> stopped;    ///< members that are to stay and whose server does not run
  std::set<std::string> strangers;  ///< addresses that a member lists and that are of no node of the file
  std::set<std::string> with_rows;  ///< centrals that hold a standalone database with rows
  Servers servers;                  ///< server ids that the connected members list, by address
  HostName leader;                  ///< "" while nobody says that it leads
  /// Nodes that stay centrals and whose members are at an address that is not theirs any more, in file order.
  std::vector<std::string> moved;
  /// Why no member may leave now, or "": one membership change at a time, and only while all members are
  /// well.
  std::string why_none_may_leave;
  /// Why nothing can be written to it, whatever is started on the nodes that answer, or "".
  std::string why_lost;
  /// Why nothing can be written to it now, though its members run, or "".
  std::string why_no_leader;
  /// Nodes that the file no longer makes centrals and whose members cannot leave now. One of them may lead,
  /// and ovn-northd works with nobody but the leader: everybody goes on knowing them.
  std::set<std::string> lingering;
};
/// What the member with the latest term says, if none of those that answer finds a majority: else null.
const RaftSeen* without_majority(const Context& context, Database database);
/// Of those that say they lead, the one with the later term does (Raft, section 5.1); "" while nobody says
/// it.
HostName leader_of(const std::vector<HostName>& hosts, Database database, const Facts& facts);
/// What the members say who are connected to their cluster.
Servers listed_servers(const Desired& desired, const Facts& facts, Database database);
/// Ids of the clusters that they are of, and of those that `kiln recover` has replaced by one of these.
std::set<std::string> known_clusters(const Desired& desired, const Facts& facts, Database database);
/// Addresses of servers that are of no node of the file, dead or not.
std::set<std::string> strangers(const Desired& desired, const Facts& facts, Database database,
                                const Servers& servers);
/// The file is of a server that has left its cluster, or was kicked: no server ever starts with it again.
/// A file of a cluster that is none of `clusters` is never taken for one: its rows are others.
bool was_let_go(const DatabaseFileSeen& file, const Servers& servers, const std::set<std::string>& clusters);

/// What is seen of a member whose server refuses its file, as an attribute's value.
std::string refused_value(const DatabaseFileSeen& file);

Membership membership(const Context& context, Database database);

/// Why no member may leave now, or "", whatever the one on the node `but` says.
std::string why_none_may_leave(const Context& context, Database database, const Membership& members,
                               const std::string& but);

/// What must hold when a step touches a member: the others, as the plan knows them, are there. `but`:
/// addresses of those that the step makes, mends or removes.
QuorumKept quorum_kept(const Context& context, Database database, const Membership& members,
                       std::vector<std::string> but);
/// The same for a file that is put aside: its server is listed no more.
QuorumKept without(QuorumKept quorum, const DatabaseFileSeen& file);
/// As a guard of a step.
Gate guard(QuorumKept quorum);

/// The step that lets a server go which will not come back: asked of the leader, confirmed by the others.
/// `quorum`: that of the others.
Result<Step> kick_step(const Change& change, Database database, const Membership& members,
                       const std::string& address, QuorumKept quorum);

}  // namespace kiln::resources
