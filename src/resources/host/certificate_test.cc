#include <chrono>

#include "pki/workbench_for_test.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::certificate_test {
namespace {

using std::chrono::days;

const ResourceId kId{"certificate", "n1/ovn-northbound"};
const FileLook kAuthority{"/home/me/pki/ca.pem"};
const FileLook kCertificate{"/etc/kiln/pki/ovn-northbound/cert.pem"};
const FileLook kKey{"/etc/kiln/pki/ovn-northbound/key.pem", false};

constexpr const char* kIssue =
    "certificate/n1/ovn-northbound:issue (risk control-plane)\n"
    "  issue certificate ovn-northbound.n1 (ovn-northbound) in /etc/kiln/pki/ovn-northbound for root\n";

void see_clock(Bench& bench, TimePoint now) {
  HostSeen host;
  host.time_ms = std::chrono::duration_cast<Duration>(now.time_since_epoch()).count();
  bench.see("n1", HostLook{}, host);
}
Bench nothing() {
  Bench bench;
  bench.lack_all(kId);
  bench.see(kController, kAuthority, file(pki::edge_authority().certificate_pem));
  see_clock(bench, pki::kNow);
  return bench;
}
pki::CertificateShape wanted_shape() {
  pki::CertificateShape shape;
  shape.common_name = "ovn-northbound.n1";
  shape.organizational_unit = "ovn-northbound";
  shape.dns_names = {"n1"};
  shape.ip_addresses = {"192.0.2.11"};
  shape.usages = {pki::Usage::server, pki::Usage::client};
  shape.lifetime_days = 365;
  return shape;
}
Bench with_pem(const std::string& pem) {
  Bench bench = nothing();
  bench.see("n1", kCertificate, file(pem));
  bench.see("n1", kKey, file("", 0600));
  return bench;
}
Bench with_shape(const pki::CertificateShape& shape) {
  const pki::Workbench workbench;
  return with_pem(pki::sign(pki::open_edge(), workbench.request(shape.common_name), shape));
}
Bench as_wanted() {
  return with_shape(wanted_shape());
}

TEST(Certificate, is_issued_where_there_is_none) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(
      bench.steps(kId),
      "certificate/n1/ovn-northbound:issue\n"
      "  issue certificate ovn-northbound.n1 (ovn-northbound) in /etc/kiln/pki/ovn-northbound for root\n");
  const std::vector<Step> steps = bench.planned(kId);
  const auto* issue = std::get_if<IssueCertificate>(&steps.front().actions.front());
  ASSERT_NE(issue, nullptr);
  EXPECT_EQ(issue->shape, wanted_shape());
}

TEST(Certificate, without_its_key_is_none) {
  Bench bench = as_wanted();
  bench.lack("n1", kKey);
  EXPECT_EQ(bench.verdict(kId), "absent");
}

TEST(Certificate, as_wanted_is_no_change) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(Certificate, each_part_of_its_shape_is_compared) {
  pki::CertificateShape shape = wanted_shape();
  shape.common_name = "n9";
  Bench bench = with_shape(shape);
  EXPECT_EQ(bench.verdict(kId), "common name: n9 -> ovn-northbound.n1\n");
  EXPECT_EQ(bench.steps(kId), kIssue);

  shape = wanted_shape();
  shape.organizational_unit = "ovn-controller";
  EXPECT_EQ(with_shape(shape).verdict(kId), "organizational unit: ovn-controller -> ovn-northbound\n");

  shape = wanted_shape();
  shape.ip_addresses = {"192.0.2.99"};
  EXPECT_EQ(with_shape(shape).verdict(kId),
            "subject alternative names: {192.0.2.99, n1} -> {192.0.2.11, n1}\n");

  shape = wanted_shape();
  shape.usages = {pki::Usage::client};
  EXPECT_EQ(with_shape(shape).verdict(kId), "extended key usage: client -> server and client\n");

  shape.usages = {};
  EXPECT_EQ(with_shape(shape).verdict(kId), "extended key usage:  -> server and client\n");
}

