#include "pki/workbench_for_test.h"
#include "resources/resource_for_test.h"

// Kinds `authority/<cluster>` and `trust/<node>`.

namespace kiln::resources::trust_test {
namespace {

const ResourceId kAuthority{"authority", "edge"};
const ResourceId kTrust{"trust", "n1"};
const FileLook kPem{"/home/me/pki/ca.pem"};
const FileLook kKey{"/home/me/pki/ca.key", false};
const FileLook kTrusted{"/etc/kiln/pki/ca.pem"};

Bench with_authority() {
  Bench bench;
  bench.see(kController, kPem, file(pki::edge_authority().certificate_pem));
  bench.see(kController, kKey, file("", 0600));
  bench.see("n1", kTrusted, file(pki::edge_authority().certificate_pem));
  return bench;
}
Bench with_certificate(const std::string& pem) {
  Bench bench = with_authority();
  bench.lack("n1", kTrusted);
  bench.see(kController, kPem, file(pem));
  return bench;
}
/// A certificate that may not sign others.
std::string leaf() {
  const pki::Workbench workbench;
  return pki::sign(pki::open_edge(), workbench.request("n1"), pki::full_shape());
}

TEST(Authority, is_created_where_there_is_none) {
  Bench bench;
  bench.lack_all(kAuthority);
  bench.desired.ca.lifetime_days = 90;
  EXPECT_EQ(bench.verdict(kAuthority), "absent");
  EXPECT_EQ(bench.steps(kAuthority), "authority/edge:create\n  create certificate authority edge\n");
  const std::vector<Step> steps = bench.planned(kAuthority);
  const auto* create = std::get_if<CreateAuthority>(&steps.front().actions.front());
  ASSERT_NE(create, nullptr);
  EXPECT_EQ(create->lifetime_days, 90);
}

TEST(Authority, as_wanted_is_no_change) {
  EXPECT_EQ(with_authority().verdict(kAuthority), "as wanted");
}

TEST(Authority, a_lost_key_is_never_replaced) {
  Bench bench = with_authority();
  bench.lack(kController, kKey);
  bench.lack("n1", kTrusted);
  EXPECT_EQ(bench.verdict(kAuthority), "key: not there -> there\n");
  EXPECT_EQ(
      bench.steps(kAuthority),
      "refused: /home/me/pki has ca.pem but no ca.key: put the key back; a new authority would cut off every "
      "daemon that trusts this one");
}

TEST(Authority, a_key_that_a_killed_run_left_is_not_an_authority_yet) {
  Bench bench = with_authority();
  bench.lack(kController, kPem);
  bench.lack("n1", kTrusted);
  EXPECT_EQ(bench.verdict(kAuthority), "certificate: not there -> of an authority\n");
  EXPECT_EQ(bench.steps(kAuthority), "authority/edge:create\n  create certificate authority edge\n");
}

TEST(Authority, a_provided_one_that_is_not_there_is_not_made) {
  Bench bench;
  bench.lack_all(kAuthority);
  bench.desired.ca.mode = "provided";
  EXPECT_EQ(bench.steps(kAuthority),
            "refused: `[ca] mode` is provided, but /home/me/pki lacks ca.pem or ca.key");
}

TEST(Authority, what_is_no_certificate_of_an_authority_is_foreign) {
  for (const char* text : {"", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    EXPECT_TRUE(with_certificate(text).verdict(kAuthority).starts_with("foreign: /home/me/pki/ca.pem: "))
        << text;
  EXPECT_EQ(
      with_certificate(leaf()).verdict(kAuthority),
      "foreign: /home/me/pki/ca.pem: `n1` is not the certificate of an authority: nothing is signed, and "
      "nobody's trust is changed");
}

TEST(Authority, is_unknown_while_either_file_is) {
  Bench bench = with_authority();
  bench.expect_unknown_for_each_probe(kAuthority);
}

TEST(Authority, its_key_is_never_read) {
  Bench bench = with_authority();
  for (const Probe& probe : bench.made(kAuthority).probes())
    if (const auto* look = std::get_if<FileLook>(&probe.look)) {
      EXPECT_EQ(look->content, look->path == kPem.path) << look->path;
    }
}

TEST(Trust, is_written_where_there_is_none) {
  Bench bench = with_authority();
  bench.lack("n1", kTrusted);
  EXPECT_EQ(bench.verdict(kTrust), "absent");
  EXPECT_EQ(
      bench.steps(kTrust),
      "trust/n1:write (risk control-plane)\n  write the authority's certificate to /etc/kiln/pki/ca.pem\n");
}

TEST(Trust, as_wanted_is_no_change) {
  EXPECT_EQ(with_authority().verdict(kTrust), "as wanted");
}

TEST(Trust, another_text_of_the_same_authority_is_replaced) {
  const std::string difference = "trusted authority: another authority -> the authority of edge\n";
  Bench bench = with_authority();
  bench.see("n1", kTrusted, file(pki::edge_authority().certificate_pem + "more\n"));
  EXPECT_EQ(bench.verdict(kTrust), difference);
  EXPECT_EQ(
      bench.steps(kTrust),
      "trust/n1:write (risk control-plane)\n  write the authority's certificate to /etc/kiln/pki/ca.pem\n");
}

TEST(Trust, is_unknown_while_either_file_is) {
  Bench bench = with_authority();
  bench.expect_unknown_for_each_probe(kTrust);
}

TEST(Trust, is_on_every_node_after_packages_and_authority) {
  Bench bench(2);
  EXPECT_EQ(bench.all_of("trust"), "{n1, n2}");
  EXPECT_EQ(bench.needs({"trust", "n2"}), "packages/n2\nauthority/edge\n");
}

}  // namespace
}  // namespace kiln::resources::trust_test
