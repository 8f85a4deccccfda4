#include "engine/authority_store.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/fakes_for_test.h"

namespace kiln::engine {
namespace {

class MemoryFiles : public FileIo {
 public:
  struct File {
    std::string content;
    unsigned mode;
  };
  std::map<std::string, File> files;
  std::vector<std::string> writes;
  std::string refuses;

  Result<std::string> read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return fail(ErrorCode::not_found, path + ": no such file");
    return found->second.content;
  }
  Result<> write(const std::string& path, const std::string& content, unsigned mode) override {
    if (path == refuses) return fail(ErrorCode::failed, path + ": no space left on device");
    files[path] = {content, mode};
    writes.push_back(path);
    return {};
  }
};

class AuthorityStoreTest : public testing::Test {
 protected:
  AuthorityStoreTest() {
    spec_.dir = "/pki";
    spec_.passphrase = {SecretReference::Source::file, "/pass"};
    files_.files["/pass"] = {"open sesame\n", 0600};
  }
  Result<bool> create() { return AuthorityStore(spec_, files_, random_, clock_).create({"edge", 3650}); }
  Result<> check() { return AuthorityStore(spec_, files_, random_, clock_).check_ready(); }

  CaSpec spec_;
  MemoryFiles files_;
  SystemRandom random_;
  SystemClock clock_;
};

TEST_F(AuthorityStoreTest, creates_once_key_first) {
  EXPECT_EQ(create(), true);
  EXPECT_EQ(files_.writes, (std::vector<std::string>{"/pki/ca.key", "/pki/ca.pem"}));
  EXPECT_EQ(files_.files["/pki/ca.key"].mode, 0600U);
  EXPECT_EQ(files_.files["/pki/ca.pem"].mode, 0644U);
  EXPECT_EQ(create(), false);
  EXPECT_EQ(files_.writes.size(), 2U);
  EXPECT_TRUE(check());
}

TEST_F(AuthorityStoreTest, finishes_what_a_killed_run_left) {
  files_.refuses = "/pki/ca.pem";
  EXPECT_FALSE(create());
  EXPECT_TRUE(files_.files.contains("/pki/ca.key"));
  files_.refuses.clear();
  const std::string left = files_.files["/pki/ca.key"].content;
  EXPECT_EQ(create(), true);
  EXPECT_TRUE(check());
  EXPECT_EQ(files_.files["/pki/ca.key.kept-1"].content, left) << "it may have been somebody's";
  EXPECT_EQ(files_.files["/pki/ca.key.kept-1"].mode, 0600U);
}

TEST_F(AuthorityStoreTest, never_replaces_an_authority_that_has_lost_its_key) {
  create().value();
  files_.files.erase("/pki/ca.key");
  EXPECT_EQ(create().error().text(),
            "/pki/ca.pem is there without /pki/ca.key; kiln does not replace an authority: put its key back, "
            "or move "
            "it away");
}

TEST_F(AuthorityStoreTest, a_provided_authority_is_never_made) {
  spec_.mode = "provided";
  EXPECT_EQ(create().error().text(),
            "/pki/ca.pem is not there, and `[ca] mode` is provided: kiln makes none");
  EXPECT_FALSE(check());
  EXPECT_TRUE(files_.writes.empty());
}

TEST_F(AuthorityStoreTest, a_wrong_passphrase_is_denied_before_anything_is_done) {
  create().value();
  files_.files["/pass"].content = "wrong\n";
  const Result<> ready = check();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code(), ErrorCode::denied);
  EXPECT_EQ(ready.error().text().find("wrong\n"), std::string::npos);
  EXPECT_NE(ready.error().text().find("/pki"), std::string::npos);
}

TEST_F(AuthorityStoreTest, reads_the_passphrase_from_the_environment_and_names_the_variable_that_is_not_set) {
  spec_.passphrase = {SecretReference::Source::environment, "KILN_TEST_PASSPHRASE"};
  ::unsetenv("KILN_TEST_PASSPHRASE");
  EXPECT_EQ(
      check().error().text(),
      "the environment variable KILN_TEST_PASSPHRASE is not set; it holds the passphrase of the authority's "
      "key: "
      "set it before you run kiln, e.g. with `read -rs KILN_TEST_PASSPHRASE && export KILN_TEST_PASSPHRASE`");
  ::setenv("KILN_TEST_PASSPHRASE", "open sesame", 1);
  EXPECT_EQ(create(), true);
  spec_.passphrase = {SecretReference::Source::file, "/pass"};
  EXPECT_TRUE(check());
  ::unsetenv("KILN_TEST_PASSPHRASE");
}

TEST_F(AuthorityStoreTest, reads_the_passphrase_from_a_command) {
  create().value();
  spec_.passphrase = {SecretReference::Source::command, "echo open sesame"};
  EXPECT_TRUE(check());
  spec_.passphrase.value = "echo open sesame; exit 3";
  EXPECT_EQ(check().error().text(),
            "the command for the passphrase of the authority's key failed with exit status 3");
  spec_.passphrase.value = "true";
  EXPECT_EQ(check().error().text(), "the passphrase of the authority's key is empty");
  spec_.passphrase.value = "yes";
  EXPECT_EQ(check().error().text(),
            "the command for the passphrase of the authority's key printed more than a passphrase");
}

TEST_F(AuthorityStoreTest, says_what_to_set_when_nothing_is_named) {
  spec_.passphrase = {};
  EXPECT_EQ(
      check().error().text(),
      "nothing says where the passphrase of the authority's key is: set `[ca] passphrase`, e.g. to { env = "
      "\"KILN_CA_PASSPHRASE\" }");
}

}  // namespace
}  // namespace kiln::engine
