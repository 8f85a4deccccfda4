#include "transport/lease_rows.h"

#include "transport/transport.h"

namespace kiln::transport {
namespace {

constexpr const char* kColumn = "external_ids";

/// Keys of the row's map, one by one: every other writer's stay.
ovsdb::Transaction write_keys(Database database, const ovsdb::Value& external_ids,
                              const std::map<std::string, std::string>& keys) {
  const std::string table = global_table(database);
  std::vector<ovsdb::Mutation> mutations;
  for (const auto& [key, value] : keys)
    if (external_ids.at(key)) mutations.push_back({kColumn, "delete", ovsdb::Value(key)});
  mutations.push_back({kColumn, "insert", ovsdb::Value::string_map(keys)});
  return {ovsdb::Wait{table, {}, {kColumn}, true, {{{kColumn, external_ids}}}},
          ovsdb::Mutate{table, {}, std::move(mutations)}};
}

/// Whoever has a lower fence is too late.
Result<> check_fence(const ovsdb::Value& external_ids, const Fence& fence) {
  const auto text = external_ids.at(kFenceKey);
  if (!text) return {};
  const Result<Fence> there = read_fence(*text);
  // What is no fence of kiln's keeps nobody out.
  if (!there || there->token < fence.token || there->token == Fence::kMost || *there == fence) return {};
  return fail(ErrorCode::denied, std::string(kFencedWords) + ": " + *text);
}

}  // namespace

ovsdb::Transaction guarded(Database database, const ovsdb::Transaction& transaction, const Fence& fence) {
  const ovsdb::Condition condition{kColumn, "includes",
                                   ovsdb::Value::string_map({{kFenceKey, fence.text()}})};
  ovsdb::Transaction guarded{ovsdb::Wait{global_table(database), {condition}, {kColumn}, false, {}}};
  guarded.insert(guarded.end(), transaction.begin(), transaction.end());
  return guarded;
}

ovsdb::Transaction guarded_first(Database database, const ovsdb::Transaction& transaction,
                                 const Fence& fence) {
  const std::string table = global_table(database);
  ovsdb::Transaction guarded{ovsdb::Wait{table, {}, {kColumn}, true, {}}};
  guarded.insert(guarded.end(), transaction.begin(), transaction.end());
  guarded.push_back(
      ovsdb::Mutate{table, {}, {{kColumn, "insert", ovsdb::Value::string_map({{kFenceKey, fence.text()}})}}});
  return guarded;
}

ovsdb::Transaction first_lease(Database database, const Lease& lease) {
  const std::string table = global_table(database);
  std::map<std::string, std::string> keys{{kFenceKey, lease.fence.text()}};
  if (database == Database::northbound) keys.emplace(kLeaseKey, lease.text());
  return {ovsdb::Wait{table, {}, {kColumn}, true, {}},
          ovsdb::Insert{table, {{kColumn, ovsdb::Value::string_map(keys)}}, {}, ""}};
}

bool guard_failed(const Error& error, const ovsdb::Transaction& guarded) {
  return error.code() == ErrorCode::precondition &&
         error.text().find(ovsdb::place_of(0, guarded)) != std::string::npos;
}

Result<ovsdb::Transaction> raise_fence(Database database, const ovsdb::Value& external_ids,
                                       const Fence& fence) {
  KILN_TRY(check_fence(external_ids, fence));
  return write_keys(database, external_ids, {{kFenceKey, fence.text()}});
}

Result<ovsdb::Transaction> write_lease(const ovsdb::Value& external_ids, const std::string& lease) {
  KILN_TRY_ASSIGN(const Lease wanted, read_lease(lease));
  KILN_TRY(check_fence(external_ids, wanted.fence));
  return write_keys(Database::northbound, external_ids,
                    {{kFenceKey, wanted.fence.text()}, {kLeaseKey, lease}});
}

std::string lease_in(const ovsdb::Value& external_ids) {
  return external_ids.at(kLeaseKey).value_or("");
}

}  // namespace kiln::transport
