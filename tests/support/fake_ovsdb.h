#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/database.h"
#include "ovsdb/operation.h"

namespace kiln::test {

/// A database in memory that executes transactions as ovsdb-server does (RFC 7047, 5.2; ovsdb-server(7)): all
/// or nothing, rows of non-root tables are collected, indexes and row limits are checked at the commit.
class FakeDatabase {
 public:
  explicit FakeDatabase(Database database) : database_(database) {}

  /// Errors as ovsdb::Client::transact has them.
  Result<std::vector<ovsdb::OperationResult>> transact(const ovsdb::Transaction& transaction, Random& random);
  /// What transact would leave, without doing it.
  Result<ovsdb::Tables> after(const ovsdb::Transaction& transaction, Random& random) const;

  const ovsdb::Tables& tables() const { return tables_; }
  const ovsdb::Table& table(const std::string& name) const;
  /// The row whose column is this text; null if there is none.
  const ovsdb::Row* find(const std::string& table, const std::string& column, const std::string& text) const;
  std::optional<Uuid> uuid_of(const std::string& table, const std::string& column,
                              const std::string& text) const;
  bool operator==(const FakeDatabase& other) const { return tables_ == other.tables_; }

 private:
  Database database_;
  ovsdb::Tables tables_;
};

}  // namespace kiln::test
