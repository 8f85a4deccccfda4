#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ovsdb/value.h"

/// The file that `ovsdb-client backup` writes (ovsdb(5), Standalone Format): a record with the schema, and
/// one with every row.

namespace kiln::ovsdb {

/// What one file holds.
struct Standalone {
  std::string name;     ///< "OVN_Northbound"
  std::string version;  ///< of the schema: "7.11.0"
  /// The columns of each table that are kept on a disk, and what each holds where nobody has set it.
  std::map<std::string, std::map<std::string, Value>> defaults;
  Tables rows;  ///< columns that hold their default, and ephemeral ones, are left out
};

/// malformed says what was expected; a file with more than one record of rows is a database that somebody has
/// used, and no backup.
Result<Standalone> read_standalone(std::string_view content);

/// Without the columns that hold their default, and without those that `defaults` does not have.
Row without_defaults(Row row, const std::map<std::string, Value>& defaults);

}  // namespace kiln::ovsdb
