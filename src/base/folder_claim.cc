#include "base/folder_claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace kiln {

std::optional<FolderClaim> FolderClaim::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  FolderClaim claim(descriptor);
  struct stat claimed{};
  struct stat named{};
  // Whoever had it may have removed it since it was opened.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 || ::fstat(descriptor, &claimed) != 0 ||
      claimed.st_uid != ::geteuid() || ::lstat(path.c_str(), &named) != 0 || named.st_ino != claimed.st_ino)
    return std::nullopt;
  return claim;
}

FolderClaim::FolderClaim(FolderClaim&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
FolderClaim& FolderClaim::operator=(FolderClaim&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
FolderClaim::~FolderClaim() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void remove_unclaimed(const std::string& parent, const std::function<bool(std::string_view name)>& is_one) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_one(entry->path().filename().native())) continue;
    std::error_code ignored;
    if (const auto claim = FolderClaim::take(entry->path())) fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace kiln
