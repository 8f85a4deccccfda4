#include "pki/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace kiln::pki {
namespace {

constexpr std::size_t kLargestPem = std::size_t{1024} * 1024;

struct OpensslMemory {
  void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};

}  // namespace

ErrorQueue::ErrorQueue() {
  ERR_clear_error();
}

ErrorQueue::~ErrorQueue() {
  ERR_clear_error();
}

std::unexpected<Error> openssl_error(ErrorCode code, const std::string& doing) {
  const unsigned long first = ERR_peek_error();
  if (first == 0) return fail(code, doing);
  if (const char* reason = ERR_reason_error_string(first)) return fail(code, doing + ": " + reason);
  std::array<char, 256> number{};
  ERR_error_string_n(first, number.data(), number.size());
  return fail(code, doing + ": " + number.data());
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string copy;
  for (std::size_t at = 0; at < text.size();) {
    unsigned long character = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data()) + at;
    const int length =
        UTF8_getc(bytes, static_cast<int>(std::min<std::size_t>(text.size() - at, 6)), &character);
    const bool printable = length > 0 && character >= 0x20 && (character < 0x7f || character > 0x9f);
    const std::size_t step = length > 0 ? static_cast<std::size_t>(length) : 1;
    if (copy.size() + step > kMost) return copy + "…";
    copy += printable ? text.substr(at, step) : "?";
    at += step;
  }
  return copy;
}

Result<Bio> open_pem(std::string_view pem) {
  if (pem.size() > kLargestPem)
    return fail(ErrorCode::malformed,
                "seen " + std::to_string(pem.size()) + " bytes, expected PEM of at most a megabyte");
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return openssl_error(ErrorCode::failed, "cannot read PEM");
  return bio;
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

X509Certificate next_certificate(BIO* pem) {
  return X509Certificate(PEM_read_bio_X509(pem, nullptr, no_passphrase, nullptr));
}

Result<X509Certificate> parse_certificate(std::string_view pem) {
  KILN_TRY_ASSIGN(const Bio bio, open_pem(pem));
  X509Certificate certificate = next_certificate(bio.get());
  if (!certificate) return openssl_error(ErrorCode::malformed, "expected a certificate in PEM");
  return certificate;
}

std::string to_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return contents(bio.get());
}

std::string sha256(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

std::string public_key_hash(const X509_PUBKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(key, &der);
  const std::unique_ptr<unsigned char, OpensslMemory> owner(der);
  if (length <= 0) return {};
  return sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
}

std::string entry_of(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  const std::unique_ptr<unsigned char, OpensslMemory> owner(utf8);
  if (length <= 0) return {};
  return {reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)};
}

}  // namespace kiln::pki
