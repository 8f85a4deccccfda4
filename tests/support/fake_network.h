#pragma once

#include <string>

#include "support/fake_raft.h"

namespace kiln::test {

/// What ovn-northd and ovn-controller do of themselves while time passes, and what the network then does.
class FakeNetwork {
 public:
  FakeNetwork(Hosts& hosts, FakeRaft& northbound, FakeRaft& southbound, Random& random)
      : hosts_(hosts), northbound_(northbound), southbound_(southbound), random_(random) {}
  /// The same, among copies of what it works on.
  FakeNetwork(const FakeNetwork& other, Hosts& hosts, FakeRaft& northbound, FakeRaft& southbound,
              Random& random)
      : freeze_chassis(other.freeze_chassis),
        freeze_ports(other.freeze_ports),
        freeze_northd(other.freeze_northd),
        freeze_listeners(other.freeze_listeners),
        hosts_(hosts),
        northbound_(northbound),
        southbound_(southbound),
        random_(random),
        active_northd_(other.active_northd_),
        conflict_(other.conflict_) {}

  bool freeze_chassis = false;    ///< for tests: no chassis registers
  bool freeze_ports = false;      ///< no port comes up
  bool freeze_northd = false;     ///< ovn-northd does not answer
  bool freeze_listeners = false;  ///< no database server accepts a client

  void tick();

  /// ovn-controller stops, and takes its rows with it if it reaches the southbound (ovn-controller(8), exit).
  void chassis_exits(FakeHost& host);

  /// Answers of the workload with this address to the namespace of `host`: what PingLook sees.
  Fact ping(const HostName& host, const PingLook& look) const;
  Fact northd_status(const HostName& host) const;
  Fact served_certificate(const ServedCertificateLook& look) const;
  /// The client of `host` reaches a connected member of the database by one of these "ssl:…" remotes.
  bool reaches(const FakeHost& host, const std::string& remotes, const std::string& client_certificate,
               Database database) const;

  /// Two hosts hold one iface-id at once: who it was, or "".
  const std::string& conflict() const { return conflict_; }

 private:
  const FakeRaft& raft(Database database) const {
    return database == Database::northbound ? northbound_ : southbound_;
  }
  void run_northd();
  void run_controller(FakeHost& host);
  bool knows_southbound(const FakeHost& host) const;
  /// The ports on br-int that lead to every other chassis; `none`: it exits.
  void make_tunnels(FakeHost& host, const std::string& name, bool none = false);
  void register_chassis(FakeHost& host, const std::string& name, const std::string& type,
                        const std::string& ip);
  void bind_ports();
  bool plugged(const FakeHost& host, const std::string& iface_id) const;
  HostName holder_of(const std::string& iface_id);
  std::string system_id(const FakeHost& host) const;
  bool tunnels(const FakeHost& host) const;

  Hosts& hosts_;
  FakeRaft& northbound_;
  FakeRaft& southbound_;
  Random& random_;
  HostName active_northd_;
  std::string conflict_;
};

}  // namespace kiln::test
