#include "support/fake_authority.h"

#include <openssl/pem.h>

#include <map>
#include <mutex>
#include <vector>

#include "base/assert.h"
#include "pki/authority.h"
#include "pki/issue.h"
#include "pki/openssl.h"
#include "support/seams.h"

namespace kiln::test {
namespace {

struct Made {
  std::string certificate;
  std::string key;
};

pki::Key make_key() {
  return pki::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

/// Ten years on the small curve: a plan looks at a signature for each certificate, thousands in a sweep.
Made make_authority(int which) {
  SeededRandom random(static_cast<std::uint64_t>(which) + 77);
  const pki::Key key = make_key();
  auto certificate = pki::new_certificate(random);
  KILN_ASSERT(certificate.has_value());
  X509* x509 = certificate->get();
  X509_set_pubkey(x509, key.get());
  KILN_ASSERT(pki::add_name(X509_get_subject_name(x509), "CN", "kiln test CA " + std::to_string(which)));
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  KILN_ASSERT(pki::set_dates(x509, kStart - std::chrono::hours(1), kStart + std::chrono::hours(24 * 3650)));
  KILN_ASSERT(pki::add_authority_extensions(x509));
  KILN_ASSERT(pki::sign_certificate(x509, key.get()));
  const pki::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {pki::to_pem(x509), pki::contents(bio.get())};
}

std::string make_request(const std::string& common_name) {
  const pki::Key key = make_key();
  const pki::X509Request request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.get());
  KILN_ASSERT(pki::add_name(X509_REQ_get_subject_name(request.get()), "CN", common_name));
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const pki::Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return pki::contents(bio.get());
}

std::string text_of(const pki::CertificateShape& shape) {
  std::string text = shape.common_name + '|' + shape.organizational_unit + '|';
  for (const std::string& name : shape.dns_names) text += name + ' ';
  for (const std::string& ip : shape.ip_addresses) text += ip + ' ';
  for (const pki::Usage usage : shape.usages) text += usage == pki::Usage::server ? 's' : 'c';
  return text + '|' + std::to_string(shape.lifetime_days);
}

struct Authorities {
  std::mutex mutex;
  std::vector<Made> made;
  std::map<std::string, std::string> leaves;   ///< by authority, shape and day
  std::map<std::string, std::string> issuers;  ///< leaf → authority
};
Authorities& authorities() {
  static Authorities all;
  return all;
}

const Made* find(const std::string& certificate) {
  for (const Made& made : authorities().made)
    if (made.certificate == certificate) return &made;
  return nullptr;
}

}  // namespace

const std::string& authority_pem(int which) {
  const std::lock_guard lock(authorities().mutex);
  std::vector<Made>& made = authorities().made;
  made.reserve(16);
  while (made.size() <= static_cast<std::size_t>(which))
    made.push_back(make_authority(static_cast<int>(made.size())));
  return made[static_cast<std::size_t>(which)].certificate;
}

std::string issue(const std::string& authority_certificate, const pki::CertificateShape& shape,
                  TimePoint now) {
  const std::lock_guard lock(authorities().mutex);
  const Made* made = find(authority_certificate);
  if (!made) return {};
  const auto day = std::chrono::floor<std::chrono::days>(now.time_since_epoch()).count();
  std::string& leaf = authorities().leaves[made->certificate + text_of(shape) + '|' + std::to_string(day)];
  if (!leaf.empty()) return leaf;
  SeededRandom random(authorities().leaves.size());
  const auto authority = pki::Authority::open(made->certificate, made->key, Secret{});
  const auto request = pki::read_request(make_request(shape.common_name));
  if (!authority || !request) return {};
  const auto signed_leaf = authority->sign(*request, shape, random, now);
  if (!signed_leaf) return {};
  leaf = *signed_leaf;
  authorities().issuers[leaf] = made->certificate;
  return leaf;
}

std::string issuer_of(const std::string& leaf_pem) {
  const std::lock_guard lock(authorities().mutex);
  const auto found = authorities().issuers.find(leaf_pem);
  return found == authorities().issuers.end() ? std::string() : found->second;
}

}  // namespace kiln::test
