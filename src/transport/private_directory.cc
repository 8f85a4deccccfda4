#include "transport/private_directory.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace kiln::transport {
namespace {

constexpr std::string_view kPrefix = "kiln-ssh-";
constexpr std::string_view kRandom = "XXXXXX";

}  // namespace

PrivateDirectory::PrivateDirectory(const std::string& parent) {
  remove_unclaimed(parent, [](std::string_view name) {
    return name.starts_with(kPrefix) && name.size() == kPrefix.size() + kRandom.size();
  });
  // Another run may take the folder for one that was left, in the moment before it is claimed.
  for (int attempt = 0; attempt < 10 && !claim_; ++attempt) {
    std::string path = parent + '/' + std::string(kPrefix) + std::string(kRandom);
    if (!::mkdtemp(path.data())) return;
    claim_ = FolderClaim::take(path);
    if (claim_) path_ = path;
  }
}

PrivateDirectory::~PrivateDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace kiln::transport
