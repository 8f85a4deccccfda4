#include "config/range.h"

#include <gtest/gtest.h>

#include "config/load.h"
#include "config/read.h"

namespace kiln::config::range_test {
namespace {

class OneFile : public FileIo {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string&) const override { return text_; }
  Result<> write(const std::string&, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, "load writes nothing");
  }

 private:
  std::string text_;
};

constexpr const char* kHead = "[cluster]\nname = \"edge\"\n[ca]\npassphrase = { env = \"P\" }\n";

Loaded load_text(const std::string& text) {
  return load("/site/kiln.toml", OneFile(kHead + text));
}

Desired load_well(const std::string& text) {
  Loaded loaded = load_text(text);
  EXPECT_FALSE(loaded.diags.has_errors()) << loaded.diags.all().front().message;
  return loaded.desired.value_or(Desired{});
}

/// "slug: message" of each finding.
std::vector<std::string> findings_of(const std::string& text) {
  Diags diags;
  Ranges ranges;
  auto root = read("f", text, diags);
  EXPECT_TRUE(root);
  const bool expanded = expand_ranges(*root, ranges, diags);
  EXPECT_EQ(expanded, !diags.has_errors());
  std::vector<std::string> found;
  for (const Diag& diag : diags.all()) found.push_back(diag.slug + ": " + diag.message);
  return found;
}

std::vector<std::string> names_of(const std::string& range) {
  Diags diags;
  Ranges ranges;
  auto root = read("f", "[nodes.\"" + range + "\"]\n", diags);
  EXPECT_TRUE(expand_ranges(*root, ranges, diags));
  std::vector<std::string> names;
  for (const Entry& entry : root->find("nodes")->value.entries) names.push_back(entry.key);
  return names;
}

TEST(Range, is_a_table_for_each_number) {
  EXPECT_EQ(names_of("n[8-11]"), (std::vector<std::string>{"n8", "n9", "n10", "n11"}));
  EXPECT_EQ(names_of("rack2-n[08-10]-a"),
            (std::vector<std::string>{"rack2-n08-a", "rack2-n09-a", "rack2-n10-a"}));
  EXPECT_EQ(names_of("n[3-3]"), std::vector<std::string>{"n3"});
  EXPECT_EQ(names_of("plain"), std::vector<std::string>{"plain"});
}

TEST(Range, texts_hold_the_number_and_the_name) {
  const Desired desired = load_well(
      "[nodes.\"n[1-3]\"]\naddress = \"192.0.2.{n+10}\"\nencap = { ip = \"10.0.{n}.1\" }\n"
      "[switches.ls1.ports.\"vm[09-11]\"]\nname = \"{name}.ls1\"\n"
      "addresses = [\"02:ac:10:ff:{x-9}:{x} 172.16.255.{n}\"]\n"
      "[workloads.\"vm[09-11]\"]\nnode = \"n1\"\nport = \"ls1/{name}\"\nip = \"172.16.255.{n}/24\"\nmtu = "
      "1300\n");
  EXPECT_EQ(desired.nodes.at("n3").address, "192.0.2.13");
  EXPECT_EQ(desired.nodes.at("n3").encap.ip, "10.0.3.1");
  EXPECT_EQ(desired.nodes_in_file_order().at(1)->name, "n2");
  const PortSpec* const port = desired.find_port("ls1/vm11");
  ASSERT_NE(port, nullptr);
  EXPECT_EQ(port->addresses, std::vector<std::string>{"02:ac:10:ff:02:0b 172.16.255.11"});
  EXPECT_EQ(port->nb_name, "vm11.ls1");
  EXPECT_EQ(desired.workloads.at("vm09").port, "ls1/vm09");
  EXPECT_EQ(desired.workloads.at("vm09").mtu, 1300);
}

TEST(Range, places_are_those_of_its_block) {
  const Desired desired = load_well("[nodes.\"n[1-3]\"]\naddress = \"192.0.2.{n}\"\nzone = \"r{n}\"\n");
  for (const auto& [name, node] : desired.nodes) {
    EXPECT_EQ(node.places.self.line, 5) << name;
    EXPECT_EQ(node.places.at("zone").line, 7) << name;
  }
  EXPECT_EQ(desired.nodes.size(), 3U);
}

