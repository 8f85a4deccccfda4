#pragma once

#include <string>

#include "base/seams.h"
#include "pki/certificate.h"
#include "pki/openssl.h"

/// The parts of a certificate that is being made. What cannot be said in a certificate is `failed` with the
/// name that cannot.

namespace kiln::pki {

/// An empty certificate of version 3 with a serial number of 128 random bits, never 0 (RFC 5280, 4.1.2.2).
Result<X509Certificate> new_certificate(Random& random);

/// Adds "CN", "O" or "OU" to a distinguished name, as UTF-8. At most 64 characters (RFC 5280, A.1), none of
/// them a control character, at least one.
Result<> add_name(X509_NAME* name, const char* field, const std::string& text);

/// Whole seconds of both.
Result<> set_dates(X509* certificate, TimePoint from, TimePoint until);

/// Both kinds get a subject key identifier, so the public key must be set before.
Result<> add_authority_extensions(X509* certificate);
Result<> add_leaf_extensions(X509* certificate, X509* issuer, const CertificateShape& shape);

/// Signs with the digest that fits the key: SHA-384 for P-384.
Result<> sign_certificate(X509* certificate, EVP_PKEY* key);

}  // namespace kiln::pki
