#include "config/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kiln::config::reference_test {
namespace {

const std::string kPath = KILN_SOURCE_DIR "/docs/reference/file.md";

TEST(Reference, is_the_one_in_the_repository) {
  if (std::getenv("KILN_ACCEPT")) {
    std::ofstream(kPath, std::ios::binary) << file_reference();
    GTEST_SKIP() << "accepted";
  }
  std::ifstream file(kPath, std::ios::binary);
  EXPECT_EQ(file_reference(), std::string(std::istreambuf_iterator<char>(file), {}))
      << "run with KILN_ACCEPT=1 to write it anew";
}

TEST(Reference, every_key_has_a_sentence_an_example_and_its_unit) {
  EXPECT_EQ(undescribed(), "");
}

}  // namespace
}  // namespace kiln::config::reference_test
