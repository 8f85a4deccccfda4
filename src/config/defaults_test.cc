#include <gtest/gtest.h>

#include "config/load.h"

// [defaults.node] and [defaults.port].

namespace kiln::config::defaults_test {
namespace {

class Files : public FileIo {
 public:
  explicit Files(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    return found == files_.end() ? Result<std::string>(fail(ErrorCode::not_found, path)) : found->second;
  }
  Result<> write(const std::string&, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, "load writes nothing");
  }

 private:
  std::map<std::string, std::string> files_;
};

constexpr const char* kHead =
    "[cluster]\nname = \"edge\"\n[ca]\npassphrase = { env = \"P\" }\n[ssh]\nuser = \"admin\"\nport = 22\n";

constexpr const char* kDefaults =
    "[defaults.node]\n"                            // 8
    "zone = \"rack1\"\n"                           // 9
    "services = [\"chassis\", \"switch\"]\n"       // 10
    "encap = { types = [\"vxlan\"] }\n"            // 11
    "ssh = { port = 2222 }\n"                      // 12
    "[defaults.node.bridges.br-phys]\n"            // 13
    "port = \"eth1\"\n"                            // 14
    "[defaults.port]\n"                            // 15
    "port-security = true\n"                       // 16
    "[nodes.n1]\n"                                 // 17
    "address = \"192.0.2.1\"\n"                    // 18
    "services = \"auto\"\n"                        // 19
    "zone = \"rack2\"\n"                           // 20
    "encap = { ip = \"10.0.0.1\" }\n"              // 21
    "ssh = { user = \"root\" }\n"                  // 22
    "bridges.br-phys.address = \"10.0.0.1/24\"\n"  // 23
    "[nodes.n2]\n"                                 // 24
    "address = \"192.0.2.2\"\n"                    // 25
    "[switches.ls1.ports.a]\n"                     // 26
    "addresses = [\"02:00:00:00:00:01\"]\n"        // 27
    "[switches.ls1.ports.b]\n"                     // 28
    "addresses = [\"02:00:00:00:00:02\"]\n"        // 29
    "port-security = false\n";                     // 30

Desired load_well(std::map<std::string, std::string> files) {
  Loaded loaded = load("/site/kiln.toml", Files(std::move(files)));
  EXPECT_FALSE(loaded.diags.has_errors()) << loaded.diags.all().front().message;
  return loaded.desired.value_or(Desired{});
}

class Defaults : public testing::Test {
 protected:
  Desired desired_ = load_well({{"/site/kiln.toml", std::string(kHead) + kDefaults}});
};

TEST_F(Defaults, are_what_a_node_starts_as) {
  const NodeSpec& n2 = desired_.nodes.at("n2");
  EXPECT_EQ(n2.zone, "rack1");
  EXPECT_FALSE(n2.auto_services);
  EXPECT_EQ(n2.services, (std::vector<std::string>{"chassis", "switch"}));
  EXPECT_EQ(n2.encap.types, std::vector<std::string>{"vxlan"});
  EXPECT_EQ(n2.ssh.user, "admin");
  EXPECT_EQ(n2.ssh.port, 2222);
  EXPECT_EQ(n2.bridges.at("br-phys").port, "eth1");
}

TEST_F(Defaults, give_way_to_a_nodes_own_keys) {
  const NodeSpec& n1 = desired_.nodes.at("n1");
  EXPECT_EQ(n1.zone, "rack2");
  EXPECT_TRUE(n1.auto_services);
  EXPECT_EQ(n1.services, std::vector<std::string>{});
  EXPECT_EQ(n1.encap.types, std::vector<std::string>{"vxlan"});
  EXPECT_EQ(n1.encap.ip, "10.0.0.1");
  EXPECT_EQ(n1.ssh.user, "root");
  EXPECT_EQ(n1.ssh.port, 2222);
  EXPECT_EQ(n1.bridges.at("br-phys").port, "eth1");
  EXPECT_EQ(n1.bridges.at("br-phys").address, "10.0.0.1/24");
}

TEST_F(Defaults, of_ports_hold_on_every_switch) {
  EXPECT_TRUE(desired_.find_port("ls1/a")->port_security);
  EXPECT_FALSE(desired_.find_port("ls1/b")->port_security);
}

TEST_F(Defaults, are_where_their_keys_are_pointed_at) {
  const NodeSpec& n1 = desired_.nodes.at("n1");
  const NodeSpec& n2 = desired_.nodes.at("n2");
  EXPECT_EQ(n2.places.self.line, 24);
  EXPECT_EQ(n2.places.at("zone").line, 9);
  EXPECT_EQ(n2.places.at("encap.types").line, 11);
  EXPECT_EQ(n2.places.at("client").line, 24);
  EXPECT_EQ(n2.ssh.places.at("user").line, 6);
  EXPECT_EQ(n2.ssh.places.at("port").line, 12);
  EXPECT_EQ(n2.bridges.at("br-phys").places.at("port").line, 14);
  EXPECT_EQ(n1.places.at("zone").line, 20);
  EXPECT_EQ(n1.places.at("encap.types").line, 11);
  EXPECT_EQ(n1.bridges.at("br-phys").places.at("port").line, 14);
  EXPECT_EQ(n1.bridges.at("br-phys").places.at("address").line, 23);
  EXPECT_EQ(desired_.find_port("ls1/a")->places.at("port-security").line, 16);
  EXPECT_EQ(desired_.find_port("ls1/b")->places.at("port-security").line, 30);
}

TEST(DefaultsInFiles, may_be_in_an_included_one) {
  const Desired desired =
      load_well({{"/site/kiln.toml", std::string("include = [\"more.toml\"]\n") + kHead +
                                         "[defaults.port]\nenabled = false\n[nodes.n1]\naddress = "
                                         "\"192.0.2.1\"\n[switches.ls1.ports.a]\n"},
                 {"/site/more.toml", "[defaults.node]\nzone = \"rack1\"\n"}});
  EXPECT_EQ(desired.nodes.at("n1").zone, "rack1");
  EXPECT_EQ(desired.nodes.at("n1").places.at("zone").file, "/site/more.toml");
  EXPECT_FALSE(desired.find_port("ls1/a")->enabled);
}

}  // namespace
}  // namespace kiln::config::defaults_test
