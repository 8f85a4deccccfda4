#include "transport/process.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace kiln::transport::process_test {
namespace {

constexpr Duration kLong{20000};

Result<Ended> shell(const std::string& script, const std::string& input = "", Duration timeout = kLong) {
  return run_process({"sh", "-c", script}, input, timeout);
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// No process of this id, or one that is dead and waits to be reaped by somebody else.
bool gone(const std::string& pid) {
  const std::string stat = file_text("/proc/" + pid + "/stat");
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

/// Waits for a condition, at most kLong.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kLong;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

/// Calls `work` with 0 to 7, each in a thread of its own.
template <typename Work>
void in_threads(Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) threads.emplace_back(work, thread);
  for (std::thread& thread : threads) thread.join();
}

class Process : public testing::Test {
 protected:
  // As kiln itself does (cli/program.cc): a child that does not read its stdin is no reason to die.
  void SetUp() override {
    before_ = std::signal(SIGPIPE, SIG_IGN);
    char name[] = "/tmp/kiln-process-XXXXXX";
    directory_ = ::mkdtemp(name);
  }
  void TearDown() override {
    std::signal(SIGPIPE, before_);
    std::filesystem::remove_all(directory_);
  }
  std::string path(const std::string& name) const { return directory_ + '/' + name; }

 private:
  void (*before_)(int) = SIG_DFL;
  std::string directory_;
};

TEST_F(Process, keeps_output_and_errors_apart) {
  const auto ended = shell("printf out; printf err >&2; printf put; printf ors >&2");
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "output");
  EXPECT_EQ(ended->errors, "errors");
  EXPECT_EQ(ended->exit_code, 0);
}

TEST_F(Process, gives_arguments_without_a_shell) {
  const auto ended = run_process({"printf", "%s|", "a b", "$(id)", "", "'", "a\nb"}, "", kLong);
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "a b|$(id)||'|a\nb|");
}

TEST_F(Process, tells_every_exit_code) {
  for (const int code : {0, 1, 2, 10, 44, 126, 127, 128, 255}) {
    const auto ended = shell("exit " + std::to_string(code));
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->exit_code, code);
  }
}

TEST_F(Process, tells_the_signal_that_killed_it) {
  for (const int number : {SIGHUP, SIGKILL, SIGTERM}) {
    const auto ended = shell("printf last; kill -" + std::to_string(number) + " $$");
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->exit_code, 128 + number);
    EXPECT_EQ(ended->output, "last");
  }
}

TEST_F(Process, carries_bytes_larger_than_pipes_through_both_ways) {
  std::string input;
  for (std::size_t i = 0; i < 3'000'000; ++i) input += static_cast<char>(i * 7 % 256);
  const auto ended = run_process({"cat"}, input, kLong);
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_TRUE(ended->output == input);
}

TEST_F(Process, reads_output_and_errors_that_are_both_larger_than_pipes) {
  const auto ended = shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; head -c 9 /dev/zero");
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output.size(), 1'000'009U);
  EXPECT_EQ(ended->errors.size(), 1'000'000U);
}

TEST_F(Process, ends_stdin_after_an_empty_input) {
  const auto ended = shell("cat; echo end");
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "end\n");
}

TEST_F(Process, survives_a_child_that_does_not_read_its_input) {
  const auto ended = shell("exec <&-; printf done; exit 3", std::string(1'000'000, 'x'));
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "done");
  EXPECT_EQ(ended->exit_code, 3);
}

TEST_F(Process, kills_what_is_late_and_says_so) {
  const auto ended = shell("trap '' TERM; echo $$ >" + path("pid") + "; exec sleep 600", "", Duration{300});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), Error(ErrorCode::timed_out, "`sh` did not end within 300 ms"));
  std::string pid = file_text(path("pid"));
  ASSERT_FALSE(pid.empty());
  pid.pop_back();
  EXPECT_TRUE(gone(pid)) << pid;
}

