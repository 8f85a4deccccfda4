#include <gtest/gtest.h>

#include "base/quote.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

const LogLook kLook{
    .daemon = "ovn-controller", .since_ms = 0, .most = 100, .journal_cursor = {}, .file_cursor = {}};

LogSeen read(const std::string& output, const LogLook& look = kLook) {
  const Fact fact = read_log(look, output, 0);
  const auto* seen = std::get_if<Seen>(&fact);
  EXPECT_TRUE(seen) << output;
  return seen ? std::get<LogSeen>(*seen) : LogSeen{};
}

/// As journalctl(1) of systemd 257 prints it.
std::string journal(const std::string& cursor, const std::string& time, const std::string& from,
                    const std::string& priority, const std::string& message) {
  return R"({"PRIORITY":")" + priority + R"(","__CURSOR":")" + cursor + R"(","SYSLOG_IDENTIFIER":")" + from +
         R"(","__REALTIME_TIMESTAMP":")" + time + R"(","MESSAGE":)" + message + "}\n";
}
std::string file(int offset, const std::string& content) {
  return "file 1451780 " + std::to_string(offset) + ' ' + encode_base64(content) + '\n';
}

TEST(Log, is_of_journal_and_file_by_time_and_ends_at_cursors) {
  const LogSeen seen =
      read(journal("s=1;i=a6", "1795295408147901", "systemd", "6", "\"Starting ovn-controller.service\"") +
           journal("s=1;i=a7", "1795295408912345", "ovn-controller", "3",
                   "\"ovs|00041|ofctrl|WARN|connection refused\"") +
           file(0,
                "2026-11-21T21:10:08.908Z|00036|main|INFO|Resetting southbound database cluster state\n"
                "2026-11-21T21:10:25.034Z|00037|memory|DBG|13912 kB peak resident set size\n"));
  EXPECT_EQ(seen.entries,
            (std::vector<LogEntry>{
                {1795295408147901, "info", "systemd: Starting ovn-controller.service"},
                {1795295408908000, "info", "00036|main|INFO|Resetting southbound database cluster state"},
                {1795295408912345, "warn", "00041|ofctrl|WARN|connection refused"},
                {1795295425034000, "dbg", "00037|memory|DBG|13912 kB peak resident set size"}}));
  EXPECT_EQ(seen.journal_cursor, "s=1;i=a7");
  EXPECT_EQ(seen.file_cursor, "1451780:159");
}

TEST(Log, lines_of_other_programs_say_whose_they_are) {
  const LogSeen seen =
      read(journal("c", "1", "ovs-vsctl", "6", "\"ovs|00001|vsctl|INFO|Called as ovs-vsctl\""));
  EXPECT_EQ(seen.entries,
            (std::vector<LogEntry>{{1, "info", "ovs-vsctl: 00001|vsctl|INFO|Called as ovs-vsctl"}}));
}

TEST(Log, a_line_that_is_half_written_is_left_for_the_next_look) {
  const std::string whole = "2026-11-21T21:10:08.908Z|00036|main|INFO|one\n";
  const LogSeen seen =
      read(file(100, whole + "2026-11-21T21:10:08.9"), LogLook{.daemon = "ovn-controller",
                                                               .since_ms = 0,
                                                               .most = 9,
                                                               .journal_cursor = "s",
                                                               .file_cursor = "1451780:100"});
  EXPECT_EQ(seen.entries.size(), 1U);
  EXPECT_EQ(seen.file_cursor, "1451780:" + std::to_string(100 + whole.size()));
  EXPECT_EQ(seen.journal_cursor, "s") << "kept where the journal has nothing new";
}

TEST(Log, the_end_of_a_large_file_begins_with_a_whole_line) {
  const LogSeen seen =
      read(file(4711, "08.908Z|00035|main|INFO|cut\n2026-11-21T21:10:08.908Z|00036|main|INFO|one\n"));
  ASSERT_EQ(seen.entries.size(), 1U);
  EXPECT_EQ(seen.entries.front().text, "00036|main|INFO|one");
}

TEST(Log, more_lines_of_one_message_have_its_time_and_level) {
  const LogSeen seen = read(file(0, "2026-11-21T21:10:08.908Z|00036|main|WARN|one\n  two\n"));
  ASSERT_EQ(seen.entries.size(), 2U);
  EXPECT_EQ(seen.entries.back(), (LogEntry{1795295408908000, "warn", "  two"}));
}

TEST(Log, what_is_older_than_asked_for_is_left_out) {
  LogLook look = kLook;
  look.since_ms = 1795295408908;
  const LogSeen seen = read(file(0,
                                 "2026-11-21T21:10:08.907Z|00035|main|INFO|early\n"
                                 "2026-11-21T21:10:08.908Z|00036|main|INFO|in time\n"),
                            look);
  ASSERT_EQ(seen.entries.size(), 1U);
  EXPECT_EQ(seen.entries.front().text, "00036|main|INFO|in time");
}

TEST(Log, octets_that_are_no_text_come_through) {
  const LogSeen seen =
      read(journal("c", "1", "systemd", "4", "[97,255,98]") + journal("d", "2", "systemd", "6", "null"));
  ASSERT_EQ(seen.entries.size(), 2U);
  EXPECT_EQ(seen.entries.front(), (LogEntry{1, "warn",
                                            "systemd: a\xff"
                                            "b"}));
}

TEST(Log, what_cannot_be_read_is_unknown) {
  EXPECT_EQ(read_log(kLook, "journalctl: not found", 1), Fact(Unknown{"journalctl: not found"}));
  EXPECT_EQ(read("{\nfile\nfile 1 x y\nfile 1 2\n").entries.size(), 0U);
}

}  // namespace
}  // namespace kiln::transport
