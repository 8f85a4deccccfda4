#include "transport/private_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

namespace kiln::transport {
namespace {

namespace fs = std::filesystem;

class PrivateDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/kiln-private-XXXXXX";
    parent_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(parent_); }
  std::ptrdiff_t count() const { return std::distance(fs::directory_iterator(parent_), {}); }

  /// A run that is killed with something in its folder.
  void killed() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const PrivateDirectory directory(parent_);
      std::ofstream(directory.path() + "/n1.log") << "left";
      ::raise(SIGKILL);
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  }

  std::string parent_;
};

TEST_F(PrivateDirectoryTest, is_for_us_alone_and_goes_with_the_object) {
  {
    const PrivateDirectory directory(parent_);
    struct stat status{};
    ASSERT_EQ(::stat(directory.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    std::ofstream(directory.path() + "/n1.log") << "x";
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(PrivateDirectoryTest, takes_away_what_a_killed_run_has_left_and_nothing_of_one_that_lives) {
  const PrivateDirectory living(parent_);
  killed();
  ASSERT_EQ(count(), 2);
  const PrivateDirectory next(parent_);
  EXPECT_EQ(count(), 2);
  EXPECT_TRUE(fs::exists(living.path()));
  EXPECT_TRUE(fs::exists(next.path()));
}

TEST_F(PrivateDirectoryTest, leaves_what_only_looks_alike) {
  fs::create_directory(parent_ + "/kiln-ssh-backups");
  fs::create_directory(parent_ + "/kiln-abcdef");
  std::ofstream(parent_ + "/kiln-ssh-abcdef") << "a file";
  fs::create_directory(parent_ + "/elsewhere");
  fs::create_directory_symlink(parent_ + "/elsewhere", parent_ + "/kiln-ssh-ghijkl");
  {
    const PrivateDirectory directory(parent_);
  }
  EXPECT_EQ(count(), 5);
}

TEST_F(PrivateDirectoryTest, has_no_path_where_none_can_be_made) {
  EXPECT_EQ(PrivateDirectory(parent_ + "/nowhere").path(), "");
}

}  // namespace
}  // namespace kiln::transport
