#include "ovsdb/operation.h"

namespace kiln::ovsdb {

Where by_uuid(const Uuid& uuid) {
  return {{.column = "_uuid", .function = "==", .value = Value(uuid)}};
}

std::string place_of(std::size_t index, const Transaction& transaction) {
  if (index >= transaction.size()) return "the commit";
  const std::string table = std::visit(
      [](const auto& operation) -> std::string {
        if constexpr (requires { operation.table; }) return " (" + operation.table + ")";
        return "";
      },
      transaction[index]);
  return "operation " + std::to_string(index) + table;
}

}  // namespace kiln::ovsdb
