#include "resources/paths.h"
#include "support/fake_authority.h"
#include "support/fake_cluster.h"
#include "support/fake_daemon.h"
#include "support/fake_systemd.h"

// How the fake cluster carries out each action.

namespace kiln::test {
namespace {

using transport::Outcome;

Outcome write(FakeHost& host, const std::string& path, const std::string& content, unsigned mode) {
  FakeFile& file = host.files[path];
  if (file.content == content && file.mode == mode && !content.empty())
    return {.changed = false, .detail = {}};
  file = {.content = content, .mode = mode, .owner = "root"};
  return {};
}

/// Masked while the maintainer scripts run; `whole`: the script came to its end.
Result<Outcome> install_packages(FakeHost& host, const InstallPackages& action, bool whole, Random& random) {
  host.masked_runtime.insert(action.hold.begin(), action.hold.end());
  for (const std::string& package : action.packages) {
    KILN_TRY(install(host, package, random));
    if (!whole) return Outcome{};
  }
  for (const std::string& unit : action.hold) host.masked_runtime.erase(unit);
  reload_daemon(host);
  return Outcome{};
}

}  // namespace

Result<Outcome> FakeCluster::issue_certificate(FakeHost& host, const IssueCertificate& action) {
  if (!host.packages.contains("openssl")) return fail(ErrorCode::failed, "openssl: not found");
  const std::string authority = hosts_.at(kController).content(ca_directory_ + "/ca.pem");
  const std::string leaf = issue(authority, action.shape, time_.now());
  if (leaf.empty()) return fail(ErrorCode::failed, "the authority cannot sign this");
  // The switch of the symbolic link changes both at once, and daemons read both again.
  host.files[action.directory + "/cert.pem"] = {.content = leaf, .mode = 0644, .owner = "root"};
  host.files[action.directory + "/key.pem"] = {.content = {}, .mode = 0600, .owner = action.owner};
  for (auto& [name, unit] : host.units)
    for (const std::string& word : unit.command_line)
      if (word == "--certificate=" + action.directory + "/cert.pem") unit.certificate = leaf;
  return Outcome{};
}

Result<Outcome> FakeCluster::transact(const HostName& name, const Transact& action) {
  FakeDatabase* data = nullptr;
  if (action.database == Database::open_vswitch) {
    FakeHost& host = hosts_.at(name);
    if (!host.running("ovsdb-server.service"))
      return fail(ErrorCode::unreachable, "nobody listens on /run/openvswitch/db.sock");
    data = &*host.switch_database;
  } else {
    FakeRaft& raft = this->raft(action.database);
    if (!raft.connected(name)) return fail(ErrorCode::unreachable, "not connected to its cluster");
    data = &raft.cluster_of(name)->data;
  }
  const ovsdb::Tables before = data->tables();
  const auto done = data->transact(action.transaction, random_);
  if (done) oracle_.rows(name, action.database, before, data->tables());
  if (done) {
    const std::string missed = ovsdb::missed_row(action.transaction, *done);
    return missed.empty() ? Result<Outcome>(Outcome{})
                          : fail(ErrorCode::failed, missed + ": its row is gone");
  }
  if (done.error().code() == ErrorCode::precondition)
    return Outcome{.changed = false, .detail = done.error().text()};
  return std::unexpected(done.error());
}

Result<Outcome> FakeCluster::perform(const HostName& name, const Action& action) {
  struct Visit {
    FakeCluster& cluster;
    FakeHost& host;

    Result<Outcome> operator()(const WriteFile& act) const {
      return write(host, act.path, act.content, act.mode);
    }
    Result<Outcome> operator()(const RemoveFile& act) const {
      return Outcome{.changed = host.files.erase(act.path) > 0, .detail = {}};
    }
    Result<Outcome> operator()(const RemoveAddress& act) const {
      const auto link = host.links.find(act.link);
      const bool gone = link == host.links.end() || std::erase(link->second.seen.addresses, act.address) == 0;
      return Outcome{.changed = !gone, .detail = {}};
    }
    Result<Outcome> operator()(const UnitAction& act) const {
      const bool ran = host.running("ovn-controller.service");
      Result<Outcome> outcome = run_systemctl(host, act, cluster.random_);
      if (ran && !host.running("ovn-controller.service")) cluster.network_.chassis_exits(host);
      return outcome;
    }
    Result<Outcome> operator()(const DaemonReload&) const {
      reload_daemon(host);
      return Outcome{};
    }
    Result<Outcome> operator()(const InstallPackages& act) const {
      return install_packages(host, act, true, cluster.random_);
    }
    Result<Outcome> operator()(const CreateAuthority&) const {
      if (host.files.contains(cluster.ca_directory_ + "/ca.pem"))
        return Outcome{.changed = false, .detail = {}};
      cluster.replace_authority(0);
      return Outcome{};
    }
    Result<Outcome> operator()(const WriteTrust& act) const {
      const std::string pem = cluster.hosts_.at(kController).content(cluster.ca_directory_ + "/ca.pem");
      if (pem.empty()) return fail(ErrorCode::not_found, "there is no authority");
      return write(host, act.path, pki::bundle(pem, act.also), 0644);
    }
    Result<Outcome> operator()(const IssueCertificate& act) const {
      return cluster.issue_certificate(host, act);
    }
    Result<Outcome> operator()(const CreateDatabase& act) const {
      return cluster.raft(act.database).create(host, act, cluster.random_);
    }
    Result<Outcome> operator()(const AdoptDatabase& act) const {
      return cluster.raft(act.database).adopt(host, act, cluster.random_);
    }
    Result<Outcome> operator()(const JoinDatabase& act) const {
      return cluster.raft(act.database).join(host, act, cluster.random_);
    }
    Result<Outcome> operator()(const LeaveDatabase& act) const {
      return cluster.raft(act.database).leave(host);
    }
    Result<Outcome> operator()(const RetireDatabase& act) const {
      return cluster.raft(act.database).retire(host);
    }
    Result<Outcome> operator()(const RemoveKept&) const {
      const auto removed = std::erase_if(
          host.files, [](const auto& file) { return file.first.starts_with("/var/lib/ovn/kiln-"); });
      return Outcome{.changed = removed > 0, .detail = {}};
    }
    Result<Outcome> operator()(const RecreateDatabase& act) const {
      return cluster.raft(act.database).recreate(host, act, cluster.random_);
    }
    Result<Outcome> operator()(const HandOver& act) const {
      return cluster.raft(act.database).hand_over(host.name);
    }
    Result<Outcome> operator()(const Reboot& act) const {
      if (boot_id_of(host) != act.boot_id) return Outcome{.changed = false, .detail = {}};
      cluster.power_on(host.name);
      return fail(ErrorCode::unreachable, host.name + " went down before it answered");
    }
    Result<Outcome> operator()(const KickMember& act) const {
      return cluster.raft(act.database).kick(host.name, act);
    }
    Result<Outcome> operator()(const RemoveCertificate& act) const {
      const bool there = host.files.erase(act.directory + "/key.pem") > 0;
      return Outcome{.changed = host.files.erase(act.directory + "/cert.pem") > 0 || there, .detail = {}};
    }
    Result<Outcome> operator()(const Transact& act) const { return cluster.transact(host.name, act); }
    Result<Outcome> operator()(const Appctl& act) const {
      for (const Database database : {Database::northbound, Database::southbound})
        if (act.target == control_path(database) && act.arguments.front() == "cluster/change-election-timer")
          return cluster.raft(database).change_election_timer(host.name, std::stoi(act.arguments.back()));
      if (act.arguments.front() == "vlog/set")
        for (const LoggedDaemon& daemon : logged_daemons()) {
          if (daemon.target != act.target) continue;
          const std::string unit(daemon.unit);
          if (!host.running(unit)) return fail(ErrorCode::failed, act.target + " does not run");
          KILN_TRY(set_levels(host.units.at(unit), {act.arguments.begin() + 1, act.arguments.end()}));
          return Outcome{};
        }
      // Its clusters number their rows alike: nothing is stale.
      if (act.arguments.front().ends_with("-cluster-state-reset")) return Outcome{};
      return fail(ErrorCode::failed, "the fake knows no " + describe(act));
    }
  };
  Result<Outcome> outcome = std::visit(Visit{*this, hosts_.at(name)}, action);
  for (const auto& [other, host] : hosts_)
    for (const auto& [database, file] : host.databases)
      if (!file.clustered) oracle_.report(other + " made a standalone database by itself");
  return outcome;
}

/// What a host may have done of an action when kiln, or the host, died in it. Transactions and files that are
/// renamed into place are whole or not at all.
void FakeCluster::perform_half(const HostName& name, const Action& action) {
  FakeHost& host = hosts_.at(name);
  if (const auto* act = std::get_if<InstallPackages>(&action))
    static_cast<void>(install_packages(host, *act, false, random_));
  if (const auto* act = std::get_if<WriteFile>(&action)) host.files[act->path + ".kiln-new"].content = "half";
  if (const auto* act = std::get_if<IssueCertificate>(&action))
    host.files[act->directory + ".0011/key.pem"].mode = 0600;
  if (std::holds_alternative<CreateAuthority>(action))
    hosts_.at(kController).files[ca_directory_ + "/ca.key"].mode = 0600;
  if (const auto* act = std::get_if<LeaveDatabase>(&action))
    static_cast<void>(raft(act->database).leave(host));
  if (const auto* act = std::get_if<UnitAction>(&action); act && act->verb == UnitVerb::restart)
    stop_unit(host, act->unit);
}

}  // namespace kiln::test
