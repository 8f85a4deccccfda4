#include "resources/operation_text_for_test.h"

#include <set>

namespace kiln::resources {
namespace {

class OperationText {
 public:
  explicit OperationText(const Names& names) : names_(names) {}

  std::string operator()(const ovsdb::Insert& insert) const {
    return "insert " + insert.table + " as " + (insert.uuid ? of(*insert.uuid) : "any") + ": " +
           of(insert.row);
  }
  std::string operator()(const ovsdb::Update& update) const {
    return "update " + update.table + of(update.where) + ": " + of(update.row);
  }
  std::string operator()(const ovsdb::Mutate& mutate) const {
    std::string text = "mutate " + mutate.table + of(mutate.where) + ':';
    for (const ovsdb::Mutation& mutation : mutate.mutations)
      text += ' ' + mutation.column + ' ' + mutation.mutator + ' ' + of(mutation.value);
    return text;
  }
  std::string operator()(const ovsdb::Delete& remove) const {
    return "delete " + remove.table + of(remove.where);
  }
  std::string operator()(const ovsdb::Select& select) const {
    return "select " + select.table + of(select.where);
  }
  std::string operator()(const ovsdb::Wait& wait) const {
    std::string text = "wait " + wait.table + of(wait.where) + (wait.equal ? " ==" : " !=");
    for (const ovsdb::Row& row : wait.rows) text += " [" + of(row) + ']';
    return text;
  }
  std::string operator()(const ovsdb::Comment& comment) const { return "comment " + comment.text; }

  /// Sorted as text: sets and maps have no order.
  std::string of(const ovsdb::Value& value) const {
    std::set<std::string> elements;
    for (const ovsdb::Atom& atom : value.atoms()) elements.insert(of(atom));
    for (const auto& [key, held] : value.pairs()) elements.insert(of(key) + '=' + of(held));
    return value.atoms().size() == 1 ? *elements.begin() : to_text(elements);
  }

 private:
  std::string of(const Uuid& uuid) const {
    const auto found = names_.find(uuid);
    return '#' + (found == names_.end() ? uuid.text() : found->second);
  }
  std::string of(const ovsdb::Atom& atom) const {
    struct Text {
      const OperationText& self;
      std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
      std::string operator()(double real) const { return std::to_string(real); }
      std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
      std::string operator()(const std::string& string) const { return string; }
      std::string operator()(const Uuid& uuid) const { return self.of(uuid); }
      std::string operator()(const ovsdb::NamedUuid& named) const { return "named " + named.name; }
    };
    return std::visit(Text{*this}, atom);
  }
  std::string of(const ovsdb::Row& row) const {
    std::string text;
    for (const auto& [column, value] : row) text += (text.empty() ? "" : " ") + column + '=' + of(value);
    return text;
  }
  std::string of(const ovsdb::Where& where) const {
    std::string text;
    for (const ovsdb::Condition& condition : where)
      text += ' ' + (condition.column == "_uuid" && condition.function == "=="
                         ? of(condition.value)
                         : condition.column + condition.function + of(condition.value));
    return text;
  }

  const Names& names_;
};

}  // namespace

std::string action_text(const Action& action, const Names& names) {
  std::string text = "  " + describe(action);
  if (const auto* file = std::get_if<WriteFile>(&action)) text += file->mode == 0755 ? " 0755" : "";
  if (const auto* join = std::get_if<JoinDatabase>(&action)) {
    text += " by way of";
    for (const std::string& remote : join->remote_addresses) text += ' ' + remote;
  }
  if (const auto* create = std::get_if<CreateDatabase>(&action))
    text += ", election timer " + std::to_string(create->election_timer_ms);
  if (const auto* issue = std::get_if<IssueCertificate>(&action)) text += " for " + issue->owner;
  const auto* transact = std::get_if<Transact>(&action);
  if (!transact) return text + '\n';
  text = "  in " + std::string(schema_name(transact->database)) + '\n';
  for (const ovsdb::Operation& operation : transact->transaction)
    text += "    " + std::visit(OperationText(names), operation) + '\n';
  return text;
}

std::string step_text(const Step& step, const Names& names) {
  std::string facets = step.risk == Risk::none ? "" : "risk " + std::string(to_string(step.risk));
  if (!step.pool.empty()) facets += (facets.empty() ? "pool " : ", pool ") + step.pool;
  if (step.irreversible) facets += ", irreversible";
  std::string text = step.id + (facets.empty() ? "" : " (" + facets + ')') + '\n';
  for (const Gate& guard : step.guards) text += "  only if " + describe(guard.condition) + '\n';
  for (const Action& action : step.actions) text += action_text(action, names);
  for (const Gate& gate : step.gates)
    text += "  until " + describe(gate.condition) + " on " + gate.host + '\n';
  return text;
}

}  // namespace kiln::resources
