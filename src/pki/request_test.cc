#include "pki/request.h"

#include <gtest/gtest.h>

#include "pki/workbench_for_test.h"

namespace kiln::pki::request_test {
namespace {

Error denied(const std::string& seen) {
  return {ErrorCode::denied, "the certificate request has " + seen +
                                 ", expected EC on P-256 or P-384, Ed25519, or RSA of 2048 bits or more"};
}

TEST(ReadRequest, good_keys_are_taken_and_hashed_as_openssl_does) {
  const Workbench bench;
  for (const char* kind : {Workbench::kP256, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
                           "-algorithm ED25519", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"}) {
    const std::string pem = bench.request("n1", kind);
    const std::string hash = bench.must("pkey -in host.key -pubout -outform der | sha256sum").substr(0, 64);
    EXPECT_EQ(read_request(pem), (Request{"n1", hash, pem})) << kind;
  }
}

TEST(ReadRequest, other_keys_are_denied) {
  const Workbench bench;
  const auto seen = [&](const std::string& kind) { return read_request(bench.request("n1", kind)).error(); };
  EXPECT_EQ(seen("-algorithm RSA -pkeyopt rsa_keygen_bits:1024"), denied("an RSA key of 1024 bits"));
  EXPECT_EQ(seen("-algorithm EC -pkeyopt ec_paramgen_curve:P-521"), denied("an EC key on secp521r1"));
  EXPECT_EQ(seen("-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1"), denied("an EC key on secp256k1"));
  EXPECT_EQ(seen("-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"),
            denied("an EC key that spells its curve out"));
  EXPECT_EQ(seen("-algorithm ED448"), denied("a key of another kind"));
  EXPECT_EQ(seen("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"), denied("a key of another kind"));
}

TEST(ReadRequest, a_request_signed_with_another_key_is_denied) {
  const Workbench bench;
  bench.request("n1");
  // The last octets of the DER are the signature's; one bit of them is turned.
  bench.must("req -in host.csr -outform der -out der");
  std::string der = bench.read("der");
  der.back() = static_cast<char>(der.back() ^ 1);
  bench.write("der", der);
  bench.must("req -in der -inform der -out broken.csr");
  const auto read = read_request(bench.read("broken.csr"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::denied);
  EXPECT_TRUE(
      read.error().text().starts_with("the certificate request was not signed with the key that it is for"))
      << read.error().text();
}

TEST(ReadRequest, what_is_none_is_malformed) {
  const Error none(ErrorCode::malformed, "expected a certificate request in PEM: no start line");
  EXPECT_EQ(read_request("").error(), none);
  EXPECT_EQ(read_request("req: not found\n").error(), none);
  EXPECT_EQ(read_request(edge_authority().certificate_pem).error(), none);
  EXPECT_EQ(read_request(std::string(2'000'000, '-')).error(),
            Error(ErrorCode::malformed, "seen 2000000 bytes, expected PEM of at most a megabyte"));
}

TEST(ReadRequest, an_encrypted_block_asks_nobody) {
  const Workbench bench;
  const std::string pem = replaced(bench.request("n1"), "REQUEST-----\n",
                                   "REQUEST-----\nProc-Type: 4,ENCRYPTED\n"
                                   "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  EXPECT_EQ(read_request(pem).error(),
            Error(ErrorCode::malformed, "expected a certificate request in PEM: bad password read"));
}

TEST(ReadRequest, cut_or_changed_anywhere_never_crashes_and_is_never_taken) {
  const Workbench bench;
  const std::string pem = bench.request("n1");
  const Request whole = read_request(pem).value();
  for (std::size_t length = 0; length + 1 < pem.size(); length += 16)
    EXPECT_FALSE(read_request(pem.substr(0, length))) << "cut at " << length;
  for (std::size_t at = 36; at + 34 < pem.size(); ++at) {
    std::string changed = pem;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(read_request(changed).value_or(whole), whole) << "changed at " << at;
  }
}

TEST(ReadRequest, names_are_kept_as_they_are) {
  const Workbench bench;
  for (const std::string name : {"a\"b'c", "a,b=c", "a/CN=root", "gr\xc3\xbcn", "x+O=y", "#1", "<;>\\"}) {
    const auto read = read_request(bench.request(name));
    ASSERT_TRUE(read) << name;
    EXPECT_EQ(read->common_name, name);
  }
}

TEST(ReadRequest, one_without_a_common_name_has_an_empty_one) {
  const Workbench bench;
  bench.request("n1");
  bench.must("req -new -key host.key -subj /O=kiln -out none.csr");
  EXPECT_EQ(read_request(bench.read("none.csr"))->common_name, "");
}

}  // namespace
}  // namespace kiln::pki::request_test
