#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "config/load.h"
#include "model/slugs.h"
#include "render/diag.h"
#include "render/golden_for_test.h"
#include "resources/kinds.h"

/// tests/golden/diag-hosts/<slug>: what is said about a file that does not fit its hosts.

namespace kiln::render::host_diag_golden_test {
namespace {

constexpr std::int64_t kTimeMs = 1767323045000;
constexpr const char* kFile =
    "[cluster]\nname = \"edge\"\n\n[ca]\npassphrase = { env = \"KILN_CA_PASSPHRASE\" }\n\n"
    "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\", \"chassis\", \"switch\"]\n"
    "encap = { ip = \"10.0.1.11\" }\n\n[nodes.n1.bridges.br-phys]\nport = \"eth2\"\n\n"
    "[nodes.n2]\naddress = \"192.0.2.12\"\nservices = [\"chassis\", \"switch\"]\n\n"
    "[nodes.n3]\naddress = \"192.0.2.13\"\nstate = \"dead\"\n";

class OneFile : public FileIo {
 public:
  Result<std::string> read(const std::string& /*path*/) const override { return kFile; }
  Result<> write(const std::string&, const std::string&, unsigned) override { return {}; }
};

/// n1 as the file has it; n2 does not answer.
struct Hosts {
  Facts facts;
  HostSeen n1;

  Hosts() {
    n1.time_ms = kTimeMs;
    n1.free_bytes = std::int64_t{4} << 30;
    n1.ssh_address = "192.0.2.11";
    n1.links = {{"eth0", "02:00:00:00:00:01", true, 1500, {"192.0.2.11/24"}},
                {"eth1", "02:00:00:00:00:02", true, 1500, {"10.0.1.11/24"}},
                {"eth2", "02:00:00:00:00:03", true, 1500, {}}};
    HostSeen controller;
    controller.time_ms = kTimeMs;
    facts.set({kController, HostLook{}}, controller);
    for (const Database database : {Database::northbound, Database::southbound})
      facts.set({"n1", DatabaseFileLook{database}}, Absent{});
  }
};

const std::map<std::string, std::function<void(Hosts&)>> kCases = {
    {"address-not-on-node", [](Hosts& hosts) { hosts.n1.links[1].addresses = {"10.0.1.12/24"}; }},
    {"clock-off", [](Hosts& hosts) { hosts.n1.time_ms -= 90000; }},
    {"disk-almost-full",
     [](Hosts& hosts) {
       hosts.n1.free_bytes = std::int64_t{100} << 20;
       hosts.facts.set({"n1", DatabaseFileLook{Database::southbound}}, DatabaseFileSeen{});
     }},
    {"host-of-another-deployment",
     [](Hosts& hosts) {
       FileSeen file;
       file.content = "# made by kiln for core:mark/n7; changes here are undone by the next apply\n";
       hosts.facts.set({"n1", FileLook{"/etc/kiln/deployment"}}, file);
     }},
    {"interface-carries-ssh",
     [](Hosts& hosts) { std::swap(hosts.n1.links[0].name, hosts.n1.links[2].name); }},
    {"interface-in-use", [](Hosts& hosts) { hosts.n1.links[2].master = "br0"; }},
    {"machine-of-another-node",
     [](Hosts& hosts) {
       FileSeen file;
       file.content = "n2\n";
       hosts.facts.set({"n1", FileLook{"/etc/openvswitch/system-id.conf"}}, file);
     }},
    {"missing-interface", [](Hosts& hosts) { hosts.n1.links.pop_back(); }},
    {"no-kernel-datapath", [](Hosts& hosts) { hosts.n1.kernel_datapath = "missing"; }},
    {"not-dead", [](Hosts& hosts) { hosts.facts.set({"n3", HostLook{}}, HostSeen{}); }},
    {"other-ovn",
     [](Hosts& hosts) {
       UnitSeen unit;
       unit.load_state = "loaded";
       unit.active_state = "active";
       hosts.facts.set({"n1", UnitLook{"snap.microovn.daemon.service"}}, unit);
     }},
    {"other-southbound",
     [](Hosts& hosts) {
       ovsdb::Table rows;
       rows[Uuid{}]["external_ids"] = ovsdb::Value::string_map({{"ovn-remote", "tcp:198.51.100.7:6642"}});
       hosts.facts.set({"n1", FileLook{"/etc/kiln/ovn-controller.env"}}, Absent{});
       hosts.facts.set({"n1", RowsLook{Database::open_vswitch, "Open_vSwitch", {"external_ids"}}},
                       RowsSeen(std::move(rows)));
     }},
    {"too-little-disk", [](Hosts& hosts) { hosts.n1.free_bytes = std::int64_t{100} << 20; }},
    {"two-deployments",
     [](Hosts& hosts) {
       for (const char* node : {"n1", "n2"}) {
         FileSeen file;
         file.content = "# made by kiln for edge:mark/" + std::string(node) +
                        "; changes here are undone by the next apply\nKILN_DEPLOYMENT=0000000" + node[1] +
                        "-0000-4000-8000-000000000000\n";
         hosts.facts.set({node, FileLook{"/etc/kiln/deployment"}}, file);
       }
     }},
};

/// What is said of these hosts, as text, and that only.
std::string said(Hosts hosts, Diags& diags) {
  const config::Loaded loaded = config::load("kiln.toml", OneFile());
  EXPECT_TRUE(loaded.desired) << render_diags(loaded.diags, loaded.sources, false);
  if (!loaded.desired) return {};
  hosts.facts.set({"n1", HostLook{}}, hosts.n1);
  resources::check_against_hosts(*loaded.desired, hosts.facts, diags);
  return render_diags(diags, loaded.sources, false);
}

}  // namespace

TEST(HostDiagGoldens, hosts_that_fit_have_no_finding) {
  Diags diags;
  EXPECT_EQ(said(Hosts(), diags), "");
}

class HostDiagGolden : public testing::TestWithParam<std::string> {};

TEST_P(HostDiagGolden, says_what_is_expected) {
  Hosts hosts;
  kCases.at(GetParam())(hosts);
  Diags diags;
  const std::string text = said(std::move(hosts), diags);
  ASSERT_EQ(diags.size(), 1U) << text;
  EXPECT_EQ(diags.all().front().slug, GetParam());
  ASSERT_NE(find_slug(GetParam()), nullptr);
  EXPECT_EQ(diags.all().front().severity, find_slug(GetParam())->severity);
  expect_golden("diag-hosts/" + GetParam(), text);
}

INSTANTIATE_TEST_SUITE_P(Cases, HostDiagGolden, testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (const SlugPage& page : slug_pages())
                             if (page.origin == SlugOrigin::hosts) names.emplace_back(page.slug);
                           return names;
                         }()),
                         [](const auto& named) {
                           std::string name = named.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace kiln::render::host_diag_golden_test
