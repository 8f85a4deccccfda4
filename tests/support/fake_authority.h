#pragma once

#include <string>

#include "base/seams.h"
#include "pki/certificate.h"

/// Real certificates at little cost: authorities on P-256 that are made once for each test program, and
/// leaves that are kept by their shape.

namespace kiln::test {

/// PEM of authority number `which` (0, 1, …): the same for the whole program.
const std::string& authority_pem(int which);

/// A leaf of this shape by the authority of `authority_certificate`, which authority_pem made; issued on the
/// day of `now`. "" if it cannot be.
std::string issue(const std::string& authority_certificate, const pki::CertificateShape& shape,
                  TimePoint now);

/// PEM of the authority that issued this leaf, or "" for a leaf that issue() did not make.
std::string issuer_of(const std::string& leaf_pem);

}  // namespace kiln::test
