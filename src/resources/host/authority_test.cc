#include "resources/host/authority.h"

#include "pki/workbench_for_test.h"
#include "resources/nb/roster.h"
#include "resources/paths.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::authority_test {
namespace {

const FileLook kTrusted{kTrustPath};

class AnotherAuthority : public testing::Test {
 protected:
  AnotherAuthority() : bench_(3) {
    bench_.see(kController, authority_look(bench_.desired.ca), file(edge_));
    for (const char* node : {"n1", "n2", "n3"}) trust(node, edge_);
  }
  void trust(const HostName& node, const std::string& pem) { bench_.see(node, kTrusted, file(pem)); }
  KnownAuthority known() { return known_authority(bench_.desired, bench_.facts); }

  const std::string edge_ = pki::edge_authority().certificate_pem;
  const std::string other_ = another();
  Bench bench_;

 private:
  static const std::string& another() {
    static const std::string pem = [] {
      SystemRandom random;
      return pki::Authority::create({"other", 3650}, Secret("a passphrase"), random, pki::kNow)
          .value()
          .certificate_pem;
    }();
    return pem;
  }
};

TEST_F(AnotherAuthority, is_nowhere_while_hosts_trust_the_one_that_is_here) {
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_EQ(known().pem, edge_);
}

TEST_F(AnotherAuthority, is_lacking_in_a_folder_that_has_none) {
  bench_.lack(kController, authority_look(bench_.desired.ca));
  const KnownAuthority found = known();
  EXPECT_EQ(found.pem, edge_) << "status and doctor go on with it";
  EXPECT_EQ(found.elsewhere,
            "n1, n2, n3 trust the authority with the SHA-256 fingerprint " +
                pki::read_certificate(edge_)->fingerprint +
                ", and /home/me/pki has no ca.pem: nothing is signed, and nobody's trust is changed; bring "
                "its ca.pem and ca.key to /home/me/pki, or replace it: kiln apply --new-authority");
}

TEST_F(AnotherAuthority, may_be_on_a_host_that_has_not_answered) {
  bench_.hide("n1", kTrusted);
  EXPECT_EQ(known().silent, "") << "others trust the one that is here";
  bench_.lack("n2", kTrusted);
  bench_.lack("n3", kTrusted);
  EXPECT_EQ(bench_.steps(trust_id("n2")).find("refused: n1 has not said whom it trusts"), 0U)
      << bench_.steps(trust_id("n2"));
}

TEST_F(AnotherAuthority, is_lacking_in_a_folder_that_has_one_of_its_own) {
  bench_.see(kController, authority_look(bench_.desired.ca), file(other_));
  EXPECT_EQ(known().pem, edge_);
  EXPECT_NE(
      known().elsewhere.find("/home/me/pki has another one, " + pki::read_certificate(other_)->fingerprint),
      std::string::npos)
      << known().elsewhere;
  EXPECT_EQ(bench_.find(authority_id("edge")), nullptr) << "it is not made anew";
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted");
  bench_.lack("n2", kTrusted);
  EXPECT_EQ(bench_.steps(trust_id("n2")), "refused: " + known().elsewhere);
}

TEST_F(AnotherAuthority, that_one_host_trusts_is_put_right_by_the_others) {
  trust("n2", other_);
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_EQ(bench_.verdict(trust_id("n2")),
            "trusted authority: another authority -> the authority of edge\n");
  trust("n3", other_);
  EXPECT_NE(known().elsewhere, "") << "most of them trust it";
}

TEST_F(AnotherAuthority, is_as_good_as_lacking_where_its_key_was_not_brought) {
  bench_.lack(kController, authority_key_look(bench_.desired.ca));
  EXPECT_EQ(
      known().elsewhere,
      "/home/me/pki has ca.pem but no ca.key: nothing is signed, and nobody's trust is changed; put the key "
      "back, or, if it is lost, move ca.pem away and replace the authority: kiln apply --new-authority");
  EXPECT_EQ(bench_.find(authority_id("edge")), nullptr) << "nothing is wrong while nothing has to be signed";
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted");
}

/// A deployment whose hosts trust `edge_`, and have certificates of it, and a folder that has `other_`.
class NewAuthority : public AnotherAuthority {
 protected:
  NewAuthority() {
    bench_.see(kController, authority_look(bench_.desired.ca), file(other_));
    bench_.see(kController, authority_key_look(bench_.desired.ca), file("", 0600));
    for (const char* node : {"n1", "n2", "n3"}) bench_.see(node, kLeaf, file(leaf_));
    bench_.desired.new_authority = true;
  }
  std::string both() const { return "the authority of edge, and " + short_name(edge_); }
  static std::string short_name(const std::string& pem) {
    return pki::read_certificate(pem)->fingerprint.substr(0, 16);
  }

