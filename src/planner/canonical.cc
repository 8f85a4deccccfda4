#include "planner/canonical.h"

namespace kiln::planner {
namespace {

/// Numbers of OVSDB are 64 bits, so that a double is written by its own digits.
std::string atom_text(const ovsdb::Atom& atom) {
  struct Text {
    std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
    std::string operator()(double real) const { return std::to_string(real); }
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const Uuid& uuid) const { return uuid.text(); }
    std::string operator()(const ovsdb::NamedUuid& uuid) const { return uuid.name; }
  };
  return std::visit(Text{}, atom);
}

struct AddOperation {
  Canonical& to;
  void operator()(const ovsdb::Insert& act) const {
    to.add(act.table).add(act.row).add(act.uuid ? act.uuid->text() : "").add(act.uuid_name);
  }
  void operator()(const ovsdb::Update& act) const { to.add(act.table).add(act.where).add(act.row); }
  void operator()(const ovsdb::Mutate& act) const {
    to.add(act.table).add(act.where).add(act.mutations.size());
    for (const ovsdb::Mutation& mutation : act.mutations)
      to.add(mutation.column).add(mutation.mutator).add(mutation.value);
  }
  void operator()(const ovsdb::Delete& act) const { to.add(act.table).add(act.where); }
  void operator()(const ovsdb::Select& act) const { to.add(act.table).add(act.where).add_all(act.columns); }
  void operator()(const ovsdb::Wait& act) const {
    to.add(act.table).add(act.where).add_all(act.columns).add(act.equal).add_all(act.rows);
  }
  void operator()(const ovsdb::Comment& act) const { to.add(act.text); }
};

struct AddAction {
  Canonical& to;
  void operator()(const WriteFile& act) const { to.add(act.path).add(act.content).add(act.mode); }
  void operator()(const RemoveFile& act) const { to.add(act.path); }
  void operator()(const RemoveAddress& act) const { to.add(act.link).add(act.address); }
  void operator()(const UnitAction& act) const { to.add(act.unit).add(act.verb); }
  void operator()(const DaemonReload&) const {}
  void operator()(const InstallPackages& act) const { to.add_all(act.packages).add_all(act.hold); }
  void operator()(const CreateAuthority& act) const { to.add(act.name).add(act.lifetime_days); }
  void operator()(const WriteTrust& act) const {
    to.add(act.path);
    if (!act.also.empty()) to.add(act.also);
  }
  void operator()(const IssueCertificate& act) const {
    to.add(act.directory).add(act.shape.common_name).add(act.shape.organizational_unit);
    to.add_all(act.shape.dns_names).add_all(act.shape.ip_addresses).add_all(act.shape.usages);
    to.add(act.shape.lifetime_days).add(act.owner);
  }
  void operator()(const CreateDatabase& act) const {
    to.add(act.database).add(act.local_address).add(act.election_timer_ms);
  }
  void operator()(const AdoptDatabase& act) const {
    to.add(act.database).add(act.local_address).add(act.election_timer_ms);
  }
  void operator()(const JoinDatabase& act) const {
    to.add(act.database).add(act.local_address).add_all(act.remote_addresses);
  }
  void operator()(const LeaveDatabase& act) const { to.add(act.database); }
  void operator()(const RetireDatabase& act) const { to.add(act.database); }
  void operator()(const RecreateDatabase& act) const {
    to.add(act.database).add(act.cluster_id).add(act.local_address).add(act.election_timer_ms);
  }
  void operator()(const KickMember& act) const { to.add(act.database).add(act.server_id).add(act.address); }
  void operator()(const HandOver& act) const { to.add(act.database); }
  void operator()(const RemoveKept&) const {}
  void operator()(const Reboot& act) const { to.add(act.boot_id); }
  void operator()(const RemoveCertificate& act) const { to.add(act.directory); }
  void operator()(const Transact& act) const { to.add(act.database).add_all(act.transaction); }
  void operator()(const Appctl& act) const { to.add(act.target).add_all(act.arguments); }
};

struct AddCondition {
  Canonical& to;
  void operator()(const DatabaseConnected& wait) const { to.add(wait.database); }
  void operator()(const MemberGone& wait) const { to.add(wait.database).add(wait.address); }
  void operator()(const MemberFollows& wait) const { to.add(wait.database); }
  void operator()(const NorthdActive& wait) const { to.add_all(wait.hosts); }
  void operator()(const ChassisGone& wait) const { to.add(wait.chassis); }
  void operator()(const Rebooted& wait) const { to.add(wait.boot_id); }
  void operator()(const ElectionTimer& wait) const { to.add(wait.database).add(wait.ms); }
  void operator()(const UnitActive& wait) const { to.add(wait.unit); }
  void operator()(const LinkPresent& wait) const { to.add(wait.link); }
  void operator()(const LinkGone& wait) const { to.add(wait.link); }
  void operator()(const ChassisRegistered& wait) const {
    to.add(wait.chassis).add_all(wait.encap_ips).add_all(wait.encap_types);
  }
  void operator()(const NorthdRunning&) const {}
  void operator()(const ControllerConnected&) const {}
  void operator()(const CertificateServed& wait) const {
    to.add(wait.address).add(wait.port).add(wait.common_name);
  }
  void operator()(const PortUp& wait) const { to.add(wait.port); }
  void operator()(const PingAnswered& wait) const { to.add(wait.network_namespace).add(wait.target); }
  void operator()(const QuorumKept& wait) const {
    to.add(wait.database).add(wait.members.size());
    for (const PlannedMember& member : wait.members)
      to.add(member.host).add(member.address).add(member.id).add(member.listed);
    to.add_all(wait.but).add(wait.gone).add(wait.silent).add(wait.mends);
  }
  void operator()(const NoDatabase& wait) const { to.add(wait.database).add_all(wait.hosts); }
};

void add_side(Canonical& to, const std::optional<AttributeValue>& side) {
  if (side)
    to.add(side->index() + 1).add(kiln::to_text(*side));
  else
    to.add(0);
}

}  // namespace

