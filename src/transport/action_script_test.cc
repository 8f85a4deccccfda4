#include "transport/action_script.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/quote.h"
#include "transport/look_script.h"
#include "transport/process.h"

namespace kiln::transport::action_script_test {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLong{60000};

std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Owned by whoever runs this.
IssueCertificate issue_for(const std::string& directory, const std::string& common_name) {
  IssueCertificate issue;
  issue.directory = directory;
  issue.shape.common_name = common_name;
  issue.owner = ::getpwuid(::geteuid())->pw_name;
  return issue;
}

/// A folder to act in, and programs that stand in for the host's.
class ActionScript : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/kiln-action-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + '/' + name; }
  mode_t mode_of(const std::string& name) const {
    struct stat status{};
    EXPECT_EQ(::lstat(path(name).c_str(), &status), 0) << name;
    return status.st_mode & 07777U;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_)) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }
  /// From now on this program of the host is a script; its arguments are in the file `<program>.asked`.
  void stand_in(const std::string& program, const std::string& script) const {
    fs::create_directories(path("bin"));
    std::ofstream(path("bin/" + program)) << "#!/bin/sh\nprintf '<%s>' \"$@\" >>" << path(program + ".asked")
                                          << "\necho >>" << path(program + ".asked") << '\n'
                                          << script << '\n';
    ::chmod(path("bin/" + program).c_str(), 0755);
  }
  Ended run(const std::string& script) const {
    const std::string text = replaced(script, "PATH=/usr/sbin:", "PATH=" + path("bin") + ":/usr/sbin:");
    const auto ended = run_process({"sh", "-s"}, "kiln_ssh_connection=\n" + text, kLong);
    return ended ? *ended : Ended{-1, "", ended.error().text()};
  }
  Ended run(const Action& action) const { return run(action_script(action)); }

  /// Runs the script twice: it changes something, then nothing.
  void run_twice(const std::string& script) const {
    const Ended first = run(script);
    EXPECT_EQ(first.exit_code, kChanged) << first.errors;
    const Ended second = run(script);
    EXPECT_EQ(second.exit_code, kUnchanged) << second.errors;
    EXPECT_EQ(first.errors + second.errors + first.output + second.output, "");
  }

 private:
  std::string directory_;
};

TEST_F(ActionScript, writes_a_file_once) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  for (const std::string& content : {std::string(), std::string("\n\n"), std::string("$(id) `id` 'x"), bytes,
                                     std::string(1'000'000, 'x')}) {
    fs::remove(path("f"));
    run_twice(action_script(WriteFile{path("f"), content, 0644}));
    EXPECT_TRUE(text_of(path("f")) == content) << content.size();
    EXPECT_EQ(names(), std::vector<std::string>{"f"});
  }
}

TEST_F(ActionScript, writes_and_removes_files_with_hostile_names) {
  for (const std::string name :
       {"a b", "$(touch x)", "`id`", "it's", "\"", "a\nb", "-n", "é", "*", "\\", "a\n"}) {
    run_twice(action_script(WriteFile{path(name), name, 0600}));
    EXPECT_EQ(names(), std::vector<std::string>{name});
    EXPECT_EQ(text_of(path(name)), name);
    run_twice(action_script(RemoveFile{path(name)}));
    EXPECT_TRUE(names().empty());
  }
}

TEST_F(ActionScript, takes_an_address_off_its_link_once) {
  fs::create_directories(path("net/br-phys"));
  stand_in("ip", "case $* in *show*) for a in 10.0.1.1 10.0.1.11; do [ -e " + path("gone") +
                     "$a ] || echo \"7: br-phys inet $a/24 scope global br-phys\"; done ;; *delete*) : >" +
                     path("gone") + "10.0.1.1 ;; esac");
  const auto take = [this](const std::string& link) {
    return replaced(action_script(RemoveAddress{link, "10.0.1.1/24"}), "/sys/class/net", path("net"));
  };
  run_twice(take("br-phys"));
  EXPECT_NE(text_of(path("ip.asked")).value_or("").find("<address><delete><10.0.1.1/24><dev><br-phys>\n"),
            std::string::npos);
  EXPECT_EQ(run(take("gone")).exit_code, kUnchanged);
}

