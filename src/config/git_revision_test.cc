#include "config/git_revision.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kiln::config {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone afterwards.
class GitRevision : public testing::Test {
 protected:
  GitRevision() {
    std::string pattern = (fs::temp_directory_path() / "kiln-git-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~GitRevision() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  void git(const std::string& arguments) const {
    const std::string command =
        "cd " + folder_.string() +
        " && git -c user.name=kiln -c user.email=kiln@localhost -c init.defaultBranch=main " + arguments +
        " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << arguments;
  }
  std::string revision(const std::vector<std::string>& names) const {
    std::vector<std::string> files;
    for (const std::string& name : names) files.push_back((folder_ / name).string());
    return git_revision(files);
  }

  fs::path folder_;
};

TEST_F(GitRevision, is_empty_outside_a_repository) {
  write("kiln.toml", "a");
  EXPECT_EQ(revision({"kiln.toml"}), "");
  EXPECT_EQ(revision({"missing.toml"}), "");
  EXPECT_EQ(git_revision({}), "");
}

TEST_F(GitRevision, is_empty_before_the_first_commit) {
  write("kiln.toml", "a");
  git("init");
  EXPECT_EQ(revision({"kiln.toml"}), "");
}

TEST_F(GitRevision, is_the_commit_or_dirty) {
  write("site/kiln.toml", "a");
  write("site/nodes/n1.toml", "b");
  git("init");
  git("add .");
  git("commit -m first");
  const std::string clean = revision({"site/kiln.toml", "site/nodes/n1.toml"});
  EXPECT_EQ(clean.size(), 7U);
  EXPECT_EQ(clean.find('-'), std::string::npos);

  write("unrelated", "c");
  EXPECT_EQ(revision({"site/kiln.toml"}), clean);
  write("site/nodes/n2.toml", "untracked");
  EXPECT_EQ(revision({"site/kiln.toml", "site/nodes/n2.toml"}), clean + "-dirty");
  write("site/nodes/n1.toml", "changed");
  EXPECT_EQ(revision({"site/kiln.toml"}), clean);
  EXPECT_EQ(revision({"site/kiln.toml", "site/nodes/n1.toml"}), clean + "-dirty");
  git("add .");
  EXPECT_EQ(revision({"site/kiln.toml", "site/nodes/n1.toml"}), clean + "-dirty")
      << "staged is not committed";
}

}  // namespace
}  // namespace kiln::config
