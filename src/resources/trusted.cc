#include "resources/trusted.h"

namespace kiln::resources {

Result<> check_served(const Facts& facts, const HostName& host, const ServedCertificateLook& served,
                      const pki::Certificate& authority) {
  const auto* seen_host = facts.seen<HostSeen>(host, HostLook{});
  if (!seen_host) return fail(ErrorCode::unreachable, host + " has not told its time");
  const auto* seen = facts.seen<CertificateSeen>(host, served);
  if (!seen) return fail(ErrorCode::unreachable, "nobody answers with TLS there");
  KILN_TRY_ASSIGN(const auto certificate, pki::read_certificate(seen->pem));
  return pki::verify_issued_by(certificate, authority, TimePoint{Duration{seen_host->time_ms}});
}

}  // namespace kiln::resources
