#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ovsdb/json.h"
#include "render/plan_json.h"

namespace kiln::render {

using nlohmann::json;

namespace {

struct ActionJson {
  json operator()(const WriteFile& act) const {
    return {{"type", "write-file"},
            {"path", act.path},
            {"content", act.content},
            {"mode", fmt::format("{:04o}", act.mode)}};
  }
  json operator()(const RemoveAddress& act) const {
    return {{"type", "remove-address"}, {"link", act.link}, {"address", act.address}};
  }
  json operator()(const RemoveFile& act) const { return {{"type", "remove-file"}, {"path", act.path}}; }
  json operator()(const UnitAction& act) const {
    return {{"type", "unit"}, {"unit", act.unit}, {"verb", to_string(act.verb)}};
  }
  json operator()(const DaemonReload&) const { return {{"type", "daemon-reload"}}; }
  json operator()(const InstallPackages& act) const {
    return {{"type", "install-packages"}, {"packages", act.packages}, {"hold", act.hold}};
  }
  json operator()(const CreateAuthority& act) const {
    return {{"type", "create-authority"}, {"name", act.name}, {"lifetime_days", act.lifetime_days}};
  }
  json operator()(const WriteTrust& act) const {
    json fields{{"type", "write-trust"}, {"path", act.path}};
    if (!act.also.empty()) fields["also"] = act.also;
    return fields;
  }
  json operator()(const IssueCertificate& act) const {
    return {{"type", "issue-certificate"},
            {"directory", act.directory},
            {"shape", shape_json(act.shape)},
            {"owner", act.owner}};
  }
  json operator()(const CreateDatabase& act) const {
    return {{"type", "create-database"},
            {"database", schema_name(act.database)},
            {"local_address", act.local_address},
            {"election_timer_ms", act.election_timer_ms}};
  }
  json operator()(const AdoptDatabase& act) const {
    return {{"type", "adopt-database"},
            {"database", schema_name(act.database)},
            {"local_address", act.local_address},
            {"election_timer_ms", act.election_timer_ms}};
  }
  json operator()(const RemoveKept&) const { return {{"type", "remove-kept"}}; }
  json operator()(const JoinDatabase& act) const {
    return {{"type", "join-database"},
            {"database", schema_name(act.database)},
            {"local_address", act.local_address},
            {"remote_addresses", act.remote_addresses}};
  }
  json operator()(const LeaveDatabase& act) const {
    return {{"type", "leave-database"}, {"database", schema_name(act.database)}};
  }
  json operator()(const RetireDatabase& act) const {
    return {{"type", "retire-database"}, {"database", schema_name(act.database)}};
  }
  json operator()(const RecreateDatabase& act) const {
    return {{"type", "recreate-database"},
            {"database", schema_name(act.database)},
            {"cluster_id", act.cluster_id},
            {"local_address", act.local_address},
            {"election_timer_ms", act.election_timer_ms}};
  }
  json operator()(const KickMember& act) const {
    return {{"type", "kick-member"},
            {"database", schema_name(act.database)},
            {"server_id", act.server_id},
            {"address", act.address}};
  }
  json operator()(const HandOver& act) const {
    return {{"type", "hand-over"}, {"database", schema_name(act.database)}};
  }
  json operator()(const Reboot& act) const { return {{"type", "reboot"}, {"boot_id", act.boot_id}}; }
  json operator()(const RemoveCertificate& act) const {
    return {{"type", "remove-certificate"}, {"directory", act.directory}};
  }
  /// The operations are RFC 7047's, 5.2, as they go to the server.
  json operator()(const Transact& act) const {
    json operations = json::array();
    for (const ovsdb::Operation& operation : act.transaction) operations.push_back(ovsdb::to_json(operation));
    return {
        {"type", "transact"}, {"database", schema_name(act.database)}, {"operations", std::move(operations)}};
  }
  json operator()(const Appctl& act) const {
    return {{"type", "appctl"}, {"target", act.target}, {"arguments", act.arguments}};
  }

