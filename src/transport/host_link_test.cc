#include "transport/host_link.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "transport/programs_for_test.h"

namespace kiln::transport {
namespace {

/// A link whose ssh is a shell of this machine, and writes down how often it was started.
class SshLinkToHere : public WithPrograms {
 protected:
  void SetUp() override {
    WithPrograms::SetUp();
    before_ = std::signal(SIGPIPE, SIG_IGN);  // as process.h wants it
    put_ssh("exec sh -s here");
    link_ = make_ssh_link({"n1", "192.0.2.11", {}}, directory(), files_, counters_);
  }
  void TearDown() override {
    link_.reset();
    std::signal(SIGPIPE, before_);
    WithPrograms::TearDown();
  }
  void put_ssh(const std::string& does) {
    put_program("ssh", "echo $$ >>" + directory() + "/started\n" + does + '\n');
  }
  /// The processes that were ssh, in their order.
  std::vector<int> started() const {
    std::ifstream file(directory() + "/started");
    std::vector<int> pids;
    for (int pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  }
  Result<Ended> run(const std::string& script, Duration timeout = Duration{60000}) {
    return link_->run(script, timeout);
  }
  const LinkCounters& counters() const { return counters_; }

 private:
  SystemFileIo files_;
  LinkCounters counters_;
  std::unique_ptr<HostLink> link_;
  void (*before_)(int) = SIG_DFL;
};

TEST_F(SshLinkToHere, is_one_session_for_all_scripts) {
  for (const int code : {3, 0, 255}) {
    const auto ended = run("echo \"$1\"; exit " + std::to_string(code));
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->exit_code, code);
    EXPECT_EQ(ended->output, "here\n");
  }
  EXPECT_EQ(started().size(), 1U);
  EXPECT_EQ(counters().connections, 1U);
  EXPECT_EQ(counters().sessions, 1U);
}

TEST_F(SshLinkToHere, is_opened_again_when_ssh_has_ended) {
  ASSERT_TRUE(run("true"));
  ASSERT_EQ(::kill(started().back(), SIGKILL), 0);
  // It may be noticed before, or while, the next script is sent.
  auto ended = run("echo again");
  if (!ended) {
    EXPECT_EQ(ended.error().code(), ErrorCode::unreachable);
    ended = run("echo again");
  }
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "again\n");
  EXPECT_EQ(counters().connections, 2U);
}

TEST_F(SshLinkToHere, is_opened_again_when_a_script_was_late) {
  EXPECT_EQ(run("exec sleep 5", Duration{100}).error().code(), ErrorCode::timed_out);
  EXPECT_TRUE(run("true"));
  EXPECT_EQ(counters().connections, 2U);
}

TEST_F(SshLinkToHere, what_a_login_says_is_nobodys_answer) {
  put_ssh("echo welcome; echo warning >&2; exec sh -s");
  const auto ended = run("true");
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output + ended->errors, "");
}

TEST_F(SshLinkToHere, that_sudo_refuses_is_denied_though_a_banner_comes_first) {
  put_ssh("echo 'Authorised use only.' >&2; echo 'sudo: a password is required' >&2; exit 1");
  SshSpec ssh;
  ssh.user = "kiln";
  ssh.become = "sudo";
  SystemFileIo files;
  LinkCounters counters;
  const auto link = make_ssh_link({"n2", "192.0.2.12", ssh}, directory(), files, counters);
  const auto ended = link->run("true", Duration{60000});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(),
            Error(ErrorCode::denied,
                  "n2 (kiln@192.0.2.12:22): sudo: a password is required (wanted: NOPASSWD for kiln)"));
}

TEST_F(SshLinkToHere, that_is_refused_is_told_in_sshs_words_and_not_tried_again_at_once) {
  put_ssh("echo 'root@192.0.2.11: Permission denied (publickey).' >&2; exit 255");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto ended = run("true");
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code(), ErrorCode::denied);
    EXPECT_EQ(ended.error().text(),
              "n1 (root@192.0.2.11:22): root@192.0.2.11: Permission denied (publickey).");
  }
  EXPECT_EQ(started().size(), 1U);
}

}  // namespace
}  // namespace kiln::transport
