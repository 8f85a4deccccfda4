#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace kiln::pki {

/// A PKCS#10 certificate request (RFC 2986). Of its subject only the common name is kept, of what else it
/// asks for nothing: the shape in the plan decides.
struct Request {
  std::string common_name;  ///< as it was sent by a host: may hold anything; "" for none
  std::string public_key;   ///< as Certificate::public_key
  std::string pem;          ///< normalised
  bool operator==(const Request&) const = default;
};

/// The first request in `pem`; malformed if there is none. Checks that the sender holds the key (the
/// request is signed with it) and that the key is of a sort that is accepted: EC on P-256 or P-384 (named,
/// not spelled out), Ed25519, or RSA of 2048 bits and more; denied says which does not hold.
Result<Request> read_request(std::string_view pem);

}  // namespace kiln::pki
