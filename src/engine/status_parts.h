#pragma once

#include <vector>

#include "engine/status.h"
#include "resources/kinds.h"

/// read_status in parts: what each looks at, and what it makes of the facts.

namespace kiln::engine {

std::vector<Probe> node_probes(const Desired& desired);
std::vector<NodeStatus> nodes_of(const Desired& desired, const resources::Placement& placement,
                                 const Facts& facts);

std::vector<Probe> database_probes(const Desired& desired);
std::vector<DatabaseClusterStatus> databases_of(const Desired& desired, const resources::Placement& placement,
                                                const Facts& facts);

std::vector<Probe> chassis_probes();
/// A chassis that should be registered and is not becomes a problem of its node.
std::vector<ChassisStatus> chassis_of(const Desired& desired, const Facts& facts,
                                      std::vector<NodeStatus>& nodes);

std::vector<Probe> certificate_probes(const Desired& desired);
std::vector<CertificateStatus> certificates_of(const Desired& desired, const resources::Placement& placement,
                                               const Facts& facts, TimePoint now);

}  // namespace kiln::engine