  const FileLook kLeaf{certificate_path(kControllerName)};
  const pki::Workbench workbench_;
  const std::string leaf_ = pki::sign(pki::open_edge(), workbench_.request("n1"), pki::full_shape());
};

TEST_F(NewAuthority, is_trusted_beside_the_old_one_before_anybody_has_a_certificate_of_it) {
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_EQ(known().pem, other_);
  EXPECT_EQ(bench_.verdict(trust_id("n2")), "trusted authority: another authority -> " + both() + '\n');
  const std::vector<Step> steps = bench_.planned(trust_id("n2"));
  EXPECT_EQ(steps.front().risk, Risk::quorum);
  EXPECT_EQ(std::get<WriteTrust>(steps.front().actions.front()).also, edge_);
  const std::vector<Need> needs = bench_.made(certificate_id("n1", kControllerName)).needs();
  for (const char* node : {"n1", "n2", "n3"})
    EXPECT_TRUE(std::ranges::any_of(needs, [&](const Need& need) { return need.resource == trust_id(node); }))
        << node;
}

TEST_F(NewAuthority, waits_for_every_node) {
  bench_.hide("n3", kTrusted);
  EXPECT_EQ(known().elsewhere,
            "n3 has not said whom it trusts, and would be cut off: nothing is signed, and nobody's trust is "
            "changed; bring it back before --new-authority");
  EXPECT_EQ(known().pem, edge_);
}

TEST_F(NewAuthority, goes_on_without_being_asked_again_once_most_hosts_trust_it) {
  bench_.desired.new_authority = false;
  trust("n1", other_ + edge_);
  EXPECT_NE(known().elsewhere, "");
  trust("n2", other_ + edge_);
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted");
  EXPECT_EQ(bench_.verdict(trust_id("n3")), "trusted authority: another authority -> " + both() + '\n');
}

TEST_F(NewAuthority, is_trusted_alone_when_no_certificate_is_of_the_old_one) {
  for (const char* node : {"n1", "n2", "n3"}) trust(node, other_ + edge_);
  bench_.lack("n1", kLeaf);
  bench_.lack("n2", kLeaf);
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted") << "n3 has one";
  bench_.lack("n3", kLeaf);
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "trusted authority: " + both() + " -> the authority of edge\n");
  bench_.hide("n3", kTrusted);
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted") << "n3 may have one";
}

TEST_F(NewAuthority, is_not_taken_back_from_the_folder_of_the_old_one) {
  bench_.desired.new_authority = false;
  bench_.see(kController, authority_look(bench_.desired.ca), file(edge_));
  for (const char* node : {"n1", "n2"}) trust(node, other_ + edge_);
  EXPECT_NE(known().elsewhere.find("n1, n2 trust the authority with the SHA-256 fingerprint " +
                                   pki::read_certificate(other_)->fingerprint),
            std::string::npos)
      << known().elsewhere;
}

TEST_F(NewAuthority, is_none_because_a_folder_has_the_old_one_behind_it) {
  bench_.desired.new_authority = false;
  bench_.see(kController, authority_look(bench_.desired.ca), file(other_ + edge_));
  EXPECT_NE(known().elsewhere, "");
  bench_.desired.new_authority = true;
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_TRUE(known().unknown_to_some);
}

TEST_F(NewAuthority, spreads_nothing_that_one_host_alone_trusts) {
  SystemRandom random;
  const std::string evil =
      "!\n" +
      pki::Authority::create({"evil", 3650}, Secret("a passphrase"), random, pki::kNow)->certificate_pem;
  trust("n2", edge_ + "\n");
  trust("n3", evil);
  const KnownAuthority found = known();
  EXPECT_EQ(found.elsewhere, "");
  for (const char* node : {"n1", "n2", "n3"}) EXPECT_EQ(found.also.at(node), edge_) << node;
  bench_.lack("n1", kTrusted);
  EXPECT_EQ(
      known().elsewhere,
      "no authority is trusted by more than half of the hosts: nothing is signed, and nobody's trust is "
      "changed; put /etc/kiln/pki/ca.pem right on those where it was changed");
}

