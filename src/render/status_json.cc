#include "render/status_json.h"

#include <nlohmann/json.hpp>

#include "render/plan_json.h"

namespace kiln::render {

using nlohmann::json;

namespace {

json node_json(const engine::NodeStatus& node) {
  json services = json::array();
  for (const engine::ServiceStatus& service : node.services)
    services.push_back({{"name", service.name}, {"wanted", service.wanted}, {"state", service.state}});
  return {{"name", node.name},
          {"address", node.address},
          {"reachable", node.reachable},
          {"maintenance", node.maintenance},
          {"problem", node.problem},
          {"ovn_version", node.ovn_version},
          {"ovs_version", node.ovs_version},
          {"services", std::move(services)}};
}

json database_json(const engine::DatabaseClusterStatus& database) {
  json members = json::array();
  for (const engine::MemberStatus& member : database.members)
    members.push_back({{"node", member.node},
                       {"server_id", member.server_id},
                       {"role", member.role},
                       {"status", member.status},
                       {"address", member.address},
                       {"schema_version", member.schema_version},
                       {"expected_schema_version", member.expected_schema_version},
                       {"lag", member.lag}});
  return {{"name", database.name},
          {"cluster_id", database.cluster_id},
          {"schema_version", database.schema_version},
          {"leader", database.leader},
          {"members", std::move(members)},
          {"problem", database.problem}};
}

json chassis_json(const engine::ChassisStatus& chassis) {
  return {{"name", chassis.name},
          {"node", chassis.node},
          {"hostname", chassis.hostname},
          {"encaps", chassis.encaps},
          {"ports", chassis.ports}};
}

json certificate_json(const engine::CertificateStatus& certificate) {
  return {{"node", certificate.node},
          {"name", certificate.name},
          {"subject", certificate.subject},
          {"days_left", certificate.days_left},
          {"problem", certificate.problem}};
}

template <typename Entry, typename ToJson>
json list_of(const std::vector<Entry>& entries, ToJson to_json) {
  json list = json::array();
  for (const Entry& entry : entries) list.push_back(to_json(entry));
  return list;
}

}  // namespace

json status_json(const engine::Status& status) {
  return {{"format_version", "1.0"},
          {"cluster", status.cluster},
          {"healthy", status.healthy()},
          {"nodes", list_of(status.nodes, node_json)},
          {"databases", list_of(status.databases, database_json)},
          {"chassis", list_of(status.chassis, chassis_json)},
          {"certificates", list_of(status.certificates, certificate_json)},
          {"troubles", troubles_json(status.troubles)},
          {"beside", beside_json(status.beside)},
          {"pending",
           {{"changes", status.pending.changes},
            {"unknown", status.pending.unknown},
            {"errors", status.pending.errors}}}};
}

}  // namespace kiln::render