TEST_F(ActionScript, gives_a_file_its_mode) {
  for (const unsigned mode : {0600U, 0644U, 0755U, 0440U, 0000U, 0004U, 01777U, 04755U}) {
    run_twice(write_script(path("f"), "text", mode));
    EXPECT_EQ(mode_of("f"), mode);
  }
}

TEST_F(ActionScript, makes_parents_that_others_can_pass) {
  run_twice(write_script(path("a b/-c/f"), "text", 0600));
  EXPECT_EQ(mode_of("a b"), 0755U);
  EXPECT_EQ(mode_of("a b/-c"), 0755U);
}

// A reader that has the old file open goes on reading the old text: the new one is another file.
TEST_F(ActionScript, replaces_a_file_whole) {
  ASSERT_EQ(run(write_script(path("f"), "old text", 0644)).exit_code, kChanged);
  std::ifstream reader(path("f"));
  ASSERT_EQ(run(write_script(path("f"), "new", 0644)).exit_code, kChanged);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(reader), {}}), "old text");
  EXPECT_EQ(text_of(path("f")), "new");
}

TEST_F(ActionScript, writes_over_what_an_interrupted_run_left) {
  fs::create_directories(path("f.kiln-new/below"));
  run_twice(write_script(path("f"), "text", 0644));
  EXPECT_EQ(names(), std::vector<std::string>{"f"});
}

TEST_F(ActionScript, replaces_a_link_and_not_its_target) {
  std::ofstream(path("target")) << "text";
  fs::create_symlink("target", path("f"));
  fs::create_directory(path("d"));
  fs::create_symlink("d", path("g"));
  run_twice(write_script(path("f"), "text", 0644));
  run_twice(write_script(path("g"), "text", 0644));
  EXPECT_FALSE(fs::is_symlink(path("f")));
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path("g"))));
  EXPECT_EQ(text_of(path("target")), "text");
  EXPECT_TRUE(fs::is_empty(path("d")));
}

TEST_F(ActionScript, does_not_touch_a_directory_in_the_way) {
  fs::create_directories(path("d/below"));
  const Ended written = run(write_script(path("d"), "text", 0644));
  EXPECT_EQ(written.exit_code, 1);
  EXPECT_EQ(written.errors, path("d") + " is a directory\n");
  const Ended removed = run(Action(RemoveFile{path("d")}));
  EXPECT_EQ(removed.exit_code, 1);
  EXPECT_NE(removed.errors, "");
  EXPECT_TRUE(fs::exists(path("d/below")));
}

TEST_F(ActionScript, leaves_the_old_file_when_the_new_one_cannot_be_made) {
  ASSERT_EQ(run(write_script(path("f"), "old", 0644)).exit_code, kChanged);
  stand_in("sync", "echo 'no space' >&2; exit 1");
  const Ended ended = run(write_script(path("f"), "new", 0644));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.errors, "no space\n");
  EXPECT_EQ(text_of(path("f")), "old");
}

TEST_F(ActionScript, does_nothing_when_it_arrives_cut) {
  const std::string script = write_script(path("f"), "text", 0644);
  for (std::size_t at = 0; at + 2 < script.size(); at += 7) {
    ASSERT_TRUE(run_process({"sh", "-s"}, script.substr(0, at), kLong));
    ASSERT_TRUE(names().empty()) << script.substr(0, at);
  }
}

TEST_F(ActionScript, removes_a_dangling_link_and_not_the_target_of_another) {
  std::ofstream(path("target")) << "text";
  fs::create_symlink("target", path("link"));
  fs::create_symlink("nowhere", path("dangling"));
  run_twice(action_script(RemoveFile{path("link")}));
  run_twice(action_script(RemoveFile{path("dangling")}));
  EXPECT_EQ(names(), std::vector<std::string>{"target"});
}