  static json shape_json(const pki::CertificateShape& shape) {
    json usages = json::array();
    for (const pki::Usage usage : shape.usages)
      usages.push_back(usage == pki::Usage::server ? "serverAuth" : "clientAuth");
    return {{"common_name", shape.common_name},
            {"organizational_unit", shape.organizational_unit},
            {"dns_names", shape.dns_names},
            {"ip_addresses", shape.ip_addresses},
            {"extended_key_usage", std::move(usages)},
            {"lifetime_days", shape.lifetime_days}};
  }
};

struct ConditionJson {
  json operator()(const DatabaseConnected& wait) const {
    return {{"type", "database-connected"}, {"database", schema_name(wait.database)}};
  }
  json operator()(const MemberGone& wait) const {
    return {{"type", "member-gone"}, {"database", schema_name(wait.database)}, {"address", wait.address}};
  }
  json operator()(const QuorumKept& wait) const {
    json members = json::array();
    for (const PlannedMember& member : wait.members)
      members.push_back(
          {{"host", member.host}, {"address", member.address}, {"id", member.id}, {"listed", member.listed}});
    return {{"type", "quorum-kept"},
            {"database", schema_name(wait.database)},
            {"members", std::move(members)},
            {"but", wait.but},
            {"gone", wait.gone},
            {"silent", wait.silent},
            {"mends", wait.mends}};
  }
  json operator()(const NoDatabase& wait) const {
    return {{"type", "no-database"}, {"database", schema_name(wait.database)}, {"hosts", wait.hosts}};
  }
  json operator()(const MemberFollows& wait) const {
    return {{"type", "member-follows"}, {"database", schema_name(wait.database)}};
  }
  json operator()(const NorthdActive& wait) const {
    return {{"type", "northd-active"}, {"hosts", wait.hosts}};
  }
  json operator()(const ChassisGone& wait) const {
    return {{"type", "chassis-gone"}, {"chassis", wait.chassis}};
  }
  json operator()(const Rebooted& wait) const { return {{"type", "rebooted"}, {"boot_id", wait.boot_id}}; }
  json operator()(const ElectionTimer& wait) const {
    return {{"type", "election-timer"}, {"database", schema_name(wait.database)}, {"ms", wait.ms}};
  }
  json operator()(const UnitActive& wait) const { return {{"type", "unit-active"}, {"unit", wait.unit}}; }
  json operator()(const LinkPresent& wait) const { return {{"type", "link-present"}, {"link", wait.link}}; }
  json operator()(const LinkGone& wait) const { return {{"type", "link-gone"}, {"link", wait.link}}; }
  json operator()(const ChassisRegistered& wait) const {
    return {{"type", "chassis-registered"},
            {"chassis", wait.chassis},
            {"encap_ips", wait.encap_ips},
            {"encap_types", wait.encap_types}};
  }
  json operator()(const NorthdRunning&) const { return {{"type", "northd-running"}}; }
  json operator()(const ControllerConnected&) const { return {{"type", "controller-connected"}}; }
  json operator()(const CertificateServed& wait) const {
    return {{"type", "certificate-served"},
            {"address", wait.address},
            {"port", wait.port},
            {"common_name", wait.common_name}};
  }
  json operator()(const PortUp& wait) const { return {{"type", "port-up"}, {"port", wait.port}}; }
  json operator()(const PingAnswered& wait) const {
    return {
        {"type", "ping-answered"}, {"network_namespace", wait.network_namespace}, {"target", wait.target}};
  }
};

}  // namespace

json to_json(const Action& action) {
  json shown = std::visit(ActionJson{}, action);
  shown["text"] = describe(action);
  return shown;
}

json to_json(const Condition& condition) {
  json shown = std::visit(ConditionJson{}, condition);
  shown["text"] = describe(condition);
  return shown;
}

}  // namespace kiln::render
