#include "pki/certificate.h"

#include <gtest/gtest.h>

#include "pki/workbench_for_test.h"

namespace kiln::pki {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

Error malformed(const std::string& message) {
  return {ErrorCode::malformed, message};
}

/// The leaf of a request for "n1", and who signed it.
struct Issued {
  Certificate leaf;
  Certificate authority;
};

Issued issue() {
  const Workbench bench;
  const Authority& edge = open_edge();
  return {read_certificate(sign(edge, bench.request("n1"), full_shape())).value(), edge.certificate()};
}

TEST(ReadCertificate, gives_back_the_shape_that_was_signed) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(leaf.shape, full_shape());
  EXPECT_EQ(leaf.issuer_name, "CN=kiln edge CA");
  EXPECT_EQ(leaf.not_before, kNow - minutes(5));
  EXPECT_EQ(leaf.not_after, kNow + days(365));
  EXPECT_FALSE(leaf.is_authority);
  EXPECT_EQ(leaf.serial, "6465666768696a6b6c6d6e6f70717273");
}

TEST(ReadCertificate, of_its_own_pem_is_the_same) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(read_certificate(leaf.pem), leaf);
  EXPECT_EQ(read_certificate("Subject: someone\n\n" + leaf.pem + "\ntrailing words"), leaf);
}

TEST(ReadCertificate, takes_the_first_and_cares_for_no_other) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(read_certificate(leaf.pem + authority.pem), leaf);
  EXPECT_EQ(read_certificate(leaf.pem + "-----BEGIN CERTIFICATE-----\n!!!\n"), leaf);
}

TEST(ReadCertificates, keeps_the_order) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(read_certificates(leaf.pem + "words\n" + authority.pem), (std::vector{leaf, authority}));
}

TEST(ReadCertificates, a_broken_one_among_others_is_not_passed_over) {
  const auto [leaf, authority] = issue();
  const std::string broken = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(read_certificates(leaf.pem + broken + authority.pem).error(),
            malformed("cannot read certificate 2 of the PEM: bad base64 decode"));
}

TEST(ReadCertificate, what_is_none_is_malformed) {
  EXPECT_EQ(read_certificate("").error(), malformed("expected a certificate in PEM: no start line"));
  EXPECT_EQ(read_certificate("hello").error(), malformed("expected a certificate in PEM: no start line"));
  EXPECT_EQ(read_certificate(edge_authority().key_pem).error(),
            malformed("expected a certificate in PEM: no start line"));
  EXPECT_EQ(read_certificates(std::string(1000, '\0')).error(),
            malformed("expected a certificate in PEM: no start line"));
}

TEST(ReadCertificate, an_error_of_an_earlier_call_is_not_reported_again) {
  EXPECT_FALSE(read_certificate("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"));
  EXPECT_EQ(read_certificate("").error(), malformed("expected a certificate in PEM: no start line"));
}

TEST(ReadCertificate, larger_than_a_megabyte_is_refused) {
  const std::string huge = std::string(4'000'000, 'x') + edge_authority().certificate_pem;
  const auto read = read_certificate(huge);
  EXPECT_EQ(read.error(),
            malformed("seen " + std::to_string(huge.size()) + " bytes, expected PEM of at most a megabyte"));
}