TEST_F(ActionScript, creates_and_joins_a_database_once) {
  if (::access("/usr/bin/ovsdb-tool", X_OK) != 0)
    GTEST_SKIP() << "ovsdb-tool is missing (openvswitch-common)";
  const std::string own_address = "ssl:10.0.0.2:6643";
  const auto here = [this](const std::string& script) {
    return replaced(script, std::string(file_path(Database::northbound)), path("ovn/nb.db"));
  };
  const std::string create = replaced(action_script(CreateDatabase{Database::northbound, own_address, 5000}),
                                      std::string(schema_path(Database::northbound)),
                                      std::string(schema_path(Database::open_vswitch)));
  const std::string join =
      action_script(JoinDatabase{Database::northbound, own_address, {"ssl:10.0.0.1:6643"}});
  const LookScript look = make_look_script("n1", {DatabaseFileLook{Database::northbound}}, "k1");
  for (const std::string& made : {create, join}) {
    const std::string script = replaced(here(made), "/var/lib/ovn", path("ovn"));
    fs::remove_all(path("ovn"));
    fs::create_directory(path("ovn"));
    std::ofstream(path("ovn/nb.db.kiln-new")) << "what an interrupted run left";
    const Ended first = run(script);
    ASSERT_EQ(first.exit_code, kChanged) << first.errors;
    const auto content = text_of(path("ovn/nb.db"));
    EXPECT_EQ(run(script).exit_code, kUnchanged);
    EXPECT_EQ(text_of(path("ovn/nb.db")), content);
    EXPECT_EQ(std::distance(fs::directory_iterator(path("ovn")), {}), 1);
    const Facts facts = read_look_output("n1", look, "k1", run(here(look.text)).output);
    const auto* seen = facts.seen<DatabaseFileSeen>("n1", look.looks[0]);
    ASSERT_TRUE(seen) << facts.unknown("n1", look.looks[0]).value_or("absent");
    EXPECT_TRUE(seen->clustered);
    EXPECT_EQ(seen->local_address, own_address);
  }
}

/// Open_vSwitch's schema stands in for OVN's, which need not be here.
TEST_F(ActionScript, makes_a_cluster_anew_once_and_keeps_the_old_file) {
  if (::access("/usr/bin/ovsdb-tool", X_OK) != 0)
    GTEST_SKIP() << "ovsdb-tool is missing (openvswitch-common)";
  const auto here = [this](const std::string& script) {
    return replaced(script, "/var/lib/ovn", path("ovn"));
  };
  const auto log_of = [&] {
    const LookScript look = make_look_script(
        "n1", {DatabaseFileLook{Database::northbound}, DatabaseLogLook{Database::northbound}}, "k1");
    return read_look_output("n1", look, "k1", run(here(look.text)).output);
  };
  fs::create_directory(path("ovn"));
  ASSERT_EQ(run(replaced(here(action_script(CreateDatabase{Database::northbound, "ssl:10.0.0.2:6643", 5000})),
                         std::string(schema_path(Database::northbound)),
                         std::string(schema_path(Database::open_vswitch))))
                .exit_code,
            kChanged);
  const Facts before = log_of();
  const auto* old = before.seen<DatabaseFileSeen>("n1", DatabaseFileLook{Database::northbound});
  ASSERT_TRUE(old);
  const auto old_bytes = text_of(path("ovn/ovnnb_db.db"));
  const std::string script =
      here(action_script(RecreateDatabase{Database::northbound, old->cluster_id, "ssl:10.0.0.3:6643", 4000}));
  std::ofstream(path("ovn/ovnnb_db.db.kiln-new")) << "what an interrupted run left";
  std::ofstream(path("ovn/ovnnb_db.db.kiln-rows")) << "what an interrupted run left";
  const Ended first = run(script);
  ASSERT_EQ(first.exit_code, kChanged) << first.errors;
  const Facts after = log_of();
  const auto* made = after.seen<DatabaseFileSeen>("n1", DatabaseFileLook{Database::northbound});
  const auto* log = after.seen<DatabaseLogSeen>("n1", DatabaseLogLook{Database::northbound});
  ASSERT_TRUE(made && log) << after.unknown("n1", DatabaseLogLook{Database::northbound}).value_or("");
  EXPECT_NE(made->cluster_id, old->cluster_id);
  EXPECT_EQ(made->local_address, "ssl:10.0.0.3:6643");
  EXPECT_EQ(log->members, std::set<std::string>{"ssl:10.0.0.3:6643"});
  EXPECT_EQ(log->replaced, std::set<std::string>{old->cluster_id});
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(path("ovn"))) {
    if (!entry.is_directory()) left.push_back(entry.path().filename());
    if (entry.is_directory()) {
      EXPECT_EQ(text_of(entry.path() / "ovnnb_db.db"), old_bytes);
    }
  }
  EXPECT_EQ(left, std::vector<std::string>{"ovnnb_db.db"});
  const auto new_bytes = text_of(path("ovn/ovnnb_db.db"));
  EXPECT_EQ(run(script).exit_code, kUnchanged);
  EXPECT_EQ(text_of(path("ovn/ovnnb_db.db")), new_bytes);
  EXPECT_EQ(std::distance(fs::directory_iterator(path("ovn")), {}), 2);
}

