#include "transport/lease_script.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "transport/process.h"

// The host's side of the lease, by a shell and flock(1) in a folder.

namespace kiln::transport::lease_script_test {
namespace {

namespace fs = std::filesystem;

Lease lease_of(std::int64_t token, const std::string& run, bool held = true) {
  Lease lease;
  lease.fence = {token, run};
  lease.held = held;
  return lease;
}

class LeaseScript : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/kiln-lease-XXXXXX";
    directory_ = ::mkdtemp(name);
    fs::create_directories(directory_ + "/etc/kiln");
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + '/' + name; }
  Ended run(std::string script) const {
    for (const std::string folder : {"/run/kiln", "/var/lib/kiln", "/etc/kiln"})
      for (std::size_t at = 0; (at = script.find(folder, at)) != std::string::npos;) {
        script.insert(at, directory_);
        at += directory_.size() + folder.size();
      }
    const auto ended = run_process({"sh", "-s"}, script, Duration{30000});
    return ended ? *ended : Ended{-1, "", ended.error().text()};
  }
  std::string swap(const std::string& expected, const std::string& wanted) const {
    const Ended ended = run(swap_script(expected, wanted));
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
    return ended.output.substr(0, ended.output.find('\n'));
  }
  Ended act(const Fence& fence, const std::string& script, Duration patience = Duration{5000}) const {
    return run(fenced_script(fence, script, patience));
  }

  std::string directory_;
};

TEST_F(LeaseScript, swaps_what_was_expected_and_else_tells_what_is_there) {
  const std::string first = lease_of(1, "a").text();
  const std::string second = lease_of(2, "b").text();
  EXPECT_EQ(swap("", first), first);
  EXPECT_EQ(swap("", second), first);
  EXPECT_EQ(swap(second, second), first);
  EXPECT_EQ(swap(first, second), second);
  EXPECT_EQ(std::distance(fs::directory_iterator(path("var/lib/kiln")), {}), 1);
}

TEST_F(LeaseScript, acts_under_the_fence_of_the_claim_and_no_other) {
  const std::string touch = "touch " + path("acted") + "\nexit 10\n";
  EXPECT_EQ(act({1, "a"}, touch).exit_code, kFenced) << "no claim";
  swap("", lease_of(2, "b").text());
  const Ended refused = act({1, "a"}, touch);
  EXPECT_EQ(refused.exit_code, kFenced);
  EXPECT_NE(refused.errors.find("fence=2/b"), std::string::npos) << refused.errors;
  EXPECT_EQ(act({2, "a"}, touch).exit_code, kFenced) << "the same number of another run";
  EXPECT_FALSE(fs::exists(path("acted")));
  EXPECT_EQ(act({2, "b"}, touch).exit_code, 10);
  EXPECT_TRUE(fs::exists(path("acted")));
  swap(lease_of(2, "b").text(), lease_of(2, "b", false).text());
  EXPECT_EQ(act({2, "b"}, touch).exit_code, kFenced) << "it was given back";
}

/// A claim is made at once; what the holder before has begun is waited for by the first action.
TEST_F(LeaseScript, an_action_waits_for_what_runs_and_a_claim_does_not) {
  const std::string first = lease_of(1, "a").text();
  const std::string second = lease_of(2, "b").text();
  swap("", first);
  std::thread running([&] {
    act({1, "a"}, "touch " + path("begun") + "\nwhile [ ! -e " + path("go") +
                      " ]; do sleep 0.02; done\ntouch " + path("ended") + '\n');
  });
  while (!fs::exists(path("begun"))) std::this_thread::sleep_for(Duration{5});
  EXPECT_EQ(swap(first, second), second);
  EXPECT_EQ(act({2, "b"}, "true\n", Duration{1000}).exit_code, kBusy);
  std::ofstream(path("go")) << "";
  EXPECT_EQ(act({2, "b"}, "[ -e " + path("ended") + " ]\n").exit_code, 0);
  running.join();
}

TEST_F(LeaseScript, given_back_goes_wholly_where_nothing_of_kilns_is) {
  swap("", lease_of(1, "a").text());
  fs::remove(path("etc/kiln"));
  EXPECT_EQ(swap(lease_of(1, "a").text(), lease_of(1, "a", false).text()), "");
  EXPECT_FALSE(fs::exists(path("var/lib/kiln")));
}

TEST_F(LeaseScript, a_transaction_is_one_argument) {
  const std::string script = transact_script(R"(["Open_vSwitch",{"op":"x $(y) 'z'"}])", Duration{1500});
  EXPECT_NE(script.find("ovsdb-client -t 2 transact 'unix:/run/openvswitch/db.sock'"), std::string::npos)
      << script;
}

}  // namespace
}  // namespace kiln::transport::lease_script_test
