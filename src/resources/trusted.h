#pragma once

#include "base/error.h"
#include "model/fact.h"
#include "pki/certificate.h"

namespace kiln::resources {

/// The certificate that was served to the host is one of this authority, and holds by the host's clock
/// (HostLook).
Result<> check_served(const Facts& facts, const HostName& host, const ServedCertificateLook& served,
                      const pki::Certificate& authority);

}  // namespace kiln::resources