/// Open_vSwitch's schema stands in for OVN's here too; it tells whether a standalone database has rows.
TEST_F(ActionScript, makes_a_standalone_database_a_cluster_once_with_its_rows) {
  if (::access("/usr/bin/ovsdb-tool", X_OK) != 0)
    GTEST_SKIP() << "ovsdb-tool is missing (openvswitch-common)";
  const auto here = [this](const std::string& script) {
    return replaced(script, "/var/lib/ovn", path("ovn"));
  };
  const auto file = [&] {
    const LookScript look = make_look_script("n1", {DatabaseFileLook{Database::northbound}}, "k1");
    const Facts facts = read_look_output("n1", look, "k1", run(here(look.text)).output);
    const auto* seen = facts.seen<DatabaseFileSeen>("n1", look.looks[0]);
    return seen ? *seen : DatabaseFileSeen{true, "", "", "not seen"};
  };
  const auto standalone = [](bool used) {
    DatabaseFileSeen seen;
    seen.used = used;
    return seen;
  };
  const auto transact = [&](const std::string& operation) {
    return run("PATH=/usr/sbin:/usr/bin:/sbin:/bin\novsdb-tool transact " + path("ovn/ovnnb_db.db") +
               " '[\"Open_vSwitch\"," + operation + "]'");
  };
  fs::create_directory(path("ovn"));
  const std::string script =
      here(action_script(AdoptDatabase{Database::northbound, "ssl:10.0.0.3:6643", 4000}));
  EXPECT_EQ(run(script).exit_code, 1);  // nothing is there
  ASSERT_EQ(run("PATH=/usr/sbin:/usr/bin:/sbin:/bin\novsdb-tool create " + path("ovn/ovnnb_db.db") + ' ' +
                std::string(schema_path(Database::open_vswitch)))
                .exit_code,
            0);
  EXPECT_EQ(file(), standalone(false));
  ASSERT_EQ(transact(R"({"op":"insert","table":"SSL","row":{}})").exit_code, 0);
  EXPECT_EQ(file(), standalone(false));
  ASSERT_EQ(transact(R"({"op":"insert","table":"Open_vSwitch","row":{}})").exit_code, 0);
  EXPECT_EQ(file(), standalone(true));
  ASSERT_EQ(transact(R"({"op":"delete","table":"Open_vSwitch","where":[]})").exit_code, 0);
  EXPECT_EQ(file(), standalone(false));
  ASSERT_EQ(transact(R"({"op":"insert","table":"Open_vSwitch","row":{"ovs_version":"of old"}})").exit_code,
            0);

  const auto old_bytes = text_of(path("ovn/ovnnb_db.db"));
  std::ofstream(path("ovn/ovnnb_db.db.kiln-new")) << "what an interrupted run left";
  const Ended first = run(script);
  ASSERT_EQ(first.exit_code, kChanged) << first.errors;
  const DatabaseFileSeen made = file();
  EXPECT_TRUE(made.clustered);
  EXPECT_TRUE(made.used);  // no server has run with it, and it holds rows
  EXPECT_EQ(made.local_address, "ssl:10.0.0.3:6643");
  const auto new_bytes = text_of(path("ovn/ovnnb_db.db"));
  EXPECT_NE(new_bytes.value_or("").find("of old"), std::string::npos);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(path("ovn"))) {
    if (!entry.is_directory()) left.push_back(entry.path().filename());
    if (entry.is_directory()) {
      EXPECT_EQ(text_of(entry.path() / "ovnnb_db.db"), old_bytes);
    }
  }
  std::erase(left, ".ovnnb_db.db.~lock~");
  EXPECT_EQ(left, std::vector<std::string>{"ovnnb_db.db"});
  EXPECT_EQ(run(script).exit_code, kUnchanged);
  EXPECT_EQ(text_of(path("ovn/ovnnb_db.db")), new_bytes);
}

