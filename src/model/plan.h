#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/seams.h"
#include "model/action.h"
#include "model/look.h"
#include "model/state.h"
#include "model/trouble.h"

/// A plan is a graph of steps. A step looks whether its guards hold, does its actions in order, then waits
/// for its gates. What apply does is exactly what is in here.

namespace kiln {

/// The closed list of things that a gate can wait for. Each is judged from facts alone (engine/gate.h).
struct DatabaseConnected {  ///< the server on `host` is connected to its cluster; a member has applied all it
                            ///< has
  Database database{};
  bool operator==(const DatabaseConnected&) const = default;
};
struct MemberGone {  ///< the member on `host` no longer lists a server at `address` ("ssl:10.0.0.1:6643")
  Database database{};
  std::string address;
  bool operator==(const MemberGone&) const = default;
};
struct MemberFollows {  ///< the member on `host` does not lead, and knows who does
  Database database{};
  bool operator==(const MemberFollows&) const = default;
};
struct ElectionTimer {  ///< the member on `host` says that its cluster's election timer is this
  Database database{};
  std::int64_t ms = 0;
  bool operator==(const ElectionTimer&) const = default;
};
struct UnitActive {
  std::string unit;
  bool operator==(const UnitActive&) const = default;
};
struct LinkPresent {  ///< the host has this link
  std::string link;
  bool operator==(const LinkPresent&) const = default;
};
struct LinkGone {  ///< the host no longer has this link
  std::string link;
  bool operator==(const LinkGone&) const = default;
};
struct ChassisRegistered {  ///< Chassis row in the southbound with an Encap of each type at each ip
  std::string chassis;
  std::vector<std::string> encap_ips;
  std::vector<std::string> encap_types;
  bool operator==(const ChassisRegistered&) const = default;
};
struct NorthdRunning {  ///< `ovn-northd status` answers "active" or "standby"
  bool operator==(const NorthdRunning&) const = default;
};
struct NorthdActive {  ///< on one of these hosts `ovn-northd status` answers "active"
  std::vector<HostName> hosts;
  bool operator==(const NorthdActive&) const = default;
};
struct ChassisGone {  ///< the southbound has no Chassis row of this name
  std::string chassis;
  bool operator==(const ChassisGone&) const = default;
};
struct Rebooted {  ///< the host answers, and its boot id is another than this one
  std::string boot_id;
  bool operator==(const Rebooted&) const = default;
};
struct ControllerConnected {  ///< `ovn-controller connection-status` answers "connected"
  bool operator==(const ControllerConnected&) const = default;
};
struct CertificateServed {  ///< the TLS server at address:port serves a certificate for this name, by our
                            ///< authority
  std::string address;
  int port = 0;
  std::string common_name;
  bool operator==(const CertificateServed&) const = default;
};
struct PortUp {  ///< Logical_Switch_Port.up, which northd sets from Port_Binding
  std::string port;
  bool operator==(const PortUp&) const = default;
};
struct PingAnswered {  ///< every echo request from the network namespace is answered
  std::string network_namespace;
  std::string target;
  bool operator==(const PingAnswered&) const = default;
};
/// A server of a clustered database, as the plan knows it.
struct PlannedMember {
  HostName host;        ///< "" of one that cannot be asked
  std::string address;  ///< "ssl:10.0.0.1:6643"
  std::string id;       ///< or the first four digits of it; "" where the plan could not know it
  bool listed = true;   ///< the others have to list it; else they may: it comes or goes in this plan
  bool operator==(const PlannedMember&) const = default;
};
struct QuorumKept {  ///< asked of the leader: its cluster has these members, and all of them are connected
  Database database{};
  std::vector<PlannedMember> members;
  std::vector<std::string> but;  ///< addresses of those that the step makes, mends or removes
  std::string gone;              ///< id of a server that is not listed any more, or ""
  std::string silent;            ///< address from which nobody heard for two election timers, or ""
  bool mends = false;  ///< holds too where the step can cost nothing: the server that it restarts serves
                       ///< nobody, or all run and nobody leads
  bool operator==(const QuorumKept&) const = default;
};
struct NoDatabase {  ///< none of these hosts holds a member of the database
  Database database{};
  std::vector<HostName> hosts;
  bool operator==(const NoDatabase&) const = default;
};
using Condition =
    std::variant<DatabaseConnected, UnitActive, LinkPresent, ChassisRegistered, NorthdRunning,
                 CertificateServed, PortUp, PingAnswered, ControllerConnected, MemberGone, ElectionTimer,
                 LinkGone, MemberFollows, NorthdActive, ChassisGone, Rebooted, QuorumKept, NoDatabase>;

/// "OVN_Northbound on n1 connected"
std::string describe(const Condition& condition);

struct Gate {
  HostName host;  ///< where to look
  Condition condition;
  Duration deadline{30000};
  bool operator==(const Gate&) const = default;
};

/// What a step puts at risk, worst last.
enum class Risk { none, control_plane, data_plane, quorum };
std::string_view to_string(Risk risk);

/// An edge: the step waits for `step` because of `reason`.
struct StepNeed {
  std::string step;
  std::string reason;
  bool operator==(const StepNeed&) const = default;
};

struct Step {
  std::string id;                     ///< unique in the plan: "database/n1/nb:create"
  std::vector<ResourceId> resources;  ///< what it is for: one, or many where rows are written in batches
  HostName host;
  std::string title;              ///< what happens, in a few words: "create OVN_Northbound, first member"
  std::vector<std::string> why;   ///< at least one
  std::vector<Gate> guards = {};  ///< must hold at the moment when the actions begin
  std::vector<Action> actions;    ///< may be empty: then it only waits
  std::vector<Gate> gates;        ///< waited for in order after the actions
  std::vector<StepNeed> needs;    ///< sorted by step
  std::string pool;               ///< steps of one pool run one at a time; "" = no limit
  Risk risk = Risk::none;
  bool irreversible = false;
  Duration deadline{120000};  ///< for each action
  bool operator==(const Step&) const = default;
};

/// Everything that plan shows and apply does.
struct Plan {
  std::string cluster;
  std::string id;               ///< of its content: first 12 hexadecimal digits of a SHA-256
  std::string revision;         ///< of git, with "-dirty" where the files differ from it; "" outside git
  std::vector<Change> changes;  ///< every resource that is not Verb::none, sorted by id
  std::size_t unchanged = 0;    ///< resources that are as wanted
  std::string part;             ///< "only n1": of which nodes it is; "" = of all
  bool goes_on = false;         ///< a plan that is made after this one was carried out has more, by design
  std::size_t left_out = 0;     ///< changes that it would have besides, if it were of all
  std::vector<Step> steps;      ///< in an order that respects `needs`
  std::vector<std::string> warnings;
  std::vector<Trouble> troubles;  ///< what is as wanted and does not work: nothing that steps would mend
  std::vector<Beside> beside;     ///< what others have, sorted by kind and text; no part of the plan's id
  bool operator==(const Plan&) const = default;

  bool empty() const { return steps.empty() && changes.empty(); }
  /// Everything is as wanted, and works.
  bool well() const { return empty() && troubles.empty(); }
  /// Changes that cannot be made now because something is unknown or refused.
  std::size_t deferred() const;
};

}  // namespace kiln
