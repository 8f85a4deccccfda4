#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/database.h"
#include "model/id.h"
#include "ovsdb/operation.h"
#include "pki/certificate.h"

/// The closed list of ways to change the world. Each may be sent twice: the second time changes nothing.
/// All that a plan can do is in here, so that dry run, journal, quoting and a security review exist once.

namespace kiln {

/// Whole or not at all (written beside and renamed); parents are made with 0755. Owner root.
struct WriteFile {
  std::string path;
  std::string content;
  unsigned mode = 0644;
  bool operator==(const WriteFile&) const = default;
};
struct RemoveFile {
  std::string path;
  bool operator==(const RemoveFile&) const = default;
};
enum class UnitVerb { start, stop, restart, enable, disable, mask, unmask, reset_failed };
/// systemctl(1) on one unit.
struct UnitAction {
  std::string unit;
  UnitVerb verb{};
  bool operator==(const UnitAction&) const = default;
};
struct DaemonReload {
  bool operator==(const DaemonReload&) const = default;
};
/// apt-get install, with `hold` masked while maintainer scripts run, so that no daemon starts by itself and
/// makes a database of its own (facts: installing ovn-central starts standalone databases).
struct InstallPackages {
  std::vector<std::string> packages;
  std::vector<std::string> hold;  ///< units
  bool operator==(const InstallPackages&) const = default;
};
/// On the controller: key and certificate of a self-signed authority, unless they are there.
struct CreateAuthority {
  std::string name;
  int lifetime_days = 0;
  bool operator==(const CreateAuthority&) const = default;
};
/// The authority's certificates to a host: what its daemons trust.
struct WriteTrust {
  std::string path;
  std::string also;  ///< PEM of others that they are to trust besides
  bool operator==(const WriteTrust&) const = default;
};
/// Key and CSR made on the host, signed on the controller, put in place as key.pem and cert.pem of a new
/// folder to which `directory`, a symbolic link, is switched at once: OVS re-reads only if both changed.
struct IssueCertificate {
  std::string directory;
  pki::CertificateShape shape;
  std::string owner = "root";  ///< user of the host who owns key.pem (0600)
  bool operator==(const IssueCertificate&) const = default;
};
/// ovsdb-tool create-cluster, unless the file exists.
struct CreateDatabase {
  Database database{};
  std::string local_address;  ///< "ssl:10.0.0.1:6643"
  int election_timer_ms = 0;
  bool operator==(const CreateDatabase&) const = default;
};
/// A new cluster of one server with the rows of the standalone database that is there (ovsdb-tool(1),
/// create-cluster), unless it is of a cluster by now. Its server is stopped. The old file goes to a new
/// folder beside it, kiln-left-<UTC time> (0700).
struct AdoptDatabase {
  Database database{};
  std::string local_address;
  int election_timer_ms = 0;
  bool operator==(const AdoptDatabase&) const = default;
};
/// ovsdb-tool join-cluster, unless the file exists.
struct JoinDatabase {
  Database database{};
  std::string local_address;
  std::vector<std::string> remote_addresses;
  bool operator==(const JoinDatabase&) const = default;
};
/// cluster/leave (ovsdb-server(1)), and waits until the cluster has let the server go, unless it has. Never
/// of the only member.
struct LeaveDatabase {
  Database database{};
  bool operator==(const LeaveDatabase&) const = default;
};
/// Moves the file of a server that is stopped into a new folder beside it, kiln-left-<UTC time> (0700).
struct RetireDatabase {
  Database database{};
  bool operator==(const RetireDatabase&) const = default;
};
/// A new cluster of one server with the rows of a cluster whose majority is lost (ovsdb-tool(1),
/// cluster-to-standalone and create-cluster), unless the file is of another cluster by now. Its server is
/// stopped. The old file goes to a new folder beside it, kiln-recover-<UTC time> (0700).
struct RecreateDatabase {
  Database database{};
  std::string cluster_id;  ///< of the cluster that is lost
  std::string local_address;
  int election_timer_ms = 0;
  bool operator==(const RecreateDatabase&) const = default;
};
/// cluster/kick (ovsdb-server(1)) of a server that will never come back, unless the cluster has let it go. On
/// the host of a member.
struct KickMember {
  Database database{};
  std::string server_id;  ///< four hexadecimal digits, as cluster/status prints them: two may share them
  std::string address;    ///< "ssl:10.0.0.1:6643"
  bool operator==(const KickMember&) const = default;
};
/// Another member of the cluster becomes the leader, unless the server on the host does not lead
/// (cluster/failure-test transfer-leadership: docs/decisions/0014). Which one is up to RAFT.
struct HandOver {
  Database database{};
  bool operator==(const HandOver&) const = default;
};
/// systemctl reboot, unless the host has another boot id than this one by now. The host may go before it has
/// answered: only the gate tells that it came back.
struct Reboot {
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id
  bool operator==(const Reboot&) const = default;
};
/// The link and every folder that it has pointed to, with the key.
struct RemoveCertificate {
  std::string directory;
  bool operator==(const RemoveCertificate&) const = default;
};
/// An address that kiln gave to a link (ip-address(8), delete), unless the link or the address is gone.
struct RemoveAddress {
  std::string link;
  std::string address;  ///< "10.0.1.11/24"
  bool operator==(const RemoveAddress&) const = default;
};
/// What kiln has put aside on a node: the folders kiln-left-* and kiln-recover-* beside the databases.
struct RemoveKept {
  bool operator==(const RemoveKept&) const = default;
};
/// An OVSDB transaction whose guards make its second execution a no-op. `host` kCluster: at the leader.
struct Transact {
  Database database{};
  ovsdb::Transaction transaction;
  bool operator==(const Transact&) const = default;
};
/// A unixctl command that changes something.
struct Appctl {
  std::string target;
  std::vector<std::string> arguments;
  bool operator==(const Appctl&) const = default;
};

using Action = std::variant<WriteFile, RemoveFile, UnitAction, DaemonReload, InstallPackages, CreateAuthority,
                            WriteTrust, IssueCertificate, CreateDatabase, JoinDatabase, Transact, Appctl,
                            LeaveDatabase, RetireDatabase, KickMember, RemoveCertificate, RecreateDatabase,
                            HandOver, Reboot, AdoptDatabase, RemoveKept, RemoveAddress>;

/// One line without secrets: "write /etc/kiln/ovn.env", "restart ovn-northd.service".
std::string describe(const Action& action);
/// systemctl's word.
std::string_view to_string(UnitVerb verb);

}  // namespace kiln