TEST_F(ActionScript, makes_no_cluster_anew_of_a_file_that_is_not_there) {
  stand_in("ovsdb-tool", "echo 'no such file' >&2; exit 1");
  EXPECT_EQ(run(Action(RecreateDatabase{Database::northbound, "1", "ssl:10.0.0.3:6643", 4000})).exit_code, 1);
}

TEST_F(ActionScript, copies_what_the_server_serves_once_it_has_been_opened) {
  stand_in("ovsdb-client", "printf 'rows\\n'");
  stand_in("ovsdb-tool", "[ \"$1\" != db-version ] || echo 7.11.0");
  fs::create_directory(path("ovn"));
  const std::string script = replaced(copy_script(Database::northbound, 60), "/var/lib/ovn", path("ovn"));
  const Ended ended = run(script);
  EXPECT_EQ(ended.exit_code, kChanged) << ended.errors;
  EXPECT_EQ(ended.output, "rows\n");
  EXPECT_EQ(ended.errors,
            "kiln-copy 7.11.0 9b71c268cf258d56d93a8182fce8a2ed6a7d18768a88959e17537d913702d63f 5\n");
  EXPECT_TRUE(fs::is_empty(path("ovn")));
  stand_in("ovsdb-tool", "[ \"$1\" = db-version ] || { echo 'syntax error' >&2; exit 1; }");
  const Ended broken = run(script);
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(broken.output, "");
  EXPECT_TRUE(fs::is_empty(path("ovn")));
}

TEST_F(ActionScript, switches_key_and_certificate_at_once) {
  const IssueCertificate issue = issue_for(path("pki/nb it's"), "n1/ovn\\nb ü");
  for (const std::string suffix : {"one", "two"}) {
    const Ended request = run(request_script(issue, suffix));
    ASSERT_EQ(request.exit_code, kChanged) << request.errors;
    EXPECT_TRUE(request.output.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n")) << request.output;
    ASSERT_EQ(run(install_script(issue, suffix, "certificate " + suffix)).exit_code, kChanged);
    EXPECT_EQ(fs::read_symlink(issue.directory), "nb it's." + suffix);
    EXPECT_EQ(text_of(issue.directory + "/cert.pem"), "certificate " + suffix);
    EXPECT_EQ(mode_of("pki/nb it's/key.pem"), 0600U);
    EXPECT_EQ(mode_of("pki/nb it's/cert.pem"), 0644U);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(path("pki")), {}), 2);
}

TEST_F(ActionScript, removes_a_certificate_and_every_folder_of_it) {
  const IssueCertificate issue = issue_for(path("pki/nb it's"), "n1");
  ASSERT_EQ(run(request_script(issue, "one")).exit_code, kChanged);
  ASSERT_EQ(run(install_script(issue, "one", "certificate")).exit_code, kChanged);
  fs::create_directories(path("pki/nb it's.of-a-run-that-was-killed"));
  fs::create_directories(path("pki/nb it"));
  run_twice(action_script(RemoveCertificate{issue.directory}));
  EXPECT_EQ(std::distance(fs::directory_iterator(path("pki")), {}), 1) << "another daemon's";
}

TEST_F(ActionScript, removes_folders_of_kilns_with_the_last_file_in_them) {
  fs::create_directories(path("kiln/pki"));
  std::ofstream(path("kiln/pki/ca.pem")) << "x";
  std::ofstream(path("kiln/other")) << "x";
  const auto remove = [this](const std::string& file) {
    return run(replaced(action_script(RemoveFile{file}), "/etc/kiln", path("kiln"))).exit_code;
  };
  EXPECT_EQ(remove("/etc/kiln/pki/ca.pem"), kChanged);
  EXPECT_EQ(names(), std::vector<std::string>{"kiln"});
  EXPECT_FALSE(fs::exists(path("kiln/pki")));
  EXPECT_EQ(remove("/etc/kiln/other"), kChanged);
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(remove("/etc/kiln/other"), kUnchanged);
}

