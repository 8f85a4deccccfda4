#include "engine/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/folder_claim.h"
#include "engine/cluster.h"
#include "pki/digest.h"

namespace kiln::engine {
namespace {

using nlohmann::json;

constexpr const char* kManifest = "backup.json";
constexpr int kFormat = 1;
constexpr std::string_view kPart = ".part";  ///< the end of a name that is not the last one
/// For one database, which may have hundreds of MB and a slow way here.
constexpr Duration kCopyTimeout{30 * 60 * 1000};

/// "2026-11-21T21:30:00Z" → "20261121T213000Z"
std::string for_a_name(const std::string& time) {
  std::string name = time;
  std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
  return name;
}

std::unexpected<Error> refused(const std::string& what, const std::string& path, int number) {
  return fail(ErrorCode::failed,
              "cannot " + what + " `" + path + "`: " + std::generic_category().message(number));
}

/// What is in a folder is on the disk.
Result<> sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return refused("open", path, errno);
  const bool done = ::fsync(folder) == 0;
  const int number = errno;
  ::close(folder);
  return done ? Result<>() : refused("write", path, number);
}

/// A folder that goes away again unless it gets its name.
class PartFolder {
 public:
  static Result<PartFolder> make(const std::string& under, const std::string& cluster,
                                 const std::string& time) {
    std::error_code error;
    if (!std::filesystem::exists(under, error)) {
      std::filesystem::create_directories(under, error);
      if (error) return refused("make", under, error.value());
      std::filesystem::permissions(under, std::filesystem::perms::owner_all, error);
    }
    const std::string start = cluster + '-';
    remove_unclaimed(
        under, [&](std::string_view name) { return name.starts_with('.' + start) && name.ends_with(kPart); });
    // Another one may be made in the same second.
    for (int number = 1;; ++number) {
      PartFolder folder(under, start + time + (number == 1 ? "" : '-' + std::to_string(number)));
      const bool made = std::filesystem::create_directory(folder.path_, error);
      if (error) return refused("make", std::exchange(folder.path_, {}), error.value());
      if (!made) {
        folder.path_.clear();  // it is the other one's
        continue;
      }
      folder.claim_ = FolderClaim::take(folder.path_);
      if (std::filesystem::exists(folder.final_, error)) continue;
      std::filesystem::permissions(folder.path_, std::filesystem::perms::owner_all, error);
      return folder;
    }
  }
  PartFolder(PartFolder&& other) noexcept
      : under_(std::move(other.under_)),
        final_(std::move(other.final_)),
        path_(std::exchange(other.path_, {})),
        claim_(std::move(other.claim_)) {}
  PartFolder& operator=(PartFolder&&) = delete;
  ~PartFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  /// The name that it has from now on.
  Result<std::string> finish() {
    KILN_TRY(sync_folder(path_));
    std::error_code error;
    std::filesystem::rename(path_, final_, error);
    if (error) return refused("make", final_, error.value());
    path_.clear();
    KILN_TRY(sync_folder(under_));
    return final_;
  }

 private:
  PartFolder(const std::string& under, const std::string& name)
      : under_(under),
        final_((std::filesystem::path(under) / name).string()),
        path_((std::filesystem::path(under) / ('.' + name + std::string(kPart))).string()) {}

