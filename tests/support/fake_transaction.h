#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/database.h"
#include "ovsdb/operation.h"
#include "support/fake_schema.h"

namespace kiln::test {

/// One transaction at work on a copy of the tables.
class FakeTransaction {
 public:
  FakeTransaction(Database database, ovsdb::Tables from, Random& random)
      : tables(std::move(from)), schema_(fake_schema(database)), random_(random) {}

  /// After an error `tables` is of no use.
  Result<std::vector<ovsdb::OperationResult>> run(const ovsdb::Transaction& transaction);

  ovsdb::Tables tables;

 private:
  Result<ovsdb::OperationResult> execute(const ovsdb::Operation& operation);
  Result<ovsdb::OperationResult> insert(const ovsdb::Insert& act);
  Result<ovsdb::OperationResult> update(const ovsdb::Update& act);
  Result<ovsdb::OperationResult> mutate(const ovsdb::Mutate& act);
  Result<ovsdb::OperationResult> remove(const ovsdb::Delete& act);
  Result<ovsdb::OperationResult> select(const ovsdb::Select& act);
  Result<ovsdb::OperationResult> wait(const ovsdb::Wait& act);

  Result<> check_columns(const std::string& table, const ovsdb::Row& row) const;
  Result<std::vector<Uuid>> matching(const std::string& table, const ovsdb::Where& where) const;
  /// With NamedUuid replaced; not_found for a name that nothing has.
  Result<ovsdb::Value> resolve(const ovsdb::Value& value) const;
  Result<> commit();
  void collect();
  Result<> check_table(const std::string& name, const FakeTable& rules) const;

  const std::map<std::string, FakeTable>& schema_;
  Random& random_;
  std::map<std::string, Uuid> names_;
};

}  // namespace kiln::test
