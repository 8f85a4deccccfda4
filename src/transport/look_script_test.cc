#include "transport/look_script.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/quote.h"
#include "transport/parse.h"
#include "transport/process.h"

namespace kiln::transport::look_script_test {
namespace {

constexpr Duration kLong{60000};
const HostName kHost = "n1";
const std::string kNonce = "k00ff";
const std::string kSystemPath = "PATH=/usr/sbin:";

/// `from` → `to`, which must be in it.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// As the script prints it.
std::string section(int number, const std::string& content, const std::string& code,
                    const std::string& nonce = kNonce) {
  const std::string begin = nonce + ' ' + std::to_string(number);
  return begin + '\n' + content + '\n' + begin + " ends " + code + '\n';
}

/// Of stat(1) and head(1).
std::string files(const std::string& stats, const std::string& contents) {
  return kNonce + " files " + encode_base64(stats + '\0' + contents) + '\n';
}
std::string stat_of(const std::string& path, std::size_t size) {
  return path + '\0' + "644" + '\0' + "root" + '\0' + "domain users" + '\0' + std::to_string(size) + '\0';
}

/// A folder for files to look at, and for programs that stand in for the host's.
class LookScriptRun : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/kiln-look-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + '/' + name; }
  std::string make_file(const std::string& name, const std::string& content, mode_t mode = 0644) const {
    std::ofstream(path(name), std::ios::binary) << content;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }
  /// From now on this program of the host is the script.
  void stand_in(const std::string& program, const std::string& script) {
    std::filesystem::create_directories(path("bin"));
    make_file("bin/" + program, "#!/bin/sh\n" + script + '\n', 0755);
  }
  std::string printed(const LookScript& script) const {
    const std::string text = replaced(script.text, kSystemPath, "PATH=" + path("bin") + ":/usr/sbin:");
    const auto ended = run_process({"/bin/sh", "-s"}, "kiln_ssh_connection='c 1 s 22'\n" + text, kLong);
    EXPECT_TRUE(ended) << ended.error().text();
    if (!ended) return {};
    EXPECT_EQ(ended->exit_code, 0);
    EXPECT_EQ(ended->errors, "");
    return ended->output;
  }
  Facts look(const std::vector<Look>& looks) const {
    const LookScript script = make_look_script(kHost, looks, kNonce);
    return read_look_output(kHost, script, kNonce, printed(script));
  }
  Fact look_at(const Look& one) const { return look({one}).at({kHost, one}); }
  /// With the northbound's server, of this pid, alone in a pid file.
  Fact listeners(const std::string& pid) const {
    LookScript script = make_look_script(kHost, {ListenersLook{}}, kNonce);
    script.text = replaced(script.text, "/run/ovn/ovnnb_db.pid", make_file("nb.pid", pid + '\n'));
    script.text = replaced(script.text, "/run/o", path("none") + "/o");
    return read_look_output(kHost, script, kNonce, printed(script)).at({kHost, ListenersLook{}});
  }

 private:
  std::string directory_;
};

TEST_F(LookScriptRun, reads_any_content_of_a_file) {
  std::string bytes = kNonce + " 0 \nexit 44\n44\n";
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  for (const std::string& content : {std::string(), std::string("\n\n"), bytes, std::string(262144, 'x')}) {
    const std::string file = make_file("f", content, 0640);
    const Facts facts = look({FileLook{file}});
    const auto* seen = facts.seen<FileSeen>(kHost, FileLook{file});
    ASSERT_TRUE(seen) << facts.unknown(kHost, FileLook{file}).value_or("absent");
    EXPECT_TRUE(seen->content == content) << content.size();
    EXPECT_EQ(seen->mode, 0640U);
    EXPECT_EQ(seen->size, static_cast<std::int64_t>(content.size()));
  }
}

TEST_F(LookScriptRun, reads_files_with_hostile_names) {
  for (const std::string name : {"a b", "$(touch x)", "`id`", "it's", "\"", "a\nb", "-n", "é", "*", "\\"}) {
    const std::string file = make_file(name, name);
    const Facts facts = look({FileLook{file}});
    const auto* seen = facts.seen<FileSeen>(kHost, FileLook{file});
    ASSERT_TRUE(seen) << name;
    EXPECT_EQ(seen->content, name);
  }
}

