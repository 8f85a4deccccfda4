#include "engine/logs.h"

#include <gtest/gtest.h>

#include "engine/fakes_for_test.h"

namespace kiln::engine::logs_test {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

LogLook look_of(const std::string& daemon, const std::string& journal = "", const std::string& file = "") {
  return {.daemon = daemon,
          .since_ms = 5,
          .most = journal.empty() ? 20 : 10000,
          .journal_cursor = journal,
          .file_cursor = file};
}
Fact log(std::vector<LogEntry> entries, const std::string& journal = "j1", const std::string& file = "f1") {
  return Seen{LogSeen{std::move(entries), journal, file}};
}
HostLog log_of(const HostName& node, std::vector<std::string> daemons = {"nb"}) {
  return {node, std::move(daemons), 5, 20};
}
std::string text_of(const LogLines& found) {
  std::string text;
  for (const LogLine& line : found.lines)
    text += std::to_string(line.entry.time_us / kSecond) + ' ' + line.node + ' ' + line.daemon + ' ' +
            line.entry.text + '\n';
  for (const auto& [host, why] : found.problems) text += host + ": " + why + '\n';
  for (const HostName& host : found.back) text += host + " is back\n";
  return text;
}

TEST(HostLog, goes_on_from_where_it_was) {
  Bench bench;
  bench.transport.answers[{"n1", look_of("nb")}] = log({{kSecond, "info", "1|a|INFO|x"}});
  bench.transport.answers[{"n1", look_of("nb", "j1", "f1")}] =
      log({{2 * kSecond, "info", "2|a|INFO|y"}}, "j2", "f2");
  bench.transport.answers[{"n1", look_of("nb", "j2", "f2")}] = log({}, "j2", "f2");
  HostLog host = log_of("n1");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "1 n1 nb 1|a|INFO|x\n");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "2 n1 nb 2|a|INFO|y\n");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "");
}

TEST(HostLog, shows_once_what_is_in_the_file_and_in_the_journal) {
  Bench bench;
  // The journal dates a line a little later than the daemon does, and may have it only by the next look.
  bench.transport.answers[{"n1", look_of("nb")}] = log({{kSecond, "info", "1|a|INFO|x"},
                                                        {kSecond + 9, "info", "1|a|INFO|x"},
                                                        {kSecond + 10, "info", "2|a|INFO|y"}});
  bench.transport.answers[{"n1", look_of("nb", "j1", "f1")}] = log({{kSecond + 20, "info", "2|a|INFO|y"}});
  HostLog host = log_of("n1");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "1 n1 nb 1|a|INFO|x\n1 n1 nb 2|a|INFO|y\n");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "");
}

TEST(HostLog, shows_twice_what_was_said_twice) {
  Bench bench;
  // A daemon that is started again counts anew; systemd and programs do not count at all.
  bench.transport.answers[{"n1", look_of("nb")}] = log({{kSecond, "info", "1|vlog|INFO|opened"},
                                                        {kSecond, "info", "systemd: Started"},
                                                        {kSecond, "info", "systemd: Started"},
                                                        {9 * kSecond, "info", "1|vlog|INFO|opened"}});
  EXPECT_EQ(text_of(log_of("n1").read(bench.transport, Duration{1})),
            "1 n1 nb 1|vlog|INFO|opened\n1 n1 nb systemd: Started\n1 n1 nb systemd: Started\n"
            "9 n1 nb 1|vlog|INFO|opened\n");
}

TEST(HostLog, the_same_line_of_two_daemons_is_two) {
  Bench bench;
  for (const char* daemon : {"nb", "sb"})
    bench.transport.answers[{"n1", look_of(daemon)}] = log({{kSecond, "info", "1|a|INFO|x"}});
  EXPECT_EQ(text_of(log_of("n1", {"nb", "sb"}).read(bench.transport, Duration{1})),
            "1 n1 nb 1|a|INFO|x\n1 n1 sb 1|a|INFO|x\n");
}

TEST(HostLog, tells_once_that_the_host_is_silent_and_that_it_is_back) {
  Bench bench;
  HostLog host = log_of("n1");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "n1: log of nb: does not answer\n");
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "");
  bench.transport.answers[{"n1", look_of("nb")}] = log({{kSecond, "info", "1|a|INFO|x"}});
  EXPECT_EQ(text_of(host.read(bench.transport, Duration{1})), "1 n1 nb 1|a|INFO|x\nn1 is back\n");
}

TEST(Logs, are_of_all_hosts_by_time_whoever_answers_first) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    Bench bench;
    bench.transport.answers[{"n1", look_of("nb")}] =
        log({{kSecond, "info", "1|a|INFO|x"}, {3 * kSecond, "info", "2|a|INFO|x"}});
    bench.transport.answers[{"n3", look_of("nb")}] = log({{2 * kSecond, "info", "1|a|INFO|y"}});
    std::vector<HostLog> hosts{log_of("n1"), log_of("n2"), log_of("n3")};
    ShuffledRunner runner(seed);
    EXPECT_EQ(text_of(read_logs(hosts, bench.seams, bench.limits, runner)),
              "1 n1 nb 1|a|INFO|x\n2 n3 nb 1|a|INFO|y\n3 n1 nb 2|a|INFO|x\nn2: log of nb: does not answer\n");
  }
}

TEST(Logs, are_followed_until_somebody_has_seen_enough) {
  Bench bench;
  bench.transport.answers[{"n1", look_of("nb")}] = log({});
  bench.transport.answers[{"n1", look_of("nb", "j1", "f1")}] =
      log({{kSecond, "info", "1|a|INFO|x"}}, "j2", "f2");
  bench.transport.otherwise = log({}, "j2", "f2");
  std::vector<HostLog> hosts{log_of("n1")};
  const std::atomic<bool> stop{false};
  ThreadWaiter waiter;
  std::string text;
  follow_logs(hosts, bench.seams, bench.limits, waiter, stop, [&](const LogLines& come) {
    text += text_of(come);
    return text.empty();
  });
  EXPECT_EQ(text, "1 n1 nb 1|a|INFO|x\n");
}

TEST(Logs, are_not_followed_once_stopped) {
  Bench bench;
  std::vector<HostLog> hosts{log_of("n1")};
  const std::atomic<bool> stop{true};
  follow_logs(hosts, bench.seams, bench.limits, bench.time, stop, [](const LogLines&) { return true; });
  EXPECT_EQ(bench.transport.looked.size(), 0U);
}

}  // namespace
}  // namespace kiln::engine::logs_test
