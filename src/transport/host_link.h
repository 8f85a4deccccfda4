#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/seams.h"
#include "model/database.h"
#include "ovsdb/client.h"
#include "transport/process.h"
#include "transport/ssh_options.h"

namespace kiln::transport {

/// The way to one host: scripts for its shell, and connections to its databases. One thread at a time.
class HostLink {
 public:
  virtual ~HostLink() = default;
  /// Runs a script with root's rights. unreachable, denied, timed_out: it may or may not have run.
  virtual Result<Ended> run(const std::string& script, Duration timeout) = 0;
  /// The same in a session of its own, beside what run() does; any thread, once run() has succeeded.
  virtual Result<Ended> run_beside(const std::string& script, Duration timeout) = 0;
  /// As run(); what it says on stdout goes to a descriptor as it comes.
  virtual Result<Ended> run_into(const std::string& script, int output_descriptor, Duration timeout) = 0;
  /// Scripts end with timed_out soon after this was set, from now on. It outlives them; null: never.
  virtual void give_up_on(const std::atomic<bool>* /*given_up*/) {}
  /// A new connection to the unix socket of a database's server.
  virtual Result<std::unique_ptr<ovsdb::Client>> connect(Database database, Duration timeout) = 0;
};

/// The machine that kiln runs on.
std::unique_ptr<HostLink> make_local_link(const SshSpec& ssh, const std::string& directory);

struct LinkCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> sessions{0};
};

/// OpenSSH: one connection with one shell for all scripts, opened when it is first needed and again when it
/// is lost, or a script was late; it ends with the link. `directory` is private and its path short: control
/// and forwarded sockets are in it.
std::unique_ptr<HostLink> make_ssh_link(Target target, std::string directory, FileIo& files,
                                        LinkCounters& counters);

}  // namespace kiln::transport
