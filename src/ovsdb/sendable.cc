#include "ovsdb/sendable.h"

#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace kiln::ovsdb {
namespace {

using Names = std::set<std::string, std::less<>>;

Names introduced_by(const Transaction& transaction) {
  Names names;
  for (const Operation& operation : transaction)
    if (const auto* insert = std::get_if<Insert>(&operation); insert && !insert->uuid_name.empty())
      names.insert(insert->uuid_name);
  return names;
}

Result<> check(std::string_view text) {
  if (text.contains('\0')) return fail(ErrorCode::failed, "OVSDB cannot hold text with a NUL");
  return {};
}

Result<> check(const Atom& atom, const Names& names) {
  if (const auto* text = std::get_if<std::string>(&atom)) return check(*text);
  if (const auto* named = std::get_if<NamedUuid>(&atom); named && !names.contains(named->name))
    return fail(ErrorCode::not_found,
                "no insert of this transaction has the uuid-name `" + named->name + "`");
  return {};
}

Result<> check(const Value& value, const Names& names) {
  for (const Atom& atom : value.atoms()) KILN_TRY(check(atom, names));
  for (const auto& [key, content] : value.pairs()) {
    KILN_TRY(check(key, names));
    KILN_TRY(check(content, names));
  }
  return {};
}

Result<> check(const Row& row, const Names& names) {
  for (const auto& [name, value] : row) {
    auto checked = check(value, names);
    if (!checked) return fail(std::move(checked).error(), "column " + name);
  }
  return {};
}

/// Where and Mutation: both have a column and a value.
template <typename Triple>
Result<> check(const std::vector<Triple>& triples, const Names& names) {
  for (const Triple& triple : triples) {
    auto checked = check(triple.value, names);
    if (!checked) return fail(std::move(checked).error(), "column " + triple.column);
  }
  return {};
}

struct Check {
  const Names& names;

  Result<> operator()(const Insert& insert) const { return check(insert.row, names); }
  Result<> operator()(const Update& update) const {
    KILN_TRY(check(update.where, names));
    return check(update.row, names);
  }
  Result<> operator()(const Mutate& mutate) const {
    KILN_TRY(check(mutate.where, names));
    return check(mutate.mutations, names);
  }
  Result<> operator()(const Delete& remove) const { return check(remove.where, names); }
  Result<> operator()(const Select& select) const { return check(select.where, names); }
  Result<> operator()(const Wait& wait) const {
    KILN_TRY(check(wait.where, names));
    for (const Row& row : wait.rows) KILN_TRY(check(row, names));
    return {};
  }
  Result<> operator()(const Comment& comment) const { return check(std::string_view(comment.text)); }
};

}  // namespace

Result<> check_sendable(const Transaction& transaction) {
  const Names names = introduced_by(transaction);
  for (std::size_t index = 0; index < transaction.size(); ++index) {
    auto checked = std::visit(Check{names}, transaction[index]);
    if (!checked) return fail(std::move(checked).error(), place_of(index, transaction));
  }
  return {};
}

}  // namespace kiln::ovsdb
