#include "engine/audit.h"

#include <syslog.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace kiln::engine {
namespace {

/// The service of the file that a unit belongs to; the unit itself where it is none.
std::string service_of(const std::string& unit) {
  static const std::map<std::string, std::string> kServices = {
      {"ovn-central.service", "central"},      {"ovn-northd.service", "central"},
      {"ovn-host.service", "chassis"},         {"ovn-controller.service", "chassis"},
      {"ovsdb-server.service", "switch"},      {"ovs-vswitchd.service", "switch"},
      {"openvswitch-switch.service", "switch"}};
  if (unit.starts_with("ovn-ovsdb-server-")) return "central";
  const auto known = kServices.find(unit);
  return known == kServices.end() ? unit : known->second;
}

SecurityEvent administration(const Step& step, std::string action) {
  return {"AUTHZ", "authz_admin", {{"action", std::move(action)}, {"node", step.host}}};
}

SecurityEvent with(SecurityEvent event, std::string name, std::string value) {
  event.fields.emplace_back(std::move(name), std::move(value));
  return event;
}

struct EventOf {
  const Step& step;

  SecurityEvent operator()(const UnitAction& act) const {
    const std::string service = service_of(act.unit);
    switch (act.verb) {
      case UnitVerb::start:
      case UnitVerb::restart:
        return {"SYS", "sys_startup", {{"node", step.host}, {"service", service}, {"unit", act.unit}}};
      case UnitVerb::stop:
        return {"SYS", "sys_shutdown", {{"node", step.host}, {"service", service}, {"unit", act.unit}}};
      case UnitVerb::enable:
      case UnitVerb::unmask:
        return with(administration(step, "enable_service"), "service", service);
      case UnitVerb::disable:
      case UnitVerb::mask:
        return with(administration(step, "disable_service"), "service", service);
      case UnitVerb::reset_failed:
        break;
    }
    return with(administration(step, "reset_failed"), "unit", act.unit);
  }
  SecurityEvent operator()(const CreateAuthority& act) const {
    return {"AUTHN",
            "authn_password_changed",
            {{"action", "create_ca"}, {"node", step.host}, {"subject", act.name}}};
  }
  SecurityEvent operator()(const IssueCertificate& act) const {
    return {"AUTHN",
            "authn_password_changed",
            {{"action", "issue_certificate"},
             {"node", step.host},
             {"service", act.shape.organizational_unit},
             {"subject", act.shape.common_name}}};
  }
  SecurityEvent operator()(const RemoveCertificate& act) const {
    return {"AUTHN",
            "authn_password_changed",
            {{"action", "remove_certificate"}, {"node", step.host}, {"path", act.directory}}};
  }
  SecurityEvent operator()(const WriteTrust& act) const {
    return {
        "AUTHN", "authn_password_changed", {{"action", "set_ca"}, {"node", step.host}, {"path", act.path}}};
  }
  SecurityEvent operator()(const CreateDatabase& act) const {
    return cluster("cluster_bootstrap", act.database);
  }
  SecurityEvent operator()(const AdoptDatabase& act) const { return cluster("cluster_adopt", act.database); }
  SecurityEvent operator()(const JoinDatabase& act) const { return cluster("cluster_join", act.database); }
  SecurityEvent operator()(const LeaveDatabase& act) const { return cluster("cluster_leave", act.database); }
  SecurityEvent operator()(const RecreateDatabase& act) const {
    return with(cluster("cluster_recover", act.database), "cluster_id", act.cluster_id);
  }
  SecurityEvent operator()(const KickMember& act) const {
    return with(cluster("cluster_kick", act.database), "server", act.server_id);
  }
  SecurityEvent operator()(const HandOver& act) const { return cluster("cluster_hand_over", act.database); }
  SecurityEvent operator()(const Reboot&) const { return {"SYS", "sys_restart", {{"node", step.host}}}; }
  SecurityEvent operator()(const RetireDatabase& act) const {
    return cluster("database_retire", act.database);
  }
  SecurityEvent operator()(const RemoveKept&) const { return administration(step, "database_purge"); }
  SecurityEvent operator()(const Transact& act) const { return cluster("database_write", act.database); }
  SecurityEvent operator()(const WriteFile& act) const {
    return with(administration(step, "config_set"), "path", act.path);
  }
  SecurityEvent operator()(const RemoveFile& act) const {
    return with(administration(step, "config_delete"), "path", act.path);
  }
  SecurityEvent operator()(const RemoveAddress& act) const {
    return with(administration(step, "address_delete"), "address", act.address);
  }
  SecurityEvent operator()(const InstallPackages&) const { return administration(step, "install_packages"); }
  SecurityEvent operator()(const DaemonReload&) const { return administration(step, "daemon_reload"); }
  SecurityEvent operator()(const Appctl& act) const {
    return with(administration(step, "appctl"), "command",
                act.arguments.empty() ? "" : act.arguments.front());
  }

  SecurityEvent cluster(std::string action, Database database) const {
    return with(administration(step, std::move(action)), "database", std::string(schema_name(database)));
  }
};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._:/@-").find(c) != std::string_view::npos;
}

std::string value_text(const std::string& value) {
  if (!value.empty() && std::ranges::all_of(value, is_plain)) return value;
  return nlohmann::json(value).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

SecurityEvent security_event(const Step& step, const Action& action) {
  return std::visit(EventOf{step}, action);
}

std::string to_text(const SecurityEvent& event, const std::string& run) {
  std::string text = "security=true category=" + event.category + " event=" + event.event;
  for (const auto& [name, value] : event.fields) text += ' ' + name + '=' + value_text(value);
  return text + " run=" + value_text(run);
}

SystemAuditLog::SystemAuditLog() {
  ::openlog("kiln", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

void SystemAuditLog::write(const std::string& text) {
  ::syslog(LOG_INFO, "%s", text.c_str());
}

}  // namespace kiln::engine
