#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/seams.h"

/// X.509 certificates (RFC 5280) as values: what is wanted of one, what is read of one, and whether one
/// was issued by another. Nothing here touches a disk, a clock or a key.

namespace kiln::pki {

/// Extended key usage: serverAuth, clientAuth (RFC 5280, 4.2.1.12).
enum class Usage { server, client };

/// What a plan states of a certificate that is to be issued.
struct CertificateShape {
  std::string common_name;             ///< at most 64 characters (RFC 5280, A.1)
  std::string organizational_unit;     ///< what it is for: "ovn-northbound"; at most 64 characters, may be ""
  std::vector<std::string> dns_names;  ///< SAN, sorted
  std::vector<std::string> ip_addresses;  ///< SAN, normal form (IpAddress), sorted
  std::vector<Usage> usages;              ///< sorted; none means that the extension is absent: any usage
  int lifetime_days = 0;
  bool operator==(const CertificateShape&) const = default;
};

/// What is read of a certificate. Other extensions and other parts of its names are not kept.
struct Certificate {
  CertificateShape shape;   ///< lifetime_days rounded from the dates
  std::string serial;       ///< lower-case hexadecimal, no leading zeros
  std::string fingerprint;  ///< SHA-256 of the DER, lower-case hexadecimal
  std::string issuer_name;  ///< RFC 2253, so always ASCII: "CN=kiln edge CA"
  TimePoint not_before;
  TimePoint not_after;        ///< the last second it is valid in; years past 2262 read as 2262-04-11
  bool is_authority = false;  ///< may sign certificates: BasicConstraints and KeyUsage (4.2.1.9, 4.2.1.3)
  std::string public_key;     ///< SHA-256 of the SubjectPublicKeyInfo: pairs certificate, key and request
  std::string pem;            ///< normalised: this certificate alone, no text around it
  bool operator==(const Certificate&) const = default;
};

/// The first certificate in `pem`, whatever follows it; malformed if there is none. Text around it and
/// blocks of other sorts are skipped.
Result<Certificate> read_certificate(std::string_view pem);

/// Every certificate in `pem`, in its order, at least one; malformed if any of them cannot be read.
Result<std::vector<Certificate>> read_certificates(std::string_view pem);

/// Both texts, one behind the other: what is trusted is read from a file as a whole.
std::string bundle(std::string pem, const std::string& also);

/// That `authority` is one, that it signed `leaf` and that both are valid at `at`. failed says which does
/// not hold. One link only: who vouches for `authority` is not asked.
Result<> verify_issued_by(const Certificate& leaf, const Certificate& authority, TimePoint at);

/// That the certificate's dates hold `at`; failed says which does not.
Result<> valid_at(const Certificate& certificate, TimePoint at);

/// A leaf is renewed when a third of its life is left.
bool due_for_renewal(const Certificate& leaf, TimePoint now);

}  // namespace kiln::pki
