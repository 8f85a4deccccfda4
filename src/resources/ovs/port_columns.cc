#include "resources/ovs/port_columns.h"

#include "base/text.h"

namespace kiln::resources {
namespace {

constexpr const char* kPortColumns[] = {"tag", "trunks", "vlan_mode"};

std::string attribute(const std::string& prefix, const char* column) {
  return prefix + ' ' + column;
}

std::string atoms_text(const ovsdb::Value& value) {
  std::vector<std::string> atoms;
  for (const ovsdb::Atom& atom : value.atoms()) {
    if (const auto* number = std::get_if<std::int64_t>(&atom)) atoms.push_back(std::to_string(*number));
    if (const auto* text = std::get_if<std::string>(&atom)) atoms.push_back(*text);
  }
  return join(atoms, ", ");
}

}  // namespace

void add_port_columns_seen(const ovsdb::Row& port, const std::string& prefix, State& state) {
  for (const char* name : kPortColumns)
    if (const std::string text = atoms_text(column(port, name)); !text.empty())
      state[attribute(prefix, name)] = text;
}

void empty_port_columns(const Change& change, const Uuid& port, const std::string& prefix,
                        ovsdb::Transaction& transaction) {
  ovsdb::Row row;
  for (const char* name : kPortColumns)
    if (change.touches(attribute(prefix, name))) row[name] = ovsdb::Value::set({});
  if (!row.empty()) transaction.push_back(ovsdb::Update{"Port", ovsdb::by_uuid(port), std::move(row)});
}

bool touches_port_columns(const Change& change, const std::string& prefix) {
  for (const char* name : kPortColumns)
    if (change.touches(attribute(prefix, name))) return true;
  return false;
}

}  // namespace kiln::resources
