#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

/// OpenSSL's objects with owners, its errors as values, and PEM; for the .cc files of this folder only.

namespace kiln::pki {

/// unique_ptr's deleter for any of OpenSSL's `…_free` functions.
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

/// Empties this thread's queue of OpenSSL errors when it comes and when it goes, so that no error of one
/// call is taken for the cause of another. One in each public function that calls OpenSSL.
class ErrorQueue {
 public:
  ErrorQueue();
  ~ErrorQueue();
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

/// `doing` and the first reason in OpenSSL's queue ("…: bad base64 decode"); never its data, which may quote
/// what was read.
std::unexpected<Error> openssl_error(ErrorCode code, const std::string& doing);

/// `text` fit for a message: at most 80 bytes of UTF-8, `?` for control characters and for what is not UTF-8.
std::string shown(std::string_view text);

/// A view of `pem` for reading; malformed when it is larger than a megabyte.
Result<Bio> open_pem(std::string_view pem);
/// What was written to a memory BIO.
std::string contents(BIO* bio);
/// For reading what has no business being encrypted. Without a callback OpenSSL prompts on the terminal
/// when a PEM header asks for a passphrase (pem_password_cb(3)).
int no_passphrase(char* buffer, int size, int writing, void* data);

/// The first certificate in `pem`, or null with the reason in the queue.
X509Certificate next_certificate(BIO* pem);
/// The first certificate in `pem`; malformed otherwise.
Result<X509Certificate> parse_certificate(std::string_view pem);
std::string to_pem(X509* certificate);

/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view bytes);
/// SHA-256 of the DER of a SubjectPublicKeyInfo; "" for none.
std::string public_key_hash(const X509_PUBKEY* key);
/// The first entry of that sort in a distinguished name, as UTF-8; "" for none.
std::string entry_of(const X509_NAME* name, int nid);

}  // namespace kiln::pki
