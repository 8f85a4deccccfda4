#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/seams.h"
#include "base/secret.h"
#include "pki/certificate.h"
#include "pki/request.h"

/// The certificate authority of a deployment. Pure but for OpenSSL's own random numbers in making a key and
/// in ECDSA signatures; all else follows from the arguments. No error holds a passphrase or a key.

namespace kiln::pki {

struct AuthoritySettings {
  std::string name;  ///< of the deployment: the subject is "CN=kiln <name> CA", so at most 56 characters
  int lifetime_days = 3650;  ///< 1 to 36500
};

/// A fresh authority as it goes to disk.
struct NewAuthority {
  std::string certificate_pem;
  std::string key_pem;  ///< PKCS#8, encrypted with the passphrase (PBES2: scrypt, AES-256-CBC)
};

/// A certificate authority with its key open. Move-only; the key never leaves it.
class Authority {
 public:
  /// ECDSA P-384, self-signed, path length 0 (RFC 5280, 4.2.1.9), for signing certificates and revocation
  /// lists only. Valid from five minutes before `now`, for hosts whose clocks are behind. denied: the
  /// passphrase is empty or longer than 1024 bytes; failed: a name or lifetime that cannot be.
  static Result<NewAuthority> create(const AuthoritySettings& settings, const Secret& passphrase,
                                     Random& random, TimePoint now);

  /// The first certificate of `certificate_pem` issues. When it is an intermediate, those above it may follow
  /// in any order. The key is encrypted (PKCS#8, or the older PEM header), or plain with an empty passphrase.
  /// denied: the passphrase is wrong, missing, or given for a plain key; failed: key and certificate do not
  /// belong together, or it is no authority; malformed: PEM that cannot be read.
  static Result<Authority> open(std::string_view certificate_pem, std::string_view key_pem,
                                const Secret& passphrase);

  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  /// The one that issues.
  const Certificate& certificate() const;

  /// PEM of a leaf, followed by the intermediates between it and a root (the root itself is what hosts trust
  /// already). The shape decides everything; of the request its public key is taken, after it was checked
  /// again as read_request does, and its common name must be the shape's (denied otherwise). Valid from five
  /// minutes before `now`, for `lifetime_days` from `now` but not beyond the authority itself. failed: the
  /// shape cannot be said in a certificate, or the authority is not valid at `now`.
  Result<std::string> sign(const Request& request, const CertificateShape& shape, Random& random,
                           TimePoint now) const;

 private:
  struct Open;
  explicit Authority(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace kiln::pki
