#include "ovsdb/framing.h"

#include <gtest/gtest.h>

#include <vector>

namespace kiln::ovsdb {
namespace {

/// All messages of a stream that arrives in these pieces, and the error's text if there was one.
std::vector<std::string> cut(const std::vector<std::string_view>& pieces) {
  Framing framing;
  std::vector<std::string> messages;
  for (std::string_view piece : pieces)
    while (!piece.empty()) {
      const auto message = framing.take(piece);
      if (!message) {
        messages.push_back(message.error().text());
        return messages;
      }
      if (*message) messages.push_back(**message);
    }
  return messages;
}

const std::string kStream = R"({"a":"}{\"\\"}{}{"b":[1,{"c":"\u007d]"}],"d":"\\\""} {"é":{}})";
const std::vector<std::string> kMessages = {R"({"a":"}{\"\\"})", "{}",
                                            R"({"b":[1,{"c":"\u007d]"}],"d":"\\\""})", R"({"é":{}})"};

TEST(Framing, finds_messages_that_come_at_once) {
  EXPECT_EQ(cut({kStream}), kMessages);
}

TEST(Framing, finds_messages_cut_at_every_byte) {
  const std::string_view stream = kStream;
  for (std::size_t at = 0; at <= stream.size(); ++at)
    EXPECT_EQ(cut({stream.substr(0, at), stream.substr(at)}), kMessages) << "cut at " << at;
}

TEST(Framing, finds_messages_that_come_byte_by_byte) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < kStream.size(); ++at)
    pieces.push_back(std::string_view(kStream).substr(at, 1));
  EXPECT_EQ(cut(pieces), kMessages);
}

TEST(Framing, leaves_the_next_message_in_the_bytes) {
  Framing framing;
  std::string_view bytes = "{}{\"next\"";
  EXPECT_EQ(*framing.take(bytes), "{}");
  EXPECT_EQ(bytes, "{\"next\"");
  EXPECT_EQ(*framing.take(bytes), std::nullopt);
  EXPECT_EQ(bytes, "");
}

TEST(Framing, refuses_what_does_not_begin_with_a_brace) {
  const std::string refusal = "the server did not send JSON-RPC: a message does not begin with `{`";
  for (const char* stream : {"[1]", "HTTP/1.1 400 Bad Request\r\n", "}", "\"{}\"", "\x16\x03\x01"})
    EXPECT_EQ(cut({stream}), std::vector<std::string>{refusal}) << stream;
  EXPECT_EQ(cut({"{}]"}), (std::vector<std::string>{"{}", refusal}));
}

TEST(Framing, refuses_deep_nesting) {
  const std::string allowed = "{\"a\":" + std::string(999, '[') + std::string(999, ']') + "}";
  EXPECT_EQ(cut({allowed}), std::vector<std::string>{allowed});
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[');
  EXPECT_EQ(cut({deep}),
            std::vector<std::string>{"the server sent JSON that is nested deeper than 1000 levels"});
}

// Each byte of a large message is looked at once: a quadratic scan of this would take minutes.
TEST(Framing, takes_a_large_message_in_small_pieces) {
  const std::string message = "{\"a\":\"" + std::string(10'000'000, 'x') + "\"}";
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < message.size(); at += 100)
    pieces.push_back(std::string_view(message).substr(at, 100));
  EXPECT_TRUE(cut(pieces) == std::vector<std::string>{message});
}

}  // namespace
}  // namespace kiln::ovsdb
