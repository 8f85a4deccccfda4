#include "pki/authority.h"

#include <openssl/pem.h>

#include <algorithm>

#include "pki/issue.h"
#include "pki/openssl.h"
#include "pki/private_key.h"

namespace kiln::pki {
namespace {

constexpr std::chrono::minutes kClockSkew{5};
constexpr int kLongestLifetimeDays = 36500;  ///< a century; TimePoint ends in 2262

Result<> check_lifetime(int days) {
  if (days >= 1 && days <= kLongestLifetimeDays) return {};
  return fail(ErrorCode::failed, "a certificate cannot live for " + std::to_string(days) +
                                     " days, expected 1 to " + std::to_string(kLongestLifetimeDays));
}

Result<> check_valid(const Certificate& authority, TimePoint now) {
  const std::string named = "the authority `" + shown(authority.shape.common_name) + '`';
  if (now < authority.not_before)
    return fail(ErrorCode::failed, named + " is valid only from " + format_utc(authority.not_before));
  if (now >= authority.not_after)
    return fail(ErrorCode::failed, named + " expired at " + format_utc(authority.not_after));
  return {};
}

bool is_self_signed(X509* certificate) {
  return X509_self_signed(certificate, 0) == 1;
}

/// PEM of `certificates.front()` and of those that vouch for it, up to but without a self-signed one. What
/// does not belong to the chain, like an older authority that hosts still trust, is left out.
std::string intermediates_of(const std::vector<X509Certificate>& certificates) {
  std::string pem;
  X509* link = certificates.front().get();
  for (std::size_t length = 0; link && length < certificates.size(); ++length) {
    if (is_self_signed(link)) break;
    pem += to_pem(link);
    const auto above = std::ranges::find_if(certificates, [&](const X509Certificate& candidate) {
      return X509_check_issued(candidate.get(), link) == X509_V_OK &&
             X509_verify(link, X509_get0_pubkey(candidate.get())) == 1;
    });
    link = above == certificates.end() ? nullptr : above->get();
  }
  return pem;
}

Result<Key> public_key_of(const Request& request) {
  KILN_TRY_ASSIGN(const Bio bio, open_pem(request.pem));
  const X509Request parsed(PEM_read_bio_X509_REQ(bio.get(), nullptr, no_passphrase, nullptr));
  Key key(parsed ? X509_REQ_get_pubkey(parsed.get()) : nullptr);
  if (!key) return openssl_error(ErrorCode::malformed, "cannot read the public key of the request");
  return key;
}

/// `request` may have been put together by hand: what it says of itself must be so.
Result<> check_request(const Request& request, const CertificateShape& shape) {
  KILN_TRY_ASSIGN(const Request read, read_request(request.pem));
  if (read != request) return fail(ErrorCode::denied, "the certificate request is not what it was read as");
  if (request.common_name != shape.common_name)
    return fail(ErrorCode::denied, "the certificate request is for `" + shown(request.common_name) +
                                       "`, expected `" + shown(shape.common_name) + '`');
  return {};
}

}  // namespace

struct Authority::Open {
  Key key;
  X509Certificate certificate;
  Certificate description;
  std::string intermediates_pem;  ///< what follows a leaf; "" when the authority is self-signed
};

Authority::Authority(std::unique_ptr<Open> open) : open_(std::move(open)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

const Certificate& Authority::certificate() const {
  return open_->description;
}

Result<NewAuthority> Authority::create(const AuthoritySettings& settings, const Secret& passphrase,
                                       Random& random, TimePoint now) {
  const ErrorQueue queue;
  KILN_TRY(check_lifetime(settings.lifetime_days));
  const Key key(EVP_EC_gen("P-384"));
  if (!key) return openssl_error(ErrorCode::failed, "cannot make a key");
  KILN_TRY_ASSIGN(std::string key_pem, encrypt_key(key.get(), passphrase, random));

  KILN_TRY_ASSIGN(const X509Certificate certificate, new_certificate(random));
  X509_NAME* name = X509_get_subject_name(certificate.get());
  KILN_TRY(add_name(name, "CN", "kiln " + settings.name + " CA"));
  if (X509_set_issuer_name(certificate.get(), name) != 1 ||
      X509_set_pubkey(certificate.get(), key.get()) != 1)
    return openssl_error(ErrorCode::failed, "cannot make the authority's certificate");
  KILN_TRY(set_dates(certificate.get(), now - kClockSkew, now + std::chrono::days(settings.lifetime_days)));
  KILN_TRY(add_authority_extensions(certificate.get()));
  KILN_TRY(sign_certificate(certificate.get(), key.get()));
  return NewAuthority{.certificate_pem = to_pem(certificate.get()), .key_pem = std::move(key_pem)};
}

Result<Authority> Authority::open(std::string_view certificate_pem, std::string_view key_pem,
                                  const Secret& passphrase) {
  const ErrorQueue queue;
  auto open = std::make_unique<Open>();
  KILN_TRY_ASSIGN(const auto chain, read_certificates(certificate_pem));
  open->description = chain.front();
  if (!open->description.is_authority)
    return fail(ErrorCode::failed,
                '`' + shown(open->description.shape.common_name) + "` is not a certificate authority");

  KILN_TRY_ASSIGN(open->key, decrypt_key(key_pem, passphrase));
  std::vector<X509Certificate> certificates;
  for (const Certificate& link : chain) {
    KILN_TRY_ASSIGN(X509Certificate certificate, parse_certificate(link.pem));
    certificates.push_back(std::move(certificate));
  }
  if (X509_check_private_key(certificates.front().get(), open->key.get()) != 1)
    return fail(ErrorCode::failed, "the authority's key and certificate do not belong together");
  open->intermediates_pem = intermediates_of(certificates);
  open->certificate = std::move(certificates.front());
  return Authority(std::move(open));
}

Result<std::string> Authority::sign(const Request& request, const CertificateShape& shape, Random& random,
                                    TimePoint now) const {
  const ErrorQueue queue;
  const Certificate& authority = open_->description;
  X509* issuer = open_->certificate.get();
  KILN_TRY(check_valid(authority, now));
  KILN_TRY(check_lifetime(shape.lifetime_days));
  KILN_TRY(check_request(request, shape));
  KILN_TRY_ASSIGN(const Key key, public_key_of(request));

  KILN_TRY_ASSIGN(const X509Certificate leaf, new_certificate(random));
  X509_NAME* name = X509_get_subject_name(leaf.get());
  KILN_TRY(add_name(name, "CN", shape.common_name));
  KILN_TRY(add_name(name, "O", "kiln"));
  if (!shape.organizational_unit.empty()) KILN_TRY(add_name(name, "OU", shape.organizational_unit));
  if (X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer)) != 1 ||
      X509_set_pubkey(leaf.get(), key.get()) != 1)
    return openssl_error(ErrorCode::failed, "cannot make the certificate of `" + shape.common_name + '`');
  const TimePoint end = now + std::chrono::days(shape.lifetime_days);
  KILN_TRY(set_dates(leaf.get(), std::max(now - kClockSkew, authority.not_before),
                     std::min(end, authority.not_after)));
  KILN_TRY(add_leaf_extensions(leaf.get(), issuer, shape));
  KILN_TRY(sign_certificate(leaf.get(), open_->key.get()));
  return to_pem(leaf.get()) + open_->intermediates_pem;
}

}  // namespace kiln::pki
