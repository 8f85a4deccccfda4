#include "engine/lease_self.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace kiln::engine::lease_self_test {
namespace {

TEST(LeaseSelf, a_process_that_runs_is_not_gone) {
  const LeaseSelf self = this_process();
  EXPECT_FALSE(self.lease.user.empty());
  EXPECT_FALSE(self.lease.host.empty());
  EXPECT_FALSE(self.lease.boot.empty());
  EXPECT_FALSE(self.lease.started.empty());
  EXPECT_FALSE(self.is_gone(self.lease));
}

TEST(LeaseSelf, who_began_at_another_time_or_has_no_process_is_gone) {
  const LeaseSelf self = this_process();
  Lease other = self.lease;
  other.started += "0";
  EXPECT_TRUE(self.is_gone(other)) << "another process has its pid";
  other.pid = 1 << 30;
  EXPECT_TRUE(self.is_gone(other));
}

TEST(LeaseSelf, who_has_ended_is_gone_though_nobody_has_asked_how) {
  const LeaseSelf self = this_process();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(child) + "/stat"), stat);
  Lease other = self.lease;
  other.pid = child;
  other.started = started_in(stat);
  EXPECT_TRUE(self.is_gone(other));
  ::waitpid(child, nullptr, 0);
}

TEST(LeaseSelf, of_another_machine_boot_or_container_nothing_is_known) {
  const LeaseSelf self = this_process();
  Lease other = self.lease;
  other.pid = 1 << 30;
  other.boot = "of another boot";
  EXPECT_FALSE(self.is_gone(other));
  other = self.lease;
  other.pid = 1 << 30;
  other.pid_namespace = "1";
  EXPECT_FALSE(self.is_gone(other));
  other = self.lease;
  other.pid = 1 << 30;
  other.started.clear();
  EXPECT_FALSE(self.is_gone(other));
}

TEST(LeaseSelf, reads_when_a_process_began_whatever_it_is_called) {
  const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
  EXPECT_EQ(started_in("77 (a) b (c))" + rest), "4711");
  EXPECT_EQ(started_in("77 (a"), "");
  EXPECT_EQ(started_in("77 (a)"), "");
}

}  // namespace
}  // namespace kiln::engine::lease_self_test