TEST_F(Process, does_not_wait_for_the_pipes_of_a_late_childs_children) {
  const auto start = std::chrono::steady_clock::now();
  const auto ended = shell("sleep 30 & sleep 30; :", "", Duration{300});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code(), ErrorCode::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// The child ends at once, but what it leaves behind holds our pipes: the timeout is for the whole call.
TEST_F(Process, returns_in_time_when_a_child_leaves_a_process_behind) {
  const auto start = std::chrono::steady_clock::now();
  static_cast<void>(shell("sleep 5 & echo started", "", Duration{300}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST_F(Process, finds_no_program_of_that_name) {
  const auto ended = run_process({"kiln-has-no-such-program"}, "", kLong);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(),
            Error(ErrorCode::not_found, "there is no program `kiln-has-no-such-program` on this machine"));
}

TEST_F(Process, finds_no_program_at_that_path) {
  const auto ended = run_process({"/nowhere/kiln-program"}, "", kLong);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code(), ErrorCode::not_found) << ended.error().text();
}

TEST_F(Process, runs_from_several_threads_at_once) {
  std::atomic<int> wrong = 0;
  in_threads([&wrong](int thread) {
    for (int round = 0; round < 40; ++round) {
      const std::string input = std::to_string(thread) + ' ' + std::to_string(round);
      const auto ended = run_process({"cat"}, input, Duration{5000});
      if (!ended || ended->output != input) ++wrong;
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_F(Process, does_not_wait_for_a_process_that_let_go_of_our_pipes) {
  const auto start = std::chrono::steady_clock::now();
  const auto ended = shell("sleep 5 <&- >&- 2>&- & echo started");
  ASSERT_TRUE(ended) << ended.error().text();
  EXPECT_EQ(ended->output, "started\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

/// What a child has open, if those are not three pipes: its own.
std::string descriptors_of_others() {
  const auto ended = shell("exec ls -l /proc/self/fd");
  if (!ended) return ended.error().text();
  std::size_t count = 0;
  for (std::size_t at = 0; (at = ended->output.find("pipe:", at)) != std::string::npos; ++at) ++count;
  return count == 3 ? "" : ended->output + ended->errors;
}

// As a library may open one in another thread, and whoever starts us may have left one open.
TEST_F(Process, gives_a_child_no_pipe_that_stays_open_on_exec) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(descriptors_of_others(), "");
  ::close(ends[0]);
  ::close(ends[1]);
}

// The write end of a pipe that leaks into a child which lives long keeps the reader from seeing the end.
TEST_F(Process, gives_a_child_no_pipes_of_another_threads_child) {
  std::mutex mutex;
  std::string found;
  in_threads([&](int) {
    for (int round = 0; round < 50; ++round) {
      const std::string text = descriptors_of_others();
      const std::lock_guard lock(mutex);
      found += text;
    }
  });
  EXPECT_EQ(found, "");
}

TEST_F(Process, leaks_no_descriptors) {
  const auto count = [] {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return std::distance(begin(entries), end(entries));
  };
  const auto use_all = [this] {
    static_cast<void>(shell("exit 1"));
    static_cast<void>(shell("exec sleep 600", "", Duration{50}));
    static_cast<void>(run_process({"/nowhere/kiln-program"}, "", kLong));
    static_cast<void>((*Shell::start({"sh", "-s"}))->run("true", kLong));
    static_cast<void>((*Shell::start({"sh", "-s"}))->run("exec sleep 5", Duration{50}));
    static_cast<void>(Relay::start({"cat"}, path("log")));
  };
  use_all();  // what relays share is opened once
  const auto before = count();
  for (int round = 0; round < 5; ++round) use_all();
  EXPECT_EQ(count(), before);
}

std::unique_ptr<Shell> a_shell(const std::vector<std::string>& arguments = {"sh", "-s"}) {
  auto started = Shell::start(arguments);
  EXPECT_TRUE(started) << started.error().text();
  return std::move(*started);
}

TEST_F(Process, a_shell_runs_one_script_after_the_other) {
  const auto shell = a_shell();
  for (const int code : {0, 3, 255}) {
    const auto ended =
        shell->run("printf out; printf err >&2; cat; set -e; exit " + std::to_string(code), kLong);
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->exit_code, code);
    EXPECT_EQ(ended->output, "out");
    EXPECT_EQ(ended->errors, "err");
    EXPECT_TRUE(shell->alive());
  }
}

TEST_F(Process, a_script_leaves_nothing_to_the_next_one) {
  const auto shell = a_shell();
  ASSERT_TRUE(shell->run("v=1; cd /; umask 0; exec >/dev/null; trap 'echo gone >&2' EXIT", kLong));
  const auto ended = shell->run("echo \"${v-none}\"; trap", kLong);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output, "none\n");
  EXPECT_EQ(ended->errors, "");
}

TEST_F(Process, a_shell_takes_and_gives_more_than_a_pipe_holds) {
  const auto shell = a_shell();
  const std::string text(std::size_t{1} << 20, 'x');
  for (int round = 0; round < 2; ++round) {
    const auto ended = shell->run("printf %s '" + text + "' | tee /dev/stderr", kLong);
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->output, text);
    EXPECT_EQ(ended->errors, text);
  }
}

TEST_F(Process, a_shell_whose_script_is_late_is_killed) {
  const auto shell = a_shell();
  const auto ended = shell->run("echo out; exec sleep 5", Duration{100});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), Error(ErrorCode::timed_out, "`sh` did not end within 100 ms"));
  EXPECT_FALSE(shell->alive());
  EXPECT_EQ(shell->run("true", kLong).error().code(), ErrorCode::unreachable);
}

TEST_F(Process, a_shell_whose_script_is_given_up_is_killed) {
  const auto shell = a_shell();
  const std::atomic<bool> given_up{true};
  const auto ended = shell->run("exec sleep 600", std::chrono::hours{1}, &given_up);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code(), ErrorCode::timed_out);
  EXPECT_FALSE(shell->alive());
}

TEST_F(Process, a_shell_that_ends_says_its_last_words) {
  const auto shell = a_shell({"sh", "-c", "read -r line; echo 'Permission denied' >&2; exit 255"});
  const auto ended = shell->run("true", kLong);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), Error(ErrorCode::unreachable, "Permission denied\n"));
  EXPECT_FALSE(shell->alive());
}

