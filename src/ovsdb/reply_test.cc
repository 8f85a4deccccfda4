#include "ovsdb/reply.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb::reply_test {
namespace {

/// A set; `Value::strings({"a", "b"})` would be ambiguous.
Value texts(const std::vector<std::string>& atoms) {
  return Value::strings(atoms);
}

const std::string kId1 = "11111111-1111-1111-1111-111111111111";
const std::string kId2 = "22222222-2222-2222-2222-222222222222";
const Uuid kUuid1 = *Uuid::parse(kId1);
const Uuid kUuid2 = *Uuid::parse(kId2);
const std::string kPrefix = "malformed: the database server's answer is not as RFC 7047 has it: expected ";

template <typename T>
std::string problem(const Result<T>& result) {
  return result ? "none" : std::string(to_string(result.error().code())) + ": " + result.error().text();
}

/// An answer with this result.
Message answer(const std::string& result) {
  auto message = Message::parse(R"({"id":1,"error":null,"result":)" + result + "}");
  EXPECT_EQ(problem(message), "none") << result;
  return std::move(*message);
}

TEST(Message, tells_answers_requests_and_notifications) {
  const auto request = Message::parse(R"({"method":"echo","params":["a"],"id":"echo"})");
  EXPECT_EQ(request->method(), "echo");
  EXPECT_EQ(request->id(), R"("echo")");
  const auto notification = Message::parse(R"({"method":"update","params":[],"id":null})");
  EXPECT_EQ(notification->method(), "update");
  EXPECT_EQ(notification->id(), "null");
  const auto result = Message::parse(R"({"id":7,"result":[]})");
  EXPECT_EQ(result->method(), "");
  EXPECT_EQ(result->id(), "7");
  EXPECT_EQ(result->error(), std::nullopt);
}

TEST(Message, has_the_errors_of_the_server) {
  const auto error = [](const char* json) {
    return Message::parse(std::string(R"({"id":1,"result":null,"error":)") + json + "}")->error();
  };
  EXPECT_EQ(error("null"), std::nullopt);
  EXPECT_EQ(error(R"("unknown method")"), (ServerError{"unknown method", ""}));
  EXPECT_EQ(error(R"({"error":"unknown database","details":"no X","syntax":"x"})"),
            (ServerError{"unknown database", "no X"}));
  EXPECT_EQ(error("[1]"), (ServerError{"unknown error", "[1]"}));
}

TEST(Message, echoes_what_it_was_sent) {
  EXPECT_EQ(
      Message::parse(R"({"method":"echo","params":["\"\u0000\\",{"a":[1.5]}],"id":"e\n"})")->echo_answer(),
      R"({"id":"e\n","result":["\"\u0000\\",{"a":[1.5]}],"error":null})");
  EXPECT_EQ(Message::parse(R"({"method":"echo"})")->echo_answer(), R"({"id":null,"result":[],"error":null})");
}

TEST(Message, refuses_what_is_not_a_json_object) {
  EXPECT_EQ(problem(Message::parse("")), kPrefix + "JSON");
  EXPECT_EQ(problem(Message::parse("{\"a\":}")), kPrefix + "JSON");
  EXPECT_EQ(problem(Message::parse("{\"a\":\"\xff\"}")), kPrefix + "JSON");
  EXPECT_EQ(problem(Message::parse("{\"a\":" + std::string(1'000'000, '['))), kPrefix + "JSON");
  EXPECT_EQ(problem(Message::parse("[]")), kPrefix + "a JSON-RPC message");
}

TEST(Snapshot, reads_every_kind_of_value) {
  const Snapshot expected{{{"T",
                            {{kUuid1,
                              {{"s", "a \"\\ \u00e9"},
                               {"nul", Value(std::string("\0", 1))},
                               {"i", -7},
                               {"r", 0.5},
                               {"b", true},
                               {"u", kUuid2},
                               {"set", texts({"x", "y"})},
                               {"uuids", Value::set({Atom(kUuid2), Atom(kUuid1)})},
                               {"map", Value::string_map({{"k", "v"}})},
                               {"none", Value()}}}}}},
                          kId2};
  EXPECT_EQ(
      answer(R"([false,")" + kId2 + R"(",{"T":{")" + kId1 +
             R"(":{"initial":{"s":"a \"\\ \u00e9","nul":"\u0000","i":-7,"r":0.5,"b":true,"u":["uuid",")" +
             kId2 + R"("],"set":["set",["y","x"]],"uuids":["set",[["uuid",")" + kId1 + R"("],["uuid",")" +
             kId2 + R"("]]],"map":["map",[["k","v"]]],"none":["set",[]]}}}}])")
          .read_since(),
      expected);
}

TEST(Snapshot, reads_monitor_cond_and_monitor) {
  const Snapshot expected{{{"T", {{kUuid1, {{"a", 1}}}}}}, ""};
  EXPECT_EQ(answer(R"({"T":{")" + kId1 + R"(":{"initial":{"a":1}}}})").read_monitor_cond(), expected);
  EXPECT_EQ(answer(R"({"T":{")" + kId1 + R"(":{"insert":{"a":1}}}})").read_monitor_cond(), expected);
  EXPECT_EQ(answer(R"({"T":{")" + kId1 + R"(":{"new":{"a":1}}}})").read_monitor(), expected);
  EXPECT_EQ(answer("{}").read_monitor_cond(), Snapshot{});
}