TEST_F(LookScriptRun, leaves_out_content_that_is_not_asked_for) {
  const FileLook key{.path = make_file("key.pem", "secret", 0600), .content = false};
  const LookScript script = make_look_script(kHost, {key}, kNonce);
  const std::string output = printed(script);
  const std::string told = decode_base64(output.substr(output.rfind(' ') + 1));
  EXPECT_TRUE(told.starts_with(key.path)) << told;
  EXPECT_EQ(told.find("secret"), std::string::npos) << told;
  const Facts facts = read_look_output(kHost, script, kNonce, output);
  ASSERT_TRUE(facts.seen<FileSeen>(kHost, key));
  EXPECT_EQ(facts.seen<FileSeen>(kHost, key)->content, "");
  EXPECT_EQ(facts.seen<FileSeen>(kHost, key)->size, 6);
}

TEST_F(LookScriptRun, tells_absent_from_unreadable_files) {
  EXPECT_EQ(look_at(FileLook{path("none")}), Fact(Absent{}));
  EXPECT_EQ(look_at(FileLook{path("none/below")}), Fact(Absent{}));
  EXPECT_EQ(look_at(FileLook{path("")}), Fact(Unknown{"not a regular file"}));
  EXPECT_EQ(look_at(FileLook{make_file("big", std::string(262145, 'x'))}),
            Fact(Unknown{"larger than 256 KiB"}));
}

TEST_F(LookScriptRun, what_is_no_file_leaves_the_others_known) {
  const FileLook before{make_file("before", "b")};
  const FileLook folder{path("")};
  const FileLook device{"/dev/zero"};
  const FileLook after{make_file("later", "l"), false};
  const Facts facts = look({before, folder, device, after});
  EXPECT_EQ(facts.seen<FileSeen>(kHost, before)->content, "b");
  EXPECT_EQ(facts.at({kHost, folder}), Fact(Unknown{"not a regular file"}));
  EXPECT_EQ(facts.at({kHost, device}), Fact(Unknown{"not a regular file"}));
  EXPECT_EQ(facts.seen<FileSeen>(kHost, after)->size, 1);
}

TEST_F(LookScriptRun, reads_what_the_kernel_makes_up) {
  const FileLook uptime{"/proc/uptime"};
  const FileLook file{make_file("f", "x")};
  const Facts facts = look({uptime, file, FileLook{"/proc/kiln"}});
  ASSERT_TRUE(facts.seen<FileSeen>(kHost, uptime)) << facts.unknown(kHost, uptime).value_or("absent");
  EXPECT_GT(std::stod(facts.seen<FileSeen>(kHost, uptime)->content), 0);
  EXPECT_TRUE(facts.seen<FileSeen>(kHost, file));
  EXPECT_TRUE(facts.absent(kHost, FileLook{"/proc/kiln"}));
}

TEST_F(LookScriptRun, follows_links) {
  std::filesystem::create_symlink(make_file("target", "text", 0600), path("link"));
  const Facts facts = look({FileLook{path("link")}});
  ASSERT_TRUE(facts.seen<FileSeen>(kHost, FileLook{path("link")}));
  EXPECT_EQ(facts.seen<FileSeen>(kHost, FileLook{path("link")})->mode, 0600U);
  std::filesystem::create_symlink(path("nowhere"), path("dangling"));
  EXPECT_EQ(look_at(FileLook{path("dangling")}), Fact(Absent{}));
}

TEST_F(LookScriptRun, reads_the_host_it_runs_on) {
  stand_in("ip", R"(echo '[{"ifname":"eth0","mtu":9000}]')");
  const Facts facts = look({HostLook{}});
  const auto* seen = facts.seen<HostSeen>(kHost, HostLook{});
  ASSERT_TRUE(seen) << facts.unknown(kHost, HostLook{}).value_or("absent");
  char name[256] = {};
  ASSERT_EQ(::gethostname(name, sizeof name - 1), 0);
  EXPECT_EQ(seen->hostname, name);
  EXPECT_GT(seen->time_ms, 1'700'000'000'000);
  EXPECT_GT(seen->free_bytes, 0);
  EXPECT_EQ(seen->ssh_address, "s");
  EXPECT_EQ(seen->links, (std::vector<LinkSeen>{{.name = "eth0", .mac = "", .mtu = 9000, .addresses = {}}}));
}

