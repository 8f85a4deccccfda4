#include "ovsdb/client.h"

#include <gtest/gtest.h>

#include "ovsdb/scripted_server_for_test.h"

// What the client makes of a server that does odd things. server_test.cc has a real server.

namespace kiln::ovsdb::client_test {
namespace {

using namespace std::string_literals;

constexpr Duration kLong{30'000};
constexpr Duration kShort{20};
const std::string kListRequest = R"({"id":1,"method":"list_dbs","params":[]})";

class ScriptedClient : public testing::Test {
 protected:
  ScriptedClient() : client_(std::move(*Client::adopt(server_.client_end()))) {}

  template <typename T>
  static std::string problem(const Result<T>& result) {
    return result ? "none" : std::string(to_string(result.error().code())) + ": " + result.error().text();
  }

  ScriptedServer server_;
  std::unique_ptr<Client> client_;
};

TEST_F(ScriptedClient, numbers_its_requests) {
  server_.say(R"({"id":1,"result":["A"],"error":null}{"id":2,"result":["B"],"error":null})");
  EXPECT_EQ(client_->list_databases(kLong), std::vector<std::string>{"A"});
  EXPECT_EQ(server_.heard(), kListRequest);
  EXPECT_EQ(client_->list_databases(kLong), std::vector<std::string>{"B"});
  EXPECT_EQ(server_.heard(), R"({"id":2,"method":"list_dbs","params":[]})");
}

TEST_F(ScriptedClient, answers_echo_while_it_waits) {
  server_.say(R"({"method":"echo","id":"echo","params":["x"]}{"id":1,"result":[],"error":null})");
  EXPECT_EQ(problem(client_->list_databases(kLong)), "none");
  EXPECT_EQ(server_.heard(), kListRequest + R"({"id":"echo","result":["x"],"error":null})");
}

TEST_F(ScriptedClient, ignores_notifications_and_answers_to_others) {
  server_.say(
      R"({"method":"update3","id":null,"params":["m","x",{}]}{"method":"locked","id":null,"params":[]})"
      R"({"id":99,"result":["wrong"],"error":null}{"id":"1","result":["wrong"],"error":null})"
      R"({"id":1,"result":["right"],"error":null})");
  EXPECT_EQ(client_->list_databases(kLong), std::vector<std::string>{"right"});
}

TEST_F(ScriptedClient, lost_answer_is_unreachable) {
  server_.say_no_more();
  EXPECT_EQ(problem(client_->transact("D", {Comment{"x"}}, kLong)),
            "unreachable: the server closed the connection");
}

TEST_F(ScriptedClient, answer_cut_anywhere_is_unreachable) {
  const std::string answer = R"({"id":1,"result":["a\"}"],"error":null})";
  for (std::size_t at = 0; at < answer.size(); ++at) {
    ScriptedServer server;
    const auto client = Client::adopt(server.client_end());
    server.say(answer.substr(0, at));
    server.say_no_more();
    EXPECT_EQ(problem((*client)->list_databases(kLong)), "unreachable: the server closed the connection")
        << at;
  }
}

TEST_F(ScriptedClient, late_answer_is_timed_out) {
  server_.say(R"({"id":1,"result":[)");
  EXPECT_EQ(problem(client_->list_databases(kShort)), "timed-out: no answer within 20 ms");
}

TEST_F(ScriptedClient, is_of_no_use_after_an_error_of_the_connection) {
  EXPECT_EQ(problem(client_->list_databases(kShort)), "timed-out: no answer within 20 ms");
  EXPECT_EQ(problem(client_->list_databases(kLong)), "timed-out: no answer within 20 ms");
}

TEST_F(ScriptedClient, nonsense_is_malformed) {
  const std::string prefix = "malformed: the database server's answer is not as RFC 7047 has it: expected ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"SSH-2.0-OpenSSH_9.2\r\n",
       "malformed: the server did not send JSON-RPC: a message does not begin with `{`"},
      {R"({"id":1,"result":[}]})", prefix + "JSON"},
      {"{\"id\":1,\"result\":[\"\xff\"]}", prefix + "JSON"},
      {R"({"id":1,"result":7})", prefix + "a list of names"},
      {R"({"id":1})", prefix + "a list of names"},
      {"{\"id\":1,\"result\":" + std::string(100'000, '['),
       "malformed: the server sent JSON that is nested deeper than 1000 levels"}};
  for (const auto& [bytes, expected] : cases) {
    ScriptedServer server;
    const auto client = Client::adopt(server.client_end());
    server.say(bytes);
    EXPECT_EQ(problem((*client)->list_databases(kLong)), expected) << bytes.substr(0, 60);
  }
}

