#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "fault/story.h"
#include "model/describe.h"

// A key that leaves the file takes with it what it had made: with it and then without it, hosts and databases
// end as if it had never been there.

namespace kiln::test::taken_away_test {
namespace {

using ::testing::IsEmpty;

using Edit = std::function<void(Desired&)>;

NodeSpec& n2(Desired& desired) {
  return desired.nodes.at("n2");
}
BridgeSpec& bridge(Desired& desired) {
  return n2(desired).bridges.at("br-phys");
}
PortSpec& port(Desired& desired) {
  return desired.switches.at("ls1").ports.at("vm2");
}
WorkloadSpec& workload(Desired& desired) {
  return desired.workloads.at("vm2");
}
Edit levels(DaemonLoggingSpec LoggingSpec::* daemon) {
  return [daemon](Desired& desired) { (desired.logging.*daemon).levels = {"any:file:dbg"}; };
}

/// Three nodes, one of them with a bridge that has nothing but its name.
Desired without_keys() {
  Desired desired = deployment(3);
  n2(desired).bridges["br-phys"].name = "br-phys";
  n2(desired).bridges["br-phys"].datapath = "netdev";
  workload(desired).ip.clear();
  desired.checks.clear();
  return desired;
}

/// By the key's place in the file: what the file says with the key that it does not say without it.
const std::map<std::string, Edit>& edits() {
  static const std::map<std::string, Edit> kEdits = {
      {"central.election-timer-ms", [](Desired& desired) { desired.central.election_timer_ms = 4000; }},
      {"central.inactivity-probe-ms", [](Desired& desired) { desired.central.inactivity_probe_ms = 7000; }},
      {"central.northd-threads", [](Desired& desired) { desired.central.northd_threads = 4; }},
      {"logging.nb.levels", levels(&LoggingSpec::nb)},
      {"logging.sb.levels", levels(&LoggingSpec::sb)},
      {"logging.ovn-northd.levels", levels(&LoggingSpec::ovn_northd)},
      {"logging.ovn-controller.levels", levels(&LoggingSpec::ovn_controller)},
      {"logging.ovsdb-server.levels", levels(&LoggingSpec::ovsdb_server)},
      {"logging.ovs-vswitchd.levels", levels(&LoggingSpec::ovs_vswitchd)},
      {"nodes.bridges",
       [](Desired& desired) {
         n2(desired).bridges["br-more"] = {
             .name = "br-more", .datapath = "netdev", .port = "eth8", .address = "10.0.8.2/24", .places = {}};
       }},
      {"nodes.bridges.address", [](Desired& desired) { bridge(desired).address = "10.0.9.2/24"; }},
      {"nodes.bridges.datapath",
       [](Desired& desired) {
         bridge(desired).datapath = "system";
         n2(desired).datapath = "netdev";
       }},
      {"nodes.bridges.port", [](Desired& desired) { bridge(desired).port = "eth9"; }},
      {"nodes.client", [](Desired& desired) { n2(desired).client = "operator"; }},
      {"nodes.datapath", [](Desired& desired) { n2(desired).datapath = "system"; }},
      {"nodes.encap.ip", [](Desired& desired) { n2(desired).encap.ip = "192.0.2.12"; }},
      {"nodes.encap.ips", [](Desired& desired) { n2(desired).encap.ips = {"10.0.1.12", "192.0.2.12"}; }},
      {"nodes.state", [](Desired& desired) { n2(desired).state = "maintenance"; }},
      {"switches.ports.addresses", [](Desired& desired) { port(desired).addresses.push_back("unknown"); }},
      {"switches.ports.enabled", [](Desired& desired) { port(desired).enabled = false; }},
      {"switches.ports.name", [](Desired& desired) { port(desired).nb_name = "other"; }},
      {"switches.ports.port-security", [](Desired& desired) { port(desired).port_security = false; }},
      {"switches.ports.protect", [](Desired& desired) { port(desired).protect = true; }},
      {"switches.protect", [](Desired& desired) { desired.switches.at("ls1").protect = true; }},
      {"workloads.ip", [](Desired& desired) { workload(desired).ip = "172.16.255.12/24"; }},
      {"workloads.mtu", [](Desired& desired) { workload(desired).mtu = 1300; }},
      {"workloads.protect", [](Desired& desired) { workload(desired).protect = true; }}};
  return kEdits;
}

/// Keys that leave nothing on hosts, or that are no part of a deployment that goes on, and why.
const std::map<std::string, std::string>& excused() {
  static const std::string kHow = "says how kiln works";
  static const std::string kWhich =
      "another deployment, or members of it: centrals.bats, leaving.bats, adopt.bats";
  static const std::map<std::string, std::string> kExcused = {
      {"include", kHow},
      {"cluster.name", "required"},
      {"cluster.central-ips", kWhich},
      {"cluster.adopt", "what was adopted stays"},
      {"ssh.user", kHow},
      {"ssh.become", kHow},
      {"ssh.identity-file", kHow},
      {"ssh.known-hosts", kHow},
      {"ssh.port", kHow},
      {"ssh.jump", kHow},
      {"nodes.encap.types", "the fake's tunnels keep the type that they were made with"},
      {"nodes.zone", "decides where centrals come, and no central goes for it"},
      {"packages.ovn", "what is installed stays"},
      {"packages.source", kHow},
      {"central.count", kWhich},
      {"safety.max-delete", kHow},
      {"safety.allow-last-central-removal", kHow},
      {"safety.left-databases", kHow},
      {"audit.enabled", kHow},
      {"ca.mode", "another authority"},
      {"ca.dir", "another authority"},
      {"ca.passphrase", "of a file on kiln's machine"},
      {"ca.lifetime-days", "of an authority that is made"},
      {"ca.leaf-lifetime-days", "of certificates that are made"},
      {"nodes.address", "required"},
      {"nodes.services", kWhich},
      {"nodes.ssh.identity-file", kHow},
      {"nodes.ssh.known-hosts", kHow},
      {"nodes.ssh.host-key", kHow},
      {"nodes.ssh.local", kHow},
      {"nodes.ssh.host", kHow},
      {"nodes.ssh.jump", kHow},
      {"nodes.ssh.port", kHow},
      {"nodes.ssh.user", kHow},
      {"nodes.ssh.become", kHow},
      {"workloads.node", "required"},
      {"workloads.port", "required"},
      {"checks.ping.from", kHow},
      {"checks.ping.to", kHow}};
  return kExcused;
}

/// Every key that a file may have, "nodes.bridges.port".
class Keys {
 public:
  std::set<std::string> keys;

