#include "engine/gate.h"

#include <algorithm>

#include "base/text.h"
#include "engine/quorum.h"
#include "engine/verdict.h"
#include "pki/certificate.h"
#include "resources/central/central.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

using resources::chassis_look;
using resources::connection_status_look;
using resources::encaps_look;
using resources::kControllerUnit;
using resources::kNorthdUnit;
using resources::northd_status;
using resources::northd_status_look;

RowsLook ports_look() {
  return {Database::northbound, "Logical_Switch_Port", {"name", "up"}};
}

struct ProbesOf {
  const HostName& host;

  std::vector<Probe> operator()(const DatabaseConnected& wait) const {
    std::vector<Probe> probes{{host, DatabaseLook{wait.database}},
                              {host, UnitLook{std::string(server_unit(wait.database))}}};
    if (wait.database != Database::open_vswitch) probes.push_back({host, RaftLook{wait.database}});
    return probes;
  }
  std::vector<Probe> operator()(const QuorumKept& wait) const { return probes_of_quorum(wait); }
  std::vector<Probe> operator()(const NoDatabase& wait) const {
    std::vector<Probe> probes;
    for (const HostName& name : wait.hosts) probes.push_back({name, DatabaseFileLook{wait.database}});
    return probes;
  }
  std::vector<Probe> operator()(const MemberGone& wait) const { return {{host, RaftLook{wait.database}}}; }
  std::vector<Probe> operator()(const ElectionTimer& wait) const { return {{host, RaftLook{wait.database}}}; }
  std::vector<Probe> operator()(const MemberFollows& wait) const { return {{host, RaftLook{wait.database}}}; }
  std::vector<Probe> operator()(const UnitActive& wait) const { return {{host, UnitLook{wait.unit}}}; }
  std::vector<Probe> operator()(const LinkPresent&) const { return {{host, HostLook{}}}; }
  std::vector<Probe> operator()(const LinkGone&) const { return {{host, HostLook{}}}; }
  std::vector<Probe> operator()(const ChassisRegistered&) const {
    std::vector<Probe> probes{{kCluster, chassis_look()}, {kCluster, encaps_look()}};
    if (host != kCluster) probes.push_back({host, UnitLook{kControllerUnit}});
    return probes;
  }
  std::vector<Probe> operator()(const NorthdRunning&) const {
    return {{host, northd_status_look()}, {host, UnitLook{kNorthdUnit}}};
  }
  std::vector<Probe> operator()(const NorthdActive& wait) const {
    std::vector<Probe> probes;
    for (const HostName& name : wait.hosts) probes.push_back({name, northd_status_look()});
    return probes;
  }
  std::vector<Probe> operator()(const ChassisGone&) const { return {{kCluster, chassis_look()}}; }
  std::vector<Probe> operator()(const Rebooted&) const { return {{host, HostLook{}}}; }
  std::vector<Probe> operator()(const ControllerConnected&) const {
    return {{host, connection_status_look()}, {host, UnitLook{kControllerUnit}}};
  }
  std::vector<Probe> operator()(const CertificateServed& wait) const {
    return {{host, ServedCertificateLook{wait.address, wait.port}}};
  }
  std::vector<Probe> operator()(const PortUp&) const { return {{kCluster, ports_look()}}; }
  std::vector<Probe> operator()(const PingAnswered& wait) const {
    return {{host, PingLook{wait.network_namespace, wait.target, 1}}};
  }
};

/// A member that is connected may still lack entries that the others have.
Verdict judge_member(const HostName& host, Database database, const Facts& facts) {
  const auto* raft = facts.seen<RaftSeen>(host, RaftLook{database});
  if (!raft) return not_seen(host, RaftLook{database}, facts, "it says nothing of its cluster");
  if (!raft->is_member()) return not_yet(raft->status.empty() ? "no member yet" : raft->status);
  if (!raft->knows_leader()) return not_yet("no leader is known");
  if (raft->not_applied > 0)
    return not_yet(count_of(static_cast<std::size_t>(raft->not_applied), "entry", "entries") +
                   " not yet applied");
  return holds("cluster member, leader " + raft->leader);
}

struct GateJudge {
  const HostName& host;
  const Facts& facts;