TEST_F(NewAuthority, is_not_begun_without_its_key_or_with_what_is_none) {
  bench_.lack(kController, authority_key_look(bench_.desired.ca));
  EXPECT_NE(known().elsewhere.find("has ca.pem but no ca.key"), std::string::npos) << known().elsewhere;
  EXPECT_EQ(known().pem, edge_);
  bench_.see(kController, authority_key_look(bench_.desired.ca), file("", 0600));
  bench_.see(kController, authority_look(bench_.desired.ca), file(leaf_));
  EXPECT_NE(known().elsewhere.find("is not the certificate of an authority"), std::string::npos)
      << known().elsewhere;
}

TEST_F(NewAuthority, of_one_host_is_nobody_elses) {
  bench_.desired.new_authority = false;
  bench_.see(kController, authority_look(bench_.desired.ca), file(edge_));
  SystemRandom random;
  const auto third = pki::Authority::create({"third", 3650}, Secret("a passphrase"), random, pki::kNow);
  const auto open = pki::Authority::open(third->certificate_pem, third->key_pem, Secret("a passphrase"));
  trust("n2", edge_ + third->certificate_pem);
  bench_.see("n2", kLeaf, file(pki::sign(*open, workbench_.request("n1"), pki::full_shape())));
  EXPECT_EQ(bench_.verdict(trust_id("n1")), "as wanted");
  EXPECT_EQ(bench_.verdict(trust_id("n2")), "as wanted") << "until it has a certificate of ours";
}

TEST_F(AnotherAuthority, is_no_matter_to_a_host_that_has_certificates_of_the_one_that_is_here) {
  const pki::Workbench workbench;
  const std::string leaf = pki::sign(pki::open_edge(), workbench.request("n1"), pki::full_shape());
  for (const char* node : {"n1", "n2", "n3"}) {
    trust(node, other_);
    bench_.see(node, FileLook{certificate_path(kControllerName)}, file(leaf));
  }
  EXPECT_EQ(known().elsewhere, "") << "it was changed by hand";
}

TEST_F(AnotherAuthority, is_none_where_hosts_trust_nobody) {
  bench_.lack(kController, authority_look(bench_.desired.ca));
  bench_.lack("n1", kTrusted);
  bench_.hide("n2", kTrusted);
  trust("n3", "not PEM");
  EXPECT_EQ(known().elsewhere, "");
  EXPECT_EQ(known().pem, "");
}

TEST_F(AnotherAuthority, is_not_looked_for_while_the_folder_is_not_known) {
  bench_.hide(kController, authority_look(bench_.desired.ca));
  EXPECT_EQ(known().elsewhere, "");
}

TEST_F(AnotherAuthority, is_named_with_the_place_that_the_northbound_remembers) {
  bench_.lack(kController, authority_look(bench_.desired.ca));
  bench_.see(kCluster, roster_look(),
             RowsSeen({{row(1), {{"external_ids", ids({{"kiln-authority", "laptop:/home/she/pki"}})}}}}));
  EXPECT_NE(known().elsewhere.find(", made at laptop:/home/she/pki, and /home/me/pki has no ca.pem"),
            std::string::npos)
      << known().elsewhere;
}

TEST_F(AnotherAuthority, is_unfit_unless_it_may_sign_and_is_valid_now) {
  const auto at = [&](TimePoint time) {
    HostSeen host;
    host.time_ms = std::chrono::duration_cast<Duration>(time.time_since_epoch()).count();
    bench_.see(kController, HostLook{}, host);
    return why_unfit(other_, bench_.facts);
  };
  EXPECT_EQ(at(pki::kNow), "");
  EXPECT_NE(at(pki::kNow + std::chrono::days(3651)).find("expired at"), std::string::npos);
  EXPECT_NE(at(pki::kNow - std::chrono::days(1)).find("is valid only from"), std::string::npos);
}

}  // namespace
}  // namespace kiln::resources::authority_test
