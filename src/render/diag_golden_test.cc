#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/load.h"
#include "model/slugs.h"
#include "render/diag.h"

/// tests/golden/diag/<case>/: kiln.toml is loaded, and what is said about it is `expected`.

namespace kiln::render::diag_golden_test {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(KILN_SOURCE_DIR) / "tests/golden/diag";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  if (fs::exists(kCases))
    for (const auto& entry : fs::directory_iterator(kCases))
      names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DiagGolden : public testing::TestWithParam<std::string> {};

TEST_P(DiagGolden, says_what_is_expected) {
  fs::current_path(kCases / GetParam());
  SystemFileIo files;
  const config::Loaded loaded = config::load("kiln.toml", files);
  const std::string text = render_diags(loaded.diags, loaded.sources, false);
  EXPECT_EQ(loaded.desired.has_value(), !loaded.diags.has_errors());
  EXPECT_FALSE(loaded.diags.empty()) << "a case is named for what is wrong with it";
  for (const Diag& diag : loaded.diags.all()) {
    const SlugPage* const page = find_slug(diag.slug);
    ASSERT_NE(page, nullptr) << diag.slug << " has no page in model/slugs.h";
    EXPECT_EQ(page->severity, diag.severity) << diag.slug;
  }
  for (const char* secret : {"correct", "horse", "battery", "staple"})
    EXPECT_EQ(text.find(secret), std::string::npos) << "a secret is shown:\n" << text;
  if (std::getenv("KILN_ACCEPT")) {
    std::ofstream("expected", std::ios::binary) << text;
    GTEST_SKIP() << "accepted";
  }
  EXPECT_EQ(text, content_of("expected"));
}

INSTANTIATE_TEST_SUITE_P(Cases, DiagGolden, testing::ValuesIn(cases()), [](const auto& named) {
  std::string name = named.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(DiagGoldens, show_every_slug) {
  std::string all;
  for (const std::string& name : cases()) all += content_of(kCases / name / "expected");
  for (const SlugPage& page : slug_pages()) {
    // Slugs.every_example_is_an_example_of_its_slug reads its 17 MiB.
    if (page.origin != SlugOrigin::file || page.slug == "file-too-large") continue;
    EXPECT_NE(all.find(" [" + std::string(page.slug) + "]\n"), std::string::npos)
        << "no golden shows " << page.slug;
  }
}

}  // namespace
}  // namespace kiln::render::diag_golden_test
