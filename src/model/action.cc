#include "model/action.h"

#include "base/text.h"

namespace kiln {

std::string_view to_string(UnitVerb verb) {
  switch (verb) {
    case UnitVerb::start:
      return "start";
    case UnitVerb::stop:
      return "stop";
    case UnitVerb::restart:
      return "restart";
    case UnitVerb::enable:
      return "enable";
    case UnitVerb::disable:
      return "disable";
    case UnitVerb::mask:
      return "mask";
    case UnitVerb::unmask:
      return "unmask";
    case UnitVerb::reset_failed:
      return "reset-failed";
  }
  return "unknown";
}

std::string describe(const Action& action) {
  struct Text {
    std::string operator()(const WriteFile& act) const { return "write " + act.path; }
    std::string operator()(const RemoveFile& act) const { return "remove " + act.path; }
    std::string operator()(const RemoveAddress& act) const {
      return "take " + act.address + " off " + act.link;
    }
    std::string operator()(const UnitAction& act) const {
      return std::string(to_string(act.verb)) + ' ' + act.unit;
    }
    std::string operator()(const DaemonReload&) const { return "systemctl daemon-reload"; }
    std::string operator()(const InstallPackages& act) const { return "install " + join(act.packages, " "); }
    std::string operator()(const CreateAuthority& act) const {
      return "create certificate authority " + act.name;
    }
    std::string operator()(const WriteTrust& act) const {
      return "write the authority's certificate to " + act.path;
    }
    std::string operator()(const IssueCertificate& act) const {
      return "issue certificate " + act.shape.common_name + " (" + act.shape.organizational_unit + ") in " +
             act.directory;
    }
    std::string operator()(const CreateDatabase& act) const {
      return "create " + std::string(schema_name(act.database)) + " at " + act.local_address;
    }
    std::string operator()(const AdoptDatabase& act) const {
      return "create " + std::string(schema_name(act.database)) + " at " + act.local_address +
             ", with the rows of the standalone database there";
    }
    std::string operator()(const RemoveKept&) const { return "remove what was put aside of the databases"; }
    std::string operator()(const JoinDatabase& act) const {
      return "join " + std::string(schema_name(act.database)) + " as " + act.local_address;
    }
    std::string operator()(const LeaveDatabase& act) const {
      return "leave " + std::string(schema_name(act.database));
    }
    std::string operator()(const RetireDatabase& act) const {
      return "move " + std::string(file_path(act.database)) + " to a folder beside it";
    }
    std::string operator()(const RecreateDatabase& act) const {
      return "create " + std::string(schema_name(act.database)) + " at " + act.local_address +
             " anew, with the rows of cluster " + act.cluster_id;
    }
    std::string operator()(const KickMember& act) const {
      return "kick server " + act.server_id + " of " + std::string(schema_name(act.database));
    }
    std::string operator()(const HandOver& act) const {
      return "hand over the leadership of " + std::string(schema_name(act.database));
    }
    std::string operator()(const Reboot&) const { return "systemctl reboot"; }
    std::string operator()(const RemoveCertificate& act) const { return "remove " + act.directory; }
    std::string operator()(const Transact& act) const {
      return "transact " + count_of(act.transaction.size(), "operation", "operations") + " in " +
             std::string(schema_name(act.database));
    }
    std::string operator()(const Appctl& act) const {
      return "appctl " + act.target + ' ' + join(act.arguments, " ");
    }
  };
  return std::visit(Text{}, action);
}

}  // namespace kiln