TEST_F(ScriptedClient, errors_of_the_server_leave_the_connection_usable) {
  server_.say(R"({"id":1,"error":{"error":"unknown database","details":"no D"},"result":null})"
              R"({"id":2,"error":{"error":"database not available","details":"joining"},"result":null})"
              R"({"id":3,"result":["D"],"error":null})");
  EXPECT_EQ(problem(client_->get_schema("D", kLong)), "not-found: get_schema: unknown database: no D");
  EXPECT_EQ(problem(client_->get_schema("D", kLong)),
            "unreachable: get_schema: database not available: joining");
  EXPECT_EQ(client_->list_databases(kLong), std::vector<std::string>{"D"});
}

TEST_F(ScriptedClient, sends_nothing_that_cannot_be_held) {
  EXPECT_EQ(problem(client_->transact("D", {Comment{"\xff"}}, kLong)),
            "failed: a text that is to be sent to the database is not UTF-8");
  EXPECT_EQ(problem(client_->transact("D", {Comment{"\0"s}}, kLong)),
            "failed: operation 0: OVSDB cannot hold text with a NUL");
  EXPECT_EQ(server_.heard(), "");
}

TEST_F(ScriptedClient, falls_back_to_older_ways_of_reading) {
  server_.say(
      R"({"id":1,"result":{"name":"D","version":"1.0.0","tables":{"T":{"columns":{"a":{"type":"string"}}}}}})"
      R"({"id":2,"error":"unknown method"}{"id":3,"error":"unknown method"})"
      R"({"id":4,"result":{"T":{"11111111-1111-1111-1111-111111111111":{"new":{"a":"x"}}}}})"
      R"({"id":5,"result":{}})");
  const Snapshot expected{{{"T", {{*Uuid::parse("11111111-1111-1111-1111-111111111111"), {{"a", "x"}}}}}},
                          ""};
  EXPECT_EQ(client_->read("D", {{"T", {}}}, kLong), expected);
  EXPECT_EQ(server_.heard(),
            R"({"id":1,"method":"get_schema","params":["D"]})"
            R"({"id":2,"method":"monitor_cond_since","params":["D","kiln-1",{"T":[{"columns":["a"]}]},)"
            R"("00000000-0000-0000-0000-000000000000"]})"
            R"({"id":3,"method":"monitor_cond","params":["D","kiln-1",{"T":[{"columns":["a"]}]}]})"
            R"({"id":4,"method":"monitor","params":["D","kiln-1",{"T":[{"columns":["a"]}]}]})"
            R"({"id":5,"method":"monitor_cancel","params":["kiln-1"]})");
}

TEST_F(ScriptedClient, a_refused_read_does_not_fall_back) {
  server_.say(R"({"id":1,"result":{"name":"D","version":"1.0.0","tables":{}}})"
              R"({"id":2,"error":{"error":"permission error","details":"no"}})");
  EXPECT_EQ(problem(client_->read("D", {}, kLong)), "denied: monitor_cond_since: permission error: no");
}

TEST_F(ScriptedClient, a_server_without_status_is_not_a_missing_database) {
  server_.say(R"({"id":1,"error":{"error":"unknown database","details":"no _Server"}})");
  EXPECT_EQ(problem(client_->status("D", kLong)),
            "failed: the server has no database `_Server` to tell its status");
}

TEST_F(ScriptedClient, counts_what_it_sends) {
  server_.say(R"({"id":1,"result":[{}]}{"id":2,"result":[{"rows":[]}]})");
  EXPECT_EQ(problem(client_->transact("D", {Comment{"x"}}, kLong)), "none");
  EXPECT_EQ(problem(client_->status("D", kLong)), "not-found: the server does not have the database D");
  EXPECT_EQ(client_->counters().transactions, 1);  // a look is none
  EXPECT_EQ(client_->counters().bytes_written, server_.heard().size());
  EXPECT_EQ(client_->counters().bytes_read, 53);
}

}  // namespace
}  // namespace kiln::ovsdb::client_test