TEST_F(ActionScript, kicks_a_server_that_is_listed_and_no_other) {
  stand_in(
      "ovn-appctl",
      "case $* in *cluster/status*) printf 'Server ID: 00aa (00aa…)\\nServers:\\n    00aa (00aa at "
      "ssl:192.0.2.11:6643) "
      "(self)\\n    00bb (00bb at ssl:192.0.2.12:6643)\\n    00aa (00aa at ssl:192.0.2.13:6643)\\n' ;; esac");
  const auto kick = [&](const std::string& id, const std::string& address) {
    fs::remove(path("ovn-appctl.asked"));
    return run(Action(KickMember{Database::northbound, id, address})).exit_code;
  };
  const auto kicked = [&](const std::string& server) {
    return text_of(path("ovn-appctl.asked"))->find("<cluster/kick>" + server) != std::string::npos;
  };
  EXPECT_EQ(kick("00bb", "ssl:192.0.2.12:6643"), kChanged);
  EXPECT_TRUE(kicked("<OVN_Northbound><00bb>"));
  EXPECT_EQ(kick("00cc", "ssl:192.0.2.12:6643"), kUnchanged);
  EXPECT_FALSE(kicked(""));
  EXPECT_EQ(kick("00bb", "ssl:192.0.2.11:6643"), kUnchanged);
  EXPECT_FALSE(kicked(""));
  // Ids are random, and printed short: one in 65,536 pairs begins alike.
  EXPECT_EQ(kick("00aa", "ssl:192.0.2.13:6643"), kChanged);
  EXPECT_TRUE(kicked("<OVN_Northbound><ssl:192.0.2.13:6643>"));
}

/// ovn-appctl of a member; after transfer-leadership another one leads.
constexpr const char* kMember =
    "case $* in *transfer-leadership*) touch \"$0.handed\" ;;\n*cluster/status*) "
    "[ -e \"$0.handed\" ] && echo 'Role: follower' || echo 'Role: leader' ;; esac";

TEST_F(ActionScript, hands_the_leadership_over_once) {
  stand_in("ovn-appctl", kMember);
  EXPECT_EQ(run(Action(HandOver{Database::northbound})).exit_code, kChanged);
  EXPECT_NE(text_of(path("ovn-appctl.asked"))->find("<cluster/failure-test><transfer-leadership>"),
            std::string::npos);
  fs::remove(path("ovn-appctl.asked"));
  EXPECT_EQ(run(Action(HandOver{Database::northbound})).exit_code, kUnchanged);
  EXPECT_EQ(text_of(path("ovn-appctl.asked"))->find("transfer"), std::string::npos);
}

TEST_F(ActionScript, says_that_a_member_does_not_answer_when_it_is_to_hand_over) {
  stand_in("ovn-appctl", "echo 'cannot connect' >&2; exit 1");
  EXPECT_EQ(run(Action(HandOver{Database::northbound})).exit_code, 1);
}

TEST_F(ActionScript, reboots_only_out_of_the_boot_that_it_is_told) {
  stand_in("systemctl", "");
  EXPECT_EQ(run(Action(Reboot{"of another boot"})).exit_code, kUnchanged);
  EXPECT_FALSE(fs::exists(path("systemctl.asked")));
  std::string boot_id = *text_of("/proc/sys/kernel/random/boot_id");
  boot_id.pop_back();  // the line's end
  EXPECT_EQ(run(Action(Reboot{boot_id})).exit_code, kChanged);
  EXPECT_EQ(text_of(path("systemctl.asked")), "<reboot>\n");
}

TEST_F(ActionScript, keeps_the_old_certificate_without_a_new_key) {
  const IssueCertificate issue = issue_for(path("nb"), "n1");
  fs::create_directories(path("nb.old"));
  fs::create_symlink("nb.old", path("nb"));
  EXPECT_EQ(run(install_script(issue, "new", "certificate")).exit_code, 1);
  EXPECT_EQ(names(), (std::vector<std::string>{"nb", "nb.old"}));
}

TEST_F(ActionScript, requests_a_name_with_a_plus) {
  const IssueCertificate issue = issue_for(path("nb"), "a+b");
  const Ended request = run(request_script(issue, "one"));
  EXPECT_EQ(request.exit_code, kChanged) << request.errors;
}

