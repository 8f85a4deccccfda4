#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/pending.h"

namespace kiln::engine {

/// What `kiln status` shows, read from the hosts as they are; fields that could not be read are empty and
/// say so in `problem`.
struct ServiceStatus {
  std::string name;  ///< "central", "chassis", "switch"
  bool wanted = false;
  /// "running", "stopped", "degraded (ovn-northd failed)", "unknown"; "maintenance": what is to run on a node
  /// in maintenance runs, and nothing else.
  std::string state;
};
struct NodeStatus {
  std::string name;
  std::string address;
  bool reachable = false;
  bool maintenance = false;  ///< the file says so
  std::string problem;
  std::string ovn_version;  ///< of the installed package, upstream part: "25.03.0"
  std::string ovs_version;
  std::vector<ServiceStatus> services;
};
struct MemberStatus {
  std::string node;
  std::string server_id;
  std::string role;    ///< "leader", "follower", "candidate", "not a member", "unknown"
  std::string status;  ///< "cluster member", …
  std::string address;
  std::string schema_version;
  std::string expected_schema_version;  ///< of the node's package
  std::int64_t lag = 0;                 ///< entries behind the leader's log
};
struct DatabaseClusterStatus {
  std::string name;  ///< "OVN_Northbound"
  std::string cluster_id;
  std::string schema_version;
  std::string leader;  ///< node
  std::vector<MemberStatus> members;
  std::string problem;
};
struct ChassisStatus {
  std::string name;  ///< system-id
  std::string node;  ///< "" if no node of the file has this name
  std::string hostname;
  std::vector<std::string> encaps;  ///< "geneve 10.0.1.11"
  std::int64_t ports = 0;           ///< Port_Binding rows that it has
};
struct CertificateStatus {
  std::string node;  ///< or "controller"
  std::string name;  ///< "ovn-northbound", "authority"
  std::string subject;
  std::int64_t days_left = 0;
  std::string problem;
};
struct Status {
  std::string cluster;
  std::vector<NodeStatus> nodes;
  std::vector<DatabaseClusterStatus> databases;
  std::vector<ChassisStatus> chassis;
  std::vector<CertificateStatus> certificates;
  std::vector<Trouble> troubles;  ///< what else runs and does not do its work
  std::vector<Beside> beside;     ///< what others have, no problem by itself
  Pending pending;                ///< what is not as the file says
  bool healthy() const;
};

Status read_status(const Desired& desired, Seams& seams, const Limits& limits);

}  // namespace kiln::engine
