#include <gtest/gtest.h>

#include <filesystem>

#include "base/address.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/seams.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/uuid.h"

namespace kiln {
namespace {

TEST(Error, names_the_outermost_context_first) {
  const Error error = Error(ErrorCode::failed, "no route").context("opening n1").context("reading facts");
  EXPECT_EQ(error.text(), "reading facts: opening n1: no route");
}

TEST(Uuid, parses_what_it_prints) {
  SystemRandom random;
  const Uuid uuid = random.uuid();
  EXPECT_EQ(Uuid::parse(uuid.text()), uuid);
  EXPECT_EQ(uuid.text()[14], '4');
}

TEST(Uuid, refuses_other_forms) {
  for (const char* text : {"", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-00000000000g",
                           "000000000000-0000-0000-0000-00000000"})
    EXPECT_EQ(Uuid::parse(text), std::nullopt) << text;
}

TEST(Text, splits_and_joins) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(trim("  a b\n"), "a b");
}

TEST(Text, suggests_near_names_nearest_first) {
  EXPECT_EQ(near_names("servces", {"address", "services", "service"}),
            (std::vector<std::string>{"services", "service"}));
  EXPECT_TRUE(near_names("zone", {"address"}).empty());
}

TEST(Address, has_one_form) {
  EXPECT_EQ(IpAddress::parse("2001:DB8:0::1")->text, "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("10.0.0.1")->bracketed(), "10.0.0.1");
  EXPECT_FALSE(IpAddress::parse("10.0.0"));
  EXPECT_FALSE(IpAddress::parse("[::1]"));
  EXPECT_FALSE(IpInterface::parse("10.0.0.1/33"));
  EXPECT_TRUE(IpInterface::parse("10.1.2.3/16")->contains(*IpAddress::parse("10.1.255.9")));
  EXPECT_FALSE(IpInterface::parse("10.1.2.3/17")->contains(*IpAddress::parse("10.1.255.9")));
  EXPECT_EQ(normal_mac("02:AC:10:ff:00:11"), "02:ac:10:ff:00:11");
  EXPECT_FALSE(normal_mac("02:ac:10:ff:00"));
}

TEST(Address, is_found_in_endpoints_of_every_spelling) {
  using Addresses = std::vector<std::string>;
  EXPECT_EQ(addresses_in("ssl:192.0.2.11:6642,tcp:[2001:DB8:0::1]:6642"),
            (Addresses{"192.0.2.11", "2001:db8::1"}));
  EXPECT_EQ(addresses_in("unix:/run/ovn/ovnsb_db.sock,ssl:name.example:6642,ssl::6642,ptcp:6642,"),
            Addresses{});
  EXPECT_EQ(addresses_in(""), Addresses{});
}

TEST(Diags, sorts_by_place_and_keeps_order_within_one) {
  Diags diags;
  diags.error("b", {.file = "f", .line = 2, .column = 1, .end_line = 2, .end_column = 2}, "second");
  diags.warning("a", {.file = "f", .line = 1, .column = 1, .end_line = 1, .end_column = 2}, "first");
  diags.sort();
  EXPECT_EQ(diags.all().front().message, "first");
  EXPECT_TRUE(diags.has_errors());
}

TEST(Secret, leaves_nothing_behind_when_moved) {
  Secret secret("hunter2");
  const Secret other = std::move(secret);
  EXPECT_EQ(other.reveal(), "hunter2");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what this test is about
}

TEST(FileIo, writes_whole_files_with_their_mode) {
  SystemFileIo files;
  const std::string path = testing::TempDir() + "kiln-base/file";
  ASSERT_TRUE(files.write(path, "one", 0600));
  ASSERT_TRUE(files.write(path, "two", 0600));
  EXPECT_EQ(files.read(path).value(), "two");
  EXPECT_EQ(files.read(path + "-none").error().code(), ErrorCode::not_found);
}

TEST(FileIo, what_a_link_points_to_is_replaced_and_the_link_stays) {
  SystemFileIo files;
  const std::string path = testing::TempDir() + "kiln-base/pointed-to";
  const std::string link = testing::TempDir() + "kiln-base/link";
  ASSERT_TRUE(files.write(path, "one", 0600));
  std::filesystem::remove(link);
  std::filesystem::create_symlink("pointed-to", link);
  ASSERT_TRUE(files.write(link, "two", 0600));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(files.read(path).value(), "two");
}

TEST(Clock, formats_utc) {
  EXPECT_EQ(format_utc(TimePoint{}), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace kiln
