#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "config/load.h"
#include "render/golden_for_test.h"
#include "render/slug_text.h"

namespace kiln::render::slug_test {
namespace {

/// kiln.toml, and no other file.
class OneFile : public FileIo {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string& path) const override {
    if (path == "kiln.toml") return text_;
    return fail(ErrorCode::not_found, "cannot read `" + path + "`: No such file or directory");
  }
  Result<> write(const std::string&, const std::string&, unsigned) override { return {}; }

 private:
  std::string text_;
};

/// The page's example as a whole file: what it says nothing of is added, and is fine.
std::string file_of(const SlugPage& page) {
  if (page.slug == "file-too-large") return std::string(std::size_t{17} << 20, '#');
  if (page.slug == "not-utf8") return "# caf\xe9\n";
  std::string text(page.example);
  const auto add = [&](std::string_view unless, std::string_view more) {
    if (page.example.find(unless) == std::string_view::npos) text += more;
  };
  add("[cluster]", "\n[cluster]\nname = \"edge\"\n");
  add("[ca]", "\n[ca]\npassphrase = { env = \"KILN_CA_PASSPHRASE\" }\n");
  add("[nodes.", "\n[nodes.n1]\naddress = \"192.0.2.11\"\n");
  return text;
}

bool is_sentence(std::string_view text) {
  return text.size() > 10 && text.ends_with('.') && text.find('\n') == std::string_view::npos &&
         ((text.front() >= 'A' && text.front() <= 'Z') || text.front() == '[');
}

}  // namespace

TEST(Slugs, every_page_has_all_its_parts) {
  std::string_view before;
  for (const SlugPage& page : slug_pages()) {
    EXPECT_LT(before, page.slug) << "a slug has one page";
    EXPECT_NE(page.slug.find('-'), std::string_view::npos) << page.slug;
    EXPECT_EQ(page.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    EXPECT_TRUE(is_sentence(page.cause)) << page.slug << ": " << page.cause;
    EXPECT_TRUE(is_sentence(page.fix)) << page.slug << ": " << page.fix;
    EXPECT_TRUE(page.example.size() > 10 && page.example.ends_with('\n')) << page.slug;
    EXPECT_EQ(find_slug(page.slug), &page);
    before = page.slug;
  }
  EXPECT_EQ(find_slug("no-such-slug"), nullptr);
  EXPECT_EQ(find_slug("zzz"), nullptr);
}

TEST(Slugs, every_example_is_an_example_of_its_slug) {
  for (const SlugPage& page : slug_pages()) {
    if (page.origin != SlugOrigin::file) continue;
    const config::Loaded loaded = config::load("kiln.toml", OneFile(file_of(page)));
    std::string found;
    bool severity_holds = true;
    for (const Diag& diag : loaded.diags.all()) {
      found += diag.slug + ": " + diag.message + '\n';
      if (diag.slug == page.slug) severity_holds &= diag.severity == page.severity;
    }
    EXPECT_NE(found.find(std::string(page.slug) + ": "), std::string::npos)
        << page.slug << " is not found in\n"
        << page.example << "but: " << found;
    EXPECT_TRUE(severity_holds) << page.slug << " is of another severity";
  }
}

TEST(Slugs, a_page_as_explain_shows_it) {
  std::string text;
  for (const char* slug : {"unknown-key", "ping-between-networks", "too-little-disk"})
    text += slug_text(*find_slug(slug), Style{}) + "----\n";
  expect_golden("cli/explain-slug/stdout", text);
}

TEST(Slugs, docs_are_made_from_the_table) {
  const std::filesystem::path path = std::filesystem::path(KILN_SOURCE_DIR) / "docs/reference/messages.md";
  std::ifstream file(path, std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  const std::string made = messages_reference();
  if (written != made && std::getenv("KILN_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << made;
    GTEST_SKIP() << "accepted " << path;
  }
  EXPECT_EQ(written, made) << "KILN_ACCEPT=1 writes " << path;
}

}  // namespace kiln::render::slug_test
