#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/action.h"
#include "model/fact.h"
#include "support/fake_host.h"
#include "transport/transport.h"

namespace kiln::test {

using Hosts = std::map<HostName, FakeHost>;

/// The RAFT cluster of one database (ovsdb(7)), or several of them where something went very wrong.
class FakeRaft {
 public:
  FakeRaft(Database database, Hosts& hosts) : database_(database), hosts_(hosts) {}
  /// The same, among a copy of the hosts.
  FakeRaft(const FakeRaft& other, Hosts& hosts)
      : freeze_joins(other.freeze_joins),
        database_(other.database_),
        hosts_(hosts),
        clusters_(other.clusters_) {}

  bool freeze_joins = false;  ///< for tests: nobody lets a new member in

  struct Member {
    HostName host;
    std::string server_id;
    std::string address;
  };
  struct Cluster {
    std::string id;
    int election_timer_ms = 0;
    FakeDatabase data;
    std::vector<Member> members;
    HostName leader;
  };

  /// ovsdb-tool create-cluster and join-cluster, unless the file exists.
  Result<transport::Outcome> create(FakeHost& host, const CreateDatabase& action, Random& random);
  Result<transport::Outcome> join(FakeHost& host, const JoinDatabase& action, Random& random);

  /// cluster/leave, and moving the file aside.
  Result<transport::Outcome> leave(FakeHost& host);
  Result<transport::Outcome> retire(FakeHost& host);
  /// A cluster of one server with what the standalone database held.
  Result<transport::Outcome> adopt(FakeHost& host, const AdoptDatabase& action, Random& random);
  /// A cluster of one server with the rows of the one that is lost.
  Result<transport::Outcome> recreate(FakeHost& host, const RecreateDatabase& action, Random& random);
  /// cluster/kick, asked of the member on this host.
  Result<transport::Outcome> kick(const HostName& host, const KickMember& action);
  /// cluster/failure-test transfer-leadership, unless the member on this host does not lead.
  Result<transport::Outcome> hand_over(const HostName& host);
  /// cluster/change-election-timer: of the leader, and at most the double.
  Result<transport::Outcome> change_election_timer(const HostName& host, int ms);

  /// Somebody's server becomes a member of the cluster of this host, and goes away.
  void let_in(const HostName& host, const std::string& server_id, const std::string& address) {
    cluster_of(host)->members.push_back({"", server_id, address});
  }

  /// Joins go on, leaders are elected, members catch up.
  void tick();

  /// The server on this host runs, has joined, and a majority of its cluster runs.
  bool connected(const HostName& host) const;
  bool has_quorum(const Cluster& cluster) const;
  /// Ids of the clusters that have a quorum.
  std::vector<std::string> quorate() const;
  /// Of the file on this host; null before it has joined.
  Cluster* cluster_of(const HostName& host);
  const Cluster* cluster_of(const HostName& host) const;
  /// The data of the only cluster; null while there is none.
  FakeDatabase* data();
  const std::map<std::string, Cluster>& clusters() const { return clusters_; }
  /// Hosts whose file is a member, or wants to become one.
  std::vector<HostName> holders() const;
  bool server_runs(const HostName& host) const;

  Fact see_status(const HostName& host) const;
  Fact see_raft(const HostName& host) const;
  Fact see_file(const HostName& host) const;
  Fact see_log(const HostName& host) const;

 private:
  void join_one(FakeHost& host, FakeDatabaseFile& file);

  Database database_;
  Hosts& hosts_;
  std::map<std::string, Cluster> clusters_;
};

/// Both hold certificates of the authority that the other trusts.
bool tls_works(const FakeHost& server, const std::string& server_certificate, const FakeHost& client,
               const std::string& client_certificate);

}  // namespace kiln::test
