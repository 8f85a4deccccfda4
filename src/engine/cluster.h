#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"

/// Who answers for kCluster: which node's server of a clustered database to ask.

namespace kiln::engine {

/// Nodes that are central or may be (services = "auto"), in file order.
std::vector<HostName> possible_centrals(const Desired& desired);

/// Adds the nodes that hold a member's file and are not in the list, in file order.
void add_holders(std::vector<HostName>& hosts, const Desired& desired, Database database, const Facts& facts);

/// What has to be known to find the members of a database: its server and its file, on every node that may
/// hold one, also where the file no longer wants it.
std::vector<Probe> member_probes(const Desired& desired, Database database);

/// What the facts say of a database's members.
struct Members {
  std::vector<HostName> usable;  ///< leader first, then those connected to their cluster
  bool absent = false;  ///< every possible central answered, none serves it, and no server has ever run
  std::string why;      ///< if none is usable: what each said
};
Members members_of(const Desired& desired, Database database, const Facts& facts);

/// Finds the members of a database again and again while a run changes them. Any thread.
class Cluster {
 public:
  /// `leaving`: nodes that hold a member although the file no longer makes them centrals.
  Cluster(const Desired& desired, transport::Transport& transport, Duration look_timeout,
          std::vector<HostName> leaving = {})
      : desired_(desired), transport_(transport), look_timeout_(look_timeout), leaving_(std::move(leaving)) {}

  /// Asks now: who was useful last is asked first, and nobody after a leader.
  Members find(Database database);

  /// Nobody could be asked for long: until find() finds somebody, nothing waits for that again.
  void lose(Database database);
  bool was_lost(Database database);

  /// RowsLooks of one database as one snapshot, from whom the last call used, else from whom find() finds.
  Facts look(Database database, const std::vector<Look>& looks);

 private:
  std::vector<HostName> in_order_of_use(Database database);
  void remember(Database database, const Members& members);
  void forget(Database database, const HostName& host);

  const Desired& desired_;
  transport::Transport& transport_;
  Duration look_timeout_;
  std::vector<HostName> leaving_;
  std::mutex mutex_;
  std::map<Database, std::vector<HostName>> last_;  ///< usable members, as they were last found
  std::set<Database> lost_;
};

/// Hosts that hold a member although the file no longer makes them centrals.
std::vector<HostName> leaving_hosts(const Desired& desired, const Plan& plan);

/// `looks` as facts of kCluster, all with the same answer.
Facts same_answer(const std::vector<Look>& looks, const Fact& fact);
/// Facts of one member as facts of kCluster.
Facts as_cluster(const HostName& member, const std::vector<Look>& looks, const Facts& facts);
/// True if the member answered at least one of the looks.
bool answered(const HostName& member, const std::vector<Look>& looks, const Facts& facts);

}  // namespace kiln::engine
