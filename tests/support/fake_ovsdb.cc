#include "support/fake_ovsdb.h"

#include "support/fake_transaction.h"

namespace kiln::test {

Result<std::vector<ovsdb::OperationResult>> FakeDatabase::transact(const ovsdb::Transaction& transaction,
                                                                   Random& random) {
  if (transaction.empty()) return std::vector<ovsdb::OperationResult>{};
  FakeTransaction work(database_, tables_, random);
  KILN_TRY_ASSIGN(auto results, work.run(transaction));
  tables_ = std::move(work.tables);
  return results;
}

Result<ovsdb::Tables> FakeDatabase::after(const ovsdb::Transaction& transaction, Random& random) const {
  FakeTransaction work(database_, tables_, random);
  KILN_TRY(work.run(transaction));
  return std::move(work.tables);
}

const ovsdb::Table& FakeDatabase::table(const std::string& name) const {
  static const ovsdb::Table kNone;
  const auto found = tables_.find(name);
  return found == tables_.end() ? kNone : found->second;
}

std::optional<Uuid> FakeDatabase::uuid_of(const std::string& table_name, const std::string& column,
                                          const std::string& text) const {
  for (const auto& [uuid, row] : table(table_name))
    if (ovsdb::column(row, column).as_string() == text) return uuid;
  return std::nullopt;
}

const ovsdb::Row* FakeDatabase::find(const std::string& table_name, const std::string& column,
                                     const std::string& text) const {
  const auto uuid = uuid_of(table_name, column, text);
  return uuid ? &table(table_name).at(*uuid) : nullptr;
}

}  // namespace kiln::test
