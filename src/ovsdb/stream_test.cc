#include "ovsdb/stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "ovsdb/scripted_server_for_test.h"

namespace kiln::ovsdb::stream_test {
namespace {

constexpr Duration kLong{30'000};
constexpr Duration kShort{20};

template <typename T>
std::string problem(const Result<T>& result) {
  return result ? "none" : std::string(to_string(result.error().code())) + ": " + result.error().text();
}

TEST(Stream, carries_bytes_both_ways) {
  ScriptedServer server;
  const auto stream = Stream::adopt(server.client_end());
  EXPECT_EQ(problem((*stream)->write("hello", Deadline(kLong))), "none");
  EXPECT_EQ(server.heard(), "hello");
  server.say("world");
  EXPECT_EQ((*stream)->read_some(Deadline(kLong)), "world");
}

TEST(Stream, end_is_unreachable) {
  ScriptedServer server;
  const auto stream = Stream::adopt(server.client_end());
  server.say_no_more();
  EXPECT_EQ(problem((*stream)->read_some(Deadline(kLong))), "unreachable: the server closed the connection");
}

TEST(Stream, writing_to_a_closed_end_is_unreachable) {
  auto server = std::make_unique<ScriptedServer>();
  const auto stream = Stream::adopt(server->client_end());
  server.reset();
  EXPECT_EQ(problem((*stream)->write("hello", Deadline(kLong))),
            "unreachable: cannot send to the server: Broken pipe");
}

TEST(Stream, gives_up_when_the_deadline_passes) {
  ScriptedServer server;
  const auto stream = Stream::adopt(server.client_end());
  EXPECT_EQ(problem((*stream)->read_some(Deadline(kShort))), "timed-out: no answer within 20 ms");
  EXPECT_EQ(problem((*stream)->read_some(Deadline(kShort))),
            "unreachable: cannot receive from the server: Bad file descriptor");
}

// A database without a majority answers no transaction, and whoever waits for one may be interrupted.
TEST(Stream, gives_up_when_it_is_told_to) {
  ScriptedServer server;
  const auto stream = Stream::adopt(server.client_end());
  std::atomic<bool> given_up{false};
  const auto begin = std::chrono::steady_clock::now();
  const std::jthread interrupt([&] { given_up = true; });
  EXPECT_EQ(problem((*stream)->read_some(Deadline(std::chrono::hours{1}, &given_up))),
            "timed-out: no answer yet, and the run was interrupted");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{30});
}

TEST(Stream, gives_up_writing_when_nobody_reads) {
  ScriptedServer server;
  const auto stream = Stream::adopt(server.client_end());
  EXPECT_EQ(problem((*stream)->write(std::string(10'000'000, 'x'), Deadline(kShort))),
            "timed-out: no answer within 20 ms");
}

TEST(Stream, closes_what_it_takes_over) {
  ScriptedServer server;
  const int descriptor = server.client_end();
  EXPECT_NE(Stream::adopt(descriptor), nullptr);  // and drops it at once
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST(Stream, closes_also_what_it_cannot_use) {
  const int descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto stream = Stream::adopt(descriptor);
  EXPECT_EQ(problem(stream), "failed: cannot take over the connection: it is not a stream socket");
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST(Stream, is_not_inherited_by_children) {
  ScriptedServer server;
  const int descriptor = ::dup(server.client_end());
  ::close(server.client_end());
  const auto stream = Stream::adopt(descriptor);
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), FD_CLOEXEC);
}

TEST(Stream, connecting_where_nobody_listens_is_unreachable) {
  EXPECT_EQ(problem(Stream::connect("/nowhere/db.sock", Deadline(kLong))),
            "unreachable: cannot connect to /nowhere/db.sock: No such file or directory");
  const std::string path(108, 'x');
  EXPECT_EQ(problem(Stream::connect(path, Deadline(kLong))),
            "failed: the path of the socket has more than 107 bytes: " + path);
}

}  // namespace
}  // namespace kiln::ovsdb::stream_test
