#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/fact.h"
#include "model/spec.h"
#include "resources/central/membership.h"
#include "resources/host/authority.h"
#include "resources/host/mark.h"
#include "resources/kinds.h"
#include "resources/resource.h"

namespace kiln::resources {

/// What a kind makes its resources from. They keep nothing of it by reference.
struct Context {
  Context(const Desired& desired, const Placement& placement, const Facts& facts);

  const Desired& desired;
  const Placement& placement;
  const Facts& facts;
  std::map<Database, Membership> memberships;       ///< of both clustered databases
  std::shared_ptr<const KnownAuthority> authority;  ///< every certificate's resource asks it
  Identity identity;

  std::string mark(const ResourceId& id) const { return owner_mark(desired.cluster.name, id); }
  const NodeSpec& node(const std::string& name) const { return desired.nodes.at(name); }
  /// Nodes that run the service, in file order.
  const std::vector<const NodeSpec*>& nodes_with(const std::string& service) const;
  /// "ssl:10.0.0.1:6641,ssl:…" of every central and of those that linger, in file order; of [cluster]
  /// central-ips where that is set.
  const std::string& endpoints(Database database) const { return endpoints_.at(database); }
  /// A member of the node cannot leave now, although the file no longer makes it a central.
  bool lingers(const std::string& node) const;
  /// One of the endpoints, "ssl:192.0.2.11:6642,…", is at a node of the file.
  bool is_at_a_node(const std::string& endpoints) const;
  /// Needs of every member of the database. Once there is a member anywhere only the order matters: one that
  /// is down does not keep the others' clients from being mended.
  std::vector<Need> needs_of_members(Database database, const std::string& reason) const;

 private:
  std::string endpoints_of(Database database) const;

  // Every resource asks: what is of all nodes is found once.
  std::map<std::string, std::vector<const NodeSpec*>> nodes_;  ///< by service
  std::set<std::string> addresses_;                            ///< of all of them
  std::map<Database, bool> exists_;                            ///< a member of it, anywhere
  std::map<Database, std::string> endpoints_;
};

/// What tells of the conditions that keep the packages' daemons from making a database.
std::vector<Probe> lost_condition_probes(const HostName& host);

/// What tells of anything of kiln's on a node, whatever the file says of it.
std::vector<Probe> probes_of_marks_on(const NodeSpec& node);

/// Why a node that the file calls dead is left alone, or "".
std::string why_not_dead(const Facts& facts, const HostName& node);

/// Where the file says that a service of the node is not wanted.
const Span& place_of_services(const NodeSpec& node);

/// The address as it stands before a port: brackets around IPv6.
std::string bracketed(const std::string& address);
/// "ssl:10.0.0.1:6643"
std::string ssl_address(const std::string& address, int port);

/// One line of the table of kinds: adds this kind's resources, and its removals.
using MakeKind = void (*)(const Context& context, Resources& resources);

void make_marks(const Context& context, Resources& resources);
void make_packages(const Context& context, Resources& resources);
void make_authority(const Context& context, Resources& resources);
void make_trust(const Context& context, Resources& resources);
void make_certificates(const Context& context, Resources& resources);
void make_databases(const Context& context, Resources& resources);
void make_listeners(const Context& context, Resources& resources);
void make_election_timers(const Context& context, Resources& resources);
void make_northd(const Context& context, Resources& resources);
void make_clients(const Context& context, Resources& resources);
void make_openvswitch(const Context& context, Resources& resources);
void make_bridges(const Context& context, Resources& resources);
void make_chassis(const Context& context, Resources& resources);
void make_logical_switches(const Context& context, Resources& resources);
void make_logical_switch_ports(const Context& context, Resources& resources);
void make_workloads(const Context& context, Resources& resources);
void make_nodes(const Context& context, Resources& resources);
void make_deployment(const Context& context, Resources& resources);

/// A uuid made from the ownership mark, so that a row is inserted under the same uuid however often it is
/// tried: a second insert is refused by the server and changes nothing.
Uuid row_uuid(const std::string& mark);

/// Names of resources, spelt once.
ResourceId mark_id(const std::string& node);
ResourceId packages_id(const std::string& node);
ResourceId authority_id(const std::string& cluster);
ResourceId trust_id(const std::string& node);
ResourceId certificate_id(const std::string& node, const std::string& daemon);
ResourceId database_id(const std::string& node, Database database);
ResourceId listener_id(Database database);
ResourceId election_timer_id(Database database);
ResourceId northd_id(const std::string& node);
ResourceId client_id(const std::string& node);
ResourceId openvswitch_id(const std::string& node);
ResourceId bridge_id(const std::string& node, const std::string& bridge);
ResourceId chassis_id(const std::string& node);
ResourceId logical_switch_id(const std::string& name);
ResourceId logical_switch_port_id(const PortSpec& port);
ResourceId workload_id(const std::string& name);
ResourceId node_id(const std::string& name);
ResourceId deployment_id(const std::string& cluster);
/// Of one that is on a host where the file no longer has it.
ResourceId lost_workload_id(const std::string& name, const HostName& host);

}  // namespace kiln::resources
