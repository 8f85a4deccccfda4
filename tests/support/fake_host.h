#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/database.h"
#include "model/fact.h"
#include "model/spec.h"
#include "support/fake_ovsdb.h"

namespace kiln::test {

struct FakeFile {
  std::string content;
  unsigned mode = 0644;
  std::string owner = "root";
  bool operator==(const FakeFile&) const = default;
};

/// One unit of systemd. What runs does so with what was there when it started.
struct FakeUnit {
  std::string active = "inactive";
  bool enabled = false;
  std::string loaded;  ///< unit file and drop-in as systemd last read them
  std::vector<std::string> command_line;
  std::string certificate;  ///< PEM that the daemon has in memory
  std::int64_t since_us = 0;
  int starts = 0;
  std::vector<std::string> levels;  ///< what vlog/set was told since it started
};

/// The file of a clustered database; the data is the cluster's (fake_raft.h).
struct FakeDatabaseFile {
  bool clustered = true;
  std::string cluster_id;  ///< empty until it has joined
  std::string server_id;
  std::string local_address;
  std::vector<std::string> remotes;
  bool used = false;               ///< a server has run with it
  int behind = 0;                  ///< ticks until it has applied all that it has
  bool left = false;               ///< its server has left the cluster
  bool failed = false;             ///< its server could not write it, and has given up
  std::string refused = {};        ///< why no server starts with it, or ""
  std::set<std::string> replaced;  ///< clusters whose files are put aside here, as recover does
};

struct FakeLink {
  LinkSeen seen;
  std::string peer_namespace;  ///< of a veth
  std::string peer;
};

/// A machine with Debian: what is on its disk, and what runs until it is switched off.
struct FakeHost {
  std::string name;
  std::string machine_id;  ///< of the machine: it stays with the disk
  std::string ssh_address;
  bool powered = true;
  bool reachable = true;  ///< from kiln; other hosts still see it
  int boot = 1;
  Duration clock_skew{};
  int clock_us = 1000;  ///< monotonic, one more for each start of a unit

  std::map<std::string, FakeFile> files;
  std::map<std::string, std::string> packages;  ///< version by name
  std::map<std::string, FakeUnit> units;        ///< that packages or unit files brought
  std::set<std::string> masked;
  std::set<std::string> masked_runtime;
  std::map<Database, FakeDatabaseFile> databases;
  std::optional<FakeDatabase> switch_database;  ///< conf.db of Open vSwitch
  std::map<std::string, FakeLink> links;
  std::map<std::string, std::map<std::string, FakeLink>> namespaces;

  bool running(const std::string& unit) const;
  const FakeLink* link_of(const std::string& address) const;
  bool has_address(const std::string& address) const { return link_of(address) != nullptr; }
  /// A file, or a database file.
  bool exists(const std::string& path) const;
  /// The file's content; "" if there is none.
  const std::string& content(const std::string& path) const;
};

/// Another one after each boot.
std::string boot_id_of(const FakeHost& host);

/// A fresh machine of this node: its addresses are there, nothing is installed.
FakeHost make_host(const NodeSpec& node);

/// apt-get install: unit files of the packages and of what they depend on. Units that are neither masked nor
/// running start by themselves, and a database server then makes a database of its own (facts, 0.5).
Result<> install(FakeHost& host, const std::string& package, Random& random);

/// One ip(8) command line ("link add …", without the program's name).
Result<> run_ip(FakeHost& host, const std::string& arguments);

}  // namespace kiln::test
