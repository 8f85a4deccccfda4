// NAME_replay FOLDER…: each file in the folders and below goes through the target once, in the order of
// names. What is wrong aborts; the last line of the output names the file.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "fuzz.h"

namespace {

namespace fs = std::filesystem;

std::set<fs::path> files_below(const fs::path& folder) {
  std::set<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.insert(entry.path());
  return files;
}

void replay(const fs::path& path) {
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int count, char** arguments) try {
  std::size_t replayed = 0;
  for (int i = 1; i < count; ++i)
    for (const fs::path& path : files_below(arguments[i])) {
      replay(path);
      ++replayed;
    }
  std::printf("%zu inputs\n", replayed);
  return replayed > 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