TEST_F(LookScriptRun, asks_once_for_all_units_and_their_command_lines) {
  stand_in("systemctl", "printf '%s\\n' \"$@\" >" + path("asked") +
                            "\nprintf 'Names=-x.service\\nLoadState=not-found\\n\\nNames=c.service "
                            "a.service\\nLoadState=loaded\\nMainPID=%s\\n' "
                            "$PPID");
  const UnitLook one{"a.service"};
  const UnitLook other{"-x.service"};
  const Facts facts = look({one, other});
  ASSERT_TRUE(facts.seen<UnitSeen>(kHost, one)) << facts.unknown(kHost, one).value_or("absent");
  EXPECT_EQ(facts.seen<UnitSeen>(kHost, one)->command_line, (std::vector<std::string>{"/bin/sh", "-s"}));
  EXPECT_TRUE(facts.absent(kHost, other));
  std::ifstream asked(path("asked"));
  const std::string words{std::istreambuf_iterator<char>(asked), {}};
  EXPECT_TRUE(words.ends_with("\n--\na.service\n-x.service\n")) << words;
}

TEST_F(LookScriptRun, what_start_up_files_export_reaches_no_program) {
  stand_in("systemctl", "env >" + path("environment") + "; exit 1");
  // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs.
  ::setenv("POSIXLY_CORRECT", "1", 1);
  ::setenv("TMPDIR", "/no/such", 1);
  ::setenv("ODD", "a\nexport PATH=/x\nKILN\n$(touch /x)", 1);
  look_at(UnitLook{"a.service"});
  for (const char* name : {"POSIXLY_CORRECT", "TMPDIR", "ODD"}) ::unsetenv(name);
  // NOLINTEND(concurrency-mt-unsafe)
  std::ifstream seen(path("environment"));
  std::set<std::string> names;
  for (std::string line; std::getline(seen, line);) names.insert(line.substr(0, line.find('=')));
  for (const char* allowed : {"HOME", "LC_ALL", "PATH", "PWD", "_", "OLDPWD", "SHLVL"}) names.erase(allowed);
  EXPECT_EQ(names, std::set<std::string>{});
}

TEST_F(LookScriptRun, does_not_know_units_when_systemctl_fails) {
  stand_in("systemctl", "echo 'Failed to connect to bus: Host is down' >&2; exit 1");
  EXPECT_EQ(look_at(UnitLook{"a.service"}), Fact(Unknown{"Failed to connect to bus: Host is down"}));
}

TEST_F(LookScriptRun, finds_installed_packages) {
  const PackageLook here{"dpkg"};
  const PackageLook gone{"kiln-no-such-package"};
  const Facts facts = look({gone, here});
  EXPECT_TRUE(facts.seen<PackageSeen>(kHost, here)) << facts.unknown(kHost, here).value_or("absent");
  EXPECT_TRUE(facts.absent(kHost, gone));
}

TEST_F(LookScriptRun, takes_half_of_a_package_for_none_unless_dpkg_is_at_work) {
  stand_in("dpkg-query", "printf 'a|install ok unpacked|1\\nb|install ok installed|2\\n'");
  std::filesystem::create_directories(path("proc/12"));
  LookScript script = make_look_script(kHost, {PackageLook{"a"}}, kNonce);
  script.text = replaced(script.text, "/proc/", path("proc/"));
  const auto seen_while = [&](const std::string& runs) {
    make_file("proc/12/comm", runs + '\n');
    return read_look_output(kHost, script, kNonce, printed(script)).at({kHost, PackageLook{"a"}});
  };
  EXPECT_EQ(seen_while("dpkg-logger"), Fact(Absent{}));
  for (const char* program : {"dpkg", "apt-get"})
    EXPECT_EQ(seen_while(program), Fact(Unknown{"dpkg is at work there, and says install ok unpacked"}));
}

