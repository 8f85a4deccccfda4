#include <gtest/gtest.h>

#include "cli/log_since.h"
#include "cli/world_for_test.h"

namespace kiln::cli {
namespace {

Ran logs(std::vector<std::string> words) {
  words.insert(words.begin(), "logs");
  return run_with(words, {{"kiln.toml", kOneNode}});
}

TEST(Logs, tell_who_does_not_answer) {
  const Ran ran = logs({});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "kiln: error: n1: log of nb: n1 does not answer\n");
  EXPECT_EQ(ran.code, ExitCode::failed);
}

TEST(Logs, take_nodes_daemons_units_and_services_in_any_order) {
  for (const char* word : {"n1", "nb", "ovn-ovsdb-server-nb", "ovn-ovsdb-server-nb.service", "central"})
    EXPECT_EQ(logs({word, "n1"}).err, "kiln: error: n1: log of nb: n1 does not answer\n") << word;
  EXPECT_EQ(logs({"chassis"}).err, "kiln: error: n1: log of ovn-controller: n1 does not answer\n");
}

TEST(Logs, suggest_what_may_be_meant) {
  const Ran ran = logs({"n1", "ovn-contoller"});
  EXPECT_EQ(ran.err,
            "kiln: error: `ovn-contoller` is neither a node of the file nor a daemon; a similar name: "
            "`ovn-controller`\n");
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(logs({"qwertz"}).err,
            "kiln: error: `qwertz` is neither a node of the file nor a daemon; the daemons are nb, sb, "
            "ovn-northd, ovn-controller, ovsdb-server, ovs-vswitchd\n");
}

TEST(Logs, take_the_file_by_its_form) {
  const auto with = [](std::vector<std::string> words) {
    words.insert(words.begin(), "logs");
    return run_with(words, {{"site.toml", kOneNode}});
  };
  EXPECT_EQ(with({"n1", "site.toml"}).code, ExitCode::failed);
  EXPECT_EQ(with({"n1"}).code, ExitCode::invalid);
  EXPECT_EQ(with({"site.toml", "b/c"}).err,
            "kiln: unknown argument `b/c`\nhelp: `kiln logs --help` lists the options\n");
}

TEST(Logs, since_is_a_span_or_a_time) {
  const TimePoint now{std::chrono::milliseconds(1795295408908)};
  EXPECT_EQ(log_since("15m", now), 1795295408908 - 15 * 60 * 1000);
  EXPECT_EQ(log_since("3d", now), 1795295408908 - 3LL * 86400 * 1000);
  EXPECT_EQ(log_since("2026-11-21T21:10:08.908Z", now), 1795295408908);
  EXPECT_EQ(log_since("2026-11-21T21:10:08Z", now), 1795295408000);
  EXPECT_EQ(log_since("2026-11-21T21:10", now), 1795295400000);
  EXPECT_EQ(log_since("2026-11-21", now), 1795219200000);
  EXPECT_EQ(log_since("900000d", now), 1) << "before the epoch is from the beginning";
  for (const char* wrong : {"", "m", "15", "-1m", "15 m", "yesterday", "2026-13-01", "2026-11-21T25:00",
                            "2026-11-21 21:10", "2026-11-21T21:1", "99999999999999999999s"})
    EXPECT_EQ(log_since(wrong, now), std::nullopt) << wrong;
}

TEST(Logs, wrong_options_are_usage) {
  EXPECT_EQ(logs({"--since", "soon"}).code, ExitCode::usage);
  EXPECT_EQ(logs({"-n", "0"}).code, ExitCode::usage);
}

}  // namespace
}  // namespace kiln::cli
