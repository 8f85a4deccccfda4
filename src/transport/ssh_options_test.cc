#include "transport/ssh_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "transport/process.h"
#include "transport/programs_for_test.h"

namespace kiln::transport::ssh_options_test {
namespace {

constexpr Duration kLong{20000};

bool has(const std::vector<std::string>& arguments, const std::vector<std::string>& some) {
  return !std::ranges::search(arguments, some).empty();
}

TEST(SshArguments, without_settings_of_the_node) {
  EXPECT_EQ(ssh_arguments({"n1", "10.0.0.1", {}}, "/tmp/k/c", "", {}),
            (std::vector<std::string>{"ssh", "-T",
                                      "-S",  "/tmp/k/c",
                                      "-p",  "22",
                                      "-l",  "root",
                                      "-o",  "BatchMode=yes",
                                      "-o",  "StrictHostKeyChecking=yes",
                                      "-o",  "UpdateHostKeys=no",
                                      "-o",  "ConnectTimeout=10",
                                      "-o",  "ServerAliveInterval=5",
                                      "-o",  "ServerAliveCountMax=3",
                                      "-o",  "StreamLocalBindUnlink=yes",
                                      "-o",  "ClearAllForwardings=no",
                                      "-o",  "ForwardAgent=no",
                                      "-o",  "ForwardX11=no",
                                      "-o",  "PermitLocalCommand=no",
                                      "-o",  "RemoteCommand=none",
                                      "-o",  "RequestTTY=no",
                                      "-o",  "SessionType=default",
                                      "-o",  "StdinNull=no",
                                      "-o",  "ForkAfterAuthentication=no",
                                      "-o",  "ExitOnForwardFailure=no",
                                      "-o",  "Tunnel=no",
                                      "--",  "10.0.0.1"}));
}

TEST(SshArguments, with_settings_of_the_node) {
  SshSpec ssh;
  ssh.user = "kiln";
  ssh.port = 2222;
  ssh.identity_file = "/k/id";
  ssh.jump = "bastion:22";
  const auto arguments = ssh_arguments({"n1", "-oProxyCommand=x", ssh}, "/c", "/k/known", {"-O", "check"});
  EXPECT_TRUE(has(arguments, {"-p", "2222", "-l", "kiln"}));
  EXPECT_TRUE(
      has(arguments, {"-o", "UserKnownHostsFile=\"/k/known\"", "-o", "GlobalKnownHostsFile=/dev/null"}));
  EXPECT_TRUE(has(arguments, {"-i", "/k/id", "-o", "IdentitiesOnly=yes"}));
  EXPECT_TRUE(has(arguments, {"-J", "bastion:22", "-O", "check", "--", "-oProxyCommand=x"}));
  EXPECT_EQ(arguments.back(), "-oProxyCommand=x");
}

TEST(SshArguments, name_a_file_with_a_percent_sign_and_a_space) {
  const auto arguments = ssh_arguments({"n1", "10.0.0.1", {}}, "/c", "/k/100% a/known", {"-G", "-F", "none"});
  const auto ended = run_process(arguments, "", kLong);
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->exit_code, 0) << ended->errors;
  EXPECT_NE(ended->output.find("\nuserknownhostsfile /k/100% a/known\n"), std::string::npos) << ended->output;
}

/// A host key, and an ssh-keyscan that shows what the test wants.
class PinnedHostKey : public WithPrograms {
 protected:
  /// A new key: its line in known_hosts and its fingerprint.
  std::pair<std::string, std::string> make_key(const std::string& name) {
    const std::string file = directory() + '/' + name;
    const auto made = run_process({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file}, "", kLong);
    EXPECT_TRUE(made && made->exit_code == 0);
    const auto print =
        run_process({"sh", "-c", "ssh-keygen -l -f " + file + ".pub | cut -d' ' -f2"}, "", kLong);
    std::ifstream key(file + ".pub");
    std::string type;
    std::string base64;
    key >> type >> base64;
    return {"10.0.0.1 " + type + ' ' + base64, print->output.substr(0, print->output.size() - 1)};
  }
  void show(const std::string& output, const std::string& errors = "") const {
    put_program("ssh-keyscan", "echo \"$*\" >" + directory() + "/asked\ncat <<'EOF'\n" + output +
                                   "\nEOF\necho '" + errors + "' >&2\n");
  }
  Result<std::string> pinned(const std::string& fingerprint) {
    Target target{"n1", "10.0.0.1", {}};
    target.ssh.port = 2222;
    target.ssh.host_key = fingerprint;
    return pinned_known_hosts(target, directory(), files_);
  }

  SystemFileIo files_;
};

TEST_F(PinnedHostKey, asks_nobody_without_a_pin) {
  Target target{"n1", "10.0.0.1", {}};
  EXPECT_EQ(pinned_known_hosts(target, directory(), files_).value(), "");
  target.ssh.known_hosts = "/k/known";
  EXPECT_EQ(pinned_known_hosts(target, directory(), files_).value(), "/k/known");
}

TEST_F(PinnedHostKey, makes_a_file_of_the_key_that_is_pinned_alone) {
  const auto [other_line, other] = make_key("other");
  const auto [line, fingerprint] = make_key("key");
  show("# 10.0.0.1:2222 SSH-2.0\n" + other_line + "\n" + line);
  const auto known = pinned(fingerprint);
  ASSERT_TRUE(known) << known.error().text();
  EXPECT_EQ(*known, directory() + "/known_hosts-n1");
  EXPECT_EQ(files_.read(*known).value(), line + '\n');
  EXPECT_EQ(files_.read(directory() + "/asked").value(), "-T 10 -p 2222 -- 10.0.0.1\n");
}

TEST_F(PinnedHostKey, denies_another_key) {
  const auto [line, fingerprint] = make_key("key");
  show(line);
  const auto known = pinned("SHA256:pinned");
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error(), Error(ErrorCode::denied, "10.0.0.1 shows the host key " + fingerprint +
                                                        ", the file pins SHA256:pinned"));
  EXPECT_FALSE(std::filesystem::exists(directory() + "/known_hosts-n1"));
}

TEST_F(PinnedHostKey, is_unreachable_when_the_host_shows_none) {
  for (const char* output : {"", "# comment", "10.0.0.1 ssh-ed25519 AAAAnokey"}) {
    show(output, "connection refused");
    const auto known = pinned("SHA256:pinned");
    ASSERT_FALSE(known);
    EXPECT_EQ(known.error(),
              Error(ErrorCode::unreachable, "no host key from 10.0.0.1 port 2222: connection refused"))
        << output;
  }
}

}  // namespace
}  // namespace kiln::transport::ssh_options_test
