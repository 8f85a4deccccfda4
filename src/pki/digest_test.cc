#include "pki/digest.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace kiln::pki {
namespace {

std::string digest_of(const std::string& content) {
  const std::string path = testing::TempDir() + "kiln-digest";
  std::ofstream(path, std::ios::binary) << content;
  const auto digest = sha256_of_file(path);
  std::remove(path.c_str());
  return digest ? *digest : digest.error().text();
}

// FIPS 180-4's examples; the last one is longer than one piece.
TEST(Digest, is_sha256_of_what_is_in_the_file) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, of_a_file_that_is_not_there_is_an_error) {
  EXPECT_EQ(sha256_of_file("/nonexistent/file").error().code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace kiln::pki
