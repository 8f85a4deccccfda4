#include <chrono>

#include "engine/status_parts.h"
#include "pki/certificate.h"
#include "resources/host/authority.h"
#include "resources/paths.h"

// Certificates on the nodes, and the authority's own on the controller.

namespace kiln::engine {
namespace {

void tell(const pki::Certificate& certificate, TimePoint now, CertificateStatus& status) {
  status.subject = "CN=" + certificate.shape.common_name;
  if (!certificate.shape.organizational_unit.empty())
    status.subject += ",OU=" + certificate.shape.organizational_unit;
  status.days_left = std::chrono::floor<std::chrono::days>(certificate.not_after - now).count();
}

CertificateStatus read(const HostName& host, const std::string& name, const FileLook& look,
                       const Facts& facts, TimePoint now) {
  CertificateStatus status;
  status.node = host;
  status.name = name;
  const auto* file = facts.seen<FileSeen>(host, look);
  if (!file) {
    const auto* unknown = std::get_if<Unknown>(&facts.at({host, look}));
    status.problem = unknown ? "could not be read: " + unknown->why : look.path + " is not there";
    return status;
  }
  const auto certificate = pki::read_certificate(file->content);
  if (!certificate) {
    status.problem = look.path + ": " + certificate.error().text();
    return status;
  }
  tell(*certificate, now, status);
  return status;
}

/// Where [ca] dir lacks it, what the hosts trust tells as much.
CertificateStatus authority_of(const resources::Context& context, TimePoint now) {
  const std::string name = "authority";
  const resources::KnownAuthority& known = *context.authority;
  const auto certificate = known.certificate();
  if (known.elsewhere.empty() || !certificate)
    return read(kController, name, resources::authority_look(context.desired.ca), context.facts, now);
  CertificateStatus status;
  status.node = kController;
  status.name = name;
  tell(*certificate, now, status);
  return status;
}

}  // namespace

FileLook certificate_look(const std::string& daemon) {
  return {resources::certificate_path(daemon), true};
}

std::vector<std::string> certified_daemons(const resources::Placement& placement, const HostName& node) {
  std::vector<std::string> daemons;
  if (placement.has(node, "central"))
    daemons = {resources::kNorthboundName, resources::kSouthboundName, resources::kNorthdName};
  if (placement.has(node, "chassis")) daemons.emplace_back(resources::kControllerName);
  return daemons;
}

std::vector<Probe> certificate_probes(const Desired& desired) {
  std::vector<Probe> probes{{kController, resources::authority_look(desired.ca)}};
  for (const auto& [name, node] : desired.nodes)
    for (const char* daemon : {resources::kNorthboundName, resources::kSouthboundName, resources::kNorthdName,
                               resources::kControllerName, resources::kClientName})
      probes.push_back({name, certificate_look(daemon)});
  return probes;
}

std::vector<CertificateStatus> certificates_of(const resources::Context& context, TimePoint now) {
  const Facts& facts = context.facts;
  std::vector<CertificateStatus> certificates;
  certificates.push_back(authority_of(context, now));
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    std::vector<std::string> daemons = certified_daemons(context.placement, node->name);
    // Where a client has been set up its certificate is one more to watch.
    if (facts.seen<FileSeen>(node->name, certificate_look(resources::kClientName)))
      daemons.emplace_back(resources::kClientName);
    for (const std::string& daemon : daemons)
      certificates.push_back(read(node->name, daemon, certificate_look(daemon), facts, now));
  }
  return certificates;
}

}  // namespace kiln::engine
