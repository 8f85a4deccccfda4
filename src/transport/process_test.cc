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
    static_cast<void>(run_process_to_file({"true"}, path("log"), kLong));
    static_cast<void>(Relay::start({"cat"}, path("log")));
  };
  use_all();  // what relays share is opened once
  const auto before = count();
  for (int round = 0; round < 5; ++round) use_all();
  EXPECT_EQ(count(), before);
}

TEST_F(Process, writes_output_and_errors_to_a_file) {
  std::ofstream(path("log")) << "an older and longer text of another run";
  const auto code =
      run_process_to_file({"sh", "-c", "echo out; echo err >&2; cat; exit 7"}, path("log"), kLong);
  ASSERT_TRUE(code) << code.error().text();
  EXPECT_EQ(*code, 7);
  EXPECT_EQ(file_text(path("log")), "out\nerr\n");
}

TEST_F(Process, keeps_the_file_for_its_owner) {
  ASSERT_TRUE(run_process_to_file({"true"}, path("log"), kLong));
  struct stat status{};
  ASSERT_EQ(::stat(path("log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Process, leaves_a_process_behind_when_it_writes_to_a_file) {
  const auto code = run_process_to_file({"sh", "-c", "sleep 600 & echo $!"}, path("log"), Duration{10000});
  ASSERT_TRUE(code) << code.error().text();
  EXPECT_EQ(*code, 0);
  const int pid = std::stoi(file_text(path("log")));
  EXPECT_EQ(::kill(pid, 0), 0);
  ::kill(pid, SIGKILL);
}

TEST_F(Process, kills_what_is_late_when_it_writes_to_a_file) {
  const auto code = run_process_to_file({"sleep", "600"}, path("log"), Duration{100});
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error(), Error(ErrorCode::timed_out, "`sleep` did not end within 100 ms"));
}

TEST_F(Process, says_which_file_cannot_be_written) {
  const auto code = run_process_to_file({"true"}, path("none") + "/log", kLong);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error(), Error(ErrorCode::failed, "cannot write " + path("none") + "/log"));
  EXPECT_EQ(run_process_to_file({"kiln-has-no-such-program"}, path("log"), kLong).error().code(),
            ErrorCode::not_found);
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
