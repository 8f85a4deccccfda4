#include "pki/authority.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "pki/openssl.h"
#include "pki/workbench_for_test.h"

namespace kiln::pki::authority_test {
namespace {

using std::chrono::days;
using std::chrono::minutes;

Error denied(const std::string& message) {
  return {ErrorCode::denied, message};
}
Error failed(const std::string& message) {
  return {ErrorCode::failed, message};
}

Result<NewAuthority> create(const AuthoritySettings& settings, const char* passphrase = kPassphrase) {
  CountingRandom random;
  return Authority::create(settings, Secret(passphrase), random, kNow);
}

CertificateShape bare_shape(const std::string& common_name, const std::string& unit, int lifetime_days) {
  CertificateShape shape;
  shape.common_name = common_name;
  shape.organizational_unit = unit;
  shape.lifetime_days = lifetime_days;
  return shape;
}

/// What signing a request for `shape.common_name` is refused with.
Error refusal(const CertificateShape& shape, TimePoint at = kNow) {
  static const Workbench bench;
  const Authority& edge = open_edge();
  static const std::string pem = bench.request("n1");
  CountingRandom random;
  const auto leaf = edge.sign(read_request(pem).value(), shape, random, at);
  EXPECT_FALSE(leaf);
  return leaf ? failed("") : leaf.error();
}

TEST(CreateAuthority, is_what_was_asked_for) {
  const Certificate read = read_certificate(edge_authority().certificate_pem).value();
  Certificate wanted = read;  // the key is new each time, and with it what is made of it
  wanted.shape = bare_shape("kiln edge CA", "", 3650);
  wanted.serial = "2122232425262728292a2b2c2d2e2f30";
  wanted.issuer_name = "CN=kiln edge CA";
  wanted.not_before = kNow - minutes(5);
  wanted.not_after = kNow + days(3650);
  wanted.is_authority = true;
  wanted.pem = edge_authority().certificate_pem;
  EXPECT_EQ(read, wanted);
}

TEST(CreateAuthority, each_has_a_key_of_its_own) {
  EXPECT_NE(read_certificate(create({.name = "edge"})->certificate_pem)->public_key,
            read_certificate(edge_authority().certificate_pem)->public_key);
}

TEST(CreateAuthority, a_serial_of_zeros_is_not_written) {
  class Zeros : public Random {
    std::string bytes(std::size_t count) override { return std::string(count, '\0'); }
  } zeros;
  const auto made = Authority::create({.name = "edge"}, Secret(kPassphrase), zeros, kNow);
  EXPECT_EQ(read_certificate(made->certificate_pem)->serial, "1");
}

TEST(CreateAuthority, says_what_cannot_be) {
  EXPECT_EQ(create({.name = "edge"}, "").error(), denied("the authority's key needs a passphrase"));
  EXPECT_EQ(create({.name = "edge"}, std::string(1025, 'x').c_str()).error(),
            denied("the passphrase of the authority's key is longer than 1024 bytes"));
  EXPECT_EQ(create({.name = "edge", .lifetime_days = 0}).error(),
            failed("a certificate cannot live for 0 days, expected 1 to 36500"));
  EXPECT_EQ(create({.name = "edge", .lifetime_days = 2147483647}).error(),
            failed("a certificate cannot live for 2147483647 days, expected 1 to 36500"));
  EXPECT_EQ(create({.name = std::string(57, 'e')}).error(),
            failed("the name `kiln " + std::string(57, 'e') +
                   " CA` in a certificate (CN) has 65 characters, expected at most 64 (RFC 5280)"));
  EXPECT_TRUE(create({.name = std::string(56, 'e'), .lifetime_days = 36500}));
}

TEST(OpenAuthority, gives_back_what_was_created) {
  EXPECT_EQ(open_edge().certificate(), read_certificate(edge_authority().certificate_pem));
}

TEST(OpenAuthority, a_wrong_passphrase_is_said_to_be_wrong_and_not_repeated) {
  const auto& [certificate, key] = edge_authority();
  for (const char* wrong : {"Correct horse", "correct horse ", "x"})
    EXPECT_EQ(Authority::open(certificate, key, Secret(wrong)).error(),
              denied("the passphrase does not open the authority's key"));
  EXPECT_EQ(Authority::open(certificate, key, Secret()).error(),
            denied("the authority's key is encrypted, and no passphrase was given"));
}

// One wrong passphrase in 256 decrypts to good padding; it is wrong all the same.
TEST(OpenAuthority, every_one_of_many_wrong_passphrases_is_denied) {
  const Workbench bench;
  const NewAuthority foreign = bench.foreign_authority("provided");
  bench.must("pkcs8 -topk8 -in foreign.key -out locked.key -iter 1 -passout pass:right");
  const std::string locked = bench.read("locked.key");
  EXPECT_TRUE(Authority::open(foreign.certificate_pem, locked, Secret("right")));
  for (int i = 0; i < 2000; ++i)
    ASSERT_EQ(Authority::open(foreign.certificate_pem, locked, Secret("wrong" + std::to_string(i))).error(),
              denied("the passphrase does not open the authority's key"));
}

TEST(OpenAuthority, the_older_encrypted_header_is_opened_too) {
  const Workbench bench;
  const std::string certificate = bench.foreign_authority("provided").certificate_pem;
  bench.must("ec -in foreign.key -aes256 -passout pass:right -out locked.key");
  const std::string locked = bench.read("locked.key");
  EXPECT_NE(locked.find("Proc-Type: 4,ENCRYPTED"), std::string::npos);
  EXPECT_TRUE(Authority::open(certificate, locked, Secret("right")));
  EXPECT_EQ(Authority::open(certificate, locked, Secret("wrong")).error(),
            denied("the passphrase does not open the authority's key"));
  EXPECT_EQ(Authority::open(certificate, locked, Secret()).error(),
            denied("the authority's key is encrypted, and no passphrase was given"));
}

// The other way round would send the user looking for a typing error that is not there.
TEST(OpenAuthority, an_encryption_that_openssl_has_not_got_is_not_called_a_wrong_passphrase) {
  const Workbench bench;
  const std::string certificate = bench.foreign_authority("provided").certificate_pem;
  bench.must(
      "pkcs8 -topk8 -v1 PBE-MD5-DES -provider default -provider legacy -in foreign.key -out old.key "
      "-passout pass:right");
  const auto opened = Authority::open(certificate, bench.read("old.key"), Secret("right"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), failed("cannot decrypt the authority's key: unsupported"));
}

TEST(OpenAuthority, a_plain_key_is_taken_without_a_passphrase_only) {
  const Workbench bench;
  const auto [certificate, key] = bench.foreign_authority("provided");
  EXPECT_EQ(Authority::open(certificate, key, Secret())->certificate(), read_certificate(certificate));
  EXPECT_EQ(
      Authority::open(certificate, key, Secret("right")).error(),
      denied("the authority's key is not encrypted, but a passphrase was given: encrypt it or give none"));
}

TEST(OpenAuthority, key_and_certificate_must_belong_together) {
  const Workbench bench;
  const NewAuthority foreign = bench.foreign_authority("provided");
  EXPECT_EQ(Authority::open(edge_authority().certificate_pem, foreign.key_pem, Secret()).error(),
            failed("the authority's key and certificate do not belong together"));
}

TEST(OpenAuthority, a_leaf_is_none) {
  const Workbench bench;
  const std::string leaf = sign(open_edge(), bench.request("n1"), full_shape());
  EXPECT_EQ(Authority::open(leaf, bench.read("host.key"), Secret()).error(),
            failed("`n1` is not a certificate authority"));
}

TEST(OpenAuthority, cut_anywhere_is_refused_and_never_crashes) {
  const auto& [certificate, key] = edge_authority();
  for (std::size_t length = 0; length + 1 < key.size(); length += 16)
    EXPECT_FALSE(Authority::open(certificate, key.substr(0, length), Secret(kPassphrase))) << length;
  for (std::size_t length = 0; length + 1 < certificate.size(); length += 16)
    EXPECT_FALSE(Authority::open(certificate.substr(0, length), key, Secret(kPassphrase))) << length;
  EXPECT_EQ(Authority::open(certificate, "no key", Secret(kPassphrase)).error(),
            Error(ErrorCode::malformed, "expected a private key in PEM"));
}

TEST(Sign, an_intermediate_sends_itself_along_but_not_its_root_nor_strangers) {
  const Workbench bench;
  const std::string root = bench.foreign_authority("root").certificate_pem;
  const std::string stranger =
      bench.foreign_authority("stranger", Workbench::kP256, "stranger").certificate_pem;
  bench.request("middle", Workbench::kP256, "middle");
  bench.write("ext", "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n");
  bench.must(
      "x509 -req -in middle.csr -CA foreign.pem -CAkey foreign.key -days 900 -extfile ext -out middle.pem");
  const std::string middle = bench.read("middle.pem");
  CountingRandom random;
  for (const std::string& given : {middle, middle + root, middle + stranger + root}) {
    const Authority authority = Authority::open(given, bench.read("middle.key"), Secret()).value();
    const TimePoint at = authority.certificate().not_before + days(1);
    const auto signed_pem =
        authority.sign(read_request(bench.request("n1")).value(), full_shape(), random, at);
    const auto chain = read_certificates(*signed_pem).value();
    ASSERT_EQ(chain.size(), 2u);
    EXPECT_EQ(chain[1], read_certificate(middle));
    EXPECT_TRUE(verify_issued_by(chain[0], chain[1], at));
    bench.write("leaf.pem", *signed_pem);
    bench.must("verify -attime " + std::to_string(std::chrono::system_clock::to_time_t(at)) +
               " -CAfile foreign.pem -untrusted leaf.pem leaf.pem");
  }
}

TEST(Sign, follows_from_its_arguments_when_the_signature_does) {
  const Workbench bench;
  const auto [certificate, key] = bench.foreign_authority("steady", "-algorithm ED25519");
  const Authority authority = Authority::open(certificate, key, Secret()).value();
  const Request request = read_request(bench.request("n1")).value();
  const TimePoint at = authority.certificate().not_before + days(1);
  CountingRandom one;
  CountingRandom other;
  EXPECT_EQ(authority.sign(request, full_shape(), one, at), authority.sign(request, full_shape(), other, at));
}

TEST(Sign, by_each_sort_of_provided_key_verifies) {
  const Workbench bench;
  CountingRandom random;
  for (const char* kind : {"-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "-algorithm ED25519",
                           "-algorithm ED448", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"}) {
    const auto [certificate, key] = bench.foreign_authority("provided", kind);
    const Authority authority = Authority::open(certificate, key, Secret()).value();
    const TimePoint at = authority.certificate().not_before + days(1);
    const auto leaf = authority.sign(read_request(bench.request("n1")).value(), full_shape(), random, at);
    ASSERT_TRUE(leaf) << kind << leaf.error().text();
    EXPECT_TRUE(verify_issued_by(read_certificate(*leaf).value(), authority.certificate(), at)) << kind;
  }
}

TEST(Sign, takes_the_key_of_the_request_and_nothing_else) {
  const Workbench bench;
  bench.request("n1");
  bench.must(
      "req -new -key host.key -subj /CN=n1/O=evil/OU=admin -out wish.csr "
      "-addext basicConstraints=critical,CA:TRUE -addext subjectAltName=DNS:evil");
  const Request request = read_request(bench.read("wish.csr")).value();
  const CertificateShape plain = bare_shape("n1", "ovn-northd", 90);
  const Certificate leaf = read_certificate(sign(open_edge(), request.pem, plain)).value();
  EXPECT_EQ(leaf.shape, plain);
  EXPECT_EQ(leaf.public_key, request.public_key);
  EXPECT_FALSE(leaf.is_authority);
}

TEST(Sign, never_outlives_the_authority) {
  const Workbench bench;
  CertificateShape shape = full_shape();
  shape.lifetime_days = 9000;
  const Certificate leaf = read_certificate(sign(open_edge(), bench.request("n1"), shape)).value();
  EXPECT_EQ(leaf.not_after, kNow + days(3650));
  shape.lifetime_days = 3650;
  EXPECT_EQ(leaf.shape, shape);
}

TEST(Sign, never_predates_the_authority) {
  const Workbench bench;
  const Authority& edge = open_edge();
  CountingRandom random;
  const TimePoint at = kNow - minutes(4);
  const auto leaf = edge.sign(read_request(bench.request("n1")).value(), full_shape(), random, at);
  EXPECT_EQ(read_certificate(*leaf)->not_before, edge.certificate().not_before);
}

TEST(Sign, only_while_the_authority_is_valid) {
  EXPECT_EQ(refusal(full_shape(), kNow - days(1)),
            failed("the authority `kiln edge CA` is valid only from 2026-01-02T02:59:05Z"));
  EXPECT_EQ(refusal(full_shape(), kNow + days(3650)),
            failed("the authority `kiln edge CA` expired at 2035-12-31T03:04:05Z"));
}

TEST(Sign, another_common_name_than_the_shape_s_is_denied) {
  CertificateShape shape = full_shape();
  shape.common_name = "n2";
  EXPECT_EQ(refusal(shape), denied("the certificate request is for `n1`, expected `n2`"));
}

TEST(Sign, a_hostile_common_name_is_shown_harmlessly) {
  const Workbench bench;
  CountingRandom random;
  const Request request = read_request(bench.request("\x1b[2Jgr\xc3\xbcn")).value();
  EXPECT_EQ(open_edge().sign(request, full_shape(), random, kNow).error(),
            denied("the certificate request is for `?[2Jgr\xc3\xbcn`, expected `n1`"));
}

TEST(Sign, a_request_that_was_put_together_by_hand_is_denied) {
  const Workbench bench;
  CountingRandom random;
  Request request = read_request(bench.request("n2")).value();
  request.common_name = "n1";
  EXPECT_EQ(open_edge().sign(request, full_shape(), random, kNow).error(),
            denied("the certificate request is not what it was read as"));
}

TEST(Sign, names_of_all_sorts_come_back_as_they_were) {
  const Workbench bench;
  const Authority& edge = open_edge();
  std::string longest;  // 64 characters, 128 octets
  for (int i = 0; i < 64; ++i) longest += "\xc3\xbc";
  for (const std::string& name :
       {std::string("a\"b'c"), std::string("a,CN=root"), std::string("a/CN=root"), std::string("gr\xc3\xbcn"),
        std::string("x+O=y"), std::string("#1"), longest}) {
    const CertificateShape shape = bare_shape(name, name, 1);
    EXPECT_EQ(read_certificate(sign(edge, bench.request(name), shape))->shape, shape) << name;
  }
}

TEST(Sign, names_that_cannot_be_are_refused) {
  const auto with_unit = [](const std::string& unit) {
    CertificateShape shape = full_shape();
    shape.organizational_unit = unit;
    return refusal(shape);
  };
  EXPECT_EQ(with_unit(std::string(200, 'u')),
            failed("the name `" + std::string(80, 'u') +
                   "…` in a certificate (OU) has 200 characters, expected at most 64 (RFC 5280)"));
  EXPECT_EQ(with_unit("a\nb"), failed("the name `a?b` in a certificate (OU) has a control character"));
  EXPECT_EQ(with_unit("a\xff"),
            failed("the name `a?` in a certificate (OU) cannot be written: invalid utf8string"));
  EXPECT_EQ(with_unit(std::string("a\0b", 3)),
            failed("the name `a?b` in a certificate (OU) has a control character"));
}

/// A request with a common name that openssl(1) would refuse to write.
std::string raw_request(const std::string& common_name) {
  const Key key(EVP_EC_gen("P-256"));
  const X509Request request(X509_REQ_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.data());
  X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request.get()), NID_commonName, V_ASN1_UTF8STRING,
                             bytes, static_cast<int>(common_name.size()), -1, 0);
  X509_REQ_set_pubkey(request.get(), key.get());
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return contents(bio.get());
}

TEST(Sign, a_common_name_that_cannot_be_is_refused_even_if_the_request_has_it) {
  const Authority& edge = open_edge();
  CountingRandom random;
  const auto refused = [&](const std::string& name) {
    const auto request = read_request(raw_request(name));
    return edge.sign(request.value(), bare_shape(name, "", 1), random, kNow).error();
  };
  EXPECT_EQ(refused(std::string(200, 'n')),
            failed("the name `" + std::string(80, 'n') +
                   "…` in a certificate (CN) has 200 characters, expected at most 64 (RFC 5280)"));
  EXPECT_EQ(refused(std::string("n1\0n2", 5)),
            failed("the name `n1?n2` in a certificate (CN) has a control character"));
  EXPECT_EQ(refused(""), failed("the name `` in a certificate (CN) is empty"));
}

TEST(Sign, alternative_names_are_names_and_not_notation) {
  const auto with_dns = [](const std::string& dns) {
    CertificateShape shape = full_shape();
    shape.dns_names = {dns};
    return refusal(shape);
  };
  const std::string expected =
      "` cannot be a DNS name in a certificate, expected labels of letters, digits, `-` and `_` with dots "
      "between them";
  for (const std::string dns : {"n1,DNS:evil", "", "a..b", "a.", "gr\xc3\xbcn", "n1 ", "*"})
    EXPECT_EQ(with_dns(dns), failed("`" + dns + expected));
  EXPECT_EQ(with_dns(std::string(64, 'a')), failed("`" + std::string(64, 'a') + expected));
}

TEST(Sign, addresses_must_be_in_normal_form) {
  const auto with_ip = [](const std::string& ip) {
    CertificateShape shape = full_shape();
    shape.ip_addresses = {ip};
    return refusal(shape);
  };
  EXPECT_EQ(with_ip("2001:DB8:0::1"),
            failed("`2001:DB8:0::1` cannot be an address in a certificate, expected `2001:db8::1`"));
  for (const std::string ip : {"n1", "10.0.0.1/24", "[2001:db8::1]", ""})
    EXPECT_EQ(with_ip(ip),
              failed("`" + ip + "` cannot be an address in a certificate, expected IPv4 or IPv6"));
}

TEST(Sign, a_lifetime_that_cannot_be_is_refused) {
  CertificateShape shape = full_shape();
  shape.lifetime_days = -1;
  EXPECT_EQ(refusal(shape), failed("a certificate cannot live for -1 days, expected 1 to 36500"));
}

}  // namespace
}  // namespace kiln::pki::authority_test
