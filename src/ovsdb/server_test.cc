#include <gtest/gtest.h>

#include "ovsdb/client.h"
#include "ovsdb/ovsdb_server_for_test.h"

// The client and a real ovsdb-server. client_test.cc has what a real one does not do on demand.

namespace kiln::ovsdb::server_test {
namespace {

/// A set; `Value::strings({"a", "b"})` would be ambiguous.
Value texts(const std::vector<std::string>& atoms) {
  return Value::strings(atoms);
}

constexpr Duration kLong{30'000};

template <typename T>
std::string problem(const Result<T>& result) {
  return result ? "none" : std::string(to_string(result.error().code())) + ": " + result.error().text();
}

Uuid uuid_of(unsigned number) {
  Uuid uuid;
  uuid.bytes[0] = 0x10;
  for (std::size_t i = 0; i < 4; ++i) uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return uuid;
}

const Uuid kSwitch = uuid_of(1);
const Insert kInsert{
    "Switch", {{"name", "ls1"}, {"ids", Value::string_map({{"ours", "1"}, {"theirs", "2"}})}}, kSwitch, ""};

class RealServer : public testing::Test {
 protected:
  void SetUp() override {
    client_ = server_->connect();
    ASSERT_NE(client_, nullptr);
  }
  Result<std::vector<OperationResult>> transact(const Transaction& transaction) {
    return client_->transact("Small", transaction, kLong);
  }
  Tables read(const TableColumns& columns) {
    auto snapshot = client_->read("Small", columns, kLong);
    EXPECT_EQ(problem(snapshot), "none");
    return snapshot ? std::move(snapshot->tables) : Tables{};
  }

  std::unique_ptr<OvsdbServer> server_ = OvsdbServer::standalone();
  std::unique_ptr<Client> client_;
};

TEST_F(RealServer, lists_its_databases) {
  EXPECT_EQ(client_->list_databases(kLong), (std::vector<std::string>{"Small", "_Server"}));
}

TEST_F(RealServer, tells_its_schema) {
  const ColumnSchema plain;
  const ColumnSchema map{.is_map = true};
  const Schema expected{"Small",
                        "1.2.3",
                        {{"Switch", {{"name", plain}, {"ports", plain}, {"ids", map}}},
                         {"Port",
                          {{"name", plain},
                           {"addresses", plain},
                           {"enabled", plain},
                           {"tag", plain},
                           {"options", map},
                           {"up", {.ephemeral = true}}}}}};
  EXPECT_EQ(client_->get_schema("Small", kLong), expected);
}

TEST_F(RealServer, does_not_find_another_database) {
  EXPECT_EQ(problem(client_->get_schema("Other", kLong)),
            "not-found: get_schema: unknown database: get_schema request specifies unknown database Other");
  EXPECT_EQ(problem(client_->status("Other", kLong)),
            "not-found: the server does not have the database Other");
  EXPECT_EQ(problem(client_->transact("Other", {Comment{"x"}}, kLong)),
            "not-found: transact: unknown database: transact request specifies unknown database Other");
}

TEST_F(RealServer, refuses_a_second_insert_of_a_uuid) {
  EXPECT_EQ(transact({kInsert}), (std::vector<OperationResult>{{0, kSwitch, {}}}));
  EXPECT_EQ(
      problem(transact({kInsert})),
      "precondition: operation 0 (Switch): duplicate uuid: This UUID would duplicate a UUID already present "
      "within the table or deleted within the same transaction.");
}

TEST_F(RealServer, waits_guard_the_whole_transaction) {
  EXPECT_EQ(problem(transact({kInsert})), "none");
  const Wait is_ls1{"Switch", by_uuid(kSwitch), {"name"}, true, {{{"name", "ls1"}}}};
  const Update rename{"Switch", by_uuid(kSwitch), {{"name", "ls2"}}};
  EXPECT_EQ(transact({is_ls1, rename}), (std::vector<OperationResult>{{}, {1, std::nullopt, {}}}));
  EXPECT_EQ(problem(transact({Comment{"again"}, is_ls1, rename})),
            "precondition: operation 1 (Switch): timed out: \"where\" clause test failed");
}

TEST_F(RealServer, changes_maps_key_by_key) {
  EXPECT_EQ(problem(transact({kInsert})), "none");
  EXPECT_EQ(problem(transact(
                {Mutate{"Switch",
                        by_uuid(kSwitch),
                        {{"ids", "delete", texts({"ours"})},
                         {"ids", "insert", Value::string_map({{"ours", "new"}, {"more", "\"\\\n"}})}}}})),
            "none");
  EXPECT_EQ(
      read({{"Switch", {"ids"}}}),
      (Tables{{"Switch",
               {{kSwitch,
                 {{"ids", Value::string_map({{"ours", "new"}, {"more", "\"\\\n"}, {"theirs", "2"}})}}}}}}));
}

TEST_F(RealServer, refuses_what_breaks_a_constraint) {
  EXPECT_EQ(
      problem(transact({kInsert, Insert{"Port", {{"name", "a"}, {"tag", 4096}}, std::nullopt, ""}})),
      "precondition: operation 1 (Port): constraint violation: 4096 is not in the valid range 1 to 4095 "
      "(inclusive)");
  EXPECT_EQ(problem(transact({Insert{"Switch", {{"ports", uuid_of(7)}}, kSwitch, ""}})),
            "precondition: the commit: referential integrity violation: Table Switch column ports row " +
                kSwitch.text() + " references nonexistent row " + uuid_of(7).text() + " in table Port.");
  EXPECT_EQ(problem(transact({Insert{"Switch", {{"nmae", "x"}}, std::nullopt, ""}})),
            "failed: operation 0 (Switch): unknown column: No column nmae in table Switch.");
  EXPECT_EQ(read({{"Switch", {}}}), Tables{});
}

TEST_F(RealServer, denies_changes_to_its_own_database) {
  EXPECT_EQ(problem(client_->transact("_Server", {Delete{"Database", {}}}, kLong)),
            "denied: operation 0 (Database): not allowed: delete operation not allowed on table in reserved "
            "database _Server");
}

TEST_F(RealServer, keeps_hostile_text) {
  const std::string text = "'; rm -rf / # \" \\ \t\n\r\x01\x7f \u00e9 \U0001f600 ]}{[ \\u0000";
  EXPECT_EQ(problem(transact({Insert{"Switch", {{"name", text}}, kSwitch, ""}})), "none");
  EXPECT_EQ(read({{"Switch", {"name"}}}), (Tables{{"Switch", {{kSwitch, {{"name", text}}}}}}));
}

TEST_F(RealServer, goes_on_after_text_that_cannot_be_sent) {
  EXPECT_EQ(problem(transact({Comment{"\xff"}})),
            "failed: a text that is to be sent to the database is not UTF-8");
  EXPECT_EQ(problem(transact({Comment{std::string("\0", 1)}})),
            "failed: operation 0: OVSDB cannot hold text with a NUL");
  EXPECT_EQ(problem(transact({kInsert})), "none");
}

TEST_F(RealServer, reads_what_the_schema_has_of_what_was_asked) {
  EXPECT_EQ(problem(transact({kInsert})), "none");
  EXPECT_EQ(read({{"Switch", {"name", "newer_column"}}, {"Newer_Table", {"name"}}, {"Port", {}}}),
            (Tables{{"Switch", {{kSwitch, {{"name", "ls1"}}}}}}));
  EXPECT_EQ(read({{"Switch", {"newer_column"}}}), (Tables{{"Switch", {{kSwitch, {}}}}}));
  EXPECT_EQ(read({}), Tables{});
}

TEST_F(RealServer, reads_all_columns_but_the_servers_own) {
  EXPECT_EQ(problem(transact({kInsert})), "none");
  EXPECT_EQ(read({{"Switch", {}}}), (Tables{{"Switch", {{kSwitch, kInsert.row}}}}));
}

TEST_F(RealServer, reads_ten_thousand_rows) {
  constexpr unsigned kSwitches = 10;
  constexpr unsigned kPorts = 1000;
  Tables expected;
  for (unsigned s = 0; s < kSwitches; ++s) {
    Transaction batch;
    std::vector<Atom> ports;
    for (unsigned p = 0; p < kPorts; ++p) {
      const unsigned number = s * kPorts + p;
      const std::string name = "ls" + std::to_string(s) + "-p" + std::to_string(p);
      const Row row{{"name", name},
                    {"addresses", Value("02:00:00:00:00:01 10.0.0." + std::to_string(p))},
                    {"enabled", true},
                    {"options", Value::string_map({{"requested-chassis", "n1"}})}};
      ports.emplace_back(uuid_of(100'000 + number));
      batch.push_back(Insert{"Port", row, uuid_of(100'000 + number), ""});
      expected["Port"].emplace(uuid_of(100'000 + number), row);
    }
    const Row row{{"name", "ls" + std::to_string(s)}, {"ports", Value::set(ports)}};
    batch.push_back(Insert{"Switch", row, uuid_of(1 + s), ""});
    expected["Switch"].emplace(uuid_of(1 + s), row);
    ASSERT_EQ(problem(transact(batch)), "none");
  }
  EXPECT_TRUE(read({{"Switch", {}}, {"Port", {}}}) == expected);
  EXPECT_TRUE(read({{"Switch", {}}, {"Port", {}}}) == expected) << "again on the same connection";
}

TEST_F(RealServer, selects_rows) {
  EXPECT_EQ(problem(transact({kInsert})), "none");
  EXPECT_EQ(transact({Select{"Switch", {{"name", "==", "ls1"}}, {"_uuid", "name", "ports"}}}),
            (std::vector<OperationResult>{
                {0, std::nullopt, {{{"_uuid", kSwitch}, {"name", "ls1"}, {"ports", Value()}}}}}));
}

TEST_F(RealServer, tells_the_status_of_a_standalone_database) {
  const DatabaseStatus expected{.name = "Small",
                                .model = "standalone",
                                .connected = true,
                                .leader = true,
                                .cluster_id = "",
                                .server_id = "",
                                .index = 0,
                                .schema_version = "1.2.3"};
  EXPECT_EQ(client_->status("Small", kLong), expected);
}

TEST_F(RealServer, is_unreachable_once_it_has_ended) {
  server_->stop();
  EXPECT_EQ(problem(client_->list_databases(kLong)).substr(0, 12), "unreachable:");
  EXPECT_EQ(problem(Client::connect(server_->socket(), kLong)).substr(0, 12), "unreachable:");
}

TEST(RealCluster, tells_its_id_and_leader) {
  const auto server = OvsdbServer::cluster_of_one();
  const auto client = server->connect();
  ASSERT_NE(client, nullptr);
  auto status = client->status("Small", kLong);
  ASSERT_EQ(problem(status), "none");
  EXPECT_TRUE(Uuid::parse(status->cluster_id)) << status->cluster_id;
  EXPECT_TRUE(Uuid::parse(status->server_id)) << status->server_id;
  EXPECT_GT(status->index, 0);
  const DatabaseStatus expected{.name = "Small",
                                .model = "clustered",
                                .connected = true,
                                .leader = true,
                                .cluster_id = status->cluster_id,
                                .server_id = status->server_id,
                                .index = status->index,
                                .schema_version = "1.2.3"};
  EXPECT_EQ(*status, expected);
}

TEST(RealCluster, commits_and_tells_the_transaction) {
  const auto server = OvsdbServer::cluster_of_one();
  const auto client = server->connect();
  ASSERT_NE(client, nullptr);
  EXPECT_EQ(problem(client->transact("Small", {kInsert}, kLong)), "none");
  const auto snapshot = client->read("Small", {{"Switch", {"name"}}}, kLong);
  ASSERT_EQ(problem(snapshot), "none");
  EXPECT_EQ(snapshot->tables, (Tables{{"Switch", {{kSwitch, {{"name", "ls1"}}}}}}));
  EXPECT_NE(Uuid::parse(snapshot->last_transaction_id), Uuid{}) << snapshot->last_transaction_id;
}

// Unknown is never absent.
TEST(RealCluster, a_member_that_has_not_joined_is_there_but_not_connected) {
  const auto server = OvsdbServer::joining();
  const auto client = server->connect();
  ASSERT_NE(client, nullptr);
  const auto status = client->status("Small", kLong);
  ASSERT_EQ(problem(status), "none");
  EXPECT_TRUE(Uuid::parse(status->server_id)) << status->server_id;
  const DatabaseStatus expected{.name = "Small",
                                .model = "clustered",
                                .connected = false,
                                .leader = false,
                                .cluster_id = "",
                                .server_id = status->server_id,
                                .index = 0,
                                .schema_version = ""};
  EXPECT_EQ(*status, expected);
  EXPECT_EQ(problem(client->read("Small", {{"Switch", {}}}, kLong)).substr(0, 48),
            "unreachable: get_schema: database not available:");
}

}  // namespace
}  // namespace kiln::ovsdb::server_test
