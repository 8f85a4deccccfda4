#include "config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace kiln::config::load_test {
namespace {

class FakeFiles : public FileIo {
 public:
  explicit FakeFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return fail(ErrorCode::not_found, "no such file: " + path);
    return found->second;
  }
  Result<> write(const std::string&, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, "load writes nothing");
  }

 private:
  std::map<std::string, std::string> files_;
};

Desired load_well(std::map<std::string, std::string> files) {
  const Loaded loaded = load("/site/kiln.toml", FakeFiles(std::move(files)));
  EXPECT_TRUE(loaded.diags.empty()) << loaded.diags.all().front().message;
  return loaded.desired.value_or(Desired{});
}

/// The example of the design.
constexpr const char* kDesign = R"(
[cluster]
name = "edge"
[ssh]
user = "root"
identity-file = "/root/.ssh/id_ed25519"
known-hosts = "known_hosts"
[packages]
source = "apt"
ovn = "25.03"
[central]
count = 3
election-timer-ms = 16000
[ca]
mode = "self-signed"
dir = "pki"
passphrase = { env = "KILN_CA_PASSPHRASE" }
[nodes.n1]
address = "192.0.2.11"
services = ["central", "switch", "chassis"]
zone = "rack1"
encap = { ip = "10.0.1.11" }
ssh = { host = "n1.example.net", port = 2222, jump = "bastion" }
client = "admin"
[nodes.n4]
address = "192.0.2.14"
[nodes.n2]
address = "2001:DB8:0::2"
[switches.ls1.ports.vm1]
addresses = ["02:AC:10:ff:00:11  172.16.255.11"]
port-security = true
[switches.ls1.ports.vm2]
name = "other"
addresses = ["02:ac:10:ff:00:22 172.16.255.22"]
[workloads.vm1]
node = "n1"
port = "ls1/vm1"
ip = "172.16.255.11/24"
[workloads.vm2]
node = "n2"
port = "ls1/vm2"
ip = "172.16.255.22/24"
[[checks]]
ping = { from = "vm1", to = "vm2" }
[nodes.n2.encap]
ip = "10.0.1.12"
)";

TEST(Load, decodes_the_example_of_the_design) {
  const Desired desired = load_well({{"/site/kiln.toml", kDesign}});
  EXPECT_EQ(desired.cluster.name, "edge");
  EXPECT_EQ(desired.packages.ovn, "25.03");
  EXPECT_EQ(desired.central.election_timer_ms, 16000);
  EXPECT_EQ(desired.central.inactivity_probe_ms, 60000);
  EXPECT_EQ(desired.ca.dir, "/site/pki");
  EXPECT_EQ(desired.ca.passphrase,
            (SecretReference{SecretReference::Source::environment, "KILN_CA_PASSPHRASE"}));
  const NodeSpec& n1 = desired.nodes.at("n1");
  EXPECT_FALSE(n1.auto_services);
  EXPECT_EQ(n1.services, (std::vector<std::string>{"central", "chassis", "switch"}));
  EXPECT_EQ(n1.encap_ips(), std::vector<std::string>{"10.0.1.11"});
  EXPECT_EQ(n1.client, "admin");
  EXPECT_EQ(desired.nodes.at("n2").address, "2001:db8::2");
  EXPECT_TRUE(desired.nodes.at("n2").auto_services);
  const PortSpec& vm1 = *desired.find_port("ls1/vm1");
  EXPECT_EQ(vm1.nb_name, "ls1-vm1");
  EXPECT_EQ(vm1.addresses, std::vector<std::string>{"02:ac:10:ff:00:11 172.16.255.11"});
  EXPECT_TRUE(vm1.port_security);
  EXPECT_EQ(desired.find_port("ls1/vm2")->nb_name, "other");
  EXPECT_EQ(desired.workloads.at("vm2").node, "n2");
  EXPECT_EQ(desired.workloads.at("vm2").mtu, 1400);
  EXPECT_EQ(desired.checks.at(0).to, "vm2");
}

TEST(Load, keeps_nodes_in_the_order_of_the_file) {
  const Desired desired = load_well({{"/site/kiln.toml", kDesign}});
  std::vector<std::string> names;
  for (const NodeSpec* node : desired.nodes_in_file_order()) names.push_back(node->name);
  EXPECT_EQ(names, (std::vector<std::string>{"n1", "n4", "n2"}));
}

TEST(Load, puts_a_nodes_ssh_over_the_shared_one) {
  const Desired desired = load_well({{"/site/kiln.toml", kDesign}});
  const SshSpec& n1 = desired.nodes.at("n1").ssh;
  EXPECT_EQ(n1.identity_file, "/root/.ssh/id_ed25519");
  EXPECT_EQ(n1.known_hosts, "/site/known_hosts");
  EXPECT_EQ(n1.host, "n1.example.net");
  EXPECT_EQ(n1.port, 2222);
  EXPECT_EQ(n1.places.at("known-hosts").line, 7);
  EXPECT_EQ(n1.places.at("port").line, 23);
  EXPECT_EQ(desired.nodes.at("n2").ssh.port, 22);
  EXPECT_EQ(desired.nodes.at("n2").ssh.known_hosts, "/site/known_hosts");
}

