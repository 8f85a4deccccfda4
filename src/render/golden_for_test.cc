#include "render/golden_for_test.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace kiln::render {
namespace {

std::optional<std::string> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

void expect_golden(const std::string& path, const std::string& text) {
  const std::filesystem::path golden = std::filesystem::path(KILN_SOURCE_DIR) / "tests/golden" / path;
  const std::optional<std::string> expected = read(golden);
  if (expected == text) return;
  const char* const accept = std::getenv("KILN_ACCEPT");
  if (accept == nullptr || std::string(accept) != "1") {
    ASSERT_TRUE(expected) << golden << " is missing; KILN_ACCEPT=1 writes it:\n" << text;
    EXPECT_EQ(*expected, text) << golden;
    return;
  }
  std::filesystem::create_directories(golden.parent_path());
  std::ofstream(golden, std::ios::binary) << text;
  GTEST_SKIP() << "accepted " << golden;
}

}  // namespace kiln::render
