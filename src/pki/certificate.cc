#include "pki/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "pki/openssl.h"

namespace kiln::pki {

Result<Certificate> read_certificate(std::string_view pem) {
  KILN_TRY_ASSIGN(auto all, read_certificates(pem));
  return std::move(all.front());
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
  const Bio bio = read_only(pem);
  std::vector<Certificate> certificates;
  for (;;) {
    const X509Certificate next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    certificates.push_back(describe(next.get()));
  }
  if (certificates.empty()) return openssl_error(ErrorCode::malformed, "expected a certificate in PEM");
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  return certificates;
}

Result<> verify_issued_by(const Certificate& leaf, const Certificate& authority, TimePoint at) {
  const X509Certificate certificate = parse_certificate(leaf.pem);
  const X509Certificate issuer = parse_certificate(authority.pem);
  if (!certificate || !issuer) return openssl_error(ErrorCode::malformed, "expected certificates in PEM");
  if (!authority.is_authority)
    return fail(ErrorCode::failed, "`" + authority.shape.common_name + "` is not a certificate authority");
  if (X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::failed,
                "`" + leaf.shape.common_name + "` was not signed by `" + authority.shape.common_name + "`");
  }
  if (at < leaf.not_before)
    return fail(ErrorCode::failed, "`" + leaf.shape.common_name + "` is valid only from " + format_utc(leaf.not_before));
  if (at > leaf.not_after)
    return fail(ErrorCode::failed, "`" + leaf.shape.common_name + "` expired at " + format_utc(leaf.not_after));
  return {};
}

}  // namespace kiln::pki