  template <typename Member>
  void operator()(const Field& field, Member&&) {
    keys.insert(place_ + std::string(field.name));
  }
  template <typename Spec>
  void table(const Field& field, Spec&& spec) {
    below(field, spec);
  }
  template <typename Spec>
  void map(const Field& field, std::map<std::string, Spec>&, const Spec& fresh) {
    Spec spec = fresh;
    below(field, spec);
  }
  template <typename Spec>
  void array(const Field& field, std::vector<Spec>&) {
    Spec spec;
    below(field, spec);
  }
  template <typename Spec>
  void defaults(const Field&, Spec&) {}  // keys of what has them

 private:
  template <typename Spec>
  void below(const Field& field, Spec& spec) {
    const std::string before = place_;
    place_ += std::string(field.name) + '.';
    describe(*this, spec);
    place_ = before;
  }
  std::string place_;
};

TEST(TakenAway, EveryKeyIsTriedOrExcused) {
  Keys described;
  Desired desired;
  describe(described, desired);
  std::vector<std::string> wrong;
  for (const std::string& key : described.keys)
    if (!edits().contains(key) && !excused().contains(key)) wrong.push_back(key);
  EXPECT_THAT(wrong, IsEmpty());
}

class TakenAway : public ::testing::TestWithParam<std::string> {};

TEST_P(TakenAway, LeavesNothingBehind) {
  const Desired never = without_keys();
  Desired with = never;
  edits().at(GetParam())(with);
  // One machine, whatever the file says of it: NICs are there or not.
  Desired hosts = with;
  hosts.nodes.at("n2").bridges["spare"].port = "eth8";
  hosts.nodes.at("n2").bridges["more"].port = "eth9";
  const FakeCluster fresh(hosts, 1);

  Lab without_it(never, fresh);
  without_it.apply();
  ASSERT_THAT(without_it.remaining(), IsEmpty());
  without_it.cluster.settle();
  // An interface that was brought up stays so: others may use it by now.
  if (GetParam() == "nodes.bridges.address") without_it.cluster.host("n2").links.at("br-phys").seen.up = true;

  Lab had(with, fresh);
  had.apply();
  ASSERT_THAT(had.remaining(), IsEmpty());
  had.cluster.settle();
  EXPECT_NE(end_state(had.cluster), end_state(without_it.cluster)) << "the key makes no difference";

  Lab lost(never, had.cluster);
  EXPECT_THAT(run_again(lost, end_state(without_it.cluster)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Keys, TakenAway, ::testing::ValuesIn([] {
                           std::vector<std::string> keys;
                           for (const auto& [key, edit] : edits()) keys.push_back(key);
                           return keys;
                         }()),
                         [](const auto& param) {
                           std::string name = param.param;
                           for (char& c : name)
                             if (c == '.' || c == '-') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace kiln::test::taken_away_test
