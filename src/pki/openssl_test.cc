#include <gtest/gtest.h>

#include <cstdlib>

#include "base/text.h"
#include "pki/authority.h"
#include "pki/workbench_for_test.h"

// openssl(1) is another reader of what kiln writes, and the nearest to what the daemons' TLS does.

namespace kiln::pki {
namespace {

/// ca.pem, ca.key and leaf.pem (usages as given) in a folder.
class OpensslCommand : public testing::Test {
 protected:
  OpensslCommand() {
    bench_.write("ca.pem", edge_authority().certificate_pem);
    bench_.write("ca.key", edge_authority().key_pem);
    ::setenv("KILN_TEST_PASSPHRASE", kPassphrase, 1);
  }

  void issue(const std::vector<Usage>& usages, const std::string& kind = Workbench::kP256) {
    CertificateShape shape = full_shape();
    shape.usages = usages;
    bench_.write("leaf.pem", sign(open_edge(), bench_.request("n1", kind), shape));
  }

  Ran verify(const std::string& purpose, const std::string& more = "-attime 1767323045") {
    return bench_.openssl("verify -x509_strict " + more + " -CAfile ca.pem -purpose " + purpose +
                          " leaf.pem");
  }

  /// What `openssl x509` prints of an extension, lines trimmed.
  std::string extension(const std::string& file, const std::string& names) {
    std::vector<std::string> lines;
    for (const std::string& line : split(bench_.must("x509 -in " + file + " -noout -ext " + names), '\n'))
      if (!trim(line).empty()) lines.emplace_back(trim(line));
    return join(lines, "\n");
  }