TEST(Snapshot, says_what_it_expected) {
  const auto since = [](const std::string& updates) {
    return problem(answer(R"([true,"x",)" + updates + "]").read_since());
  };
  const auto content = [&](const std::string& value) {
    return since(R"({"T":{")" + kId1 + R"(":{"initial":{"a":)" + value + "}}}}");
  };
  EXPECT_EQ(problem(answer("{}").read_since()), kPrefix + "[found, last transaction, table updates]");
  EXPECT_EQ(problem(answer("[]").read_since()), kPrefix + "[found, last transaction, table updates]");
  EXPECT_EQ(since("7"), kPrefix + "table updates");
  EXPECT_EQ(since(R"({"T":[]})"), kPrefix + "row updates");
  EXPECT_EQ(since(R"({"T":{"x":{}}})"), kPrefix + "a row's uuid");
  EXPECT_EQ(since(R"({"T":{")" + kId1 + R"(":{"initial":[]}}})"), kPrefix + "a row");
  EXPECT_EQ(content("null"), kPrefix + "an atom");
  EXPECT_EQ(content("[]"), kPrefix + "an atom");
  EXPECT_EQ(content("{}"), kPrefix + "an atom");
  EXPECT_EQ(content(R"(["uuid","x"])"), kPrefix + "a uuid");
  EXPECT_EQ(content(R"(["map",[["k"]]])"), kPrefix + "a pair");
  EXPECT_EQ(content(R"(["set",[null]])"), kPrefix + "an atom");
}

const Transaction kTwo{Insert{"T", {}, kUuid1, ""}, Mutate{"S", {}, {}}};

TEST(Results, one_for_each_operation) {
  EXPECT_EQ(answer(R"([{"uuid":["uuid",")" + kId1 + R"("]},{"count":3}])").read_results(kTwo),
            (std::vector<OperationResult>{{0, kUuid1, {}}, {3, std::nullopt, {}}}));
  EXPECT_EQ(answer(R"([{"rows":[{"a":1},{"a":2}]},{}])").read_results({Select{"T", {}, {}}, Comment{""}}),
            (std::vector<OperationResult>{{0, std::nullopt, {{{"a", 1}}, {{"a", 2}}}}, {}}));
  EXPECT_EQ(answer("[]").read_results({}), std::vector<OperationResult>{});
}

TEST(Results, the_error_names_its_operation) {
  EXPECT_EQ(problem(answer(R"([{"error":"timed out","details":"no"},null])").read_results(kTwo)),
            "precondition: operation 0 (T): timed out: no");
  EXPECT_EQ(problem(answer(R"([{"count":1},{"error":"unknown column"}])").read_results(kTwo)),
            "failed: operation 1 (S): unknown column");
  EXPECT_EQ(problem(answer(R"([null,{"error":"not owner"}])").read_results(kTwo)),
            "unreachable: operation 1 (S): not owner");
}

TEST(Results, an_error_after_all_operations_is_the_commits) {
  EXPECT_EQ(
      problem(
          answer(R"([{},{},{"error":"referential integrity violation","details":"x"}])").read_results(kTwo)),
      "precondition: the commit: referential integrity violation: x");
  EXPECT_EQ(
      problem(answer(R"([null,null,{"error":"cluster error","details":"not leader"}])").read_results(kTwo)),
      "unreachable: the commit: cluster error: not leader");
}

TEST(Results, must_be_as_many_as_the_operations) {
  for (const char* result : {"[]", "[{}]", "[{},{},{}]"})
    EXPECT_EQ(problem(answer(result).read_results(kTwo)), kPrefix + "a result for each operation") << result;
  EXPECT_EQ(problem(answer("[{},null]").read_results(kTwo)), kPrefix + "the result of an operation");
  EXPECT_EQ(problem(answer("{}").read_results(kTwo)), kPrefix + "a list of results");
  EXPECT_EQ(problem(answer(R"([{"uuid":"x"},{}])").read_results(kTwo)),
            kPrefix + "the uuid of an inserted row");
}

TEST(Schema, reads_what_kiln_needs_of_it) {
  const Schema expected{
      "D", "1.2.3", {{"T", {{"m", {.is_map = true}}, {"e", {.ephemeral = true}}, {"s", {}}}}}};
  EXPECT_EQ(answer(R"({"name":"D","version":"1.2.3","cksum":"1 2","tables":{"T":{"columns":{)"
                   R"("m":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},)"
                   R"("e":{"type":"boolean","ephemeral":true},"s":{"type":"string"}}}}})")
                .read_schema(),
            expected);
  EXPECT_EQ(problem(answer("{}").read_schema()), kPrefix + "a schema");
  EXPECT_EQ(problem(answer(R"({"tables":{"T":1}})").read_schema()), kPrefix + "the columns of a table");
}

TEST(Schema, version_is_read_from_text) {
  EXPECT_EQ(schema_version_of(R"({"name":"D","version":"1.2.3"})"), "1.2.3");
  EXPECT_EQ(schema_version_of(""), "");
  EXPECT_EQ(schema_version_of("[1"), "");
}

TEST(Names, reads_a_list) {
  EXPECT_EQ(answer(R"(["A","_Server"])").read_names(), (std::vector<std::string>{"A", "_Server"}));
  EXPECT_EQ(problem(answer("[1]").read_names()), kPrefix + "a name");
  EXPECT_EQ(problem(answer("{}").read_names()), kPrefix + "a list of names");
}

}  // namespace
}  // namespace kiln::ovsdb::reply_test
