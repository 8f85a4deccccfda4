#include "planner/covers.h"

#include <algorithm>

namespace kiln::planner {
namespace {

bool contains(const ovsdb::Value& planned, const ovsdb::Value& value) {
  if (planned.is_map() || value.is_map())
    return std::ranges::includes(planned.pairs(), value.pairs()) && value.atoms().empty();
  return std::ranges::includes(planned.atoms(), value.atoms());
}

bool contains(const ovsdb::Mutate& planned, const ovsdb::Mutate& mutate) {
  return planned.table == mutate.table && planned.where == mutate.where &&
         std::ranges::all_of(mutate.mutations, [&](const ovsdb::Mutation& one) {
           return std::ranges::any_of(planned.mutations, [&](const ovsdb::Mutation& other) {
             return other.column == one.column && other.mutator == one.mutator &&
                    contains(other.value, one.value);
           });
         });
}

bool contains(const ovsdb::Update& planned, const ovsdb::Update& update) {
  return planned.table == update.table && planned.where == update.where &&
         std::ranges::includes(planned.row, update.row,
                               [](const auto& a, const auto& b) { return a.first < b.first; }) &&
         std::ranges::all_of(
             update.row, [&](const auto& column) { return planned.row.at(column.first) == column.second; });
}

bool contains(const ovsdb::Operation& planned, const ovsdb::Operation& operation) {
  if (planned == operation) return true;
  const auto* mutates = std::get_if<ovsdb::Mutate>(&planned);
  const auto* mutate = std::get_if<ovsdb::Mutate>(&operation);
  if (mutates && mutate) return contains(*mutates, *mutate);
  const auto* updates = std::get_if<ovsdb::Update>(&planned);
  const auto* update = std::get_if<ovsdb::Update>(&operation);
  return updates && update && contains(*updates, *update);
}

}  // namespace

bool covers(const Action& planned, const Action& action) {
  if (planned == action) return true;
  const auto* starts = std::get_if<UnitAction>(&planned);
  const auto* starts_again = std::get_if<UnitAction>(&action);
  if (starts && starts_again)  // what the plan starts may have been started by it before
    return starts->unit == starts_again->unit && starts->verb == UnitVerb::start &&
           starts_again->verb == UnitVerb::restart;
  const auto* installs = std::get_if<InstallPackages>(&planned);
  const auto* install = std::get_if<InstallPackages>(&action);
  if (installs && install)
    return installs->hold == install->hold && std::ranges::includes(installs->packages, install->packages);
  const auto* transacts = std::get_if<Transact>(&planned);
  const auto* transact = std::get_if<Transact>(&action);
  return transacts && transact && transacts->database == transact->database &&
         std::ranges::all_of(transact->transaction, [&](const ovsdb::Operation& one) {
           return std::ranges::any_of(transacts->transaction,
                                      [&](const ovsdb::Operation& other) { return contains(other, one); });
         });
}

}  // namespace kiln::planner
