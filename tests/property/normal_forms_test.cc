#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/every_for_test.h"
#include "base/spelling_for_test.h"
#include "base/text.h"
#include "config/format.h"
#include "ovsdb/reply.h"
#include "planner/planner.h"
#include "resources/resource_for_test.h"
#include "transport/parse.h"

// The file spelled one way, hosts and servers answering in another: what means the same is no change, and
// what means something else always is one. Values go the whole way, from text and from bytes.

namespace kiln {
namespace {

using nlohmann::json;
using resources::Bench;

constexpr int kValues = 500 / kEvery;

const ResourceId kPort{"logical-switch-port", "ls1/vm1"};
const ResourceId kChassis{"chassis", "n1"};
const ResourceId kListener{"listener", "nb"};
const ResourceId kBridge{"bridge", "n1/br-phys"};
const ResourceId kWorkload{"workload", "vm1"};

/// As the file's reader hands it on.
std::string in_file(Format format, const std::string& text) {
  const auto normal = config::normal_text(format, text);
  EXPECT_TRUE(normal) << text;
  return normal.value_or("");
}

/// A table of one row, as it is read from a server's answer.
ovsdb::Table served(const json& row) {
  const json answer{
      {"id", "1"}, {"error", nullptr}, {"result", json::array({{{"rows", json::array({row})}}})}};
  const auto message = ovsdb::Message::parse(answer.dump());
  const auto results = message.value().read_results({ovsdb::Select{"T", {}, {}}});
  return {{resources::row(1), results.value().front().rows.front()}};
}

/// A link, as it is read from what `ip -j addr` prints.
LinkSeen shown(const std::string& name, const std::string& mac, const std::string& address, int length) {
  const json link{{"ifname", name},
                  {"address", mac},
                  {"mtu", 1400},
                  {"flags", {"UP"}},
                  {"addr_info", json::array({{{"local", address}, {"prefixlen", length}}})}};
  return transport::parse_links(json::array({link}).dump()).value().front();
}

/// What the diff says of one resource.
Change change_of(const Bench& bench, const ResourceId& id) {
  const auto resources = resources::make_resources(bench.desired, bench.placement, bench.facts);
  for (Change& change : planner::diff(resources, bench.facts))
    if (change.id == id) return std::move(change);
  ADD_FAILURE() << "there is no " << id.text();
  return {};
}

/// A set or a map, in one of its spellings.
json set_of(Speller& speller, const std::vector<std::string>& atoms) {
  if (atoms.size() == 1 && speller.coin()) return atoms.front();
  return json::array({"set", speller.shuffled(atoms)});
}
json map_of(Speller& speller, const std::map<std::string, std::string>& pairs) {
  json list = json::array();
  for (const auto& [key, value] :
       speller.shuffled(std::vector<std::pair<std::string, std::string>>(pairs.begin(), pairs.end())))
    list.push_back(json::array({key, value}));
  return json::array({"map", std::move(list)});
}
json marked(Speller& speller, const ResourceId& id, std::map<std::string, std::string> others = {}) {
  others.emplace(kOwnerKey, owner_mark("edge", id));
  return map_of(speller, others);
}

class NormalForms : public ::testing::Test {
 protected:
  Speller speller_{20261121};