  Verdict operator()(const DatabaseConnected& wait) const {
    if (auto trouble = unit_trouble(host, std::string(server_unit(wait.database)), facts)) return *trouble;
    const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{wait.database});
    if (!status) return not_seen(host, DatabaseLook{wait.database}, facts, "no server answers");
    if (!status->connected) return not_yet("not connected to its cluster");
    if (status->model != "clustered" || wait.database == Database::open_vswitch) return holds("connected");
    return judge_member(host, wait.database, facts);
  }

  Verdict operator()(const MemberGone& wait) const {
    const auto* raft = facts.seen<RaftSeen>(host, RaftLook{wait.database});
    if (!raft) return not_seen(host, RaftLook{wait.database}, facts, "it says nothing of its cluster");
    const bool listed =
        std::ranges::find(raft->servers, wait.address, &RaftServerSeen::address) != raft->servers.end();
    if (listed) return not_yet("it is listed");
    return holds(count_of(raft->servers.size(), "member is", "members are") + " left");
  }

  Verdict operator()(const QuorumKept& wait) const { return judge_quorum(wait, facts); }

  Verdict operator()(const NoDatabase& wait) const {
    for (const HostName& name : wait.hosts) {
      const DatabaseFileLook look{wait.database};
      if (const auto why = facts.unknown(name, look)) return not_yet(name + ": " + *why);
      const auto* file = facts.seen<DatabaseFileSeen>(name, look);
      if (file && file->clustered) return never("there is one on " + name);
    }
    return holds("there is none");
  }

  Verdict operator()(const MemberFollows& wait) const {
    const auto* raft = facts.seen<RaftSeen>(host, RaftLook{wait.database});
    if (!raft) return not_seen(host, RaftLook{wait.database}, facts, "it says nothing of its cluster");
    if (raft->role == "leader") return not_yet("it leads");
    if (!raft->knows_leader()) return not_yet("no leader is known");
    return holds("leader " + raft->leader);
  }

  Verdict operator()(const ElectionTimer& wait) const {
    const auto* raft = facts.seen<RaftSeen>(host, RaftLook{wait.database});
    if (!raft) return not_seen(host, RaftLook{wait.database}, facts, "it says nothing of its cluster");
    const std::string text = std::to_string(raft->election_timer_ms) + " ms";
    return raft->election_timer_ms == wait.ms ? holds(text) : not_yet(text);
  }

  Verdict operator()(const UnitActive& wait) const {
    const auto* unit = facts.seen<UnitSeen>(host, UnitLook{wait.unit});
    if (!unit) return not_seen(host, UnitLook{wait.unit}, facts, "there is no such unit");
    if (auto trouble = unit_trouble(host, wait.unit, facts)) return *trouble;
    const std::string state =
        unit->active_state + (unit->sub_state.empty() ? "" : " (" + unit->sub_state + ')');
    return unit->active_state == "active" ? holds(state) : not_yet(state);
  }

  Verdict operator()(const LinkPresent& wait) const {
    const auto* seen = facts.seen<HostSeen>(host, HostLook{});
    if (!seen) return not_seen(host, HostLook{}, facts, "nothing of the host");
    return seen->find_link(wait.link) ? holds("it is there") : not_yet("there is no such link");
  }

  Verdict operator()(const LinkGone& wait) const {
    const auto* seen = facts.seen<HostSeen>(host, HostLook{});
    if (!seen) return not_seen(host, HostLook{}, facts, "nothing of the host");
    return seen->find_link(wait.link) ? not_yet("it is there") : holds("it is gone");
  }

  Verdict operator()(const ChassisRegistered& wait) const {
    if (auto trouble = unit_trouble(host, kControllerUnit, facts)) return *trouble;
    const auto* chassis = facts.seen<RowsSeen>(kCluster, chassis_look());
    if (!chassis) return not_seen(kCluster, chassis_look(), facts, "OVN_Southbound is not there");
    const auto* encaps = facts.seen<RowsSeen>(kCluster, encaps_look());
    if (!encaps) return not_seen(kCluster, encaps_look(), facts, "OVN_Southbound is not there");
    const auto named = chassis->names().find(wait.chassis);
    if (named == chassis->names().end()) return not_yet("no row of Chassis has this name");
    std::vector<std::string> there;
    std::vector<std::string> missing;
    for (const std::string& type : wait.encap_types)
      for (const std::string& ip : wait.encap_ips) missing.push_back(type + ' ' + ip);
    for (const Uuid& uuid : column(chassis->rows().at(named->second), "encaps").as_uuids()) {
      const auto encap = encaps->rows().find(uuid);
      if (encap == encaps->rows().end()) continue;
      const std::string type = column(encap->second, "type").as_string().value_or("");
      const std::string ip = column(encap->second, "ip").as_string().value_or("");
      there.push_back(type + ' ' + ip);
      std::erase(missing, there.back());
    }
    std::ranges::sort(there);
    const std::string text = there.empty() ? "it has no encap" : "it has encap " + join(there, ", ");
    return missing.empty() ? holds(text) : not_yet(text);
  }

  Verdict operator()(const NorthdRunning&) const {
    if (auto trouble = unit_trouble(host, kNorthdUnit, facts)) return *trouble;
    const auto* seen = facts.seen<TextSeen>(host, northd_status_look());
    if (!seen) return not_seen(host, northd_status_look(), facts, "ovn-northd does not answer");
    const std::string word = northd_status(*seen);
    const bool runs = word == "active" || word == "standby";
    return runs ? holds(std::string(trim(seen->text))) : not_yet(std::string(trim(seen->text)));
  }

  Verdict operator()(const NorthdActive& wait) const {
    std::vector<std::string> others;
    for (const HostName& name : wait.hosts) {
      const auto* seen = facts.seen<TextSeen>(name, northd_status_look());
      if (!seen) {
        others.push_back(name + ": " +
                         not_seen(name, northd_status_look(), facts, "it does not answer").seen);
        continue;
      }
      if (northd_status(*seen) == "active") return holds("active on " + name);
      others.push_back(name + ": " + std::string(trim(seen->text)));
    }
    return not_yet(join(others, "; "));
  }

  Verdict operator()(const ChassisGone& wait) const {
    const auto* chassis = facts.seen<RowsSeen>(kCluster, chassis_look());
    if (!chassis) return not_seen(kCluster, chassis_look(), facts, "OVN_Southbound is not there");
    return chassis->names().contains(wait.chassis) ? not_yet("its row of Chassis is there") : holds("no row");
  }

  Verdict operator()(const Rebooted& wait) const {
    const auto* seen = facts.seen<HostSeen>(host, HostLook{});
    if (!seen) return not_seen(host, HostLook{}, facts, "nothing of the host");
    return seen->boot_id == wait.boot_id ? not_yet("the same boot as before")
                                         : holds("boot " + seen->boot_id);
  }

  Verdict operator()(const ControllerConnected&) const {
    if (auto trouble = unit_trouble(host, kControllerUnit, facts)) return *trouble;
    const auto* seen = facts.seen<TextSeen>(host, connection_status_look());
    if (!seen) return not_seen(host, connection_status_look(), facts, "ovn-controller does not answer");
    const std::string status(trim(seen->text));
    return status == "connected" ? holds(status) : not_yet(status);
  }

  Verdict operator()(const CertificateServed& wait) const {
    const ServedCertificateLook look{wait.address, wait.port};
    const auto* seen = facts.seen<CertificateSeen>(host, look);
    if (!seen) return not_seen(host, look, facts, "nobody listens there");
    const auto certificate = pki::read_certificate(seen->pem);
    if (!certificate) return not_yet(certificate.error().text());
    const std::string& name = certificate->shape.common_name;
    return name == wait.common_name ? holds("served") : not_yet("a certificate of " + name + " is served");
  }

  Verdict operator()(const PortUp& wait) const {
    const auto* rows = facts.seen<RowsSeen>(kCluster, ports_look());
    if (!rows) return not_seen(kCluster, ports_look(), facts, "OVN_Northbound is not there");
    const auto named = rows->names().find(wait.port);
    if (named == rows->names().end()) return not_yet("there is no such logical switch port");
    // Not set until ovn-northd has seen the port's Port_Binding (ovn-nb(5)).
    const auto up = column(rows->rows().at(named->second), "up").as_bool();
    if (!up) return not_yet("up is not set");
    return *up ? holds("up") : not_yet("down");
  }

  Verdict operator()(const PingAnswered& wait) const {
    const PingLook look{wait.network_namespace, wait.target, 1};
    const auto* seen = facts.seen<PingSeen>(host, look);
    if (!seen) return not_seen(host, look, facts, "there is no such network namespace");
    const std::string text =
        std::to_string(seen->received) + " of " + std::to_string(seen->sent) + " answered";
    return seen->sent > 0 && seen->received == seen->sent ? holds(text) : not_yet(text);
  }
};

}  // namespace

std::vector<Probe> probes_of(const Gate& gate) {
  return std::visit(ProbesOf{gate.host}, gate.condition);
}

Verdict judge(const Gate& gate, const Facts& facts) {
  return std::visit(GateJudge{gate.host, facts}, gate.condition);
}

}  // namespace kiln::engine
