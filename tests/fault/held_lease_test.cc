#include <gmock/gmock.h>

#include <atomic>

#include "config/leaving.h"
#include "engine/lease.h"
#include "support/lab.h"
#include "transport/through.h"

// The rules of the lease, one by one, on a fake cluster.

namespace kiln::test {
namespace {

using engine::HeldLease;
using engine::LeaseRefusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Duration kNoPatience{0};
const std::atomic<bool> kNever = false;

/// The cluster as a run with this fence reaches it.
class UnderFence : public transport::Through {
 public:
  UnderFence(FakeCluster& cluster, Fence fence)
      : Through(cluster), cluster_(cluster), fence_(std::move(fence)) {}
  Result<transport::Outcome> act(const HostName& host, const Action& action, Duration timeout) override {
    return cluster_.act_under(fence_, host, action, timeout);
  }

 private:
  FakeCluster& cluster_;
  Fence fence_;
};

class HeldLeaseTest : public testing::Test {
 protected:
  HeldLeaseTest() : lab_(deployment(3)) {}

  engine::LeaseSelf self(const std::string& run) {
    engine::LeaseSelf self;
    self.run = self.lease.user = self.lease.host = run;
    self.lease.kiln = "1";
    self.is_gone = [this](const Lease& holder) { return holder.fence.run == gone_; };
    return self;
  }
  std::unique_ptr<HeldLease> make(const std::string& run) {
    return std::make_unique<HeldLease>(
        self(run), lab_.desired, HeldLease::Means{lab_.cluster, lab_.cluster.time(), lab_.cluster.time(), 1});
  }
  std::unique_ptr<HeldLease> taken(const std::string& run, Duration patience = kNoPatience) {
    auto lease = make(run);
    const auto refusal = lease->take(patience, kNever);
    EXPECT_FALSE(refusal) << refusal->text;
    return lease;
  }
  std::string on(const HostName& host) { return lab_.cluster.host(host).content(kLeasePath); }
  void write(const HostName& host, const std::string& text) {
    lab_.cluster.host(host).files[kLeasePath] = {.content = text, .mode = 0644, .owner = "root"};
  }
  std::string in_northbound(const char* key) {
    const auto& table = lab_.cluster.rows(Database::northbound).table("NB_Global");
    return column(table.begin()->second, "external_ids").at(key).value_or("");
  }
  std::string in_southbound(const char* key) {
    const auto& table = lab_.cluster.rows(Database::southbound).table("SB_Global");
    return column(table.begin()->second, "external_ids").at(key).value_or("");
  }

