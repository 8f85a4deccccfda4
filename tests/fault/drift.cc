#include "fault/drift.h"

#include <iterator>

#include "resources/paths.h"
#include "support/fake_systemd.h"

namespace kiln::test {
namespace {

template <typename Container>
auto any_of(Container& container, SeededRandom& random) {
  return std::next(container.begin(), static_cast<std::ptrdiff_t>(random.below(container.size())));
}

void add_any_workload(Desired& desired, SeededRandom& random) {
  const std::string name = "w" + std::to_string(10 + random.below(80));
  if (desired.workloads.contains(name)) return;
  // An address of its own, whatever others there are.
  add_workload(desired, name, any_of(desired.nodes, random)->first);
  const std::string ip = "172.16.255.1" + name.substr(1);
  desired.workloads.at(name).ip = ip + "/24";
  desired.switches.at("ls1").ports.at(name).addresses = {"02:ac:10:ff:01:" + name.substr(1) + ' ' + ip};
}

void remove_workload(Desired& desired, const std::string& name) {
  desired.workloads.erase(name);
  desired.switches.at("ls1").ports.erase(name);
  std::erase_if(desired.checks,
                [&](const CheckSpec& check) { return check.from == name || check.to == name; });
}

// Each of these says what it did, or "" where there was nothing to do it to.
std::string lose_file(FakeCluster& cluster, FakeHost& host, SeededRandom& random) {
  std::vector<std::string> paths;
  for (const auto& [path, file] : host.files)
    if (path.find("kiln") != std::string::npos) paths.push_back(path);
  if (paths.empty() || host.name == kController) return {};
  const std::string path = paths[random.below(paths.size())];
  cluster.host(host.name).files.erase(path);
  return host.name + " lost " + path;
}

std::string change_file(FakeCluster&, FakeHost& host, SeededRandom& random) {
  std::vector<FakeFile*> files;
  for (auto& [path, file] : host.files)
    if (file.content.find(resources::kFileMark) != std::string::npos) files.push_back(&file);
  if (files.empty()) return {};
  files[random.below(files.size())]->content += "# by hand\n";
  return host.name + " has a file that was changed";
}

std::string stop_any_unit(FakeCluster&, FakeHost& host, SeededRandom& random) {
  if (host.units.empty()) return {};
  const auto unit = any_of(host.units, random);
  if (unit->second.active != "active") return {};
  stop_unit(host, unit->first);
  return host.name + " stopped " + unit->first;
}

std::string disable_any_unit(FakeCluster&, FakeHost& host, SeededRandom& random) {
  if (host.units.empty()) return {};
  const auto unit = any_of(host.units, random);
  unit->second.enabled = false;
  return host.name + " disabled " + unit->first;
}

std::string reboot(FakeCluster& cluster, FakeHost& host, SeededRandom&) {
  if (host.name == kController) return {};
  cluster.power_on(host.name);
  return host.name + " rebooted";
}

std::string go_away(FakeCluster& cluster, FakeHost& host, SeededRandom& random) {
  if (host.name == kController || random.below(3) != 0) return {};
  for (const auto& [name, other] : cluster.hosts())
    if (!other.reachable) return {};
  host.reachable = false;
  return host.name + " does not answer";
}

std::string lose_namespace(FakeCluster&, FakeHost& host, SeededRandom& random) {
  if (host.namespaces.empty()) return {};
  const auto space = any_of(host.namespaces, random);
  const std::string name = space->first;
  std::erase_if(host.links, [&](const auto& link) { return link.second.peer_namespace == name; });
  host.namespaces.erase(space);
  return host.name + " lost namespace " + name;
}

std::string lose_rows(FakeCluster& cluster, FakeHost&, SeededRandom& random) {
  if (!cluster.raft(Database::northbound).data()) return {};
  const ovsdb::Table& rows = cluster.rows(Database::northbound).table("Logical_Switch");
  if (rows.empty()) return {};
  cluster.edit(Database::northbound,
               {ovsdb::Delete{"Logical_Switch", ovsdb::by_uuid(any_of(rows, random)->first)}});
  return "a switch is gone";
}

std::string change_port(FakeCluster& cluster, FakeHost&, SeededRandom& random) {
  if (!cluster.raft(Database::northbound).data()) return {};
  const ovsdb::Table& rows = cluster.rows(Database::northbound).table("Logical_Switch_Port");
  if (rows.empty()) return {};
  cluster.edit(Database::northbound, {ovsdb::Update{"Logical_Switch_Port",
                                                    ovsdb::by_uuid(any_of(rows, random)->first),
                                                    {{"addresses", ovsdb::Value("unknown")}}}});
  return "a port has other addresses";
}

std::string foreign_switch(FakeCluster& cluster, FakeHost&, SeededRandom& random) {
  if (!cluster.raft(Database::northbound).data()) return {};
  const std::string name = random.below(2) == 0 ? "theirs" : "ls3";
  cluster.edit(Database::northbound,
               {ovsdb::Insert{"Logical_Switch", {{"name", ovsdb::Value(name)}}, std::nullopt, {}}});
  return "somebody made switch " + name;
}

std::string change_keys(FakeCluster& cluster, FakeHost& host, SeededRandom& random) {
  if (!host.switch_database || host.switch_database->table("Open_vSwitch").empty()) return {};
  const char* kKeys[] = {"ovn-remote", "ovn-encap-ip", "ovn-encap-type", "theirs"};
  const char* key = kKeys[random.below(4)];
  cluster.edit(Database::open_vswitch,
               {ovsdb::Mutate{"Open_vSwitch",
                              {},
                              {{"external_ids", "delete", ovsdb::Value(key)},
                               {"external_ids", "insert", ovsdb::Value::string_map({{key, "else"}})}}}},
               host.name);
  return host.name + " has another " + key;
}

std::string lose_bridge(FakeCluster& cluster, FakeHost& host, SeededRandom&) {
  if (!host.switch_database || host.switch_database->table("Open_vSwitch").empty()) return {};
  cluster.edit(Database::open_vswitch, {ovsdb::Update{"Open_vSwitch", {}, {{"bridges", ovsdb::Value()}}}},
               host.name);
  return host.name + " lost its bridges";
}

std::string new_authority(FakeCluster& cluster, FakeHost&, SeededRandom& random) {
  if (random.below(4) != 0) return {};
  cluster.replace_authority(static_cast<int>(random.below(2)));
  return "another authority";
}

/// No workload is left on it, so that it may lose what workloads need.
void empty_node(Desired& desired, const std::string& node) {
  std::vector<std::string> there;
  for (const auto& [name, workload] : desired.workloads)
    if (workload.node == node) there.push_back(name);
  for (const std::string& name : there) remove_workload(desired, name);
}

/// A node leaves, or keeps only some of its services; one central at least stays.
void change_services(Desired& desired, SeededRandom& random) {
  if (desired.nodes.size() < 2) return;
  if (any_of(desired.nodes, random)->second.auto_services) set_centrals(desired, {"n1"});
  NodeSpec& node = std::next(desired.nodes.begin(),
                             static_cast<std::ptrdiff_t>(1 + random.below(desired.nodes.size() - 1)))
                       ->second;
  empty_node(desired, node.name);
  desired.nodes.at("n1").services = {"central", "chassis", "switch"};
  const std::size_t what = random.below(4);
  if (what == 0)
    leave(node);
  else if (what == 1)
    desired.nodes.erase(std::string(node.name));
  else
    node.services =
        random.below(2) == 0 ? std::vector<std::string>{"switch"} : std::vector<std::string>{"central"};
}

}  // namespace

Desired random_desired(SeededRandom& random) {
  const int nodes = 1 + static_cast<int>(random.below(4));
  Desired desired = deployment(nodes);
  if (nodes > 1 && random.below(4) == 0) add_userspace_bridge(desired);
  if (nodes > 1 && random.below(4) == 0) set_centrals(desired, {"n1"});
  if (nodes > 3 && random.below(3) == 0) set_centrals(desired, {"n1", "n3", "n4"});
  if (random.below(3) == 0) desired.central.count = 1;
  for (std::size_t more = random.below(4); more > 0; --more) add_any_workload(desired, random);
  return desired;
}

Desired another_file(const Desired& desired, SeededRandom& random) {
  Desired other = desired;
  const bool services_change = random.below(4) == 0;
  for (std::size_t edits = random.below(4); edits > 0; --edits) {
    switch (random.below(7)) {
      case 0:
        add_any_workload(other, random);
        break;
      case 1:
        if (!other.workloads.empty())
          remove_workload(other, std::string(any_of(other.workloads, random)->first));
        break;
      case 2:
        if (!other.workloads.empty())
          any_of(other.workloads, random)->second.node = any_of(other.nodes, random)->first;
        break;
      case 3:
        if (!other.switches.at("ls1").ports.empty())
          any_of(other.switches.at("ls1").ports, random)->second.enabled = random.below(2) == 0;
        break;
      case 4:
        other.switches.erase("ls2");
        break;
      case 5:
        other.switches["ls3"].name = "ls3";
        break;
      case 6:
        other.nodes.at("n1").client = random.below(2) == 0 ? "admin" : "operator";
        break;
    }
  }
  if (services_change) change_services(other, random);  // last: nothing is put on what leaves
  return other;
}

std::string drift(FakeCluster& cluster, SeededRandom& random) {
  using Happening = std::string (*)(FakeCluster&, FakeHost&, SeededRandom&);
  constexpr Happening kHappenings[] = {
      lose_file, change_file, stop_any_unit,  disable_any_unit, reboot,      go_away,      lose_namespace,
      lose_rows, change_port, foreign_switch, change_keys,      lose_bridge, new_authority};
  const HostName name = any_of(cluster.hosts(), random)->first;
  const std::string what =
      kHappenings[random.below(std::size(kHappenings))](cluster, cluster.host(name), random);
  if (random.below(2) == 0) cluster.settle();
  return what.empty() ? "nothing" : what;
}

}  // namespace kiln::test
