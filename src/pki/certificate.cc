#include "pki/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "pki/describe.h"
#include "pki/memo.h"
#include "pki/openssl.h"

namespace kiln::pki {
namespace {

std::string named(const Certificate& certificate) {
  return '`' + shown(certificate.shape.common_name) + '`';
}

/// A file of one certificate, or a few, is that long; what a host says may be longer, and is not kept.
constexpr std::size_t kLongest = 16384;

Result<Certificate> read_first(std::string_view pem) {
  const ErrorQueue queue;
  KILN_TRY_ASSIGN(const X509Certificate certificate, parse_certificate(pem));
  return describe(certificate.get());
}

Result<std::vector<Certificate>> read_all(std::string_view pem) {
  const ErrorQueue queue;
  KILN_TRY_ASSIGN(const Bio bio, open_pem(pem));
  std::vector<Certificate> certificates;
  while (const X509Certificate next = next_certificate(bio.get()))
    certificates.push_back(describe(next.get()));
  // To OpenSSL the end of the text is an error too: no further block begins.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (certificates.empty()) return openssl_error(ErrorCode::malformed, "expected a certificate in PEM");
  if (!at_end)
    return openssl_error(ErrorCode::malformed, "cannot read certificate " +
                                                   std::to_string(certificates.size() + 1) + " of the PEM");
  return certificates;
}

Result<> check_signature(const Certificate& leaf, const Certificate& authority) {
  const ErrorQueue queue;
  KILN_TRY_ASSIGN(const X509Certificate certificate, parse_certificate(leaf.pem));
  KILN_TRY_ASSIGN(const X509Certificate issuer, parse_certificate(authority.pem));
  if (!authority.is_authority)
    return fail(ErrorCode::failed, named(authority) + " is not a certificate authority");
  if (X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) != 1)
    return fail(ErrorCode::failed, named(leaf) + " was not signed by " + named(authority));
  // The key may be the same and the authority another one: names and key identifiers.
  if (const int reason = X509_check_issued(issuer.get(), certificate.get()); reason != X509_V_OK)
    return fail(ErrorCode::failed, named(leaf) + " does not name " + named(authority) +
                                       " as its issuer: " + X509_verify_cert_error_string(reason));
  return {};
}

}  // namespace

Result<Certificate> read_certificate(std::string_view pem) {
  static Memo<std::string, Result<Certificate>> memo;
  if (pem.size() > kLongest) return read_first(pem);
  return memo.of(std::string(pem), [&] { return read_first(pem); });
}

std::string bundle(std::string pem, const std::string& also) {
  if (!also.empty() && !pem.empty() && !pem.ends_with('\n')) pem += '\n';
  return pem + also;
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
  static Memo<std::string, Result<std::vector<Certificate>>> memo;
  if (pem.size() > kLongest) return read_all(pem);
  return memo.of(std::string(pem), [&] { return read_all(pem); });
}

Result<> verify_issued_by(const Certificate& leaf, const Certificate& authority, TimePoint at) {
  static Memo<std::pair<std::string, std::string>, Result<>> memo;
  KILN_TRY(memo.of({leaf.pem, authority.pem}, [&] { return check_signature(leaf, authority); }));
  KILN_TRY(valid_at(leaf, at));
  return valid_at(authority, at);
}

Result<> valid_at(const Certificate& certificate, TimePoint at) {
  if (at < certificate.not_before)
    return fail(ErrorCode::failed,
                named(certificate) + " is valid only from " + format_utc(certificate.not_before));
  // Valid until the second not_after is over (RFC 5280, 4.1.2.5); OpenSSL's own check stops when it begins.
  if (std::chrono::floor<std::chrono::seconds>(at) > certificate.not_after)
    return fail(ErrorCode::failed, named(certificate) + " expired at " + format_utc(certificate.not_after));
  return {};
}

bool due_for_renewal(const Certificate& leaf, TimePoint now) {
  return leaf.not_after - now <= (leaf.not_after - leaf.not_before) / 3;
}

}  // namespace kiln::pki
