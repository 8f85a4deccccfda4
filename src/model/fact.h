#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/seams.h"
#include "model/look.h"
#include "ovsdb/client.h"

/// What was found: for each Probe a Fact, which is Seen, Absent or Unknown. Unknown is never absent.

namespace kiln {

struct FileSeen {
  std::string content;  ///< empty unless asked for
  unsigned mode = 0;    ///< permission bits
  std::string owner;
  std::string group;
  std::int64_t size = 0;
  bool operator==(const FileSeen&) const = default;
};
struct UnitSeen {
  std::string load_state;    ///< "loaded", "masked", …
  std::string active_state;  ///< "active", "inactive", "failed", "activating", …
  std::string sub_state;
  std::string file_state;  ///< UnitFileState: "enabled", "disabled", "static", "masked", "masked-runtime", …
  bool needs_reload = false;              ///< NeedDaemonReload
  std::int64_t active_since_us = 0;       ///< ActiveEnterTimestampMonotonic
  std::vector<std::string> command_line;  ///< of MainPID, empty without one
  bool operator==(const UnitSeen&) const = default;
};
struct PackageSeen {
  std::string version;
  bool operator==(const PackageSeen&) const = default;
};
struct LinkSeen {
  std::string name;
  std::string mac;
  bool up = false;
  int mtu = 0;
  std::vector<std::string> addresses;  ///< "10.0.0.1/24", as `ip -j addr` lists them, scope link left out
  std::string master{};  ///< the bridge, bond, VRF or "ovs-system" that it is a port of (ip-link(8))
  std::string lower{};   ///< the link that it stands on: a VLAN's or a macvlan's; of a veth the other end, if
                         ///< it is here
  bool carrier = true;   ///< false: it is up, and what is at its other end is not
  bool operator==(const LinkSeen&) const = default;
};
struct HostSeen {
  std::string hostname;
  std::string os_id;            ///< os-release(5) ID
  std::string os_codename;      ///< VERSION_CODENAME
  std::int64_t time_ms = 0;     ///< the host's clock, milliseconds since the epoch
  std::int64_t free_bytes = 0;  ///< of the file system of /var/lib/ovn, or of /var/lib before that is there
  std::string boot_id;
  std::string machine_id;
  std::string kernel_datapath;  ///< its module openvswitch: "loaded", "loadable", "missing", "" = not known
  std::vector<LinkSeen> links;
  std::string ssh_address;  ///< the host's end of kiln's SSH connection; "" when local
  bool operator==(const HostSeen&) const = default;

  const LinkSeen* find_link(const std::string& name) const;
  /// The link that holds the address, or null.
  const LinkSeen* link_of(const std::string& address) const;
  /// Names of the links that a packet to the address passes: its own, its ports (of a bridge or bond), what
  /// it stands on, and so on; empty if the host does not have the address.
  std::set<std::string> links_below(const std::string& address) const;
};
struct CardSeen {
  std::string pci_address;  ///< of the port that leads to the host which the card is in
  std::string serial_number;
  bool operator==(const CardSeen&) const = default;
};
struct DatabaseFileSeen {
  bool clustered = false;
  std::string cluster_id;  ///< empty while not yet known
  std::string server_id;
  std::string local_address;  ///< "ssl:10.0.0.1:6643"
  bool used = true;  ///< a server has run with it, so that it may hold rows; of a standalone one: it does
  std::set<std::string> replaced =
      {};                    ///< ids of the clusters whose files RecreateDatabase has put aside here
  std::string refused = {};  ///< why no server starts with it, in ovsdb-server's words of its last try, or ""
  bool operator==(const DatabaseFileSeen&) const = default;
};
/// What the log of a RAFT member's file says.
struct DatabaseLogSeen {
  std::int64_t term = 0;           ///< of the last entry
  std::int64_t index = 0;          ///< of the last entry
  std::int64_t committed = 0;      ///< the last index that the server knew to be committed
  std::set<std::string> members;   ///< addresses of the servers, as the log lists them last
  std::set<std::string> replaced;  ///< ids of the clusters whose files RecreateDatabase has put aside here
  std::map<std::string, std::string> ids = {};  ///< of the members, four hexadecimal digits, by address
  bool operator==(const DatabaseLogSeen&) const = default;
};
using DatabaseSeen = ovsdb::DatabaseStatus;

/// Rows of one table. `owned` finds a row by its ownership mark without a scan.
class RowsSeen {
 public:
  RowsSeen() = default;
  explicit RowsSeen(ovsdb::Table rows);

  const ovsdb::Table& rows() const { return rows_; }
  /// The rows whose external_ids hold this mark: one, unless somebody copied it.
  std::vector<Uuid> owned(const std::string& mark) const;
  /// Every mark in the table, with its rows, sorted.
  const std::multimap<std::string, Uuid>& marks() const { return marks_; }
  /// Rows by the `name` column, sorted.
  const std::multimap<std::string, Uuid>& names() const { return names_; }
  bool operator==(const RowsSeen& other) const { return rows_ == other.rows_; }

 private:
  ovsdb::Table rows_;
  std::multimap<std::string, Uuid> marks_;
  std::multimap<std::string, Uuid> names_;
};

struct RaftServerSeen {
  std::string server_id;  ///< four hexadecimal digits, as cluster/status prints them
  std::string address;
  bool self = false;
  std::optional<std::int64_t> match_index;  ///< only the leader knows
  std::optional<std::int64_t> last_message_ms;
  bool operator==(const RaftServerSeen&) const = default;

