#include "pki/request.h"

#include <openssl/pem.h>

#include "pki/openssl.h"

namespace kiln::pki {
namespace {

/// Nothing, or why the key is not taken.
std::string weakness(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519: return {};
    case EVP_PKEY_EC: return bits >= 256 ? "" : "an EC key of " + std::to_string(bits) + " bits";
    case EVP_PKEY_RSA: return bits >= 2048 ? "" : "an RSA key of " + std::to_string(bits) + " bits";
    default: return "a key of another kind than EC, Ed25519 or RSA";
  }
}

}  // namespace

Result<Request> read_request(std::string_view pem) {
  const Bio bio = read_only(pem);
  const X509Request request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (!request) return openssl_error(ErrorCode::malformed, "expected a certificate request in PEM");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (!key) return openssl_error(ErrorCode::malformed, "the certificate request has no public key");
  if (const std::string weak = weakness(key); !weak.empty())
    return fail(ErrorCode::denied, "the certificate request has " + weak);
  if (X509_REQ_verify(request.get(), key) != 1)
    return openssl_error(ErrorCode::denied, "the signature of the certificate request does not hold");
  const Bio normal(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(normal.get(), request.get());
  return Request{.common_name = common_name_of(X509_REQ_get_subject_name(request.get())),
                 .public_key = public_key_hash(key),
                 .pem = contents(normal.get())};
}

}  // namespace kiln::pki
