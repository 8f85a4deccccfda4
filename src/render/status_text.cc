#include "render/status_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/line.h"
#include "render/plan_text.h"
#include "render/table.h"

namespace kiln::render {
namespace {

using engine::CertificateStatus;
using engine::ChassisStatus;
using engine::DatabaseClusterStatus;
using engine::MemberStatus;
using engine::NodeStatus;
using engine::ServiceStatus;

constexpr std::int64_t kDaysToWorry = 30;

/// The heading, the table, and below it the problems that have no column.
std::string section(const std::string& heading, const Table& table, const std::vector<std::string>& problems,
                    const Style& style) {
  if (table.empty() && problems.empty()) return "";
  std::string text = style.paint(Tone::strong, heading) + '\n';
  if (!table.empty()) text += table.text(style, 2);
  for (const std::string& problem : problems)
    text += hanging("  problem: ", one_line(problem), style, Tone::bad);
  return text + '\n';
}

std::string services_text(const NodeStatus& node) {
  std::vector<std::string> parts;
  for (const ServiceStatus& service : node.services) {
    if (!service.wanted && service.state == "stopped") continue;
    // What is stopped for maintenance is said by the node's state.
    const bool well = service.state == "running" || service.state == "maintenance";
    const std::string state = well ? "" : ' ' + service.state;
    parts.push_back(service.name + state + (service.wanted ? "" : " (not wanted)"));
  }
  return or_dash(join(parts, ", "));
}

bool services_well(const NodeStatus& node) {
  return std::ranges::all_of(node.services, [](const ServiceStatus& service) {
    return service.wanted == (service.state == "running" || service.state == "maintenance");
  });
}

std::string nodes_text(const engine::Status& status, const Style& style) {
  Table table({"NODE", "ADDRESS", "STATE", "OVN", "OVS", "SERVICES"});
  std::vector<std::string> problems;
  for (const NodeStatus& node : status.nodes) {
    const Table::Cell state = !node.reachable    ? Table::Cell("no answer", Tone::bad)
                              : node.maintenance ? Table::Cell("maintenance", Tone::warn)
                                                 : Table::Cell("up", Tone::good);
    table.row({node.name,
               node.address,
               state,
               or_dash(node.ovn_version),
               or_dash(node.ovs_version),
               {services_text(node), services_well(node) ? Tone::plain : Tone::warn}});
    if (!node.problem.empty()) problems.push_back(node.name + ": " + node.problem);
  }
  return section("Nodes", table, problems, style);
}

std::string databases_text(const engine::Status& status, const Style& style) {
  std::string text;
  for (const DatabaseClusterStatus& database : status.databases) {
    Table table({"MEMBER", "SERVER", "ROLE", "STATUS", "SCHEMA", "PACKAGE", "LAG"});
    for (const MemberStatus& member : database.members) {
      const bool well = member.role == "leader" || member.role == "follower";
      const bool behind = member.lag > 0;
      const bool newer = member.expected_schema_version != member.schema_version;
      table.row(
          {member.node,
           or_dash(member.server_id.substr(0, 4)),
           {or_dash(member.role), well ? Tone::plain : Tone::bad},
           or_dash(member.status),
           or_dash(member.schema_version),
           {or_dash(member.expected_schema_version), newer ? Tone::warn : Tone::plain},
           {std::to_string(member.lag) + (behind ? " behind" : ""), behind ? Tone::warn : Tone::plain}});
    }
    std::vector<std::string> problems;
    if (!database.problem.empty()) problems.push_back(database.problem);
    const std::string leader = database.leader.empty() ? "no leader" : "leader " + database.leader;
    const std::string heading =
        fmt::format("{}  schema {}, {}, {}", database.name, or_dash(database.schema_version), leader,
                    count_of(database.members.size(), "member", "members"));
    text += section(heading, table, problems, style);
  }
  return text;
}

std::string chassis_text(const engine::Status& status, const Style& style) {
  Table table({"CHASSIS", "NODE", "HOSTNAME", "ENCAP", "PORTS"});
  for (const ChassisStatus& chassis : status.chassis)
    table.row({chassis.name,
               chassis.node.empty() ? Table::Cell("not in the file", Tone::warn) : Table::Cell(chassis.node),
               or_dash(chassis.hostname), or_dash(join(chassis.encaps, ", ")),
               std::to_string(chassis.ports)});
  return section("Chassis", table, {}, style);
}

Table::Cell days_cell(const CertificateStatus& certificate) {
  if (certificate.days_left < 0) return {fmt::format("expired {} d ago", -certificate.days_left), Tone::bad};
  const std::string days = fmt::format("{} d", certificate.days_left);
  if (certificate.days_left < kDaysToWorry) return {days + " (soon)", Tone::warn};
  return {days};
}

std::string certificates_text(const engine::Status& status, const Style& style) {
  Table table({"CERTIFICATE", "NODE", "LEFT", "SUBJECT"});
  std::vector<std::string> problems;
  for (const CertificateStatus& certificate : status.certificates) {
    const bool unread = certificate.subject.empty() && !certificate.problem.empty();
    table.row({certificate.name, certificate.node,
               unread ? Table::Cell("unknown", Tone::bad) : days_cell(certificate),
               or_dash(certificate.subject)});
    if (!certificate.problem.empty())
      problems.push_back(
          fmt::format("{} on {}: {}", certificate.name, certificate.node, certificate.problem));
  }
  return section("Certificates", table, problems, style);
}

std::string pending_text(const engine::Pending& pending, const Style& style) {
  std::string text;
  for (const std::string& error : pending.errors)
    text += hanging("  error: ", one_line(error), style, Tone::bad);
  if (!pending.unknown.empty())
    text += hanging("  unknown: ", one_line(engine::unknown_in_short(pending)), style, Tone::warn);
  if (!pending.changes.empty()) text += hanging("  ", engine::changes_in_short(pending), style, Tone::warn);
  if (text.empty()) return text;
  return style.paint(Tone::strong, "Not as the file says (`kiln plan` shows it)") + '\n' + text + '\n';
}

}  // namespace

std::string status_text(const engine::Status& status, const Style& style, bool verbose) {
  std::string text = nodes_text(status, style) + databases_text(status, style) + chassis_text(status, style) +
                     certificates_text(status, style) + troubles_text(status.troubles, style) +
                     pending_text(status.pending, style) + beside_text(status.beside, style, verbose);
  const std::string sentence = status.healthy() ? "all is well" : "not all is well: see above";
  return text + style.paint(status.healthy() ? Tone::good : Tone::bad, status.cluster + ": " + sentence) +
         '\n';
}

}  // namespace kiln::render
