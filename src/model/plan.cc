#include "model/plan.h"

#include <algorithm>

#include "base/text.h"

namespace kiln {

std::string_view to_string(Risk risk) {
  switch (risk) {
    case Risk::none:
      return "none";
    case Risk::control_plane:
      return "control-plane";
    case Risk::data_plane:
      return "data-plane";
    case Risk::quorum:
      return "quorum";
  }
  return "unknown";
}

std::size_t Plan::deferred() const {
  return static_cast<std::size_t>(std::ranges::count(changes, Verb::defer, &Change::verb));
}

std::string describe(const Condition& condition) {
  struct Text {
    std::string operator()(const DatabaseConnected& wait) const {
      return std::string(schema_name(wait.database)) + " connected and caught up";
    }
    std::string operator()(const MemberGone& wait) const {
      return std::string(schema_name(wait.database)) + " without " + wait.address;
    }
    std::string operator()(const MemberFollows& wait) const {
      return std::string(schema_name(wait.database)) + " led by another member";
    }
    std::string operator()(const NorthdActive& wait) const {
      return "ovn-northd active on " + join(wait.hosts, " or ");
    }
    std::string operator()(const ChassisGone& wait) const {
      return "chassis " + wait.chassis + " not in OVN_Southbound";
    }
    std::string operator()(const Rebooted&) const { return "rebooted"; }
    std::string operator()(const ElectionTimer& wait) const {
      return std::string(schema_name(wait.database)) + " with an election timer of " +
             std::to_string(wait.ms) + " ms";
    }
    std::string operator()(const UnitActive& wait) const { return wait.unit + " active"; }
    std::string operator()(const LinkPresent& wait) const { return "link " + wait.link + " present"; }
    std::string operator()(const LinkGone& wait) const { return "link " + wait.link + " gone"; }
    std::string operator()(const ChassisRegistered& wait) const {
      return "chassis " + wait.chassis + " registered in OVN_Southbound with encap " +
             join(wait.encap_ips, ", ");
    }
    std::string operator()(const NorthdRunning&) const { return "ovn-northd active or standby"; }
    std::string operator()(const ControllerConnected&) const {
      return "ovn-controller connected to the southbound database";
    }
    std::string operator()(const CertificateServed& wait) const {
      return "certificate of " + wait.common_name + " served at " + wait.address + ':' +
             std::to_string(wait.port);
    }
    std::string operator()(const PortUp& wait) const { return "logical switch port " + wait.port + " up"; }
    std::string operator()(const QuorumKept& wait) const {
      if (!wait.gone.empty())
        return std::string(schema_name(wait.database)) + " without the server " + wait.gone.substr(0, 4);
      std::string text = std::string(schema_name(wait.database)) + " with its members, all connected";
      if (!wait.but.empty()) text += " but " + join(wait.but, " and ");
      if (!wait.silent.empty()) text += ", and nobody hears " + wait.silent;
      return text;
    }
    std::string operator()(const NoDatabase& wait) const {
      return "no " + std::string(schema_name(wait.database)) + " on any other host";
    }
    std::string operator()(const PingAnswered& wait) const {
      return "ping from " + wait.network_namespace + " to " + wait.target + " answered";
    }
  };
  return std::visit(Text{}, condition);
}

}  // namespace kiln