  std::string under_;
  std::string final_;
  std::string path_;
  std::optional<FolderClaim> claim_;  ///< none where the file system has no locks
};

/// Takes the copy, and looks whether what came is what was sent.
Result<BackedUp> finished(BackedUp copy, const std::string& folder,
                          const std::function<Result<transport::DatabaseCopy>(const std::string&)>& take) {
  const std::string path = folder + '/' + copy.file;
  const auto done = take(path);
  if (!done) {
    ::unlink(path.c_str());
    return std::unexpected(done.error());
  }
  KILN_TRY_ASSIGN(copy.sha256, pki::sha256_of_file(path));
  if (copy.sha256 != done->sha256)
    return fail(ErrorCode::failed, "the copy of " + std::string(schema_name(copy.database)) +
                                       " that came from " + copy.member + " is not the one that was sent");
  copy.schema_version = done->schema_version;
  copy.bytes = done->bytes;
  return copy;
}

/// From one member.
Result<BackedUp> copy_from(const HostName& member, Database database, const std::string& folder, Seams& seams,
                           const Limits& limits) {
  BackedUp copy;
  copy.database = database;
  copy.member = member;
  copy.file = std::string(schema_name(database)) + ".db";
  const Facts facts =
      seams.transport.look(member, {RaftLook{database}, DatabaseLook{database}}, limits.look_timeout);
  if (const auto* raft = facts.seen<RaftSeen>(member, RaftLook{database})) copy.term = raft->term;
  if (const auto* status = facts.seen<DatabaseSeen>(member, DatabaseLook{database})) {
    copy.cluster_id = status->cluster_id;
    copy.index = status->index;
  }
  return finished(std::move(copy), folder, [&](const std::string& path) {
    return seams.transport.copy_database(member, database, path, kCopyTimeout);
  });
}

/// What the file of one node holds: of no majority, maybe.
Result<BackedUp> copy_from_file(const HostName& node, Database database, const std::string& folder,
                                Seams& seams, const Limits& limits) {
  BackedUp copy;
  copy.database = database;
  copy.member = node;
  copy.file = std::string(schema_name(database)) + ".db";
  const Facts facts = seams.transport.look(node, {DatabaseFileLook{database}, DatabaseLogLook{database}},
                                           limits.look_timeout);
  const DatabaseFileLook look{database};
  const auto* file = facts.seen<DatabaseFileSeen>(node, look);
  if (!file)
    return fail(
        ErrorCode::not_found,
        node + ": " +
            facts.unknown(node, look).value_or("it has no file of " + std::string(schema_name(database))));
  copy.cluster_id = file->cluster_id;
  if (const auto* log = facts.seen<DatabaseLogSeen>(node, DatabaseLogLook{database})) {
    copy.term = log->term;
    copy.index = log->index;
  }
  return finished(std::move(copy), folder, [&](const std::string& path) {
    return seams.transport.copy_file(node, database, path, kCopyTimeout);
  });
}

/// From the leader if there is one, else from whoever is connected to the cluster.
Result<BackedUp> copy_of(Database database, Cluster& cluster, const std::string& folder, Seams& seams,
                         const Limits& limits) {
  const Members members = cluster.find(database);
  Error last(ErrorCode::unreachable,
             members.absent ? "there is no " + std::string(schema_name(database)) : members.why);
  for (const HostName& member : members.usable) {
    auto copy = copy_from(member, database, folder, seams, limits);
    if (copy) return copy;
    last = std::move(copy).error();
  }
  return std::unexpected(std::move(last));
}

json manifest(const Backup& backup) {
  json databases = json::array();
  for (const BackedUp& copy : backup.databases) databases.push_back(to_json(copy));
  return {{"format", kFormat}, {"cluster", backup.cluster}, {"time", backup.time}, {"databases", databases}};
}

Result<BackedUp> read_copy(const json& source) {
  BackedUp copy;
  const std::string name = source.at("database");
  if (name != schema_name(Database::northbound) && name != schema_name(Database::southbound))
    return fail(ErrorCode::malformed, "there is no database `" + name + '`');
  copy.database = name == schema_name(Database::northbound) ? Database::northbound : Database::southbound;
  copy.file = source.at("file");
  if (copy.file.empty() || copy.file.find('/') != std::string::npos)
    return fail(ErrorCode::malformed, "`" + copy.file + "` is no name of a file in the folder");
  copy.schema_version = source.at("schema_version");
  copy.cluster_id = source.at("cluster_id");
  copy.member = source.at("member");
  copy.term = source.at("term");
  copy.index = source.at("index");
  copy.bytes = source.at("bytes");
  copy.sha256 = source.at("sha256");
  return copy;
}

Result<Backup> read_manifest(const std::string& text) {
  try {
    const json source = json::parse(text);
    if (source.at("format") != kFormat) return fail(ErrorCode::malformed, "it is of another version of kiln");
    Backup backup;
    backup.cluster = source.at("cluster");
    backup.time = source.at("time");
    for (const json& copy : source.at("databases")) {
      KILN_TRY_ASSIGN(BackedUp read, read_copy(copy));
      backup.databases.push_back(std::move(read));
    }
    return backup;
  } catch (const json::exception& error) {
    return fail(ErrorCode::malformed, error.what());
  }
}

}  // namespace

const BackedUp* Backup::find(Database database) const {
  for (const BackedUp& copy : databases)
    if (copy.database == database) return &copy;
  return nullptr;
}

json to_json(const BackedUp& copy) {
  return {{"database", schema_name(copy.database)},
          {"file", copy.file},
          {"schema_version", copy.schema_version},
          {"cluster_id", copy.cluster_id},
          {"member", copy.member},
          {"term", copy.term},
          {"index", copy.index},
          {"bytes", copy.bytes},
          {"sha256", copy.sha256}};
}

std::vector<Database> served(const Desired& desired, const BackupOf& of, Seams& seams, const Limits& limits) {
  Cluster cluster(desired, seams.transport, limits.look_timeout, of.holders);
  std::vector<Database> databases = of.databases;
  std::erase_if(databases, [&](Database database) { return cluster.find(database).usable.empty(); });
  return databases;
}

Result<Backup> take_backup(const Desired& desired, Seams& seams, const Limits& limits, FileIo& files,
                           const std::string& under, const BackupOf& of) {
  Backup backup;
  backup.cluster = desired.cluster.name;
  backup.time = format_utc(seams.clock.now());
  KILN_TRY_ASSIGN(PartFolder folder, PartFolder::make(under, backup.cluster, for_a_name(backup.time)));
  Cluster cluster(desired, seams.transport, limits.look_timeout, of.holders);
  for (const Database database : of.databases) {
    KILN_TRY_ASSIGN(BackedUp copy, of.survivor.empty()
                                       ? copy_of(database, cluster, folder.path(), seams, limits)
                                       : copy_from_file(of.survivor, database, folder.path(), seams, limits));
    backup.databases.push_back(std::move(copy));
  }
  KILN_TRY(files.write(folder.path() + '/' + kManifest, manifest(backup).dump(2) + '\n', 0600));
  KILN_TRY_ASSIGN(backup.folder, folder.finish());
  return backup;
}

Result<Backup> read_backup(const std::string& folder, const FileIo& files) {
  const std::string path = folder + '/' + kManifest;
  KILN_TRY_ASSIGN(const std::string text, files.read(path));
  Result<Backup> backup = read_manifest(text);
  if (!backup) return fail(std::move(backup).error(), '`' + path + "` is no manifest of a backup");
  backup->folder = folder;
  for (const BackedUp& copy : backup->databases) {
    KILN_TRY_ASSIGN(const std::string digest, pki::sha256_of_file(backup->path_of(copy)));
    if (digest != copy.sha256)
      return fail(ErrorCode::malformed, '`' + backup->path_of(copy) +
                                            "` has changed since it was made: its checksum is another one");
  }
  return backup;
}

}  // namespace kiln::engine
