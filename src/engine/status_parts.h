#pragma once

#include <vector>

#include "engine/status.h"
#include "resources/context.h"
#include "resources/kinds.h"

/// read_status in parts: what each looks at, and what it makes of the facts.

namespace kiln::engine {

/// A service of the file and the units that run it.
struct Service {
  const char* name;
  std::vector<std::string> units;
};
const std::vector<Service>& all_services();

inline constexpr const char* kOvnPackage = "ovn-common";
inline constexpr const char* kOvsPackage = "openvswitch-switch";
/// "25.03.0" of "1:25.03.0-1"; "" if it is not installed or not known.
std::string upstream_version(const Facts& facts, const HostName& host, const std::string& package);

std::vector<Probe> node_probes(const Desired& desired);
std::vector<NodeStatus> nodes_of(const Desired& desired, const resources::Placement& placement,
                                 const Facts& facts);

std::vector<Probe> database_probes(const Desired& desired);
std::vector<DatabaseClusterStatus> databases_of(const Desired& desired, const resources::Placement& placement,
                                                const Facts& facts);

RowsLook registered_look();  ///< Chassis
std::vector<Probe> chassis_probes();
/// A chassis that should be registered and is not becomes a problem of its node.
std::vector<ChassisStatus> chassis_of(const Desired& desired, const Facts& facts,
                                      std::vector<NodeStatus>& nodes);

/// The daemons of the node that need a certificate.
std::vector<std::string> certified_daemons(const resources::Placement& placement, const HostName& node);
FileLook certificate_look(const std::string& daemon);
std::vector<Probe> certificate_probes(const Desired& desired);
std::vector<CertificateStatus> certificates_of(const resources::Context& context, TimePoint now);

}  // namespace kiln::engine