  Ipv6Octets host_octets() {
    Ipv6Octets octets = speller_.ipv6_octets();
    octets[0] = 0x20;
    octets[15] |= 1;
    return octets;
  }
  MacOctets interface_octets() {
    MacOctets octets = speller_.mac_octets();
    octets[0] = 0x02;
    return octets;
  }
  std::string port_address(const MacOctets& mac, const Ipv6Octets& ip) {
    return std::string(speller_.below(2), ' ') + speller_.mac(mac) + std::string(1 + speller_.below(3), ' ') +
           speller_.ipv6(ip);
  }
};

/// A port with these addresses in the file.
Bench with_port(const std::vector<std::string>& addresses) {
  Bench bench;
  SwitchSpec& spec = bench.desired.switches["ls1"];
  spec.name = "ls1";
  PortSpec& port = spec.ports["vm1"];
  port.switch_name = "ls1";
  port.name = "vm1";
  port.nb_name = "ls1-vm1";
  for (const std::string& address : addresses)
    port.addresses.push_back(in_file(Format::port_address, address));
  bench.lack_all(kPort);
  return bench;
}
void see_port(Bench& bench, const json& row) {
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", served(row));
}

TEST_F(NormalForms, ipv6_and_mac_of_a_port) {
  for (int i = 0; i < kValues; ++i) {
    const MacOctets mac = interface_octets();
    const Ipv6Octets ip = host_octets();
    Bench bench = with_port({port_address(mac, ip)});
    const auto see = [&](const std::string& text) {
      see_port(bench, {{"name", "ls1-vm1"},
                       {"addresses", in_file(Format::port_address, text)},
                       {"external_ids", marked(speller_, kPort)}});
    };
    see(port_address(mac, ip));
    EXPECT_EQ(change_of(bench, kPort).verb, Verb::none);
    see(port_address(speller_.other_than(mac), ip));
    EXPECT_TRUE(change_of(bench, kPort).touches("addresses"));
    see(port_address(mac, speller_.other_than(ip)));
    EXPECT_TRUE(change_of(bench, kPort).touches("addresses"));
  }
}

TEST_F(NormalForms, ipv6_of_a_bridge_and_of_a_workload_and_its_mac) {
  for (int i = 0; i < kValues; ++i) {
    const MacOctets mac = interface_octets();
    const Ipv6Octets ip = host_octets();
    const int length = 64;
    Bench bench = with_port({port_address(mac, ip)});
    const auto interface = [&] {
      return in_file(Format::interface, speller_.ipv6(ip) + '/' + std::to_string(length));
    };
    BridgeSpec& bridge = bench.desired.nodes["n1"].bridges["br-phys"];
    bridge.name = "br-phys";
    bridge.address = interface();
    WorkloadSpec& workload = bench.desired.workloads["vm1"];
    workload.name = "vm1";
    workload.node = "n1";
    workload.port = "ls1/vm1";
    workload.ip = interface();
    bench.lack_all(kBridge);
    bench.lack_all(kWorkload);
    const auto see = [&](const MacOctets& seen_mac, const Ipv6Octets& seen_ip, int seen_length) {
      const std::string address = speller_.ipv6(seen_ip);
      HostSeen host;
      host.links = {shown("br-phys", speller_.mac(seen_mac), address, seen_length)};
      bench.see("n1", HostLook{}, host);
      bench.see("n1", NamespaceLook{"vm1"},
                NamespaceSeen{{shown("eth0", speller_.mac(seen_mac), address, seen_length)}});
    };
    see(mac, ip, length);
    EXPECT_FALSE(change_of(bench, kBridge).touches("address"));
    EXPECT_FALSE(change_of(bench, kWorkload).touches("address"));
    EXPECT_FALSE(change_of(bench, kWorkload).touches("mac"));
    see(mac, speller_.other_than(ip), length);
    EXPECT_TRUE(change_of(bench, kBridge).touches("address"));
    EXPECT_TRUE(change_of(bench, kWorkload).touches("address"));
    see(speller_.other_than(mac), ip, length + 1);
    EXPECT_TRUE(change_of(bench, kBridge).touches("address"));
    EXPECT_TRUE(change_of(bench, kWorkload).touches("address"));
    EXPECT_TRUE(change_of(bench, kWorkload).touches("mac"));
  }
}

TEST_F(NormalForms, sets_and_scalars) {
  for (int i = 0; i < kValues; ++i) {
    std::vector<std::string> addresses;
    for (std::size_t more = 1 + speller_.below(3); more > 0; --more)
      addresses.push_back(in_file(Format::port_address, speller_.mac(interface_octets())));
    Bench bench = with_port(speller_.shuffled(addresses));
    bench.desired.switches["ls1"].ports["vm1"].port_security = true;
    const auto see = [&](const std::vector<std::string>& seen, const std::vector<std::string>& secured) {
      see_port(bench, {{"name", set_of(speller_, {"ls1-vm1"})},
                       {"addresses", set_of(speller_, seen)},
                       {"port_security", set_of(speller_, secured)},
                       {"external_ids", marked(speller_, kPort)}});
    };
    see(addresses, addresses);
    EXPECT_EQ(change_of(bench, kPort).verb, Verb::none);
    std::vector<std::string> others = addresses;
    if (speller_.coin())
      others.emplace_back("unknown");
    else
      others.pop_back();
    see(others, addresses);
    EXPECT_TRUE(change_of(bench, kPort).touches("addresses"));
    see(addresses, others);
    EXPECT_TRUE(change_of(bench, kPort).touches("port_security"));
  }
}

TEST_F(NormalForms, scalars_of_other_types) {
  for (int i = 0; i < kValues; ++i) {
    Bench bench;
    bench.lack_all(kListener);
    const int wanted = static_cast<int>(1 + speller_.below(100'000));
    bench.desired.central.inactivity_probe_ms = wanted;
    const auto see = [&](const json& probe) {
      bench.see_rows(kCluster, Database::northbound, "Connection",
                     served({{"target", set_of(speller_, {"pssl:6641:[::]"})},
                             {"inactivity_probe", probe},
                             {"external_ids", marked(speller_, kListener)}}));
    };
    bench.see_rows(
        kCluster, Database::northbound, "NB_Global",
        served({{"options", map_of(speller_, {{"northd_probe_interval", std::to_string(wanted)}})}}));
    see(speller_.coin() ? json(wanted) : json::array({"set", {wanted}}));
    EXPECT_EQ(change_of(bench, kListener).verb, Verb::none);
    see(speller_.coin() ? json(wanted + 1) : json::array({"set", {wanted - 1}}));
    EXPECT_TRUE(change_of(bench, kListener).touches("inactivity_probe"));
    see(json::array({"set", json::array()}));
    EXPECT_TRUE(change_of(bench, kListener).touches("inactivity_probe"));
  }
}

/// The chassis of a file with these tunnels, and the keys that Open_vSwitch has.
Bench with_encap(const std::vector<std::string>& types, const std::string& ip) {
  Bench bench(3);
  bench.desired.nodes["n1"].encap.types = types;
  bench.desired.nodes["n1"].encap.ip = ip;
  bench.lack_all(kChassis);
  bench.see("n1", UnitLook{"ovn-controller.service"},
            resources::running());  // it is there, so that keys are compared
  return bench;
}
/// As a row holds it: lists with commas.
std::string row_text(const AttributeValue& value) {
  const auto* list = std::get_if<std::set<std::string>>(&value);
  return list ? join({list->begin(), list->end()}, ",") : to_text(value);
}
std::map<std::string, std::string> keys_of(const Bench& bench) {
  std::map<std::string, std::string> keys;
  const auto resources = resources::make_resources(bench.desired, bench.placement, bench.facts);
  for (const auto& resource : resources) {
    if (resource->id() != kChassis) continue;
    const State wanted = resource->wanted().value_or(State{});
    for (const auto& [path, value] : wanted)
      if (path.starts_with("external_ids:")) keys[path.substr(13)] = row_text(value);
  }
  return keys;
}
void see_keys(Bench& bench, Speller& speller, const std::map<std::string, std::string>& keys) {
  bench.see_rows("n1", Database::open_vswitch, "Open_vSwitch",
                 served({{"external_ids", map_of(speller, keys)}}));
}
/// The keys that the diff names.
std::set<std::string> keys_that_differ(const Bench& bench) {
  std::set<std::string> keys;
  for (const AttributeChange& attribute : change_of(bench, kChassis).attributes)
    if (attribute.path.starts_with("external_ids:")) keys.insert(attribute.path.substr(13));
  return keys;
}

TEST_F(NormalForms, maps_have_no_order_and_keys_of_others_are_theirs) {
  for (int i = 0; i < kValues; ++i) {
    Bench bench = with_encap({"geneve"}, in_file(Format::ip, speller_.ipv6(host_octets())));
    const std::map<std::string, std::string> wanted = keys_of(bench);
    ASSERT_EQ(wanted.size(), 6U);
    std::map<std::string, std::string> keys = wanted;
    for (std::size_t more = speller_.below(4); more > 0; --more)
      keys["theirs" + std::to_string(speller_.below(9))] = std::to_string(speller_.below(9));
    see_keys(bench, speller_, keys);
    EXPECT_EQ(keys_that_differ(bench), std::set<std::string>{});
    const auto changed =
        std::next(wanted.begin(), static_cast<std::ptrdiff_t>(speller_.below(wanted.size())));
    // Without the key the datapath is the kernel's, which is what is wanted.
    if (speller_.coin() && changed->second != "system")
      keys.erase(changed->first);
    else
      keys[changed->first] += "x";
    see_keys(bench, speller_, keys);
    EXPECT_EQ(keys_that_differ(bench), std::set<std::string>{changed->first});
  }
}

TEST_F(NormalForms, empty_is_absent) {
  for (int i = 0; i < kValues; ++i) {
    Bench bench = with_port({});
    json row{{"name", "ls1-vm1"}, {"external_ids", marked(speller_, kPort)}};
    const json nothing = json::array({"set", json::array()});
    for (const char* column : {"addresses", "port_security", "enabled"})
      if (speller_.coin()) row[column] = nothing;
    if (speller_.coin()) row["enabled"] = speller_.coin() ? json(true) : json::array({"set", {true}});
    see_port(bench, row);
    EXPECT_EQ(change_of(bench, kPort).verb, Verb::none) << row;
    const std::string column = speller_.coin() ? "addresses" : "port_security";
    json other = row;
    other[column] = set_of(speller_, {speller_.coin() ? "" : "unknown"});
    see_port(bench, other);
    EXPECT_TRUE(change_of(bench, kPort).touches(column)) << other;
    other = row;
    other["enabled"] = speller_.coin() ? json(false) : json::array({"set", {false}});
    see_port(bench, other);
    EXPECT_TRUE(change_of(bench, kPort).touches("enabled")) << other;
  }
}

TEST_F(NormalForms, lists_with_another_element_differ) {
  const std::vector<std::string> all = {"geneve", "vxlan"};
  for (int i = 0; i < kValues; ++i) {
    Bench bench = with_encap(all, in_file(Format::ip, speller_.ipv6(host_octets())));
    const std::map<std::string, std::string> wanted = keys_of(bench);
    const std::string key = speller_.coin() ? "ovn-encap-type" : "ovn-remote";
    std::vector<std::string> elements = split(wanted.at(key), ',');
    if (speller_.coin())
      elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(speller_.below(elements.size() + 1)),
                      speller_.coin() ? "stt" : "ssl:192.0.2.99:6642");
    else
      elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(speller_.below(elements.size())));
    std::map<std::string, std::string> keys = wanted;
    keys[key] = join(elements, ",");
    see_keys(bench, speller_, keys);
    EXPECT_EQ(keys_that_differ(bench), std::set<std::string>{key}) << keys[key];
  }
}

// ovn-controller reads both lists as sets (ovn-controller(8)).
TEST_F(NormalForms, lists_have_no_order) {
  for (int i = 0; i < kValues; ++i) {
    Bench bench = with_encap(speller_.shuffled<std::string>({"geneve", "vxlan"}), "192.0.2.11");
    std::map<std::string, std::string> keys = keys_of(bench);
    for (const char* key : {"ovn-encap-type", "ovn-remote"})
      keys[key] = join(speller_.shuffled(split(keys[key], ',')), ",");
    see_keys(bench, speller_, keys);
    EXPECT_EQ(keys_that_differ(bench), std::set<std::string>{});
  }
}

TEST_F(NormalForms, addresses_in_rows_in_any_spelling) {
  for (int i = 0; i < kValues; ++i) {
    const MacOctets mac = interface_octets();
    const Ipv6Octets ip = host_octets();
    Bench port = with_port({port_address(mac, ip)});
    see_port(port, {{"name", "ls1-vm1"},
                    {"addresses", port_address(mac, ip)},
                    {"external_ids", marked(speller_, kPort)}});
    EXPECT_EQ(change_of(port, kPort).verb, Verb::none);
    Bench chassis = with_encap({"geneve"}, in_file(Format::ip, speller_.ipv6(ip)));
    std::map<std::string, std::string> keys = keys_of(chassis);
    keys["ovn-encap-ip"] = speller_.ipv6(ip);
    see_keys(chassis, speller_, keys);
    EXPECT_EQ(keys_that_differ(chassis), std::set<std::string>{});
  }
}

}  // namespace
}  // namespace kiln
