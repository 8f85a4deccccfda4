#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/seams.h"
#include "base/secret.h"
#include "pki/certificate.h"
#include "pki/request.h"

namespace kiln::pki {

struct AuthoritySettings {
  std::string name;  ///< of the deployment: the subject is "kiln <name> CA"
  int lifetime_days = 3650;
};

/// A fresh authority as it goes to disk.
struct NewAuthority {
  std::string certificate_pem;
  std::string key_pem;  ///< PKCS#8, encrypted with the passphrase (PBES2, AES-256-CBC)
};

/// A certificate authority with its key open. Move-only; the key never leaves it.
class Authority {
 public:
  /// ECDSA P-384, self-signed, path length 0 (RFC 5280, 4.2.1.9). Valid from five minutes before `now`, for
  /// clocks that are not quite right.
  static Result<NewAuthority> create(const AuthoritySettings& settings, const Secret& passphrase, Random& random,
                                     TimePoint now);
  /// denied: wrong passphrase. failed: key and certificate do not belong together, or it is no authority. The
  /// first certificate of `certificate_pem` is the issuer, the others its chain.
  static Result<Authority> open(std::string_view certificate_pem, std::string_view key_pem, const Secret& passphrase);

  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  const Certificate& certificate() const;
  /// PEM of the leaf, then of the chain if there is one. The shape decides everything, the request gives its
  /// public key and must have the same common name. The end is never after the authority's own.
  Result<std::string> sign(const Request& request, const CertificateShape& shape, Random& random, TimePoint now) const;

 private:
  struct Open;
  explicit Authority(std::unique_ptr<Open> open);
  std::unique_ptr<Open> open_;
};

}  // namespace kiln::pki
