#include "model/look.h"

namespace kiln {

// Here and not in the header: the comparison of a variant is long to compile.
bool Probe::operator==(const Probe&) const = default;
std::strong_ordering Probe::operator<=>(const Probe&) const = default;

std::string describe(const Look& look) {
  struct Text {
    std::string operator()(const FileLook& at) const { return "file " + at.path; }
    std::string operator()(const UnitLook& at) const { return "unit " + at.unit; }
    std::string operator()(const PackageLook& at) const { return "package " + at.package; }
    std::string operator()(const HostLook&) const { return "host"; }
    std::string operator()(const CardLook&) const { return "card"; }
    std::string operator()(const DatabaseFileLook& at) const {
      return "file " + std::string(file_path(at.database));
    }
    std::string operator()(const DatabaseLogLook& at) const {
      return "log in " + std::string(file_path(at.database));
    }
    std::string operator()(const DatabaseCheckLook& at) const {
      return "check of " + std::string(file_path(at.database));
    }
    std::string operator()(const DatabaseLook& at) const {
      return "server of " + std::string(schema_name(at.database));
    }
    std::string operator()(const RowsLook& at) const {
      return "table " + at.table + " of " + std::string(schema_name(at.database));
    }
    std::string operator()(const RaftLook& at) const {
      return "cluster/status of " + std::string(schema_name(at.database));
    }
    std::string operator()(const AppctlLook& at) const { return at.target + ' ' + at.command; }
    std::string operator()(const NamespaceLook& at) const { return "network namespace " + at.name; }
    std::string operator()(const ServedCertificateLook& at) const {
      return "certificate served at " + at.address + ':' + std::to_string(at.port);
    }
    std::string operator()(const PingLook& at) const {
      return "ping from " + at.network_namespace + " to " + at.target;
    }
    std::string operator()(const ListenersLook&) const { return "listening TCP sockets"; }
    std::string operator()(const FlowsLook& at) const { return "flows of " + at.bridge; }
    std::string operator()(const LogLook& at) const { return "log of " + at.daemon; }
  };
  return std::visit(Text{}, look);
}

}  // namespace kiln