TEST_F(LookScriptRun, does_not_know_packages_when_dpkg_fails) {
  stand_in("dpkg-query", "echo 'dpkg-query: error: parsing file: no' >&2; exit 2");
  EXPECT_EQ(look_at(PackageLook{"dpkg"}), Fact(Unknown{"dpkg-query: error: parsing file: no"}));
  stand_in("dpkg-query", "kill -9 $$");
  EXPECT_TRUE(std::holds_alternative<Unknown>(look_at(PackageLook{"dpkg"})));
}

TEST_F(LookScriptRun, finds_nothing_where_nothing_runs) {
  EXPECT_EQ(look_at(NamespaceLook{"kiln no such"}), Fact(Absent{}));
  EXPECT_EQ(look_at(AppctlLook{"ovn-kiln-none", "status"}), Fact(Absent{}));
  EXPECT_EQ(look_at(AppctlLook{"/run/ovn/kiln none.ctl", "version"}), Fact(Absent{}));
  stand_in("openssl", "echo 'connect: Connection refused'; exit 1");
  EXPECT_EQ(look_at(ServedCertificateLook{"127.0.0.1", 1}), Fact(Absent{}));
}

TEST_F(LookScriptRun, checks_a_copy_of_a_database_only_where_the_log_gives_reason) {
  const Look look = DatabaseCheckLook{Database::northbound};
  const auto check = [&] {
    LookScript script = make_look_script(kHost, {look}, kNonce);
    for (const auto& [from, name] : std::initializer_list<std::pair<std::string, std::string>>{
             {"/var/lib/ovn/ovnnb_db.db", "db"},
             {"/run/ovn/ovnnb_db.pid", "pid"},
             {"/run/ovn/ovnnb_db.sock", "sock"},
             {"/var/log/ovn/ovsdb-server-nb.log", "log"},
             {"[ -S ", ""},
             {"sleep 1", ""}})
      script.text = replaced(script.text, from, from == "[ -S " ? "[ -e " : name.empty() ? ":" : path(name));
    return read_look_output(kHost, script, kNonce, printed(script)).at({kHost, look});
  };
  stand_in("journalctl", "exit 0");
  stand_in("ovsdb-tool",
           "cat " + path("said") + " | sed \"s#FILE#$2#\" >&2; exit $(cat " + path("code") + ")");
  make_file("said", "");
  make_file("code", "0");
  EXPECT_EQ(check(), Fact(Absent{}));
  make_file("db", "OVSDB CLUSTER 100 abc\n");
  make_file("sock", "");
  make_file("pid", std::to_string(::getpid()) + '\n');
  const std::string before =
      "2001-01-01T00:00:00.000Z|00007|ovsdb_log|WARN|db: write failed (No space left)\n";
  make_file("log", before);
  EXPECT_EQ(check(), Fact(Absent{}));  // by the server before
  const std::string line = "2999-01-01T00:00:00.000Z|00007|ovsdb_log|WARN|db: write failed (No space left)";
  make_file("log", before + line + "\n2999-01-01T00:00:01.000Z|00008|raft|INFO|other\n");
  EXPECT_EQ(check(), Fact(TextSeen{line}));
  make_file("said", "ovsdb-tool: FILE: record 6 advances commit index to 45 but last log index is 44\n");
  make_file("code", "1");
  EXPECT_EQ(check(), Fact(TextSeen{line + '\n' + path("db") +
                                   ": record 6 advances commit index to 45 but last log index is 44"}));
  make_file("code", "124");
  EXPECT_TRUE(std::holds_alternative<Unknown>(check()));
  make_file("db", "OVSDB JSON 100 abc\n");
  EXPECT_EQ(check(), Fact(Absent{}));
}

TEST_F(LookScriptRun, gives_hostile_words_to_programs_as_they_are) {
  stand_in("ip", "printf '<%s>' \"$@\"; echo; echo '1 packets transmitted, 1 received'; exit 3");
  const PingLook ping{.network_namespace = "$(x) '", .target = "-a;b", .count = 1};
  const LookScript script = make_look_script(kHost, {ping}, kNonce);
  const std::string output = printed(script);
  EXPECT_EQ(output, section(0,
                            "<netns><exec><$(x) '><ping><-n><-q><-i><0.2><-W><1><-c><1><-a;b>\n"
                            "1 packets transmitted, 1 received\n",
                            "3"));
}

