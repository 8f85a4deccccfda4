#include "ovsdb/sendable.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb {
namespace {

using namespace std::string_literals;

std::string verdict(const Transaction& transaction) {
  const Result<> checked = check_sendable(transaction);
  return checked ? "sendable"
                 : std::string(to_string(checked.error().code())) + ": " + checked.error().text();
}

TEST(Sendable, names_may_be_used_before_their_insert) {
  EXPECT_EQ(verdict({Mutate{"Switch", {}, {{"ports", "insert", NamedUuid{"p"}}}},
                     Insert{"Port", {{"name", "a"}}, std::nullopt, "p"}}),
            "sendable");
}

TEST(Sendable, refuses_a_name_that_nothing_introduces) {
  const std::string refusal = "no insert of this transaction has the uuid-name `p`";
  EXPECT_EQ(verdict({Comment{"x"}, Insert{"Switch", {{"ports", NamedUuid{"p"}}}, std::nullopt, "q"}}),
            "not-found: operation 1 (Switch): column ports: " + refusal);
  EXPECT_EQ(verdict({Mutate{"Switch", {}, {{"ports", "insert", NamedUuid{"p"}}}}}),
            "not-found: operation 0 (Switch): column ports: " + refusal);
  EXPECT_EQ(verdict({Delete{"Switch", {{"_uuid", "==", NamedUuid{"p"}}}}}),
            "not-found: operation 0 (Switch): column _uuid: " + refusal);
  EXPECT_EQ(verdict({Wait{"Switch", {}, {"ports"}, true, {{{"ports", NamedUuid{"p"}}}}}}),
            "not-found: operation 0 (Switch): column ports: " + refusal);
}

TEST(Sendable, refuses_a_nul_wherever_it_is) {
  const std::string refusal = "OVSDB cannot hold text with a NUL";
  EXPECT_EQ(verdict({Comment{"a\0b"s}}), "failed: operation 0: " + refusal);
  EXPECT_EQ(verdict({Update{"Switch", {}, {{"ids", Value::string_map({{"k", "\0"s}})}}}}),
            "failed: operation 0 (Switch): column ids: " + refusal);
  EXPECT_EQ(verdict({Select{"Switch", {{"ids", "includes", Value::string_map({{"\0"s, "v"}})}}, {}}}),
            "failed: operation 0 (Switch): column ids: " + refusal);
}

}  // namespace
}  // namespace kiln::ovsdb
