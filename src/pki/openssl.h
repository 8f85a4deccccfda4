#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/seams.h"
#include "pki/certificate.h"

/// OpenSSL's objects with owners, for the .cc files of this folder only.

namespace kiln::pki {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using X509Request = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;

/// An error with what OpenSSL's queue says; the queue is empty afterwards.
std::unexpected<Error> openssl_error(ErrorCode code, const std::string& doing);

Bio read_only(std::string_view bytes);
std::string contents(BIO* bio);
/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view bytes);
std::string public_key_hash(EVP_PKEY* key);
std::string common_name_of(const X509_NAME* name);
std::string entry_of(const X509_NAME* name, int nid);
X509Certificate parse_certificate(std::string_view pem);
std::string to_pem(X509* certificate);
Certificate describe(X509* certificate);

}  // namespace kiln::pki
