#pragma once

#include "pki/certificate.h"
#include "pki/openssl.h"

namespace kiln::pki {

/// All that kiln reads of a certificate. Dates before 1970 and after 2262-04-11, where TimePoint ends, read
/// as those: RFC 5280 writes "no end" as the year 9999 (4.1.2.5).
Certificate describe(X509* certificate);

}  // namespace kiln::pki