TEST(Range, only_blocks_of_ranges_have_placeholders) {
  EXPECT_EQ(load_well("[nodes.n1]\naddress = \"192.0.2.1\"\nzone = \"{n}\"\n").nodes.at("n1").zone, "{n}");
}

TEST(Range, what_is_none_is_refused) {
  for (const char* const name : {"n[1..3]", "n[1-]", "n[-3]", "n[1-3", "n1]", "n[a-b]", "n[1-3][1-2]",
                                 "n[01-100]", "n[1-1000000]", "]1-2[", "[]", "n[+1-3]", "n[1--3]"})
    EXPECT_EQ(findings_of("[nodes.\"" + std::string(name) + "\"]\n"),
              std::vector<std::string>{
                  "bad-range: `" + std::string(name) +
                  "` is no range; a name without brackets or one such as `vm[1-20]` is expected"});
}

TEST(Range, ends_after_it_begins) {
  EXPECT_EQ(
      findings_of("[workloads.\"n[3-1]\"]\n"),
      std::vector<std::string>{"bad-range: `n[3-1]` ends before it begins; the smaller number comes first"});
}

TEST(Range, a_file_makes_so_many_names_and_no_more) {
  EXPECT_EQ(names_of("n[1-10000]").size(), kMostRangeNames);
  EXPECT_EQ(findings_of("[nodes.\"n[1-9999]\"]\n[workloads.\"w[1-2]\"]\n"),
            std::vector<std::string>{
                "bad-range: the ranges up to `w[1-2]` make 10001 names; at most 10000 are made"});
}

TEST(Range, a_small_file_does_not_fill_the_memory) {
  const std::string text(20000, 'x');
  EXPECT_EQ(findings_of("[nodes.\"n[1-9999]\"]\nzone = \"" + text + "\"\n"),
            std::vector<std::string>{"bad-range: the ranges up to `n3334` make more than 64 MiB"});
}

TEST(Range, placeholders_are_a_closed_list) {
  for (const char* const body : {"", "m", "n+", "n10", "x*2", "n+-1", "name+1", "N", "n + 1", "xn"})
    EXPECT_EQ(findings_of("[nodes.\"n[1-3]\"]\nzone = \"{" + std::string(body) + "}\"\n"),
              std::vector<std::string>{
                  "bad-placeholder: `{" + std::string(body) +
                  "}` stands for nothing; `{n}`, `{x}`, `{n+10}`, `{x-1}` or `{name}` is expected"});
  EXPECT_EQ(findings_of("[nodes.\"n[1-3]\"]\nzone = \"{n\"\n"),
            std::vector<std::string>{"bad-placeholder: a `{` without a `}` stands for nothing"});
}

TEST(Range, numbers_that_do_not_fit_are_refused_once) {
  EXPECT_EQ(findings_of("[nodes.\"n[1-300]\"]\nzone = \"{x}\"\n"),
            std::vector<std::string>{"bad-placeholder: `{x}` is 256 for `n256`; a number from 0 to 255 (two "
                                     "hexadecimal digits) is expected"});
  EXPECT_EQ(
      findings_of("[nodes.\"n[1-3]\"]\nzone = \"{n-2}\"\n"),
      std::vector<std::string>{"bad-placeholder: `{n-2}` is -1 for `n1`; a number from 0 on is expected"});
}

TEST(Range, what_is_wrong_with_all_is_said_once) {
  const Loaded loaded = load_text("[nodes.\"n[1-5]\"]\naddress = \"192.0.2.{n}\"\nzones = \"a\"\n");
  ASSERT_EQ(loaded.diags.size(), 1U);
  EXPECT_EQ(loaded.diags.all()[0].message, "unknown key `zones` in [nodes.n1]");
  EXPECT_EQ(loaded.diags.all()[0].notes.back().text, "the same is found 4 more times in this range");
}

}  // namespace
}  // namespace kiln::config::range_test
