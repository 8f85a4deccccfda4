#include "model/lease.h"

#include <gtest/gtest.h>

namespace kiln::lease_text_test {
namespace {

Lease a_lease() {
  Lease lease;
  lease.fence = {7, "0123-abcd"};
  lease.held = true;
  lease.renewed = 12;
  lease.kiln = "0.1.0";
  lease.command = "apply";
  lease.user = "me";
  lease.host = "laptop";
  lease.pid = 4711;
  lease.boot = "b-1";
  lease.pid_namespace = "4026531836";
  lease.started = "99";
  lease.plan = "5f1c";
  lease.since = "2026-11-30T10:00:00Z";
  return lease;
}

TEST(LeaseText, is_one_line_and_reads_back) {
  const Lease lease = a_lease();
  EXPECT_EQ(lease.text(),
            "kiln-lease format=1 fence=7/0123-abcd state=held renewed=12 kiln=0.1.0 command=apply user=me "
            "host=laptop pid=4711 boot=b-1 pid-namespace=4026531836 started=99 plan=5f1c "
            "since=2026-11-30T10:00:00Z");
  EXPECT_EQ(read_lease(lease.text() + '\n'), lease);
  EXPECT_EQ(lease.holder(), "kiln apply by me@laptop, pid 4711, since 2026-11-30T10:00:00Z, plan 5f1c");
}

TEST(LeaseText, holds_no_blank_whatever_a_user_is_called) {
  Lease lease = a_lease();
  lease.user = "Ann O'Neil\n$(x)";
  lease.reason = "state=free fence=9/x";
  const auto again = read_lease(lease.text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->user, "Ann_O_Neil___x_");
  EXPECT_EQ(again->reason, "state free fence 9/x") << "it is for people";
  EXPECT_EQ(again->fence, lease.fence);
}

TEST(LeaseText, of_a_newer_kiln_tells_its_format_and_version_alone) {
  const auto lease = read_lease("kiln-lease format=2 kiln=3.0 what=else");
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->format, 2);
  EXPECT_EQ(lease->kiln, "3.0");
}

TEST(LeaseText, refuses_what_is_none) {
  for (const char* text :
       {"", "lease format=1", "kiln-lease format=1 fence=9223372036854775807/r state=held renewed=0 pid=1",
        "kiln-lease format=1 fence=-1/r state=held renewed=0 pid=1", "kiln-lease", "kiln-lease format=0",
        "kiln-lease format=1 fence=x state=held", "kiln-lease format=1 fence=1/r state=maybe renewed=0 pid=1",
        "kiln-lease format=1 fence=1/r state=held renewed=-1 pid=1",
        "kiln-lease format=1 fence=1/r fence=2/r state=held renewed=0 pid=1",
        "kiln-lease format=1 fence=1/r state=held renewed=0 pid=1\nmore"})
    EXPECT_FALSE(read_lease(text)) << text;
  EXPECT_FALSE(read_lease("kiln-lease format=1 x=" + std::string(5000, 'x')));
}

}  // namespace
}  // namespace kiln::lease_text_test
