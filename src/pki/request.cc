#include "pki/request.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <array>

#include "pki/openssl.h"

namespace kiln::pki {
namespace {

constexpr int kShortestRsa = 2048;

Result<> refuse(const std::string& seen) {
  return fail(ErrorCode::denied, "the certificate request has " + seen +
                                     ", expected EC on P-256 or P-384, Ed25519, or RSA of 2048 bits or more");
}

Result<> check_curve(const EVP_PKEY* key) {
  std::array<char, 80> name{};
  int spelled_out = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1)
    return refuse("an EC key on a curve without a name");
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelled_out) == 1 &&
      spelled_out != 0)
    return refuse("an EC key that spells its curve out");
  const int curve = OBJ_txt2nid(name.data());
  if (curve == NID_X9_62_prime256v1 || curve == NID_secp384r1) return {};
  return refuse("an EC key on " + std::string(name.data()));
}

Result<> check_key(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return {};
    case EVP_PKEY_EC:
      return check_curve(key);
    case EVP_PKEY_RSA:
      if (bits >= kShortestRsa) return {};
      return refuse("an RSA key of " + std::to_string(bits) + " bits");
    default:
      return refuse("a key of another kind");
  }
}

}  // namespace

Result<Request> read_request(std::string_view pem) {
  const ErrorQueue queue;
  KILN_TRY_ASSIGN(const Bio bio, open_pem(pem));
  const X509Request request(PEM_read_bio_X509_REQ(bio.get(), nullptr, no_passphrase, nullptr));
  if (!request) return openssl_error(ErrorCode::malformed, "expected a certificate request in PEM");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (!key)
    return openssl_error(ErrorCode::malformed, "cannot read the public key of the certificate request");
  KILN_TRY(check_key(key));
  if (X509_REQ_verify(request.get(), key) != 1)
    return openssl_error(ErrorCode::denied,
                         "the certificate request was not signed with the key that it is for");
  const Bio normal(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509_REQ(normal.get(), request.get()) != 1)
    return openssl_error(ErrorCode::failed, "cannot write the certificate request");
  return Request{.common_name = entry_of(X509_REQ_get_subject_name(request.get()), NID_commonName),
                 .public_key = public_key_hash(X509_REQ_get_X509_PUBKEY(request.get())),
                 .pem = contents(normal.get())};
}

}  // namespace kiln::pki
