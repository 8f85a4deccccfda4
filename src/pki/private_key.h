#pragma once

#include <string>
#include <string_view>

#include "base/seams.h"
#include "base/secret.h"
#include "pki/openssl.h"

/// The authority's key at rest.

namespace kiln::pki {

/// PEM of PKCS#8 encrypted with PBES2 (RFC 8018): AES-256-CBC under scrypt (RFC 7914). Salt and vector come
/// from `random`. denied when the passphrase is empty, or longer than the 1024 bytes that openssl(1) takes.
Result<std::string> encrypt_key(const EVP_PKEY* key, const Secret& passphrase, Random& random);

/// The first private key in `pem`: encrypted with `passphrase`, or not encrypted and no passphrase given.
/// denied: a passphrase is wrong, missing, or given for a key that is not encrypted; malformed: no key.
Result<Key> decrypt_key(std::string_view pem, const Secret& passphrase);

}  // namespace kiln::pki