// OpenSSL's default is to ask on the terminal, for which a converger would wait for ever.
TEST(ReadCertificate, an_encrypted_block_asks_nobody) {
  const std::string pem = replaced(edge_authority().certificate_pem, "CERTIFICATE-----\n",
                                   "CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                                   "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  EXPECT_EQ(read_certificate(pem).error(), malformed("expected a certificate in PEM: bad password read"));
}

TEST(ReadCertificate, cut_anywhere_never_crashes) {
  const auto [leaf, authority] = issue();
  const std::string whole = leaf.pem + authority.pem;
  for (std::size_t length = 0; length < whole.size(); length += 16) {
    const auto first = read_certificate(whole.substr(0, length));
    EXPECT_EQ(first.has_value(), length >= leaf.pem.size() - 1) << "cut at " << length;
    EXPECT_EQ(first.value_or(leaf), leaf);
    EXPECT_FALSE(
        read_certificate(leaf.pem.substr(0, leaf.pem.size() / 2) + leaf.pem.substr(length % 500, 3)));
  }
}

TEST(ReadCertificate, changed_anywhere_never_crashes_and_is_never_taken_for_issued) {
  const auto [leaf, authority] = issue();
  for (std::size_t at = 28; at + 26 < leaf.pem.size(); at += 3) {
    std::string changed = leaf.pem;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto read = read_certificate(changed);
    if (!read || read->fingerprint == leaf.fingerprint) continue;  // the same bits in another spelling
    EXPECT_FALSE(verify_issued_by(*read, authority, kNow)) << "changed at " << at;
  }
}

TEST(ReadCertificate, a_year_beyond_our_clock_reads_as_its_end) {
  const Workbench bench;
  bench.must(std::string("genpkey ") + Workbench::kP256 + " -out k");
  bench.must("req -x509 -key k -subj /CN=eternal -days 2900000 -out c");
  const auto read = read_certificate(bench.read("c"));
  ASSERT_TRUE(read);
  EXPECT_EQ(format_utc(read->not_after), "2262-04-11T23:47:16Z");
  EXPECT_TRUE(verify_issued_by(*read, *read, read->not_before + days(1)));
  EXPECT_TRUE(verify_issued_by(*read, *read, read->not_after));
}

TEST(ReadCertificate, hostile_names_come_out_as_text) {
  const Workbench bench;
  bench.must(std::string("genpkey ") + Workbench::kP256 + " -out k");
  bench.must(
      "req -x509 -key k -utf8 -subj '/CN=gr\xc3\xbcn\\, O=x' -out c "
      "-addext 'subjectAltName=DNS:a\xff"
      "b,IP:2001:DB8:0::1,email:a@b.c'");
  const auto read = read_certificate(bench.read("c"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->shape.common_name, "gr\xc3\xbcn, O=x");
  EXPECT_EQ(read->shape.dns_names, std::vector<std::string>{"a\\xffb"});
  EXPECT_EQ(read->shape.ip_addresses, std::vector<std::string>{"2001:db8::1"});
  EXPECT_EQ(read->issuer_name, "CN=gr\\C3\\BCn\\, O=x");
}

TEST(VerifyIssuedBy, holds_from_the_first_second_to_the_last) {
  const auto [leaf, authority] = issue();
  EXPECT_TRUE(verify_issued_by(leaf, authority, leaf.not_before));
  EXPECT_TRUE(verify_issued_by(leaf, authority, kNow));
  EXPECT_TRUE(verify_issued_by(leaf, authority, leaf.not_after));
  EXPECT_TRUE(verify_issued_by(authority, authority, kNow)) << "self-signed";
}

TEST(VerifyIssuedBy, says_when_it_is_too_early_or_too_late) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(verify_issued_by(leaf, authority, leaf.not_before - seconds(1)).error(),
            Error(ErrorCode::failed, "`n1` is valid only from 2026-01-02T02:59:05Z"));
  EXPECT_EQ(verify_issued_by(leaf, authority, leaf.not_after + seconds(1)).error(),
            Error(ErrorCode::failed, "`n1` expired at 2027-01-02T03:04:05Z"));
}

TEST(VerifyIssuedBy, a_foreign_authority_did_not_sign) {
  const auto [leaf, authority] = issue();
  const Workbench bench;
  const auto foreign = read_certificate(bench.foreign_authority("kiln edge CA").certificate_pem).value();
  EXPECT_EQ(verify_issued_by(leaf, foreign, kNow).error(),
            Error(ErrorCode::failed, "`n1` was not signed by `kiln edge CA`"));
}

TEST(VerifyIssuedBy, the_same_key_under_another_name_is_another_authority) {
  const Workbench bench;
  const NewAuthority foreign = bench.foreign_authority("one");
  bench.must("req -x509 -days 3650 -key foreign.key -subj /CN=two -out two.pem");
  const Authority one = Authority::open(foreign.certificate_pem, foreign.key_pem, Secret()).value();
  CountingRandom random;
  const TimePoint at = one.certificate().not_before + days(1);
  const auto leaf = one.sign(read_request(bench.request("n1")).value(), full_shape(), random, at);
  EXPECT_EQ(
      verify_issued_by(read_certificate(*leaf).value(), read_certificate(bench.read("two.pem")).value(), at)
          .error(),
      Error(ErrorCode::failed, "`n1` does not name `two` as its issuer: subject issuer mismatch"));
}

TEST(VerifyIssuedBy, a_leaf_is_no_authority) {
  const auto [leaf, authority] = issue();
  EXPECT_EQ(verify_issued_by(leaf, leaf, kNow).error(),
            Error(ErrorCode::failed, "`n1` is not a certificate authority"));
}

TEST(VerifyIssuedBy, an_expired_authority_vouches_for_nobody) {
  auto [leaf, authority] = issue();
  authority.not_after = kNow - days(1);
  EXPECT_EQ(verify_issued_by(leaf, authority, kNow).error(),
            Error(ErrorCode::failed, "`kiln edge CA` expired at 2026-01-01T03:04:05Z"));
}

}  // namespace
}  // namespace kiln::pki