TEST_F(Process, a_shell_that_is_left_with_its_script_half_written_does_nothing) {
  const std::string input = "(\ntouch " + path("done") + "\n";  // what a killed kiln has written by then
  const auto ended = run_process({"sh", "-s"}, input, kLong);
  ASSERT_TRUE(ended);
  EXPECT_NE(ended->exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(path("done")));
}

TEST_F(Process, a_shell_that_cannot_be_started_says_so) {
  EXPECT_EQ(Shell::start({"kiln-has-no-such-program"}).error().code(), ErrorCode::not_found);
}

TEST_F(Process, a_shell_whose_end_is_garbled_is_no_success) {
  // It answers with the marks, and with a word where the exit code belongs.
  const auto shell =
      a_shell({"sh", "-c",
               "mark=$(sed -n \"s/^printf .* \\$? //p;/>&2/q\"); echo \"what $mark\"; echo >&2; "
               "echo \"$mark\" >&2; exec sleep 600"});
  const auto ended = shell->run("true", kLong);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), Error(ErrorCode::failed, "`sh` did not say how the script ended"));
}

TEST_F(Process, relays_over_one_socket_and_ends_with_it) {
  auto relay = Relay::start({"sh", "-c", "echo $$ >&2; exec cat"}, path("log"));
  ASSERT_TRUE(relay) << relay.error().text();
  const int socket = (*relay)->take_descriptor();
  ASSERT_EQ(::write(socket, "hello", 5), 5);
  std::string answer(5, '\0');
  ASSERT_EQ(::recv(socket, answer.data(), 5, MSG_WAITALL), 5);
  EXPECT_EQ(answer, "hello");
  std::string pid = file_text(path("log"));
  ASSERT_FALSE(pid.empty());
  pid.pop_back();
  EXPECT_FALSE(gone(pid));
  relay->reset();
  EXPECT_TRUE(eventually([&] { return gone(pid); }));
  ::close(socket);
}

TEST_F(Process, tells_the_peer_of_a_relay_that_its_child_ended) {
  auto relay = Relay::start({"true"}, path("log"));
  ASSERT_TRUE(relay) << relay.error().text();
  const int socket = (*relay)->take_descriptor();
  char byte = 0;
  EXPECT_EQ(::recv(socket, &byte, 1, 0), 0);
  ::close(socket);
}

}  // namespace
}  // namespace kiln::transport::process_test
