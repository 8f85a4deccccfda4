#include "transport/host_link.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

#include "transport/programs_for_test.h"

namespace kiln::transport {
namespace {

using Protocol = boost::asio::local::stream_protocol;

/// A link whose ssh runs the script here and makes no control connection: the test is its master.
class SshLinkToNobody : public WithPrograms {
 protected:
  void SetUp() override {
    WithPrograms::SetUp();
    put_program("ssh", "exec sh -s\n");
    link_ = make_ssh_link({"n1", "192.0.2.11", {}}, directory(), files_, counters_);
  }
  void TearDown() override {
    link_.reset();
    WithPrograms::TearDown();
  }
  std::uint64_t connections_after_a_script() {
    const auto ended = link_->run("exit 3\n", Duration{10000});
    EXPECT_TRUE(ended && ended->exit_code == 3);
    return counters_.connections;
  }
  std::string control() const { return directory() + "/n1.ctl"; }

  boost::asio::io_context context_;

 private:
  SystemFileIo files_;
  LinkCounters counters_;
  std::unique_ptr<HostLink> link_;
};

TEST_F(SshLinkToNobody, is_opened_again_when_its_master_is_gone) {
  EXPECT_EQ(connections_after_a_script(), 1U);
  {
    Protocol::acceptor master(context_, Protocol::endpoint(control()));
    EXPECT_EQ(connections_after_a_script(), 1U);
    EXPECT_EQ(connections_after_a_script(), 1U);
  }
  // It was killed: its socket is still there, and ssh would connect by itself.
  EXPECT_TRUE(std::filesystem::exists(control()));
  EXPECT_EQ(connections_after_a_script(), 2U);
  EXPECT_FALSE(std::filesystem::exists(control()));
  EXPECT_EQ(connections_after_a_script(), 3U);
}

}  // namespace
}  // namespace kiln::transport
