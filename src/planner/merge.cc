#include "planner/merge.h"

#include <unordered_map>

#include "planner/canonical.h"

namespace kiln::planner {
namespace {

/// One Mutate that grows. Atoms are collected and made a set once, so that time is linear.
struct Union {
  ovsdb::Mutate mutate;  ///< its value is made in the end
  std::vector<ovsdb::Atom> atoms;
  ovsdb::Map pairs;
  bool is_map = false;

  void add(const ovsdb::Value& value) {
    atoms.insert(atoms.end(), value.atoms().begin(), value.atoms().end());
    pairs.insert(value.pairs().begin(), value.pairs().end());
  }
};

class Unions {
 public:
  /// False if the operation is not one that can be merged.
  bool take(const ovsdb::Operation& operation) {
    const auto* mutate = std::get_if<ovsdb::Mutate>(&operation);
    if (!mutate || mutate->mutations.size() != 1) return false;
    const ovsdb::Mutation& mutation = mutate->mutations.front();
    if (mutation.mutator != "insert" && mutation.mutator != "delete") return false;
    const bool is_map = mutation.value.is_map();
    Canonical key;
    key.add(mutate->table).add(mutate->where).add(mutation.column).add(mutation.mutator).add(is_map);
    const auto [at, fresh] = places_.try_emplace(key.text(), unions_.size());
    if (fresh) unions_.push_back({*mutate, {}, {}, is_map});
    unions_[at->second].add(mutation.value);
    return true;
  }

  void append_to(ovsdb::Transaction& transaction) && {
    for (Union& one : unions_) {
      one.mutate.mutations.front().value =
          one.is_map ? ovsdb::Value(std::move(one.pairs)) : ovsdb::Value::set(std::move(one.atoms));
      transaction.push_back(std::move(one.mutate));
    }
  }

 private:
  std::vector<Union> unions_;  ///< in the order in which they were first seen
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

ovsdb::Transaction merge(const std::vector<const ovsdb::Transaction*>& transactions) {
  ovsdb::Transaction merged;
  Unions unions;
  for (const ovsdb::Transaction* transaction : transactions)
    for (const ovsdb::Operation& operation : *transaction)
      if (!unions.take(operation)) merged.push_back(operation);
  // Last, as what they refer to is inserted before; the server checks references when it commits.
  std::move(unions).append_to(merged);
  return merged;
}

}  // namespace kiln::planner
