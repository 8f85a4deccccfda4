#include "resources/context.h"

#include <algorithm>

#include "base/address.h"
#include "base/text.h"

namespace kiln::resources {

Context::Context(const Desired& the_desired, const Placement& the_placement, const Facts& the_facts)
    : desired(the_desired),
      placement(the_placement),
      facts(the_facts),
      authority(std::make_shared<const KnownAuthority>(known_authority(the_desired, the_facts))),
      identity(resources::identity(the_desired, the_facts)) {
  for (const NodeSpec* node : desired.nodes_in_file_order())
    for (const char* service : {"central", "chassis", "switch"})
      if (placement.has(node->name, service)) nodes_[service].push_back(node);
  for (const auto* nodes : {&desired.nodes, &desired.dead})
    for (const auto& [name, node] : *nodes) addresses_.insert(node.address);
  for (const Database database : {Database::northbound, Database::southbound}) {
    memberships.emplace(database, membership(*this, database));
    exists_[database] = std::ranges::any_of(desired.nodes, [&](const auto& named) {
      const auto* file = facts.seen<DatabaseFileSeen>(named.first, DatabaseFileLook{database});
      return file && file->clustered;
    });
  }
  for (const Database database : {Database::northbound, Database::southbound})
    endpoints_[database] = endpoints_of(database);
}

const std::vector<const NodeSpec*>& Context::nodes_with(const std::string& service) const {
  static const std::vector<const NodeSpec*> kNone;
  const auto found = nodes_.find(service);
  return found == nodes_.end() ? kNone : found->second;
}

bool Context::lingers(const std::string& node) const {
  return std::ranges::any_of(memberships, [&](const auto& of) { return of.second.lingering.contains(node); });
}

bool Context::is_at_a_node(const std::string& endpoints) const {
  return std::ranges::any_of(addresses_in(endpoints),
                             [&](const std::string& address) { return addresses_.contains(address); });
}

std::string Context::endpoints_of(Database database) const {
  std::vector<std::string> endpoints;
  for (const std::string& ip : desired.cluster.central_ips)
    endpoints.push_back(ssl_address(ip, client_port(database)));
  if (!endpoints.empty()) return join(endpoints, ",");
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (placement.has(node->name, "central") || lingers(node->name))
      endpoints.push_back(ssl_address(node->address, client_port(database)));
  return join(endpoints, ",");
}

std::vector<Need> Context::needs_of_members(Database database, const std::string& reason) const {
  std::vector<Need> needs;
  for (const NodeSpec* central : nodes_with("central"))
    needs.push_back({database_id(central->name, database), reason, exists_.at(database)});
  return needs;
}

std::string why_not_dead(const Facts& facts, const HostName& node) {
  if (facts.unknown(node, HostLook{})) return "";
  return node + " answers, so it is not dead: `state = \"absent\"` lets it leave";
}

const Span& place_of_services(const NodeSpec& node) {
  return node.places.at(node.stays() ? "services" : "state");
}

std::string bracketed(const std::string& address) {
  const auto parsed = IpAddress::parse(address);
  return parsed ? parsed->bracketed() : address;
}

std::string ssl_address(const std::string& address, int port) {
  return "ssl:" + bracketed(address) + ':' + std::to_string(port);
}

Uuid row_uuid(const std::string& mark) {
  // FNV-1a, 128 bits (two lanes of 64 with different offsets): spread, not secrecy, is what is needed.
  std::uint64_t lanes[2] = {0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL};
  for (const char c : mark)
    for (std::uint64_t& lane : lanes) lane = (lane ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  lanes[1] ^= lanes[0] >> 29;
  Uuid uuid;
  for (std::size_t i = 0; i < 16; ++i)
    uuid.bytes[i] = static_cast<std::uint8_t>(lanes[i / 8] >> (8 * (i % 8)));
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);  // RFC 9562, 5.8: version 8
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

ResourceId mark_id(const std::string& node) {
  return {"mark", node};
}
ResourceId packages_id(const std::string& node) {
  return {"packages", node};
}
ResourceId authority_id(const std::string& cluster) {
  return {"authority", cluster};
}
ResourceId trust_id(const std::string& node) {
  return {"trust", node};
}
ResourceId certificate_id(const std::string& node, const std::string& daemon) {
  return {"certificate", node + '/' + daemon};
}
ResourceId database_id(const std::string& node, Database database) {
  return {"database", node + '/' + std::string(short_name(database))};
}
ResourceId listener_id(Database database) {
  return {"listener", std::string(short_name(database))};
}
ResourceId election_timer_id(Database database) {
  return {"election-timer", std::string(short_name(database))};
}
ResourceId northd_id(const std::string& node) {
  return {"northd", node};
}
ResourceId client_id(const std::string& node) {
  return {"client", node};
}
ResourceId openvswitch_id(const std::string& node) {
  return {"openvswitch", node};
}
ResourceId bridge_id(const std::string& node, const std::string& bridge) {
  return {"bridge", node + '/' + bridge};
}
ResourceId chassis_id(const std::string& node) {
  return {"chassis", node};
}
ResourceId logical_switch_id(const std::string& name) {
  return {"logical-switch", name};
}
ResourceId logical_switch_port_id(const PortSpec& port) {
  return {"logical-switch-port", port.key()};
}
ResourceId workload_id(const std::string& name) {
  return {"workload", name};
}
ResourceId node_id(const std::string& name) {
  return {"node", name};
}
ResourceId deployment_id(const std::string& cluster) {
  return {"deployment", cluster};
}
ResourceId lost_workload_id(const std::string& name, const HostName& host) {
  return {"workload", name + '@' + host};
}

}  // namespace kiln::resources
