#include "ovsdb/ovsdb_server_for_test.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "ovsdb/deadline.h"

namespace kiln::ovsdb {
namespace {

constexpr Duration kLong{30'000};

std::string make_directory() {
  std::string path = "/tmp/kiln-ovsdb-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "cannot make a directory in /tmp";
  return path;
}

/// Where Debian has servers and administrators' tools, whatever PATH a user has.
std::string program_path() {
  const char* path = ::getenv("PATH");
  return std::string(path ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin";
}

/// Runs a line of shell there (OVS takes relative paths of sockets from OVS_RUNDIR). It ends when the test
/// dies.
pid_t run(const std::string& directory, const std::string& line) {
  const std::string script =
      "cd '" + directory + "' && export OVS_RUNDIR=. PATH='" + program_path() + "' && exec " + line;
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Whether it came true before the time was up. ovsdb-server has no way to tell that fits every kind of
/// database
/// (`--run` does not work for clusters), so that the condition is tried again and again.
bool comes_true(const std::function<bool()>& condition) {
  const Deadline deadline(kLong);
  while (!condition()) {
    if (deadline.left() == Duration{0}) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace

OvsdbServer::OvsdbServer() : directory_(make_directory()) {
  std::ofstream(directory_ + "/schema") << test_schema();
}

std::unique_ptr<OvsdbServer> OvsdbServer::standalone() {
  std::unique_ptr<OvsdbServer> server(new OvsdbServer);
  if (server->tool("create db schema")) server->start();
  return server;
}

std::unique_ptr<OvsdbServer> OvsdbServer::cluster_of_one() {
  std::unique_ptr<OvsdbServer> server(new OvsdbServer);
  if (!server->tool("create-cluster db schema unix:raft")) return server;
  server->start();
  const auto client = server->connect();
  const auto leads = [&] {
    const auto status = client ? client->status("Small", kLong) : Result<DatabaseStatus>();
    return status && status->connected && status->leader;
  };
  EXPECT_TRUE(comes_true(leads)) << "the cluster of one did not come up";
  return server;
}

std::unique_ptr<OvsdbServer> OvsdbServer::joining() {
  std::unique_ptr<OvsdbServer> server(new OvsdbServer);
  if (server->tool("join-cluster db Small unix:raft unix:nobody")) server->start();
  return server;
}

OvsdbServer::~OvsdbServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool OvsdbServer::tool(const std::string& words) const {
  const int status = wait_for(run(directory_, "ovsdb-tool " + words + " 2>errors"));
  EXPECT_EQ(status, 0) << "`ovsdb-tool " << words << "` (Debian package openvswitch-common) failed:\n"
                       << errors();
  return status == 0;
}

void OvsdbServer::start() {
  server_ =
      run(directory_,
          "ovsdb-server --remote=punix:db.sock --unixctl=ctl --no-chdir --log-file=./log -vconsole:off db "
          "2>errors");
  const auto ended = [&] { return ::waitpid(server_, nullptr, WNOHANG) == server_; };
  const auto listens_or_ended = [&] {
    if (ended()) server_ = -1;
    return server_ < 0 || Client::connect(socket(), kLong);
  };
  EXPECT_TRUE(comes_true(listens_or_ended) && server_ > 0)
      << "ovsdb-server (Debian package openvswitch-switch) did not start:\n"
      << errors();
}

std::string OvsdbServer::errors() const {
  std::ostringstream text;
  text << std::ifstream(directory_ + "/errors").rdbuf();
  return text.str();
}

std::unique_ptr<Client> OvsdbServer::connect() const {
  auto client = Client::connect(socket(), kLong);
  if (client) return std::move(*client);
  ADD_FAILURE() << client.error().text();
  return nullptr;
}

void OvsdbServer::stop() {
  if (server_ < 0) return;
  ::kill(server_, SIGTERM);
  wait_for(server_);
  server_ = -1;
}

std::string test_schema() {
  return R"({"name": "Small", "version": "1.2.3", "tables": {
    "Switch": {"isRoot": true, "columns": {
      "name": {"type": "string"},
      "ports": {"type": {"key": {"type": "uuid", "refTable": "Port"}, "min": 0, "max": "unlimited"}},
      "ids": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}}}},
    "Port": {"columns": {
      "name": {"type": "string"},
      "addresses": {"type": {"key": "string", "min": 0, "max": "unlimited"}},
      "enabled": {"type": {"key": "boolean", "min": 0, "max": 1}},
      "tag": {"type": {"key": {"type": "integer", "minInteger": 1, "maxInteger": 4095}, "min": 0, "max": 1}},
      "options": {"type": {"key": "string", "value": "string", "min": 0, "max": "unlimited"}},
      "up": {"type": "boolean", "ephemeral": true}},
      "indexes": [["name"]]}}})";
}

}  // namespace kiln::ovsdb
