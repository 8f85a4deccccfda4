#include <algorithm>

#include "support/fake_authority.h"
#include "support/fake_cluster.h"
#include "support/fake_daemon.h"
#include "support/fake_systemd.h"

// How the fake cluster answers each look.

namespace kiln::test {

Facts FakeCluster::look(const HostName& name, const std::vector<Look>& looks, Duration) {
  const std::lock_guard lock(mutex_);
  ++counters_.looks;
  Facts facts;
  const std::size_t heard = faults_.heard_of(looks.size());
  for (std::size_t at = 0; at < looks.size(); ++at) {
    oracle_.look(name, looks[at]);
    Fact fact = Unknown{"no route to host"};
    if (answers(name) && faults_.denies(name))
      fact = Unknown{"sudo: a password is required"};
    else if (answers(name) && at >= heard)
      fact = Unknown{"the answer ends before it"};
    else if (answers(name))
      fact = see(name, looks[at]);
    facts.set({name, looks[at]}, std::move(fact));
  }
  return facts;
}

Fact FakeCluster::see_file(const FakeHost& host, const FileLook& look) const {
  const auto found = host.files.find(look.path);
  if (found == host.files.end()) return host.exists(look.path) ? Fact(FileSeen{}) : Fact(Absent{});
  const FakeFile& file = found->second;
  return FileSeen{.content = look.content ? file.content : "",
                  .mode = file.mode,
                  .owner = file.owner,
                  .group = file.owner,
                  .size = static_cast<std::int64_t>(file.content.size())};
}

Fact FakeCluster::see_host(const FakeHost& host) const {
  HostSeen seen;
  seen.hostname = host.name;
  seen.os_id = "debian";
  seen.os_codename = "trixie";
  seen.time_ms =
      std::chrono::duration_cast<Duration>(time_.now().time_since_epoch() + host.clock_skew).count();
  seen.free_bytes = 10'000'000'000;
  seen.boot_id = boot_id_of(host);
  seen.machine_id = host.machine_id;
  seen.ssh_address = host.ssh_address;
  for (const auto& [name, link] : host.links) seen.links.push_back(link.seen);
  return seen;
}

Fact FakeCluster::see_rows(const HostName& name, const RowsLook& look) {
  const FakeDatabase* data = nullptr;
  if (look.database == Database::open_vswitch) {
    const FakeHost& host = hosts_.at(name);
    if (!host.running("ovsdb-server.service")) return Absent{};
    data = &*host.switch_database;
  } else {
    FakeRaft& raft = this->raft(look.database);
    if (!raft.server_runs(name)) return Absent{};
    if (!raft.connected(name)) return Unknown{"the server is not connected to its cluster"};
    data = &raft.cluster_of(name)->data;
  }
  ovsdb::Table rows;
  for (const auto& [uuid, row] : data->table(look.table)) {
    ovsdb::Row& copy = rows[uuid];
    for (const std::string& wanted : look.columns)
      if (!column(row, wanted).empty()) copy[wanted] = column(row, wanted);
  }
  return RowsSeen(std::move(rows));
}

Fact FakeCluster::see(const HostName& name, const Look& look) {
  struct Visit {
    FakeCluster& cluster;
    const FakeHost& host;

    Fact operator()(const FileLook& of) const { return cluster.see_file(host, of); }
    Fact operator()(const UnitLook& of) const { return see_unit(host, of.unit); }
    Fact operator()(const PackageLook& of) const {
      const auto found = host.packages.find(of.package);
      return found == host.packages.end() ? Fact(Absent{}) : Fact(PackageSeen{found->second});
    }
    Fact operator()(const HostLook&) const { return cluster.see_host(host); }
    Fact operator()(const CardLook&) const { return Absent{}; }
    Fact operator()(const DatabaseFileLook& of) const {
      if (of.database == Database::open_vswitch)
        return host.switch_database ? Fact(DatabaseFileSeen{}) : Fact(Absent{});
      return cluster.raft(of.database).see_file(host.name);
    }
    Fact operator()(const DatabaseLogLook& of) const { return cluster.raft(of.database).see_log(host.name); }
    Fact operator()(const DatabaseCheckLook&) const { return Absent{}; }
    Fact operator()(const DatabaseLook& of) const {
      if (of.database != Database::open_vswitch) return cluster.raft(of.database).see_status(host.name);
      if (!host.running("ovsdb-server.service")) return Absent{};
      DatabaseSeen seen;
      seen.name = "Open_vSwitch";
      seen.model = "standalone";
      seen.connected = true;
      seen.leader = true;
      return seen;
    }
    Fact operator()(const RowsLook& of) const { return cluster.see_rows(host.name, of); }
    Fact operator()(const RaftLook& of) const { return cluster.raft(of.database).see_raft(host.name); }
    Fact operator()(const AppctlLook& of) const {
      if (of.command == "vlog/list")
        for (const LoggedDaemon& daemon : logged_daemons()) {
          const std::string unit(daemon.unit);
          if (daemon.target == of.target)
            return host.running(unit) ? Fact(TextSeen{list_levels(daemon, host.units.at(unit))})
                                      : Fact(Absent{});
        }
      if (of.target == "ovn-northd") return cluster.network_.northd_status(host.name);
      return host.running(of.target + ".service") ? Fact(TextSeen{"connected\n"}) : Fact(Absent{});
    }
    Fact operator()(const NamespaceLook& of) const {
      const auto found = host.namespaces.find(of.name);
      if (found == host.namespaces.end()) return Absent{};
      NamespaceSeen seen;
      for (const auto& [link_name, link] : found->second) seen.links.push_back(link.seen);
      return seen;
    }
    Fact operator()(const ServedCertificateLook& of) const { return cluster.network_.served_certificate(of); }
    Fact operator()(const ListenersLook&) const { return ListenersSeen{}; }
    Fact operator()(const FlowsLook&) const {
      return host.running("ovs-vswitchd.service") ? Fact(FlowsSeen{1, {"priority=0 actions=NORMAL"}, {}})
                                                  : Fact(Absent{});
    }
    Fact operator()(const LogLook&) const { return LogSeen{}; }
    Fact operator()(const PingLook& of) const { return cluster.network_.ping(host.name, of); }
  };
  return std::visit(Visit{*this, hosts_.at(name)}, look);
}

}  // namespace kiln::test
