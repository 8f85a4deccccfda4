#include "support/fake_authority.h"

#include <openssl/pem.h>

#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>
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

// Reading and verifying a certificate are functions of their arguments, and were most of a sweep's time: in
// tests they are linked through the two below (`--wrap` in CMakeLists.txt), which remember what the real ones
// said.
using pki::Certificate;
#define KILN_READ "_ZN4kiln3pki16read_certificateESt17basic_string_viewIcSt11char_traitsIcEE"
#define KILN_VERIFY                                                                               \
  "_ZN4kiln3pki16verify_issued_byERKNS0_11CertificateES3_NSt6chrono10time_pointINS4_3_V212system" \
  "_clockENS4_8durationIlSt5ratioILl1ELl1000000000EEEEEE"

bool valid(const Certificate& certificate, TimePoint at) {
  return at >= certificate.not_before && at <= certificate.not_after;
}

}  // namespace

Result<Certificate> real_read(std::string_view pem) __asm__("__real_" KILN_READ);
Result<> real_verify(const Certificate& leaf, const Certificate& authority,
                     TimePoint at) __asm__("__real_" KILN_VERIFY);

Result<Certificate> wrapped_read(std::string_view pem) __asm__("__wrap_" KILN_READ);
Result<Certificate> wrapped_read(std::string_view pem) {
  static std::mutex mutex;
  static std::map<std::string, Result<Certificate>, std::less<>> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(pem);
  if (found != known.end()) return found->second;
  return known.emplace(pem, real_read(pem)).first->second;
}

Result<> wrapped_verify(const Certificate& leaf, const Certificate& authority,
                        TimePoint at) __asm__("__wrap_" KILN_VERIFY);
/// Of what it said only the dates depend on the time.
Result<> wrapped_verify(const Certificate& leaf, const Certificate& authority, TimePoint at) {
  static std::mutex mutex;
  static std::set<std::pair<std::string, std::string>> known;
  const std::lock_guard lock(mutex);
  const std::pair<std::string, std::string> both{leaf.fingerprint, authority.fingerprint};
  if (known.contains(both) && valid(leaf, at) && valid(authority, at)) return {};
  Result<> verified = real_verify(leaf, authority, at);
  if (verified) known.insert(both);
  return verified;
}

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
