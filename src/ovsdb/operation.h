#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ovsdb/value.h"

/// Operations of a transaction as data (RFC 7047, 5.2), so that a plan can hold, show and repeat them.

namespace kiln::ovsdb {

/// `function` as in RFC 7047, 5.1 `<condition>`: "==", "!=", "includes", "excludes", "<", …
struct Condition {
  std::string column;
  std::string function;
  Value value;
  bool operator==(const Condition&) const = default;
};
using Where = std::vector<Condition>;  ///< empty: every row

/// `_uuid == uuid`: the only condition that older servers do not answer with a full scan.
Where by_uuid(const Uuid& uuid);

/// `mutator` as in RFC 7047, 5.1 `<mutation>`: "insert", "delete", "+=", …
struct Mutation {
  std::string column;
  std::string mutator;
  Value value;
  bool operator==(const Mutation&) const = default;
};

struct Insert {
  std::string table;
  Row row;
  /// Chosen by the client (ovsdb-server(7), 5.2.1 insert), so that a second insert fails.
  std::optional<Uuid> uuid;
  std::string uuid_name;  ///< for NamedUuid in the same transaction, or empty
  bool operator==(const Insert&) const = default;
};
struct Update {
  std::string table;
  Where where;
  Row row;
  bool operator==(const Update&) const = default;
};
struct Mutate {
  std::string table;
  Where where;
  std::vector<Mutation> mutations;
  bool operator==(const Mutate&) const = default;
};
struct Delete {
  std::string table;
  Where where;
  bool operator==(const Delete&) const = default;
};
struct Select {
  std::string table;
  Where where;
  std::vector<std::string> columns;
  bool operator==(const Select&) const = default;
};
/// A guard: the transaction fails with "timed out" unless it holds at once (its timeout is always 0).
struct Wait {
  std::string table;
  Where where;
  std::vector<std::string> columns;
  bool equal = true;  ///< `until` "==" or "!="
  std::vector<Row> rows;
  bool operator==(const Wait&) const = default;
};
struct Comment {
  std::string text;
  bool operator==(const Comment&) const = default;
};

using Operation = std::variant<Insert, Update, Mutate, Delete, Select, Wait, Comment>;
using Transaction = std::vector<Operation>;

/// For error texts: "operation 2 (Logical_Switch)", or "the commit" for an index after the last.
std::string place_of(std::size_t index, const Transaction& transaction);

/// What the server says of one operation.
struct OperationResult {
  std::size_t count = 0;     ///< rows updated, mutated or deleted
  std::optional<Uuid> uuid;  ///< of the row inserted
  std::vector<Row> rows;     ///< selected
  bool operator==(const OperationResult&) const = default;
};

/// Where a committed transaction missed: the first Update, or Mutate that does more than delete, that found
/// no row (RFC 7047, 5.2.3: no error to the server). "" where every write met its row.
std::string missed_row(const Transaction& transaction, const std::vector<OperationResult>& results);

}  // namespace kiln::ovsdb
