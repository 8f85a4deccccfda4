#include "pki/private_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

namespace kiln::pki {
namespace {

using PlainKey = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, Deleter<X509_SIG_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Deleter<X509_ALGOR_free>>;

// 16 MiB and five passes, for whoever gets hold of the file; OpenSSL opens nothing that needs over 32 MiB.
constexpr std::uint64_t kScryptCost = 1 << 14;
constexpr std::uint64_t kScryptBlock = 8;
constexpr std::uint64_t kScryptPasses = 5;
constexpr std::size_t kLongestPassphrase = 1024;

/// The random bytes as OpenSSL takes them: not const, though it only reads them.
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

/// What OpenSSL is given when it asks for the passphrase of a key, and that it has asked.
struct Answer {
  const Secret& passphrase;
  bool asked = false;
};

int give_passphrase(char* buffer, int size, int, void* data) {
  auto& answer = *static_cast<Answer*>(data);
  answer.asked = true;
  const std::string& text = answer.passphrase.reveal();
  if (text.empty() || text.size() > static_cast<std::size_t>(size)) return -1;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
}

std::unexpected<Error> refuse_passphrase(const Secret& passphrase) {
  return fail(ErrorCode::denied, passphrase.empty()
                                     ? "the authority's key is encrypted, and no passphrase was given"
                                     : "the passphrase does not open the authority's key");
}

Result<Key> decrypt_pkcs8(const X509_SIG* encrypted, const Secret& passphrase) {
  if (passphrase.empty()) return refuse_passphrase(passphrase);
  const std::string& text = passphrase.reveal();
  const PlainKey plain(PKCS8_decrypt(encrypted, text.data(), static_cast<int>(text.size())));
  if (!plain) {
    // A wrong passphrase shows as bad padding or, once in 256, as a key that is no key. An algorithm that
    // OpenSSL has not got is another matter.
    const unsigned long first = ERR_peek_error();
    if (ERR_GET_LIB(first) == ERR_LIB_EVP)
      return openssl_error(ErrorCode::failed, "cannot decrypt the authority's key");
    return refuse_passphrase(passphrase);
  }
  Key key(EVP_PKCS82PKEY(plain.get()));
  if (!key) return openssl_error(ErrorCode::malformed, "cannot read the authority's key");
  return key;
}

}  // namespace

Result<std::string> encrypt_key(const EVP_PKEY* key, const Secret& passphrase, Random& random) {
  const std::string& text = passphrase.reveal();
  if (text.empty()) return fail(ErrorCode::denied, "the authority's key needs a passphrase");
  if (text.size() > kLongestPassphrase)
    return fail(ErrorCode::denied, "the passphrase of the authority's key is longer than 1024 bytes");
  std::string salt = random.bytes(16);
  std::string vector = random.bytes(16);
  const PlainKey plain(EVP_PKEY2PKCS8(key));
  Algorithm algorithm(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), octets(salt), static_cast<int>(salt.size()),
                                            octets(vector), kScryptCost, kScryptBlock, kScryptPasses));
  if (!plain || !algorithm)
    return openssl_error(ErrorCode::failed, "cannot prepare the encryption of the authority's key");
  const EncryptedKey encrypted(
      PKCS8_set0_pbe(text.data(), static_cast<int>(text.size()), plain.get(), algorithm.get()));
  if (!encrypted) return openssl_error(ErrorCode::failed, "cannot encrypt the authority's key");
  static_cast<void>(algorithm.release());  // it is part of `encrypted` now
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8(bio.get(), encrypted.get()) != 1)
    return openssl_error(ErrorCode::failed, "cannot write the authority's key");
  return contents(bio.get());
}

Result<Key> decrypt_key(std::string_view pem, const Secret& passphrase) {
  KILN_TRY_ASSIGN(const Bio pkcs8, open_pem(pem));
  if (const EncryptedKey encrypted(PEM_read_bio_PKCS8(pkcs8.get(), nullptr, no_passphrase, nullptr));
      encrypted)
    return decrypt_pkcs8(encrypted.get(), passphrase);
  ERR_clear_error();
  KILN_TRY_ASSIGN(const Bio any, open_pem(pem));
  Answer answer{passphrase};
  Key key(PEM_read_bio_PrivateKey(any.get(), nullptr, give_passphrase, &answer));
  if (!key && answer.asked) return refuse_passphrase(passphrase);
  if (!key) return fail(ErrorCode::malformed, "expected a private key in PEM");
  if (!answer.asked && !passphrase.empty())
    return fail(ErrorCode::denied,
                "the authority's key is not encrypted, but a passphrase was given: encrypt it or give none");
  return key;
}

}  // namespace kiln::pki
