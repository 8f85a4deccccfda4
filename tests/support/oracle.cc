#include "support/oracle.h"

#include <algorithm>

#include "model/lease.h"
#include "resources/paths.h"

namespace kiln::test {
namespace {

bool is_key(const std::string& path) {
  return path.ends_with("key.pem") || path.ends_with(".key");
}

/// Files that kiln may write: wholly its own, or named in the design.
bool may_write(const std::string& path) {
  return path.starts_with("/etc/kiln/") || path == resources::kSystemIdPath ||
         path.ends_with(".service.d/60-kiln-logging.conf") || path.starts_with("/etc/systemd/system/kiln-") ||
         path.ends_with(".service.d/50-kiln.conf") || path.ends_with(".service.d/40-kiln-condition.conf") ||
         path == "/usr/local/bin/ovn-nbctl" || path == "/usr/local/bin/ovn-sbctl";
}

bool stops(UnitVerb verb) {
  return verb == UnitVerb::stop || verb == UnitVerb::restart;
}

}  // namespace

void Oracle::expect(const Plan* plan) {
  plan_ = plan;
  running_ = 0;
  sent_.assign(plan ? plan->steps.size() : 0, 0);
}

/// The next action of the step that runs, whose needs have sent all of theirs, or the last one again.
void Oracle::check_plan(const HostName& host, const Action& action) {
  if (several_) return;
  const std::string text = host + ": " + describe(action);
  if (!plan_ || running_ >= plan_->steps.size()) return report("an action without a plan: " + text);
  const Step& step = plan_->steps[running_];
  std::size_t& sent = sent_[running_];
  const auto all_sent = [&](const StepNeed& need) {
    for (std::size_t at = 0; at < plan_->steps.size(); ++at)
      if (plan_->steps[at].id == need.step) return sent_[at] == plan_->steps[at].actions.size();
    return false;
  };
  const bool of_step = step.host == host || step.host == kCluster;
  if (of_step && sent < step.actions.size() && step.actions[sent] == action) {
    if (!std::ranges::all_of(step.needs, all_sent)) report("before what it needs: " + text);
    ++sent;
  } else if (!of_step || sent == 0 || !(step.actions[sent - 1] == action)) {
    report("not in the plan, or out of its order: " + text);
  }
}

void Oracle::check_file(const HostName& host, const std::string& path) {
  if (!may_write(path)) return report("a file that is not kiln's to write: " + host + ": " + path);
  const auto& files = hosts_.at(host).files;
  const auto found = files.find(path);
  const bool data = path.ends_with(".pem") || path == resources::kSystemIdPath;
  if (found != files.end() && !data && found->second.content.find(resources::kFileMark) == std::string::npos)
    report("a file of somebody else is overwritten or removed: " + host + ": " + path);
}

void Oracle::check_unit(const HostName& host, const UnitAction& action, const FakeRaft& raft,
                        Database database) {
  if (action.unit != server_unit(database) || !stops(action.verb) || !raft.server_runs(host)) return;
  const FakeRaft::Cluster* cluster = raft.cluster_of(host);
  if (!cluster || !raft.has_quorum(*cluster)) return;  // there is none to lose
  for (const FakeRaft::Member& member : cluster->members)
    if (member.host != host && !raft.server_runs(member.host))
      report("quorum at risk: " + describe(action) + " on " + host + " while the member on " + member.host +
             " is down");
}

/// All members are well, and every chassis knows one of those that stay.
void Oracle::check_leave(const HostName& host, Database database, const FakeRaft& raft) {
  const FakeRaft::Cluster* cluster = raft.cluster_of(host);
  if (!cluster) return;
  std::vector<std::string> staying;
  for (const FakeRaft::Member& member : cluster->members) {
    if (!raft.server_runs(member.host))
      report("quorum at risk: " + host + " leaves while the member on " + member.host + " is down");
    else if (member.host != host)
      staying.push_back(member.address.substr(0, member.address.rfind(':')) + ":6642");
  }
  if (database != Database::southbound) return;
  for (const auto& [name, other] : hosts_) {
    if (!other.switch_database || other.switch_database->table("Open_vSwitch").empty()) continue;
    const auto remotes =
        column(other.switch_database->table("Open_vSwitch").begin()->second, "external_ids").at("ovn-remote");
    if (remotes && std::ranges::none_of(staying, [&](const std::string& remote) {
          return remotes->find(remote) != std::string::npos;
        }))
      report("chassis " + name + " knows no member when " + host + " has left: " + *remotes);
  }
}

/// Only a server that will not come back: its host is off, or its file is gone, or refused by every server.
void Oracle::check_kick(const KickMember& kick, const FakeRaft& raft) {
  for (const auto& [id, cluster] : raft.clusters())
    for (const FakeRaft::Member& member : cluster.members) {
      if (!member.server_id.starts_with(kick.server_id) || member.address != kick.address) continue;
      if (!hosts_.contains(member.host)) continue;  // somebody's, of no node
      const FakeHost& host = hosts_.at(member.host);
      const auto file = host.databases.find(kick.database);
      const bool has_file = file != host.databases.end() && file->second.server_id == member.server_id &&
                            file->second.refused.empty();
      if (host.powered && has_file) report("a living member is kicked: " + member.host);
    }
}

void Oracle::action(const HostName& host, const Action& action, const FakeRaft& northbound,
                    const FakeRaft& southbound) {
  check_plan(host, action);
  if (const auto* act = std::get_if<WriteFile>(&action)) check_file(host, act->path);
  if (const auto* act = std::get_if<RemoveFile>(&action)) check_file(host, act->path);
  if (const auto* act = std::get_if<RemoveAddress>(&action); act && !act->link.starts_with("br-"))
    report("an address of a link that is not kiln's: " + host + ": " + describe(action));
  if (const auto* act = std::get_if<WriteTrust>(&action)) check_file(host, act->path);
  if (const auto* act = std::get_if<IssueCertificate>(&action))
    check_file(host, act->directory + "/cert.pem");
  if (const auto* act = std::get_if<RemoveCertificate>(&action))
    check_file(host, act->directory + "/cert.pem");
  if (const auto* act = std::get_if<KickMember>(&action))
    check_kick(*act, act->database == Database::northbound ? northbound : southbound);
  if (const auto* act = std::get_if<CreateDatabase>(&action)) {
    const FakeRaft& raft = act->database == Database::northbound ? northbound : southbound;
    for (const HostName& holder : raft.holders())
      if (holder != host)
        report("a second cluster: " + describe(action) + " on " + host + " while " + holder + " holds one");
  }
  if (const auto* act = std::get_if<LeaveDatabase>(&action))
    check_leave(host, act->database, act->database == Database::northbound ? northbound : southbound);
  if (const auto* act = std::get_if<UnitAction>(&action)) {
    check_unit(host, *act, northbound, Database::northbound);
    check_unit(host, *act, southbound, Database::southbound);
  }
  if (std::holds_alternative<Reboot>(action))
    for (const FakeRaft* raft : {&northbound, &southbound}) {
      const Database database = raft == &northbound ? Database::northbound : Database::southbound;
      check_unit(host, {std::string(server_unit(database)), UnitVerb::stop}, *raft, database);
    }
  if (const auto* act = std::get_if<Appctl>(&action))
    for (const std::string& word : act->arguments)
      if (word.find("convert") != std::string::npos) report("a schema is converted on " + host);
}

void Oracle::quorum(const HostName& host, const Action& action, const std::vector<std::string>& before,
                    const FakeRaft& raft) {
  const std::vector<std::string> now = raft.quorate();
  for (const std::string& id : before)
    if (std::ranges::find(now, id) == now.end())
      report("quorum lost: " + describe(action) + " on " + host + " left cluster " + id + " without one");
}

void Oracle::look(const HostName& host, const Look& look) {
  const auto* file = std::get_if<FileLook>(&look);
  if (file && file->content && is_key(file->path))
    report("the content of a private key was asked for: " + host + ": " + file->path);
}

void Oracle::rows(const HostName& host, Database database, const ovsdb::Tables& before,
                  const ovsdb::Tables& after) {
  const std::string where = host + ": " + std::string(schema_name(database)) + ' ';
  for (const auto& [name, table] : before)
    for (const auto& [uuid, row] : table) {
      const auto now = after.find(name);
      const auto same = now == after.end() ? ovsdb::Table::const_iterator{} : now->second.find(uuid);
      const bool there = now != after.end() && same != now->second.end();
      if (there && same->second == row) continue;
      check_row(where, name, uuid, row, there ? &same->second : nullptr);
    }
}

/// Rows that all writers share, and what kiln may change in them: it adds, and takes away what is its own.
void Oracle::check_row(const HostName& where, const std::string& table, const Uuid& uuid,
                       const ovsdb::Row& before, const ovsdb::Row* after) {
  static const std::map<std::string, std::set<std::string>> kShared = {
      {"NB_Global", {"connections", "options", "external_ids"}},
      {"SB_Global", {"connections", "external_ids"}},
      {"Open_vSwitch", {"bridges", "external_ids"}},
      {"Bridge", {"ports", "external_ids", "datapath_type", "fail_mode"}},
      {"Connection", {"external_ids", "inactivity_probe", "target"}},
      {"Port_Binding", {"chassis"}}};
  const std::string name = table + ' ' + column(before, "name").as_string().value_or(uuid.text());
  const auto mark = column(before, "external_ids").at(kOwnerKey);
  const bool ours = mark && mark->starts_with(cluster_ + ':');
  // Rows that ovn-controller makes for a node of the deployment, and what refers to them.
  const bool of_chassis = (table == "Chassis" || table == "Chassis_Private") &&
                          hosts_.contains(column(before, "name").as_string().value_or(""));
  const bool of_tunnel =
      column(before, "external_ids").at("ovn-chassis-id") || column(before, "options").at("remote_ip");
  if (!after) {
    // An Interface goes with its Port and tells nothing more.
    if (!ours && !of_chassis && !of_tunnel && table != "Encap")
      report("a row of somebody else is gone: " + where + name);
    return;
  }
  const auto shared = kShared.find(table);
  for (const auto& [cell, value] : *after) {
    if (value == column(before, cell) || ours) continue;
    if (shared == kShared.end() || !shared->second.contains(cell) || mark)
      report("a row of somebody else is changed: " + where + name + '.' + cell);
  }
  for (const auto& [key, value] : column(before, "external_ids").as_string_map()) {
    const bool kilns = key == kOwnerKey || key.starts_with("kiln-") || key == "iface-id" ||
                       key.starts_with("ovn-") || key == "system-id";
    if (!kilns && column(*after, "external_ids").at(key) != value)
      report("a key of somebody else is gone: " + where + name + ".external_ids:" + key);
  }
}

}  // namespace kiln::test