TEST_F(ActionScript, removes_what_was_put_aside_and_no_database_that_is_in_use) {
  const std::string script = replaced(action_script(RemoveKept{}), "/var/lib/ovn", path("ovn"));
  for (const char* folder : {"kiln-left-20261122T021500Z", "kiln-recover-20261122T021600Z", "theirs"}) {
    fs::create_directories(path("ovn") + '/' + folder);
    std::ofstream(path("ovn") + '/' + folder + "/ovnnb_db.db") << "rows";
  }
  std::ofstream(path("ovn/ovnnb_db.db")) << "rows";
  run_twice(script);
  EXPECT_EQ(std::distance(fs::directory_iterator(path("ovn")), {}), 2);
  EXPECT_TRUE(fs::exists(path("ovn/theirs/ovnnb_db.db")));
  EXPECT_TRUE(fs::exists(path("ovn/ovnnb_db.db")));
}

TEST_F(ActionScript, gives_hostile_words_to_programs_as_they_are) {
  stand_in("systemctl", "");
  stand_in("ovs-appctl", "");
  stand_in("ovn-appctl", "");
  EXPECT_EQ(run(Action(UnitAction{"-a $(b).service", UnitVerb::enable})).exit_code, kChanged);
  EXPECT_EQ(text_of(path("systemctl.asked")), "<--quiet><enable><--><-a $(b).service>\n");
  EXPECT_EQ(run(Action(Appctl{"/run/ovn/x y.ctl", {"a'b", "", "\n"}})).exit_code, kChanged);
  EXPECT_EQ(text_of(path("ovn-appctl.asked")), "<-t></run/ovn/x y.ctl><a'b><><\n>\n");
  EXPECT_EQ(run(Action(Appctl{"ovs-vswitchd", {"exit"}})).exit_code, kChanged);
  EXPECT_EQ(text_of(path("ovs-appctl.asked")), "<-t><ovs-vswitchd><exit>\n");
}

TEST_F(ActionScript, has_nothing_to_stop_or_disable_without_the_unit) {
  stand_in("systemctl", "[ \"$1\" = show ] && echo not-found");
  EXPECT_EQ(run(Action(UnitAction{"a.service", UnitVerb::stop})).exit_code, kUnchanged);
  EXPECT_EQ(run(Action(UnitAction{"a.service", UnitVerb::disable})).exit_code, kUnchanged);
}

TEST_F(ActionScript, says_why_a_unit_does_not_start) {
  stand_in("systemctl", "[ \"$1\" = start ] && exit 1; echo status");
  stand_in("journalctl", "echo journal");
  const Ended failed = run(Action(UnitAction{"a.service", UnitVerb::start}));
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.errors, "status\njournal\n");
  stand_in("systemctl", "case \"$*\" in *ActiveState*) echo inactive;; *ConditionResult*) echo no;; esac");
  const Ended skipped = run(Action(UnitAction{"a.service", UnitVerb::start}));
  EXPECT_EQ(skipped.exit_code, 1);
  EXPECT_EQ(skipped.errors, "a condition of the unit does not hold, so that it was not started\n");
}

TEST_F(ActionScript, releases_units_when_an_installation_fails) {
  stand_in("systemctl", "");
  stand_in("dpkg", "");
  stand_in("apt-get", "echo 'E: no such package'; exit 100");
  const Ended ended = run(Action(InstallPackages{{"a", "-b"}, {"c.service"}}));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.errors, "E: no such package\n");
  EXPECT_EQ(text_of(path("systemctl.asked")),
            "<--quiet><mask><--runtime><--><c.service>\n<--quiet><unmask><--runtime><--><c.service>\n");
}

TEST_F(ActionScript, unpacks_anew_what_lost_its_power_while_it_was_unpacked) {
  stand_in("systemctl", "");
  const std::string mended = path("mended");
  stand_in("dpkg", "[ -e " + mended + " ] || { echo 'very bad inconsistent state'; exit 1; }");
  stand_in("dpkg-query",
           "printf '%s\\n' 'kmod install reinstreq unpacked' 'procps install ok half-installed' "
           "'sed install ok installed' 'half-installed install ok unpacked'");
  stand_in("apt-get", "case \"$*\" in *'--reinstall install kmod procps') touch " + mended + ";; esac");
  const Ended ended = run(Action(InstallPackages{{"a"}, {"c.service"}}));
  EXPECT_EQ(ended.exit_code, kChanged) << ended.errors;
  EXPECT_TRUE(fs::exists(mended)) << text_of(path("apt-get.asked")).value_or("");
}

}  // namespace
}  // namespace kiln::transport::action_script_test