  /// Its word came to the one that lists it no longer than so many ms ago.
  bool heard_within(std::int64_t ms) const { return last_message_ms && *last_message_ms <= ms; }
};
struct RaftSeen {
  std::string cluster_id;
  std::string server_id;
  std::string address;
  std::string status;  ///< "cluster member", "joining cluster", "leaving cluster", …
  std::string role;    ///< "leader", "follower", "candidate"
  std::int64_t term = 0;
  std::string leader;  ///< "self", a short server id, or "unknown"
  std::int64_t election_timer_ms = 0;
  std::int64_t log_first = 0;
  std::int64_t log_next = 0;
  std::int64_t not_committed = 0;  ///< "Entries not yet committed"
  std::int64_t not_applied = 0;    ///< "Entries not yet applied"
  std::vector<RaftServerSeen> servers;
  bool operator==(const RaftSeen&) const = default;

  bool is_member() const { return status == "cluster member"; }
  /// A member that has not found a majority for some elections calls itself so.
  bool is_cut_off() const { return status.starts_with("disconnected from"); }
  bool knows_leader() const { return !leader.empty() && leader != "unknown"; }
  /// It takes part, as far as it knows: one that led goes on so for an election timer without the others.
  bool works() const { return is_member() && knows_leader(); }
  /// What it lists of the server, or null: by address and id, as a server of before may still be listed at
  /// its address.
  const RaftServerSeen* listed(const RaftSeen& server) const;
  /// Itself, and those whom it heard within an election timer: a leader hears everybody who works.
  std::size_t heard() const;
};
struct TextSeen {  ///< of AppctlLook and DatabaseCheckLook
  std::string text;
  bool operator==(const TextSeen&) const = default;
};
struct NamespaceSeen {
  std::vector<LinkSeen> links;
  bool operator==(const NamespaceSeen&) const = default;
};
struct CertificateSeen {
  std::string pem;
  bool operator==(const CertificateSeen&) const = default;
};
struct PingSeen {
  int sent = 0;
  int received = 0;
  bool operator==(const PingSeen&) const = default;
};
struct ListenerSeen {
  std::string daemon;   ///< "nb", "sb", "ovsdb-server" or "ovs-vswitchd"
  std::string address;  ///< as ss(8) prints it: "0.0.0.0", "*", "[::]", "192.0.2.11"
  int port = 0;
  bool operator==(const ListenerSeen&) const = default;
};
struct RemoteSeen {
  std::string daemon;  ///< "nb", "sb" or "ovsdb-server"
  std::string target;  ///< ovsdb(7), Connection Methods: "ptcp:16641", "punix:…", "db:…"
  bool operator==(const RemoteSeen&) const = default;
};
/// A socket of an ovsdb-server that is none of the packages' units'.
struct OtherServerSeen {
  int pid = 0;
  std::string address;  ///< as in ListenerSeen
  int port = 0;
  std::vector<std::string> databases;  ///< that it serves, without "_Server"; of one that does not tell: none
  bool operator==(const OtherServerSeen&) const = default;
};
struct ListenersSeen {
  std::vector<ListenerSeen> sockets;
  std::vector<RemoteSeen> remotes;  ///< of a server that did not answer within 2 s: none
  std::vector<OtherServerSeen> others = {};
  bool operator==(const ListenersSeen&) const = default;
};

/// What decides where the packets of a bridge go.
struct FlowsSeen {
  std::int64_t count = 0;  ///< of all its flows
  std::vector<std::string>
      flows;  ///< some of them, as dump-flows prints them; of the integration bridge none
  std::map<std::string, std::string> stopped;  ///< by port: flags that keep packets from it, "NO_FWD"
  bool operator==(const FlowsSeen&) const = default;
};

struct LogEntry {
  std::int64_t time_us = 0;  ///< microseconds since the epoch, by the host's clock; the file has milliseconds
  std::string level;         ///< vlog's: "emer", "err", "warn", "info", "dbg"
  std::string text;          ///< the daemon's own: "00042|binding|INFO|…"; of others: "systemd: Started …"
  bool operator==(const LogEntry&) const = default;
};
struct LogSeen {
  std::vector<LogEntry> entries;  ///< by time
  std::string journal_cursor;     ///< for the next look
  std::string file_cursor;
  bool operator==(const LogSeen&) const = default;
};

using Seen = std::variant<FileSeen, UnitSeen, PackageSeen, HostSeen, CardSeen, DatabaseFileSeen, DatabaseSeen,
                          RowsSeen, RaftSeen, TextSeen, NamespaceSeen, CertificateSeen, PingSeen,
                          DatabaseLogSeen, LogSeen, ListenersSeen, FlowsSeen>;
struct Absent {
  bool operator==(const Absent&) const = default;
};
struct Unknown {
  std::string why;
  bool operator==(const Unknown&) const = default;
};
using Fact = std::variant<Unknown, Absent, Seen>;

/// All that was found. A probe that was never made is Unknown("not looked at").
class Facts {
 public:
  void set(Probe probe, Fact fact);
  void merge(Facts other);

  const Fact& at(const Probe& probe) const;
  bool absent(const HostName& host, const Look& look) const;
  /// Why it is not known, or nothing if it is Seen or Absent.
  std::optional<std::string> unknown(const HostName& host, const Look& look) const;

  /// The fact if it is Seen; else null.
  const Seen* seen(const HostName& host, const Look& look) const;
  /// The payload if the fact is Seen and of this type; else null.
  template <typename T>
  const T* seen(const HostName& host, const Look& look) const {
    const Seen* any = seen(host, look);
    return any ? std::get_if<T>(any) : nullptr;
  }
  const std::map<Probe, Fact>& all() const { return facts_; }

 private:
  std::map<Probe, Fact> facts_;
};

}  // namespace kiln