  Workbench bench_;
};

TEST_F(OpensslCommand, a_leaf_for_both_is_accepted_as_both) {
  issue({Usage::server, Usage::client});
  EXPECT_EQ(verify("sslserver"), (Ran{0, "leaf.pem: OK\n"}));
  EXPECT_EQ(verify("sslclient"), (Ran{0, "leaf.pem: OK\n"}));
}

// OVS checks no host names, so this is all that keeps a chassis from posing as a database.
TEST_F(OpensslCommand, a_client_s_leaf_is_refused_as_a_server_and_the_other_way_round) {
  const Ran refused{2,
                    "CN = n1, O = kiln, OU = ovn-northbound\n"
                    "error 26 at 0 depth lookup: unsuitable certificate purpose\n"
                    "error leaf.pem: verification failed\n"};
  issue({Usage::client});
  EXPECT_EQ(verify("sslclient"), (Ran{0, "leaf.pem: OK\n"}));
  EXPECT_EQ(verify("sslserver"), refused);
  issue({Usage::server});
  EXPECT_EQ(verify("sslserver"), (Ran{0, "leaf.pem: OK\n"}));
  EXPECT_EQ(verify("sslclient"), refused);
}

TEST_F(OpensslCommand, says_that_a_leaf_has_expired_when_we_do) {
  issue({Usage::server});
  EXPECT_EQ(verify("sslserver", "-attime 1798859044").status, 0);
  EXPECT_NE(verify("sslserver", "-attime 1798859046").output.find("certificate has expired"),
            std::string::npos);
}

TEST_F(OpensslCommand, a_foreign_authority_is_refused) {
  issue({Usage::server});
  bench_.write("ca.pem", bench_.foreign_authority("kiln edge CA").certificate_pem);
  EXPECT_EQ(verify("sslserver").status, 2);
}

TEST_F(OpensslCommand, the_leaf_has_the_extensions_that_it_should_have_and_no_others) {
  issue({Usage::server, Usage::client});
  EXPECT_EQ(extension("leaf.pem", "basicConstraints,keyUsage,extendedKeyUsage,subjectAltName"),
            "X509v3 Basic Constraints: critical\nCA:FALSE\n"
            "X509v3 Key Usage: critical\nDigital Signature\n"
            "X509v3 Extended Key Usage:\nTLS Web Server Authentication, TLS Web Client Authentication\n"
            "X509v3 Subject Alternative Name:\n"
            "DNS:n1, DNS:n1.example.net, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1");
  const std::string issuer_key =
      extension("ca.pem", "subjectKeyIdentifier").substr(sizeof "X509v3 Subject Key Identifier:");
  EXPECT_EQ(extension("leaf.pem", "authorityKeyIdentifier"),
            "X509v3 Authority Key Identifier:\n" + issuer_key);
  std::size_t extensions = 0;
  for (const std::string& line : split(bench_.must("x509 -in leaf.pem -noout -text"), '\n'))
    extensions += line.find("X509v3 ") != std::string::npos && line.find("extensions:") == std::string::npos;
  EXPECT_EQ(extensions, 6u);
}

TEST_F(OpensslCommand, an_rsa_leaf_may_encipher_keys) {
  issue({Usage::server}, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  EXPECT_EQ(extension("leaf.pem", "keyUsage"),
            "X509v3 Key Usage: critical\nDigital Signature, Key Encipherment");
}

TEST_F(OpensslCommand, the_authority_has_the_extensions_that_it_should_have) {
  EXPECT_EQ(extension("ca.pem", "basicConstraints,keyUsage"),
            "X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:0\n"
            "X509v3 Key Usage: critical\nCertificate Sign, CRL Sign");
  const std::string text = bench_.must("x509 -in ca.pem -noout -text");
  EXPECT_NE(text.find("Signature Algorithm: ecdsa-with-SHA384"), std::string::npos);
  EXPECT_NE(text.find("NIST CURVE: P-384"), std::string::npos);
}

TEST_F(OpensslCommand, reads_what_we_read) {
  issue({Usage::server, Usage::client});
  const Certificate leaf = read_certificate(bench_.read("leaf.pem")).value();
  std::string fingerprint;
  for (const char c : bench_.must("x509 -in leaf.pem -noout -fingerprint -sha256"))
    if (c != ':') fingerprint += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_EQ(fingerprint, "sha256 fingerprint=" + leaf.fingerprint + "\n");
  EXPECT_EQ(bench_.must("x509 -in leaf.pem -noout -pubkey | openssl pkey -pubin -outform der | sha256sum")
                .substr(0, 64),
            leaf.public_key);
  EXPECT_EQ(bench_.must("x509 -in leaf.pem -noout -subject -nameopt RFC2253"),
            "subject=OU=ovn-northbound,O=kiln,CN=n1\n");
  EXPECT_EQ(bench_.must("x509 -in leaf.pem"), leaf.pem);
}

TEST_F(OpensslCommand, opens_the_key_with_the_passphrase_only) {
  const std::string plain = bench_.must("pkey -in ca.key -passin env:KILN_TEST_PASSPHRASE -outform pem");
  ASSERT_TRUE(plain.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  bench_.write("plain.pem", plain);
  EXPECT_EQ(bench_.must("pkey -in plain.pem -pubout"), bench_.must("x509 -in ca.pem -noout -pubkey"));
  EXPECT_NE(bench_.openssl("pkey -in ca.key -passin pass:wrong -noout").status, 0);
}

TEST_F(OpensslCommand, the_key_file_is_encrypted_and_does_not_hold_the_plain_key) {
  const std::string locked = edge_authority().key_pem;
  EXPECT_TRUE(locked.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  const std::string structure = bench_.must("asn1parse -in ca.key");
  for (const char* word : {":PBES2", ":scrypt", ":aes-256-cbc"})
    EXPECT_NE(structure.find(word), std::string::npos) << word;
  bench_.must("pkcs8 -in ca.key -passin env:KILN_TEST_PASSPHRASE -topk8 -nocrypt -outform der -out plain.p8");
  // The private number of P-384: 48 octets, the first OCTET STRING inside of the key.
  const std::string plain = bench_.read("plain.p8");
  const std::size_t at = plain.find(std::string("\x02\x01\x01\x04\x30", 5));
  ASSERT_NE(at, std::string::npos);
  bench_.write("body", locked.substr(locked.find('\n') + 1, locked.find("-----END") - locked.find('\n') - 1));
  bench_.must("base64 -d -in body -out locked.der");
  const std::string der = bench_.read("locked.der");
  ASSERT_GT(der.size(), 200u);
  EXPECT_EQ(der.find(plain.substr(at + 5, 16)), std::string::npos);
  EXPECT_EQ(der.find(kPassphrase), std::string::npos);
}

}  // namespace
}  // namespace kiln::pki
