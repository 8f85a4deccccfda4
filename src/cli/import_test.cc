#include <gtest/gtest.h>

#include "cli/import_text.h"
#include "cli/world_for_test.h"
#include "render/golden_for_test.h"
#include "resources/nb/rows.h"
#include "resources/ovs/rows.h"

namespace kiln::cli {
namespace {

/// What `import` writes is valid.
void expect_file(const std::string& golden, const std::string& text) {
  render::expect_golden("import/" + golden + "/kiln.toml", text);
  const Ran ran = run_with({"validate"}, {{"kiln.toml", text}});
  EXPECT_EQ(ran.code, ExitCode::done) << ran.err << text;
}

std::string microovn(const std::string& tree, const std::string& cluster, std::string& ca) {
  const SystemFileIo files;
  const auto imported = engine::import_microovn(
      std::string(KILN_SOURCE_DIR) + "/tests/golden/import/microovn/" + tree, cluster, files, ca);
  return imported ? import_text(*imported, {}) : "error: " + imported.error().text();
}

TEST(ImportMicroovn, status_says_names_addresses_and_services) {
  std::string ca;
  expect_file("microovn/three", microovn("three", "edge", ca));
  EXPECT_EQ(ca, "# the CA certificate was left out of this recording\n");
}

TEST(ImportMicroovn, without_it_the_files_are_a_guess) {
  std::string ca;
  expect_file("microovn/one", microovn("one", "", ca));
  EXPECT_EQ(ca, "");
}

TEST(ImportMicroovn, a_folder_without_a_recording_is_an_error) {
  std::string ca;
  EXPECT_TRUE(microovn("none", "edge", ca).starts_with("error: neither ")) << microovn("none", "edge", ca);
}

Uuid row(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[15] = number;
  return uuid;
}
ovsdb::Value ids(const std::map<std::string, std::string>& pairs) {
  return ovsdb::Value::string_map(pairs);
}
UnitSeen active() {
  UnitSeen unit;
  unit.load_state = "loaded";
  unit.active_state = "active";
  return unit;
}

/// Two hosts with Debian's packages, set up by hand: one with the databases, both chassis.
class ByHand : public ::testing::Test {
 protected:
  Desired hosts;
  Facts facts;

  void SetUp() override {
    for (const char* address : {"192.0.2.11", "192.0.2.12"}) {
      NodeSpec& node = hosts.nodes[address];
      node.name = node.address = address;
      node.order = address[9] - '1';
      for (const char* unit : {"ovn-controller.service", "ovs-vswitchd.service"})
        facts.set({address, UnitLook{unit}}, Seen{active()});
      rows(address, resources::open_vswitch_look(),
           {{row(1),
             {{"external_ids", ids({{"system-id", address[9] == '1' ? "n1" : "5d1c"},
                                    {"ovn-remote", "tcp:192.0.2.11:6642"},
                                    {"ovn-encap-type", "geneve,vxlan"},
                                    {"ovn-encap-ip", std::string("10.0.1.") + address[9]},
                                    {"ovn-bridge-mappings", "physnet1:br-ex"}})}}}});
      rows(address, resources::bridges_look(),
           {{row(2), {{"name", "br-int"}}},
            {row(3), {{"name", "br-ex"}, {"datapath_type", "netdev"}}},
            {row(4),
             {{"name", "br-other"}, {"external_ids", ids({{kOwnerKey, "other:bridge/x/br-other"}})}}}});
    }
    DatabaseFileSeen file;
    facts.set({"192.0.2.11", DatabaseFileLook{Database::northbound}}, Seen{file});
    facts.set({"192.0.2.11", DatabaseFileLook{Database::southbound}}, Seen{file});
    rows(kCluster, resources::switches_look(),
         {{row(10),
           {{"name", "ls1"}, {"ports", ovsdb::Value::set({row(20), row(21), row(22), row(23), row(24)})}}},
          {row(11), {{"name", "a b"}}},
          {row(12), {{"name", "twice"}}},
          {row(13), {{"name", "twice"}}},
          {row(14), {{"name", "büro\n[ca]"}}}});
    const auto addresses = ovsdb::Value::strings(std::vector<std::string>{"02:AC:10:ff:00:11 172.16.255.11"});
    const auto other = ovsdb::Value::strings(std::vector<std::string>{"dynamic", "02:ac:10:ff:00:12"});
    rows(kCluster, resources::switch_ports_look(),
         {{row(20), {{"name", "ls1-vm1"}, {"addresses", addresses}, {"port_security", addresses}}},
          {row(21),
           {{"name", "ls1-lr0"}, {"addresses", ovsdb::Value::strings(std::vector<std::string>{"router"})}}},
          {row(22), {{"name", "7c9e"}, {"addresses", other}, {"enabled", false}}},
          {row(24), {{"name", "same"}, {"addresses", addresses}}},
          {row(23),
           {{"name", "half"},
            {"addresses", addresses},
            {"port_security", ovsdb::Value::strings(std::vector<std::string>{"02:ac:10:ff:00:11"})}}}});
    rows(kCluster, RowsLook{Database::northbound, "Logical_Switch_Port", {"type"}},
         {{row(21), {{"type", "router"}}}});
    rows(kCluster, RowsLook{Database::northbound, "Logical_Router", {"external_ids"}}, {{row(30), {}}});
  }

  void rows(const HostName& host, const RowsLook& look, ovsdb::Table table) {
    facts.set({host, look}, Seen{RowsSeen(std::move(table))});
  }
  std::string text(const std::string& cluster) const {
    return import_text(
        engine::imported_from({hosts, facts, {{"192.0.2.11", "n1"}, {"192.0.2.12", "5d1c"}}}, cluster), {});
  }
};

TEST_F(ByHand, says_what_runs_and_names_what_stays_outside) {
  expect_file("by-hand", text("edge"));
}

TEST_F(ByHand, chassis_of_centrals_elsewhere_keep_them) {
  facts.set({"192.0.2.11", DatabaseFileLook{Database::northbound}}, Absent{});
  facts.set({"192.0.2.11", DatabaseFileLook{Database::southbound}}, Absent{});
  EXPECT_NE(text("edge").find("central-ips = [\"192.0.2.11\"]\n"), std::string::npos) << text("edge");
}

TEST(Import, a_host_that_does_not_answer_leaves_no_file) {
  Controller controller;
  const Ran ran = controller.run({"import", "--host", "192.0.2.11"});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_NE(ran.err.find("192.0.2.11 does not answer\nnothing was written\n"), std::string::npos) << ran.err;
  EXPECT_TRUE(controller.files.files.empty());
}

TEST(Import, keeps_a_file_that_is_there) {
  const Ran ran = run_with({"import", "--host", "192.0.2.11"}, {{"kiln.toml", "mine"}});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_EQ(ran.err, "kiln: error: `kiln.toml` is there already\nnothing was written; --force replaces it\n");
}

TEST(Import, options_that_do_not_fit_are_usage_errors) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"--host", "n1"},
      {"--host", "192.0.2.1="},
      {"--from", "kolla", "--tree", "d"},
      {"--from", "microovn"},
      {"--tree", "d"},
      {"--from", "microovn", "--tree", "d", "--host", "192.0.2.1"}};
  for (std::vector<std::string> words : wrong) {
    words.insert(words.begin(), "import");
    EXPECT_EQ(run_with(words, {}).code, ExitCode::usage) << words.back();
  }
}

}  // namespace
}  // namespace kiln::cli
