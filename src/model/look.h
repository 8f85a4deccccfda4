#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/database.h"
#include "model/id.h"

/// The closed list of ways to look at a host. A look never changes anything. Each kind of resource compiles
/// to these, so that quoting, the fake host and a security review exist once.

namespace kiln {

/// A file, by its own path (a symbolic link is followed). Content is read only where asked for and never
/// for private keys; more than 256 KiB is Unknown.
struct FileLook {
  std::string path;
  bool content = true;
  auto operator<=>(const FileLook&) const = default;
};
/// `systemctl show` of one unit, and the command line of its main process.
struct UnitLook {
  std::string unit;
  auto operator<=>(const UnitLook&) const = default;
};
/// Installed version, by dpkg-query(1).
struct PackageLook {
  std::string package;
  auto operator<=>(const PackageLook&) const = default;
};
/// What the host is: name, release, clock, disk, links and addresses, and the link that carries kiln's SSH.
struct HostLook {
  auto operator<=>(const HostLook&) const = default;
};
/// The card that the host runs on, where that is a DPU: `devlink port` and the card's PCI vital product data.
/// Absent: no port of the host leads to another host.
struct CardLook {
  auto operator<=>(const CardLook&) const = default;
};
/// The database's file, offline, by ovsdb-tool(1): is there one, of which cluster, which member.
struct DatabaseFileLook {
  Database database{};
  auto operator<=>(const DatabaseFileLook&) const = default;
};
/// How far the log of the database's file goes, by ovsdb-tool(1) show-log: the file of a server that is
/// stopped tells it too. Absent: no file, or not of a cluster.
struct DatabaseLogLook {
  Database database{};
  auto operator<=>(const DatabaseLogLook&) const = default;
};
/// Of a RAFT member's file: what ovsdb-tool(1) check-cluster says of a copy, if the log of its server tells
/// of a write that failed since it started. Absent: no file, not of a cluster, or no such word.
struct DatabaseCheckLook {
  Database database{};
  auto operator<=>(const DatabaseCheckLook&) const = default;
};
/// The running server's row in `_Server.Database` for this database. Absent: no server, or not served.
struct DatabaseLook {
  Database database{};
  auto operator<=>(const DatabaseLook&) const = default;
};
/// Rows, as one snapshot. Host kCluster for nb and sb.
struct RowsLook {
  Database database{};
  std::string table;
  std::vector<std::string> columns;
  auto operator<=>(const RowsLook&) const = default;
};
/// `cluster/status` of a RAFT member (ovsdb-server(1)).
struct RaftLook {
  Database database{};
  auto operator<=>(const RaftLook&) const = default;
};
/// A read-only unixctl command: ("ovn-northd", "status"), ("ovn-controller", "connection-status"). The target
/// may be the path of a control socket.
struct AppctlLook {
  std::string target;
  std::string command;
  auto operator<=>(const AppctlLook&) const = default;
};
/// A named network namespace and its links.
struct NamespaceLook {
  std::string name;
  auto operator<=>(const NamespaceLook&) const = default;
};
/// The certificate that a TLS server on the host really serves, by handshake.
struct ServedCertificateLook {
  std::string address;
  int port = 0;
  auto operator<=>(const ServedCertificateLook&) const = default;
};
/// `count` ICMP echo requests from a network namespace of the host.
struct PingLook {
  std::string network_namespace;
  std::string target;
  int count = 1;
  auto operator<=>(const PingLook&) const = default;
};

/// TCP sockets on which the servers of the databases and ovs-vswitchd listen (ss(8)), and what each database
/// server says that it listens on (ovsdb-server(1), ovsdb-server/list-remotes); and what other processes
/// named ovsdb-server listen on. A process is known by its pid file.
struct ListenersLook {
  auto operator<=>(const ListenersLook&) const = default;
};
/// OpenFlow flows of a bridge, as ovs-vswitchd tells them: how many (ovs-ofctl(8), dump-aggregate), or
/// `every` one (dump-flows); and ports that take or send nothing (dump-ports-desc). Absent where it has made
/// no such bridge.
struct FlowsLook {
  std::string bridge;
  bool every = false;
  auto operator<=>(const FlowsLook&) const = default;
};
/// What a daemon has logged, oldest first: the journal of its unit, and the file that it writes by itself.
/// The newest entries, at most `most` of the journal and 1 MiB of the file.
struct LogLook {
  std::string daemon;         ///< name in logged_daemons()
  std::int64_t since_ms = 0;  ///< not before this, milliseconds since the epoch; 0: no matter
  int most = 0;
  std::string journal_cursor;  ///< where an earlier look ended (LogSeen), or ""
  std::string file_cursor;
  auto operator<=>(const LogLook&) const = default;
};

using Look = std::variant<FileLook, UnitLook, PackageLook, HostLook, CardLook, DatabaseFileLook, DatabaseLook,
                          RowsLook, RaftLook, AppctlLook, NamespaceLook, ServedCertificateLook, PingLook,
                          DatabaseLogLook, LogLook, DatabaseCheckLook, ListenersLook, FlowsLook>;

/// Where and how to look.
struct Probe {
  HostName host;
  Look look;
  bool operator==(const Probe&) const;
  std::strong_ordering operator<=>(const Probe&) const;
};

/// For messages: "file /etc/kiln/ovn.env", "unit ovn-northd.service".
std::string describe(const Look& look);

}  // namespace kiln
