#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "ovsdb/client.h"

namespace kiln::ovsdb {

/// A real ovsdb-server in a directory of its own; both go with this object, the server also when the test
/// dies. Everything fails with the name of the Debian package when the programs are missing.
class OvsdbServer {
 public:
  /// Serves a new database of the schema of test_schema().
  static std::unique_ptr<OvsdbServer> standalone();
  /// The first and only member of a cluster; returns when it leads.
  static std::unique_ptr<OvsdbServer> cluster_of_one();
  /// A member that waits for a cluster that is not there.
  static std::unique_ptr<OvsdbServer> joining();
  OvsdbServer(const OvsdbServer&) = delete;
  OvsdbServer& operator=(const OvsdbServer&) = delete;
  ~OvsdbServer();

  std::string socket() const { return directory_ + "/db.sock"; }
  /// A new connection.
  std::unique_ptr<Client> connect() const;
  /// Ends the server; connections see that.
  void stop();

 private:
  OvsdbServer();
  /// Runs `ovsdb-tool` with these words, in the directory.
  bool tool(const std::string& words) const;
  /// Returns when the server listens.
  void start();
  /// What the last program wrote on stderr.
  std::string errors() const;

  std::string directory_;
  pid_t server_ = -1;  ///< -1: none
};

/// Database "Small" 1.2.3: Switch (root), which refers to Port (not root; name is its index).
std::string test_schema();

}  // namespace kiln::ovsdb
