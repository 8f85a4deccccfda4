#pragma once

#include <string>
#include <vector>

/// Where kiln's own files are on a host. Conffiles of packages are never touched: options live in kiln's
/// EnvironmentFiles, which drop-ins bring in (systemd.exec(5)).

namespace kiln::resources {

inline constexpr const char* kHostDirectory = "/etc/kiln";
inline constexpr const char* kTrustPath = "/etc/kiln/pki/ca.pem";
inline constexpr const char* kEndpointsPath = "/etc/kiln/ovn.env";
inline constexpr const char* kSystemIdPath = "/etc/openvswitch/system-id.conf";

/// What stands in every file that is wholly kiln's, and nowhere else.
inline constexpr const char* kFileMark = "# made by kiln for ";
/// The same for one deployment's files.
inline std::string file_mark(const std::string& cluster) {
  return kFileMark + cluster + ':';
}
/// First line of every file that is wholly kiln's.
inline std::string file_header(const std::string& cluster, const std::string& resource) {
  return file_mark(cluster) + resource + "; changes here are undone by the next apply\n";
}
inline std::string controller_environment_path() {
  return std::string(kHostDirectory) + "/ovn-controller.env";
}
/// Says that kiln has made Open vSwitch run there.
inline constexpr const char* kSwitchMarkPath = "/etc/kiln/openvswitch";
/// A symbolic link to the folder that holds key.pem and cert.pem of one daemon.
inline std::string certificate_directory(const std::string& daemon) {
  return "/etc/kiln/pki/" + daemon;
}
inline std::string key_path(const std::string& daemon) {
  return certificate_directory(daemon) + "/key.pem";
}
inline std::string certificate_path(const std::string& daemon) {
  return certificate_directory(daemon) + "/cert.pem";
}
inline std::string unit_path(const std::string& unit) {
  return "/etc/systemd/system/" + unit;
}
inline std::string drop_in_path(const std::string& unit) {
  return unit_path(unit) + ".d/50-kiln.conf";
}

/// The database servers' condition: there as long as the package is, whatever else is on the host.
inline std::string condition_path(const std::string& unit) {
  return unit_path(unit) + ".d/40-kiln-condition.conf";
}

/// The daemons that have a certificate; also the names of their folders and the subjects' OU.
inline constexpr const char* kNorthboundName = "ovn-northbound";
inline constexpr const char* kSouthboundName = "ovn-southbound";
inline constexpr const char* kNorthdName = "ovn-northd";
inline constexpr const char* kControllerName = "ovn-controller";
inline constexpr const char* kClientName = "ovn-client";

/// Every daemon of kiln's that has a certificate.
std::vector<std::string> daemons_with_certificate();

}  // namespace kiln::resources
