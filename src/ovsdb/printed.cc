#include "ovsdb/printed.h"

#include <nlohmann/json.hpp>

#include "ovsdb/json.h"
#include "ovsdb/reply.h"
#include "ovsdb/sendable.h"

namespace kiln::ovsdb {

Result<std::string> transact_argument(const std::string& database, const Transaction& transaction) {
  KILN_TRY(check_sendable(transaction));
  nlohmann::json parameters = nlohmann::json::array({database});
  for (const Operation& operation : transaction) parameters.push_back(to_json(operation));
  try {
    return parameters.dump();
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::failed, "a text is not UTF-8");
  }
}

Result<std::vector<OperationResult>> read_printed_results(const std::string& printed,
                                                          const Transaction& transaction) {
  KILN_TRY_ASSIGN(const Message answer,
                  Message::parse("{\"id\":0,\"error\":null,\"result\":" + printed + '}'));
  return answer.read_results(transaction);
}

}  // namespace kiln::ovsdb
