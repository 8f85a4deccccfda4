#include "config/format.h"

#include <gtest/gtest.h>

namespace kiln::config {
namespace {

std::string normal(Format format, const std::string& text) {
  const auto result = normal_text(format, text);
  if (!result) return "refused: " + result.error().slug;
  EXPECT_EQ(normal_text(format, *result).value_or("refused"), *result)
      << "a normal form is its own normal form";
  return *result;
}

void expect_refused(Format format, std::initializer_list<const char*> texts, const std::string& slug) {
  for (const char* text : texts) EXPECT_EQ(normal(format, text), "refused: " + slug) << text;
}
void expect_kept(Format format, std::initializer_list<const char*> texts) {
  for (const char* text : texts) EXPECT_EQ(normal(format, text), text);
}

TEST(Format, port_addresses_have_one_form) {
  EXPECT_EQ(normal(Format::port_address, " 02:AC:10:ff:00:11   172.16.255.11 2001:DB8:0::1 "),
            "02:ac:10:ff:00:11 172.16.255.11 2001:db8::1");
  expect_kept(Format::port_address, {"dynamic", "unknown", "router", "02:00:00:00:00:01", "dynamic 10.0.0.1",
                                     "02:00:00:00:00:01 dynamic"});
  expect_refused(
      Format::port_address,
      {"", " ", "10.0.0.1", "02:00:00:00:00:01 10.0.0.1/24", "unknown 10.0.0.1", "router dynamic",
       "02:00:00:00:00:01 10.0.0.1 10.0.0.1", "01:00:00:00:00:01", "00:00:00:00:00:00", "02-00-00-00-00-01"},
      "bad-address");
}

TEST(Format, addresses_are_of_hosts) {
  EXPECT_EQ(normal(Format::ip, "2001:DB8::0:1"), "2001:db8::1");
  expect_kept(Format::ip, {"192.0.2.1", "fe80::1", "ff::1"});
  expect_refused(
      Format::ip,
      {"", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1", "10.0.0.1/24", "n1", "10.1"},
      "bad-address");
  expect_kept(Format::interface, {"10.0.0.1/24", "10.0.0.0/31", "10.0.0.1/32", "2001:db8::1/64"});
  expect_refused(Format::interface,
                 {"10.0.0.1", "10.0.0.0/24", "10.0.0.255/24", "10.0.0.1/33", "10.0.0.1/", "/24"},
                 "bad-address");
}

TEST(Format, labels_are_lower_case) {
  expect_kept(Format::label, {"n1", "a-b", "1"});
  const std::string longest(63, 'a');
  EXPECT_EQ(normal(Format::label, longest), longest);
  EXPECT_EQ(normal(Format::label, longest + 'a'), "refused: bad-name");
  expect_refused(Format::label, {"", "-a", "a-", "A", "a_b", "a.b", "ä"}, "bad-name");
  expect_refused(Format::label, {"cluster", "controller"}, "reserved-name");
}

TEST(Format, names_of_ports_are_printable) {
  expect_kept(Format::network_name, {"ls1-vm1", "büro", "a.b:c", "a\"b"});
  expect_refused(Format::network_name, {"", "-a", "a b", "a\tb", "a/b", "a\u00a0b", "a\u202eb", "a\x7f"},
                 "bad-name");
  EXPECT_EQ(normal(Format::northbound_name, "a/b"), "a/b");
}

TEST(Format, names_of_links_are_what_linux_and_systemd_carry) {
  expect_kept(Format::workload_name, {"vm1", "a_b.c-d", "1234567890123"});
  expect_refused(Format::workload_name,
                 {"", "12345678901234", "-a", ".", "a b", "a/b", "a:b", "a%b", "a@b", "ä"}, "bad-name");
  expect_kept(Format::bridge_name, {"br-phys", "123456789012345"});
  expect_refused(Format::bridge_name, {"1234567890123456", "..", "a:b"}, "bad-name");
  expect_refused(Format::bridge_name, {"br-int", "ovs-system", "lo"}, "reserved-name");
}

TEST(Format, nothing_is_taken_for_an_option) {
  expect_refused(Format::user, {"", "-oProxyCommand=x", "a b", "a;b", "$(id)"}, "bad-value");
  expect_refused(Format::host, {"", "-x", "a b", "a`b", "user@host"}, "bad-value");
  expect_refused(Format::jump, {"-x", "a b", "a;b"}, "bad-value");
  expect_kept(Format::host, {"n1.example.net", "2001:db8::1", "fe80::1%eth0"});
  expect_kept(Format::jump, {"admin@bastion:2222,second", "ssh://a@[::1]:22"});
}

TEST(Format, releases_and_fingerprints) {
  expect_kept(Format::release, {"25.03", "25.03.1"});
  expect_refused(Format::release, {"25", "25.3", "v25.03", "25.03.", "25.03.1-2"}, "bad-value");
  const std::string key = "SHA256:" + std::string(43, 'a');
  EXPECT_EQ(normal(Format::host_key, key), key);
  EXPECT_EQ(normal(Format::host_key, key + '='), "refused: bad-value");
}

TEST(Format, quotes_long_texts_at_a_character) {
  EXPECT_EQ(in_backticks("a"), "`a`");
  std::string text(79, 'a');
  EXPECT_EQ(in_backticks(text + "éb"), '`' + text + "…`");
}

}  // namespace
}  // namespace kiln::config
