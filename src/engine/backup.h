#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "model/database.h"

/// Copies of a deployment's databases in a folder of this machine: a file for each, as `ovsdb-client backup`
/// makes it, and backup.json, which says what they are (docs/reference/backup.md).

namespace kiln::engine {

/// One database of a backup.
struct BackedUp {
  Database database{};
  std::string file;  ///< its name in the folder
  std::string schema_version;
  std::string cluster_id;
  HostName member;         ///< who was asked
  std::int64_t term = 0;   ///< RAFT's, when it was asked
  std::int64_t index = 0;  ///< everything up to this entry of the log is in the copy
  std::int64_t bytes = 0;
  std::string sha256;  ///< of the file, lower-case hexadecimal
  bool operator==(const BackedUp&) const = default;
};
struct Backup {
  std::string folder;
  std::string cluster;  ///< name of the deployment
  std::string time;     ///< RFC 3339, when it was begun
  std::vector<BackedUp> databases;
  bool operator==(const Backup&) const = default;

  /// Null if it holds no such database.
  const BackedUp* find(Database database) const;
  std::string path_of(const BackedUp& copy) const { return folder + '/' + copy.file; }
};

/// What backup.json and `kiln backup --json` say of one database.
nlohmann::json to_json(const BackedUp& copy);

/// What of a deployment to copy.
struct BackupOf {
  std::vector<Database> databases{Database::northbound, Database::southbound};
  HostName survivor =
      {};  ///< its files are copied, whether or not a majority is there; "": who serves is asked
  std::vector<HostName> holders;  ///< nodes that hold members although the file makes them no centrals
};

/// Those of its databases that a member serves who is connected to its cluster; only they can be copied.
std::vector<Database> served(const Desired& desired, const BackupOf& of, Seams& seams, const Limits& limits);

/// A new folder `under`/CLUSTER-TIME (0700, files 0600). It appears whole, under that name or not at all:
/// while it is made its name begins with a dot and ends with .part. Each copy is of one moment, the
/// northbound's before the southbound's, and has been opened: on its host by ovsdb-tool(1), here by its
/// checksum.
Result<Backup> take_backup(const Desired& desired, Seams& seams, const Limits& limits, FileIo& files,
                           const std::string& under, const BackupOf& of = {});

/// From its folder; every file is there and has the checksum that backup.json says.
Result<Backup> read_backup(const std::string& folder, const FileIo& files);

}  // namespace kiln::engine
