#include "engine/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "base/folder_claim.h"
#include "engine/fakes_for_test.h"
#include "engine/restore.h"

namespace kiln::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDigestOfRows = "bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e";

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    std::string name = testing::TempDir() + "kiln-backups-XXXXXX";
    directory_ = ::mkdtemp(name.data());
    under_ = directory_ + "/backups";
    bench_.transport.otherwise = Absent{};
    for (const Database database : {Database::northbound, Database::southbound}) {
      bench_.transport.answers[{"n1", DatabaseLook{database}}] = server(true, false);
      bench_.transport.answers[{"n2", DatabaseLook{database}}] = server(true, true, 41);
      RaftSeen raft;
      raft.term = 7;
      bench_.transport.answers[{"n2", RaftLook{database}}] = Seen{raft};
    }
    bench_.transport.on_copy = [&](const HostName& host, Database database, const std::string& path) {
      return send(host, database, path);
    };
  }
  ~BackupTest() override { fs::remove_all(directory_); }

  /// What a host does that is well.
  Result<transport::DatabaseCopy> send(const HostName& host, Database database, const std::string& path) {
    asked_.push_back(host + ' ' + std::string(short_name(database)));
    std::ofstream(path) << "rows";
    return transport::DatabaseCopy{"7.11.0", digest_, 4};
  }
  Result<Backup> take() { return take_backup(centrals(3), bench_.seams, bench_.limits, files_, under_); }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    if (!fs::exists(under_)) return names;
    for (const auto& entry : fs::directory_iterator(under_))
      names.push_back(entry.path().filename().string());
    return names;
  }
  static unsigned mode_of(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
  }

  SystemFileIo files_;
  std::string directory_;
  std::string under_;
  std::string digest_ = kDigestOfRows;
  std::vector<std::string> asked_;
  Bench bench_;
};

TEST_F(BackupTest, both_databases_of_the_leader_are_in_a_folder_of_their_own) {
  const auto backup = take();
  ASSERT_TRUE(backup) << backup.error().text();
  EXPECT_EQ(asked_, (std::vector<std::string>{"n2 nb", "n2 sb"}));
  EXPECT_EQ(entries(), (std::vector<std::string>{"edge-20191220T000000Z"}));
  EXPECT_EQ(mode_of(backup->folder), 0700U);
  EXPECT_EQ(mode_of(backup->folder + "/backup.json"), 0600U);
  const BackedUp& copy = *backup->find(Database::northbound);
  EXPECT_EQ(copy.member, "n2");
  EXPECT_EQ(copy.term, 7);
  EXPECT_EQ(copy.index, 41);
  EXPECT_EQ(copy.schema_version, "7.11.0");
}

TEST_F(BackupTest, of_two_at_the_same_time_each_has_a_folder) {
  std::optional<Result<Backup>> other;
  bool begun = false;
  bench_.transport.on_copy = [&](const HostName& host, Database database, const std::string& path) {
    if (!std::exchange(begun, true)) other = take();
    return send(host, database, path);
  };
  const auto backup = take();
  ASSERT_TRUE(backup) << backup.error().text();
  ASSERT_TRUE(other && *other) << other->error().text();
  ASSERT_TRUE(take());
  for (const Backup& made : {*backup, **other}) EXPECT_TRUE(read_backup(made.folder, files_)) << made.folder;
  std::vector<std::string> folders = entries();
  std::ranges::sort(folders);
  EXPECT_EQ(folders, (std::vector<std::string>{"edge-20191220T000000Z", "edge-20191220T000000Z-2",
                                               "edge-20191220T000000Z-3"}));
}

TEST_F(BackupTest, what_a_killed_one_has_left_goes_with_the_next_and_nothing_else_does) {
  fs::create_directories(under_ + "/.edge-20191219T000000Z.part");
  std::ofstream(under_ + "/.edge-20191219T000000Z.part/OVN_Northbound.db") << "half of the rows";
  fs::create_directories(under_ + "/.other-20191219T000000Z.part");
  fs::create_directories(under_ + "/edge-20191218T000000Z");
  const std::string living = under_ + "/.edge-20191219T000001Z.part";
  fs::create_directories(living);
  const auto claim = FolderClaim::take(living);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(take());
  std::vector<std::string> folders = entries();
  std::ranges::sort(folders);
  EXPECT_EQ(folders, (std::vector<std::string>{".edge-20191219T000001Z.part", ".other-20191219T000000Z.part",
                                               "edge-20191218T000000Z", "edge-20191220T000000Z"}));
}