TEST(Load, knows_where_everything_was_written) {
  const Desired desired = load_well({{"/site/kiln.toml", kDesign}});
  const Places& places = desired.nodes.at("n1").places;
  EXPECT_EQ(places.self.line, 18);
  EXPECT_EQ(places.at("encap.ip").line, 22);
  EXPECT_EQ(places.at("encap.ip").column, 16);
  EXPECT_EQ(places.at("datapath"), places.self);
  EXPECT_EQ(desired.find_port("ls1/vm1")->places.at("addresses").line, 30);
  EXPECT_EQ(desired.checks.at(0).places.at("ping.to").line, 44);
}

constexpr const char* kHead =
    "[cluster]\nname = \"edge\"\n[ca]\npassphrase = { file = \"../secret\" }\n[nodes.n1]\naddress = "
    "\"192.0.2.11\"\n"
    "services = [\"central\", \"chassis\", \"switch\"]\n";

TEST(Load, merges_included_files) {
  const std::string head = std::string("include = [\"nets/ls1.toml\", \"nets/ls2.toml\"]\n") + kHead;
  const Desired desired = load_well(
      {{"/site/kiln.toml", head},
       {"/site/nets/ls1.toml",
        "include = [\"ls2.toml\"]\n[switches.ls1.ports.a]\naddresses = [\"unknown\"]\n[[checks]]\nping = "
        "{ from = \"a\", to = \"b\" }\n[ssh]\nknown-hosts = \"hosts\"\n"},
       {"/site/nets/ls2.toml",
        "[switches.ls1.ports.b]\naddresses = [\"02:00:00:00:00:02\"]\n[switches.ls1.ports.c]\naddresses = "
        "[\"02:00:00:00:00:03\"]\n[workloads.a]\nnode = \"n1\"\nport = \"ls1/b\"\nip = "
        "\"10.0.0.1/24\"\n[workloads.b]\nnode = \"n1\"\nport = \"ls1/c\"\nip = \"10.0.0.2/24\"\n"}});
  EXPECT_EQ(desired.files,
            (std::vector<std::string>{"/site/kiln.toml", "/site/nets/ls1.toml", "/site/nets/ls2.toml"}));
  EXPECT_EQ(desired.switches.at("ls1").ports.size(), 3U);
  EXPECT_EQ(desired.checks.size(), 1U);
  EXPECT_EQ(desired.nodes.at("n1").ssh.known_hosts, "/site/nets/hosts");
  EXPECT_EQ(desired.ca.passphrase.value, "/secret");
  EXPECT_EQ(desired.workloads.at("a").places.self.file, "/site/nets/ls2.toml");
}

TEST(Load, expands_the_home_directory) {
  const std::string home = std::getenv("HOME") ? std::getenv("HOME") : "";
  if (home.empty()) GTEST_SKIP() << "no HOME";
  const Desired desired =
      load_well({{"/site/kiln.toml", std::string(kHead) + "ssh = { identity-file = \"~/key\" }\n"}});
  EXPECT_EQ(desired.nodes.at("n1").ssh.identity_file, home + "/key");
}

TEST(Load, skips_a_byte_order_mark) {
  EXPECT_EQ(load_well({{"/site/kiln.toml", std::string("\xef\xbb\xbf") + kHead}}).cluster.name, "edge");
}

TEST(Load, reports_all_independent_mistakes_at_once) {
  const Loaded loaded = load(
      "/site/kiln.toml",
      FakeFiles(std::map<std::string, std::string>{
          {"/site/kiln.toml",
           "[cluster]\nname = \"E\"\n[ca]\npassphrase = \"x\"\n[central]\ncount = 0\n[nodes.n1]\nadress = "
           "\"192.0.2.11\"\n[workloads.a]\nnode = \"n2\"\nport = \"a/b\"\n"}}));
  EXPECT_FALSE(loaded.desired);
  std::vector<std::string> slugs;
  for (const Diag& diag : loaded.diags.all()) slugs.push_back(diag.slug);
  EXPECT_EQ(slugs, (std::vector<std::string>{"bad-name", "literal-secret", "out-of-range", "missing-key",
                                             "unknown-key", "unknown-reference", "unknown-reference"}));
}

TEST(Load, keeps_no_literal_secret) {
  const Loaded loaded =
      load("/site/kiln.toml", FakeFiles(std::map<std::string, std::string>{
                                  {"/site/kiln.toml",
                                   "[cluster]\nname = \"e\"\n[ca]\npassphrase = \"hunter2\"\n[nodes.n1]\n"
                                   "address = \"192.0.2.11\"\n"}}));
  for (const Diag& diag : loaded.diags.all())
    EXPECT_EQ((diag.message + diag.help).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace kiln::config::load_test