TEST_F(LookScriptRun, tells_the_sockets_of_processes_by_their_pid_files) {
  const std::string pid = std::to_string(::getpid());
  const std::string server = " users:((\"ovsdb-server\",pid=";
  stand_in("ss", "cat <<'END'\nLISTEN 0 10 0.0.0.0:16641 0.0.0.0:*" + server + pid +
                     ",fd=9))\nLISTEN 0 10 *:7 *:*" + server + '1' + pid + ",fd=9))\nEND");
  stand_in("ovn-appctl", "echo ptcp:16641; echo punix:/run/ovn/ovnnb_db.sock");
  EXPECT_EQ(listeners(pid), Fact(ListenersSeen{{{"nb", "0.0.0.0", 16641}},
                                               {{"nb", "ptcp:16641"}, {"nb", "punix:/run/ovn/ovnnb_db.sock"}},
                                               {{std::stoi('1' + pid), "*", 7, {}}}}));
}

/// The shell says that an alarm has ended it: that is no line of the answer.
TEST_F(LookScriptRun, tells_the_sockets_though_a_server_hangs) {
  const std::string pid = std::to_string(::getpid());
  const std::string users =
      " users:((\"ovsdb-server\",pid=" + pid + ",fd=9),(\"ovsdb-server\",pid=" + pid + ",fd=10))";
  stand_in("ss", "cat <<'END'\nLISTEN 0 10 0.0.0.0:16641 0.0.0.0:*" + users + "\nEND");
  stand_in("ovn-appctl", "kill -ALRM $$");
  EXPECT_EQ(listeners(pid), Fact(ListenersSeen{{{"nb", "0.0.0.0", 16641}}, {}, {}}));
}

