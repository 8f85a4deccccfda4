#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/seams.h"

namespace kiln::pki {

/// Extended key usage: serverAuth, clientAuth (RFC 5280, 4.2.1.12).
enum class Usage { server, client };

/// What a plan states of a certificate that is to be issued.
struct CertificateShape {
  std::string common_name;
  std::string organizational_unit;        ///< what it is for: "ovn-northbound"
  std::vector<std::string> dns_names;     ///< SAN, sorted
  std::vector<std::string> ip_addresses;  ///< SAN, normal form, sorted
  std::vector<Usage> usages;              ///< sorted
  int lifetime_days = 0;
  bool operator==(const CertificateShape&) const = default;
};

/// What is read of a certificate (RFC 5280).
struct Certificate {
  CertificateShape shape;   ///< lifetime_days rounded from the dates
  std::string serial;       ///< lower-case hexadecimal
  std::string fingerprint;  ///< SHA-256 of the DER, lower-case hexadecimal
  std::string issuer_name;  ///< "CN=kiln edge CA,O=kiln"
  TimePoint not_before;
  TimePoint not_after;
  bool is_authority = false;
  std::string public_key;   ///< SHA-256 of the SubjectPublicKeyInfo: pairs certificate, key and request
  std::string pem;          ///< normalised
  bool operator==(const Certificate&) const = default;
};

/// The first certificate in `pem`; malformed otherwise.
Result<Certificate> read_certificate(std::string_view pem);
/// Every certificate in `pem`, at least one.
Result<std::vector<Certificate>> read_certificates(std::string_view pem);

/// Signature, dates at `at`, and that the issuer is an authority. failed says which does not hold.
Result<> verify_issued_by(const Certificate& leaf, const Certificate& authority, TimePoint at);

}  // namespace kiln::pki
