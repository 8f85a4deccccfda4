#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace kiln::pki {

/// A PKCS#10 certificate request (RFC 2986).
struct Request {
  std::string common_name;
  std::string public_key;  ///< as Certificate::public_key
  std::string pem;
  bool operator==(const Request&) const = default;
};

/// Verifies the proof of possession. denied: a key that is too weak (EC P-256 and P-384, Ed25519 and RSA of
/// 2048 bits and more are taken) or a signature that does not hold; malformed: not a request.
Result<Request> read_request(std::string_view pem);

}  // namespace kiln::pki