  Lab lab_;
  std::string gone_;
};

TEST_F(HeldLeaseTest, of_fresh_hosts_is_claimed_on_all_and_leaves_nothing) {
  auto lease = taken("a");
  EXPECT_THAT(lease->claimed(), ElementsAre("n1", "n2", "n3"));
  EXPECT_FALSE(lease->in_northbound());
  EXPECT_EQ(lease->fence(), (Fence{1, "a"}));
  lease->give_back();
  EXPECT_EQ(on("n1"), "");
}

TEST_F(HeldLeaseTest, of_a_deployment_is_in_its_databases_too_and_its_number_stays) {
  lab_.apply();
  auto lease = taken("a");
  EXPECT_TRUE(lease->in_northbound());
  EXPECT_EQ(in_northbound(kFenceKey), "1/a");
  EXPECT_EQ(in_southbound(kFenceKey), "1/a");
  lease->give_back();
  EXPECT_THAT(on("n2"), HasSubstr(" fence=1/a state=free "));
  EXPECT_THAT(in_northbound(kLeaseKey), HasSubstr(" fence=1/a state=free "));
  EXPECT_EQ(taken("b")->fence(), (Fence{2, "b"}));
  EXPECT_THAT(lab_.remaining(), IsEmpty()) << "what the lease leaves is no drift";
  EXPECT_THAT(lab_.cluster.oracle().violations(), IsEmpty());
}

TEST_F(HeldLeaseTest, is_refused_while_another_run_has_it) {
  auto first = taken("a");
  const auto refusal = make("b")->take(kNoPatience, kNever);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why, LeaseRefusal::Why::held);
  EXPECT_EQ(refusal->holder.user, "a");
  EXPECT_EQ(refusal->where, "n1");
  EXPECT_TRUE(first->check("n1"));
}

// A host that did not answer when its run ended, and one that another run has left behind.
TEST_F(HeldLeaseTest, that_has_ended_elsewhere_blocks_nobody) {
  lab_.apply();
  auto first = taken("a");
  const std::string held = on("n3");
  first->give_back();
  write("n1", held);
  write("n2", held);
  first = taken("b");
  first->give_back();
  write("n3", held);
  EXPECT_TRUE(taken("c")->check("n3"));
}

TEST_F(HeldLeaseTest, is_given_back_in_the_northbound_though_the_member_that_was_asked_is_gone) {
  lab_.apply();
  auto lease = taken("a");
  lab_.cluster.power_off(lab_.cluster.raft(Database::northbound).clusters().begin()->second.leader);
  lab_.cluster.settle();
  lease->give_back();
  EXPECT_THAT(in_northbound(kLeaseKey), HasSubstr(" fence=1/a state=free "));
}

TEST_F(HeldLeaseTest, that_another_run_had_until_now_says_that_things_may_have_moved) {
  lab_.apply();
  auto first = taken("a");
  const Facts facts = lab_.plan().facts;
  gone_ = "a";
  EXPECT_TRUE(taken("b")->moved_since(facts));
}

TEST_F(HeldLeaseTest, of_a_destroy_is_in_the_northbound_too) {
  lab_.apply();
  lab_.desired = config::taken_out(lab_.desired);
  auto lease = taken("a");
  EXPECT_TRUE(lease->in_northbound());
  EXPECT_EQ(in_northbound(kFenceKey), "1/a");
}

// Whoever may write there may have written anything.
TEST_F(HeldLeaseTest, counts_on_where_somebody_wrote_the_highest_number_or_garbage) {
  lab_.apply();
  taken("a")->give_back();
  for (const std::int64_t token : {Fence::kMost - 1, Fence::kMost}) {
    std::string forged = on("n2");
    forged.replace(forged.find(" fence="), forged.find(" state=") - forged.find(" fence="),
                   " fence=" + std::to_string(token) + "/x");
    write("n2", forged);
    for (const char* run : {"b", "c", "d"}) {
      auto lease = taken(run);
      EXPECT_TRUE(lease->check("n2")) << token << ' ' << run;
      EXPECT_TRUE(lease->in_northbound()) << token << ' ' << run;
    }
  }
  write("n2", std::string("a\0b", 3));
  EXPECT_TRUE(make("e")->take(kNoPatience, kNever));
  EXPECT_FALSE(make("f")->take(kNoPatience, kNever, {}, true)) << "kiln lock break";
}

TEST_F(HeldLeaseTest, is_taken_over_after_a_minute_of_silence_and_the_holder_begins_nothing_more) {
  auto first = taken("a");
  const Duration start = lab_.cluster.time().monotonic();
  auto second = taken("b", Duration{300'000});
  EXPECT_GE(lab_.cluster.time().monotonic() - start, HeldLease::kTakeOver);
  EXPECT_EQ(second->fence(), (Fence{2, "b"}));
  const auto refused = first->check("n1");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("taken over by kiln apply by b@b"));
  first->give_back();
  EXPECT_TRUE(second->check("n1")) << "who lost it gives nothing back";
}

// What was on its way when the run slept, and is refused by the host before anybody renews.
TEST_F(HeldLeaseTest, of_another_run_that_refuses_an_action_is_told_with_who_has_it) {
  auto first = taken("a");
  ASSERT_TRUE(first->check("n1"));
  gone_ = "a";
  auto second = taken("b");
  UnderFence fenced(lab_.cluster, first->fence());
  engine::LeasedTransport acting(fenced, *first);
  const auto refused = acting.act("n1", DaemonReload{}, Duration{10'000});
  ASSERT_FALSE(refused);
  EXPECT_THAT(first->lost_to(), HasSubstr("b@b"));
}

TEST_F(HeldLeaseTest, that_slept_and_was_not_taken_goes_on_with_its_number) {
  auto lease = taken("a");
  lab_.cluster.time().sleep(Duration{600'000});
  EXPECT_TRUE(lease->check("n1"));
  EXPECT_EQ(lease->fence(), (Fence{1, "a"}));
  EXPECT_THAT(on("n1"), HasSubstr(" renewed=1 "));
}

TEST_F(HeldLeaseTest, that_cannot_be_renewed_begins_nothing) {
  auto lease = taken("a");
  lab_.cluster.host("n1").reachable = lab_.cluster.host("n2").reachable = false;
  lab_.cluster.time().sleep(HeldLease::kGoesOn - Duration{1});
  EXPECT_TRUE(lease->check("n3"));
  lab_.cluster.time().sleep(Duration{1});
  const auto refused = lease->check("n3");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("could not be renewed for 40 s"));
  lab_.cluster.host("n2").reachable = true;
  EXPECT_TRUE(lease->check("n3"));
}

TEST_F(HeldLeaseTest, of_a_process_that_is_gone_is_dead_at_once) {
  auto first = taken("a");
  gone_ = "a";
  EXPECT_EQ(taken("b")->fence(), (Fence{2, "b"}));
}

TEST_F(HeldLeaseTest, a_host_with_a_higher_number_than_the_northbounds_is_heeded) {
  lab_.apply();
  taken("a")->give_back();
  Lease lease;
  lease.fence = {41, "x"};
  write("n3", lease.text());
  EXPECT_EQ(taken("b")->fence(), (Fence{42, "b"}));
  EXPECT_EQ(in_northbound(kFenceKey), "42/b");
  EXPECT_THAT(on("n1"), HasSubstr(" fence=42/b "));
}

TEST_F(HeldLeaseTest, a_host_that_comes_later_is_claimed_before_it_is_changed) {
  lab_.cluster.host("n3").reachable = false;
  auto lease = taken("a");
  EXPECT_THAT(lease->claimed(), ElementsAre("n1", "n2"));
  EXPECT_FALSE(lease->check("n3"));
  lab_.cluster.host("n3").reachable = true;
  EXPECT_TRUE(lease->check("n3"));
  EXPECT_THAT(on("n3"), HasSubstr(" fence=1/a state=held "));
}

TEST_F(HeldLeaseTest, what_a_newer_kiln_left_is_left_alone) {
  write("n2", "kiln-lease format=2 kiln=9.1 other=words");
  const auto refusal = make("b")->take(kNoPatience, kNever);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why, LeaseRefusal::Why::newer);
  EXPECT_THAT(refusal->text,
              HasSubstr("n2 was last changed by kiln 9.1, which leaves format 2; this is kiln 1, "
                        "which knows format 1"));
  EXPECT_EQ(on("n1"), "");
}

TEST_F(HeldLeaseTest, what_is_no_lease_is_not_taken_for_none) {
  write("n2", "somebody wrote this");
  const auto refusal = make("b")->take(kNoPatience, kNever);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why, LeaseRefusal::Why::failed);
  EXPECT_THAT(refusal->text, HasSubstr("n2: /var/lib/kiln/lease: it is not a lease of kiln's"));
  EXPECT_FALSE(make("c")->take(kNoPatience, kNever, {}, true)) << "broken by force";
}

TEST_F(HeldLeaseTest, that_is_broken_is_told_why) {
  lab_.apply();
  auto first = taken("a");
  engine::LeaseSelf breaker = self("b");
  breaker.reason = "it hangs";
  HeldLease second(breaker, lab_.desired, {lab_.cluster, lab_.cluster.time(), lab_.cluster.time(), 1});
  EXPECT_FALSE(second.take(kNoPatience, kNever, {}, true));
  second.give_back();
  first->renew();
  const auto refused = first->check("n1");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("b@b, who broke it: it hangs"));
  EXPECT_EQ(taken("c")->fence(), (Fence{3, "c"}));
}

TEST_F(HeldLeaseTest, of_two_the_one_that_has_the_first_host_has_all) {
  auto first = make("a");
  auto second = make("b");
  // b claims all between a's look and a's first claim.
  bool once = true;
  lab_.cluster.on_swap = [&] {
    if (!std::exchange(once, false)) return;
    EXPECT_FALSE(second->take(kNoPatience, kNever));
  };
  const auto refusal = first->take(kNoPatience, kNever);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->holder.user, "b");
  EXPECT_THAT(on("n1"), HasSubstr(" fence=1/b state=held "));
}

}  // namespace
}  // namespace kiln::test