/// Once one has not answered in time the others get a second each.
TEST_F(LookScriptRun, waits_once_for_daemons_that_hang) {
  stand_in("ovs-appctl", "echo \"$*\" >>" + path("asked") + "; kill -ALRM $$");
  LookScript script = make_look_script(
      kHost, {AppctlLook{"ovs-vswitchd", "version"}, AppctlLook{"ovs-vswitchd", "list-commands"}}, kNonce);
  script.text = replaced(script.text, "/run/openvswitch/ovs-vswitchd.pid",
                         make_file("vs.pid", std::to_string(::getpid()) + '\n'));
  const std::string output = printed(script);
  std::ifstream file(path("asked"));
  const std::string asked(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(asked, "-T 5 -t ovs-vswitchd version\n-T 1 -t ovs-vswitchd list-commands\n");
  const Facts facts = read_look_output(kHost, script, kNonce, output);
  EXPECT_EQ(facts.unknown(kHost, AppctlLook{"ovs-vswitchd", "version"}),
            "ovs-vswitchd version: no answer in time");
}

TEST_F(LookScriptRun, answers_every_look_though_one_fails) {
  const FileLook file{make_file("f", "x")};
  stand_in("ip", "exit 1");
  const Facts facts = look({HostLook{}, file, FileLook{path("none")}});
  EXPECT_TRUE(facts.unknown(kHost, HostLook{}));
  EXPECT_TRUE(facts.seen<FileSeen>(kHost, file));
  EXPECT_TRUE(facts.absent(kHost, FileLook{path("none")}));
}

TEST(LookScript, leaves_databases_to_their_client) {
  const LookScript script = make_look_script(kHost, {DatabaseLook{}, RowsLook{}}, kNonce);
  EXPECT_TRUE(script.looks.empty());
  EXPECT_TRUE(script.sections.empty());
}

TEST(LookScript, does_nothing_when_it_arrives_cut) {
  const std::string text = make_look_script(kHost, {FileLook{"/f"}, PackageLook{"b"}}, kNonce).text;
  for (std::size_t at = 0; at + 2 < text.size(); at += 13) {
    const auto ended = run_process({"sh", "-s"}, text.substr(0, at), kLong);
    ASSERT_TRUE(ended) << ended.error().text();
    ASSERT_EQ(ended->output, "") << text.substr(0, at);
  }
}

TEST(LookOutput, that_is_missing_leaves_looks_unknown) {
  const FileLook look{"/f"};
  const LookScript script = make_look_script(kHost, {look}, kNonce);
  for (const std::string& output : {std::string(), std::string("motd\n"), section(0, "", "44", "other"),
                                    section(7, "", "44"), section(0, "", "x"), section(0, "", ""),
                                    section(0, "", "44x"), kNonce + " 0\n" + kNonce + " 1 ends 44\n",
                                    kNonce + " 0 ends 44\n", kNonce + " x\n\n" + kNonce + " x ends 44\n"})
    EXPECT_EQ(read_look_output(kHost, script, kNonce, output).at({kHost, look}),
              Fact(Unknown{"the host's answer was cut"}))
        << output;
  EXPECT_TRUE(read_look_output(kHost, script, kNonce, "motd\n" + section(0, "", "44")).absent(kHost, look));
}

// As the script prints it: what stands before the last line's end is no whole file.
TEST(LookOutput, of_a_file_that_is_cut_anywhere_is_unknown) {
  const FileLook look{"/f"};
  const LookScript script = make_look_script(kHost, {look}, kNonce);
  for (const std::string content : {"abc", "44\n", "", "\n==> /f <==\n", "\nk00ff 0 ends 44\n"}) {
    const std::string output =
        section(0, "", "0") + files(stat_of("/f", content.size()), "==> /f <==\n" + content);
    EXPECT_EQ(
        read_look_output(kHost, script, kNonce, output).at({kHost, look}),
        Fact(FileSeen{content, 0644, "root", "domain users", static_cast<std::int64_t>(content.size())}));
    for (std::size_t at = 0; at < output.size(); ++at)
      ASSERT_TRUE(read_look_output(kHost, script, kNonce, output.substr(0, at)).unknown(kHost, look)) << at;
  }
}

// head(1) reads after stat(1): no byte of a file that has changed in between passes for another file.
TEST(LookOutput, of_files_that_changed_in_between_is_unknown) {
  const FileLook first{"/a"}, second{"/b"}, third{"/c"};
  const LookScript script = make_look_script(kHost, {first, second, third}, kNonce);
  const auto known = [&](const std::string& stats, const std::string& said) {
    const std::string told = section(0, "", "0") + section(1, "", "0") + section(2, "", "0");
    const Facts facts = read_look_output(kHost, script, kNonce, told + files(stats, said));
    std::string names;
    for (const FileLook* look : {&first, &second, &third})
      if (const auto* seen = facts.seen<FileSeen>(kHost, *look))
        names += look->path + '=' + seen->content + ' ';
    return names;
  };
  const std::string stats = stat_of("/a", 3) + stat_of("/b", 2) + stat_of("/c", 1);
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /b <==\nbb\n==> /c <==\nc"), "/a=aaa /b=bb /c=c ");
  EXPECT_EQ(known(stats, "==> /a <==\naaaa\n==> /b <==\nbb\n==> /c <==\nc"), "");  // grew
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /b <==\n\n==> /c <==\nc"), "");     // was emptied
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /b <==\nbb\n==> /c <==\ncc"), "");  // grew, as the last
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /b <==\nbb\n==> /c <==\n"), "");
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /b <==\nXX\n==> /c <==\nc\n==> /b <==\nbb\n==> /c <==\nc"),
            "");
  // What cannot be read has no header; the others stand for themselves.
  EXPECT_EQ(known(stats, "==> /b <==\nbb\n==> /c <==\nc"), "/b=bb /c=c ");
  EXPECT_EQ(known(stats, "==> /a <==\naaa\n==> /c <==\nc"), "/a=aaa /c=c ");
  EXPECT_EQ(known(stats, ""), "");
  // What stat(1) says nothing of is gone.
  EXPECT_EQ(known(stat_of("/b", 2), "==> /b <==\nbb"), "/b=bb ");
  EXPECT_EQ(known(stat_of("/b", 2) + "/c" + std::string("\0x\0", 3), "==> /b <==\nbb"), "");
}

}  // namespace
}  // namespace kiln::transport::look_script_test
