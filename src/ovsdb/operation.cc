#include "ovsdb/operation.h"

#include <algorithm>

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

std::string missed_row(const Transaction& transaction, const std::vector<OperationResult>& results) {
  for (std::size_t at = 0; at < std::min(transaction.size(), results.size()); ++at) {
    const auto* mutate = std::get_if<Mutate>(&transaction[at]);
    const bool needs_row = std::holds_alternative<Update>(transaction[at]) ||
                           (mutate && std::ranges::any_of(mutate->mutations, [](const Mutation& mutation) {
                              return mutation.mutator != "delete";
                            }));
    if (needs_row && results[at].count == 0) return place_of(at, transaction);
  }
  return "";
}

}  // namespace kiln::ovsdb
