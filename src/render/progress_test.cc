#include "render/progress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "render/golden_for_test.h"

namespace kiln::render::progress_test {
namespace {

Plan two_steps() {
  Plan plan;
  plan.steps.resize(2);
  plan.steps[0].id = "database/n1/nb:create";
  plan.steps[0].title = "create OVN_Northbound";
  plan.steps[1].id = "database/n2/nb:create";
  plan.steps[1].title = "join OVN_Northbound";
  return plan;
}

Event at(int seconds, HostName host, EventBody body) {
  return {TimePoint(std::chrono::seconds(1795233146 + seconds)), std::move(host), std::move(body)};
}

/// Two hosts are looked at, one fails; two steps, one of which waits for 65 s and then fails.
std::vector<Event> run() {
  const std::string first = "database/n1/nb:create";
  const std::string second = "database/n2/nb:create";
  const auto waiting = [&](int ms) {
    return GateWaiting{second, "OVN_Northbound connected", "joining", Duration{ms}};
  };
  return {at(0, "n1", Looking{"n1", false, ""}),
          at(0, "n3", Looking{"n3", false, ""}),
          at(1, "n1", Looking{"n1", true, ""}),
          at(2, "n3", Looking{"n3", true, "connection refused"}),
          at(3, "", RunStarted{2}),
          at(3, "n1", StepStarted{first}),
          at(4, "n1", ActionDone{first, "create OVN_Northbound at ssl:10.0.0.1:6643", true, Duration{120}}),
          at(5, "n1", StepDone{first, Duration{2000}}),
          at(5, "n2", StepStarted{second}),
          at(5, "n2", ActionDone{second, "start ovn-ovsdb-server-nb.service", false, Duration{15}}),
          at(6, "n2", waiting(200)),
          at(7, "n2", waiting(1000)),
          at(36, "n2", waiting(30200)),
          at(67, "n2", waiting(60400)),
          at(71, "n2", StepFailed{second, "not connected after 65 s"}),
          at(71, "n2", StepSkipped{"listener/n2/nb:create", "needs database/n2/nb:create"}),
          at(71, "", RunEnded{1, 1, 1})};
}

std::string shown(const Style& style, ProgressMode mode, bool verbose = false) {
  std::ostringstream out;
  Progress progress(out, style, mode, verbose);
  progress.expect(two_steps());
  for (const Event& event : run()) progress.announce(event);
  return out.str();
}

}  // namespace

TEST(Progress, one_line_per_event_and_a_heartbeat_elsewhere) {
  expect_golden("apply/progress/lines.txt", shown({}, ProgressMode::lines));
}

TEST(Progress, one_live_line_per_host_on_a_terminal) {
  expect_golden("apply/progress/live.txt", shown({true, true, 80}, ProgressMode::live));
}

TEST(Progress, quiet_tells_only_failures) {
  EXPECT_EQ(shown({false, true, 80}, ProgressMode::quiet),
            "✗ n2 [2/2] join OVN_Northbound: not connected after 65 s\n");
}

TEST(Progress, live_lines_fit_the_terminal_and_are_wiped_at_the_end) {
  std::ostringstream out;
  {
    Progress progress(out, {false, true, 24}, ProgressMode::live, false, 1);
    progress.announce(at(0, "n1", Looking{"n1", false, ""}));
    progress.announce(at(0, "n1", StepStarted{"a-step-with-a-name-that-is-long"}));
    progress.announce(at(0, "n2", Looking{"n2", false, ""}));
  }
  EXPECT_EQ(out.str(),
            "  n1  looking\n"
            "\x1b[1A\r\x1b[J  n1  looking (+1)\n"
            "\x1b[1A\r\x1b[J  n1  looking (+1)\n  … 1 host more\n"
            "\x1b[2A\r\x1b[J");
}

}  // namespace kiln::render::progress_test