TEST_F(BackupTest, is_read_as_it_was_made) {
  const auto backup = take();
  ASSERT_TRUE(backup) << backup.error().text();
  const auto read = read_backup(backup->folder, files_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, *backup);
}

TEST_F(BackupTest, nothing_is_left_of_one_that_fails) {
  bench_.transport.on_copy = [&](const HostName& host, Database database,
                                 const std::string& path) -> Result<transport::DatabaseCopy> {
    if (database == Database::southbound) return fail(ErrorCode::failed, "no space left on " + host);
    return send(host, database, path);
  };
  const auto backup = take();
  ASSERT_FALSE(backup);
  EXPECT_EQ(backup.error().text(), "no space left on n1");  // who was asked last
  EXPECT_EQ(entries(), (std::vector<std::string>{}));
}

TEST_F(BackupTest, what_changed_on_its_way_is_no_copy) {
  digest_ = std::string(64, '0');
  const auto backup = take();
  ASSERT_FALSE(backup);
  EXPECT_NE(backup.error().text().find("is not the one that was sent"), std::string::npos);
  EXPECT_EQ(entries(), (std::vector<std::string>{}));
}

TEST_F(BackupTest, another_member_is_asked_if_the_leader_fails) {
  bench_.transport.on_copy = [&](const HostName& host, Database database,
                                 const std::string& path) -> Result<transport::DatabaseCopy> {
    if (host == "n2") return fail(ErrorCode::unreachable, "the connection was lost");
    return send(host, database, path);
  };
  const auto backup = take();
  ASSERT_TRUE(backup) << backup.error().text();
  EXPECT_EQ(backup->find(Database::southbound)->member, "n1");
}

TEST_F(BackupTest, without_a_member_there_is_no_backup_and_no_folder) {
  bench_.transport.answers.clear();
  bench_.transport.otherwise = Unknown{"does not answer"};
  const auto backup = take();
  ASSERT_FALSE(backup);
  EXPECT_NE(backup.error().text().find("n1: server of OVN_Northbound: does not answer"), std::string::npos)
      << backup.error().text();
  EXPECT_EQ(entries(), (std::vector<std::string>{}));
}

TEST_F(BackupTest, a_file_that_has_changed_since_is_told) {
  const auto backup = take();
  ASSERT_TRUE(backup) << backup.error().text();
  std::ofstream(backup->folder + "/OVN_Southbound.db") << "raws";
  const auto read = read_backup(backup->folder, files_);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text().find("OVN_Southbound.db` has changed since it was made"), std::string::npos)
      << read.error().text();
}

TEST_F(BackupTest, a_manifest_that_names_files_elsewhere_or_of_another_form_is_refused) {
  fs::create_directories(under_);
  for (const char* text :
       {"", "[]", R"({"format": 2})", R"({"format": 1, "cluster": "edge", "time": "", "databases": [{}]})",
        R"({"format": 1, "cluster": "edge", "time": "", "databases": [{"database": "OVN_Northbound",)"
        R"( "file": "../x"}]})",
        R"({"format": 1, "cluster": "edge", "time": "", "databases": [{"database": "Open_vSwitch"}]})"}) {
    std::ofstream(under_ + "/backup.json") << text;
    const auto read = read_backup(under_, files_);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::malformed) << text;
  }
  EXPECT_EQ(read_backup(under_ + "/none", files_).error().code(), ErrorCode::not_found);
}

TEST(Restore, a_schema_that_is_newer_or_of_another_kind_is_refused) {
  EXPECT_EQ(why_not_convertible("7.11.0", "7.11.0"), "");
  EXPECT_EQ(why_not_convertible("7.3.0", "7.11.0"), "");
  EXPECT_EQ(why_not_convertible("7.11.0", "7.3.0"),
            "the backup's schema 7.11.0 is newer than the running 7.3.0: upgrade OVN first, or take an older "
            "backup");
  EXPECT_EQ(why_not_convertible("6.1.0", "7.3.0"),
            "the backup's schema is 6.1.0, the running one is 7.3.0: rows cannot be taken from one to the "
            "other");
}

}  // namespace
}  // namespace kiln::engine