TEST(Certificate, a_key_that_others_may_read_or_own_is_made_again) {
  Bench bench = as_wanted();
  bench.see("n1", kKey, file("", 0644));
  EXPECT_EQ(bench.verdict(kId), "key.pem: 0644 root -> 0600 root\n");
  bench.see("n1", kKey, file("", 04600, "alice"));
  EXPECT_EQ(bench.verdict(kId), "key.pem: 4600 alice -> 0600 root\n");
  EXPECT_EQ(bench.steps(kId), kIssue);
}

TEST(Certificate, is_renewed_when_a_third_of_its_life_is_left) {
  Bench bench = as_wanted();
  see_clock(bench, pki::kNow + days(243));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
  see_clock(bench, pki::kNow + days(244));
  EXPECT_EQ(bench.verdict(kId), "renewal: due: 121 days left -> not due\n");
  EXPECT_EQ(bench.steps(kId), kIssue);
  see_clock(bench, pki::kNow + days(366));
  EXPECT_EQ(bench.verdict(kId), "renewal: due: expired -> not due\n");
}

TEST(Certificate, of_another_authority_is_replaced) {
  const std::string difference = "issuer: another authority -> the authority of edge\n";
  const pki::Workbench workbench;
  Bench bench = as_wanted();
  bench.see(kController, kAuthority, file(workbench.foreign_authority("kiln edge CA").certificate_pem));
  EXPECT_EQ(bench.verdict(kId), difference);
  bench.lack(kController, kAuthority);
  EXPECT_EQ(bench.verdict(kId), difference);
  bench.see(kController, kAuthority, file("not PEM"));
  EXPECT_EQ(bench.verdict(kId), difference);
}

TEST(Certificate, what_cannot_be_read_is_issued_again) {
  for (const char* text : {"", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    Bench bench = with_pem(text);
    EXPECT_NE(bench.verdict(kId).find("issuer: unreadable: "), std::string::npos) << text;
    EXPECT_EQ(bench.steps(kId), kIssue);
  }
}

TEST(Certificate, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(Certificate, each_daemon_has_one_and_a_chassis_is_named_as_its_node) {
  Bench bench(3);
  bench.placement.services["n2"] = {"chassis", "switch"};
  bench.placement.services["n3"] = {};
  bench.desired.nodes["n3"].client = "alice";
  EXPECT_EQ(bench.all_of("certificate"),
            "{n1/ovn-client, n1/ovn-controller, n1/ovn-northbound, n1/ovn-northd, n1/ovn-southbound,"
            " n2/ovn-controller, n3/ovn-client}");
  const ResourceId chassis{"certificate", "n2/ovn-controller"};
  const ResourceId client{"certificate", "n3/ovn-client"};
  for (const ResourceId& id : {chassis, client}) bench.lack_all(id);
  EXPECT_EQ(bench.steps(chassis),
            "certificate/n2/ovn-controller:issue\n"
            "  issue certificate n2 (ovn-controller) in /etc/kiln/pki/ovn-controller for root\n");
  EXPECT_EQ(bench.steps(client),
            "certificate/n3/ovn-client:issue\n"
            "  issue certificate ovn-client.n3 (ovn-client) in /etc/kiln/pki/ovn-client for alice\n");
  EXPECT_EQ(bench.needs(client), "packages/n3\nauthority/edge\ntrust/n3\n");
}

TEST(Certificate, its_key_is_never_read) {
  Bench bench = nothing();
  for (const Probe& probe : bench.made(kId).probes())
    if (const auto* look = std::get_if<FileLook>(&probe.look)) {
      EXPECT_EQ(look->content, look->path != kKey.path) << look->path;
    }
}

}  // namespace
}  // namespace kiln::resources::certificate_test