Canonical& Canonical::add(std::string_view text) {
  text_ += std::to_string(text.size());
  text_ += ':';
  text_ += text;
  return *this;
}

Canonical& Canonical::add(const ovsdb::Value& value) {
  add(value.atoms().size());
  for (const ovsdb::Atom& atom : value.atoms()) add(atom.index()).add(atom_text(atom));
  add(value.pairs().size());
  for (const auto& [key, mapped] : value.pairs())
    add(key.index()).add(atom_text(key)).add(mapped.index()).add(atom_text(mapped));
  return *this;
}

Canonical& Canonical::add(const ovsdb::Row& row) {
  add(row.size());
  for (const auto& [name, value] : row) add(name).add(value);
  return *this;
}

Canonical& Canonical::add(const ovsdb::Where& where) {
  add(where.size());
  for (const ovsdb::Condition& condition : where)
    add(condition.column).add(condition.function).add(condition.value);
  return *this;
}

Canonical& Canonical::add(const ovsdb::Operation& operation) {
  add(operation.index());
  std::visit(AddOperation{*this}, operation);
  return *this;
}

Canonical& Canonical::add(const Action& action) {
  add(action.index());
  std::visit(AddAction{*this}, action);
  return *this;
}

Canonical& Canonical::add(const Gate& gate) {
  add(gate.host).add(gate.condition.index());
  std::visit(AddCondition{*this}, gate.condition);
  return add(gate.deadline.count());
}

Canonical& Canonical::add(const Step& step) {
  add(step.id).add(step.host).add(step.title).add_all(step.guards);
  add_all(step.actions).add_all(step.gates);
  for (const StepNeed& need : step.needs) add(need.step).add(need.reason);
  return add(step.pool).add(step.deadline.count()).add(step.risk).add(step.irreversible);
}

Canonical& Canonical::add(const Change& change) {
  add(change.id.text()).add(change.host).add(change.verb).add(change.why).add(change.attributes.size());
  for (const AttributeChange& attribute : change.attributes) {
    add(attribute.path);
    add_side(*this, attribute.from);
    add_side(*this, attribute.to);
  }
  return *this;
}

}  // namespace kiln::planner
