#include "transport/private_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace kiln::transport {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "kiln-ssh-";
constexpr std::string_view kRandom = "XXXXXX";

/// A descriptor that holds the folder's lock, or -1: it is not ours, or another run's.
int lock(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat locked{};
  struct stat named{};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &locked) == 0 &&
      locked.st_uid == ::geteuid() && ::lstat(path.c_str(), &named) == 0 && named.st_ino == locked.st_ino)
    return descriptor;
  ::close(descriptor);
  return -1;
}

void remove_abandoned(const std::string& parent) {
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + kRandom.size()) continue;
    const int held = lock(entry->path());
    if (held < 0) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
    ::close(held);
  }
}

}  // namespace

PrivateDirectory::PrivateDirectory(const std::string& parent) {
  remove_abandoned(parent);
  // Another run may take the folder for an abandoned one in the moment before it is locked.
  for (int attempt = 0; attempt < 10 && lock_ < 0; ++attempt) {
    std::string path = parent + '/' + std::string(kPrefix) + std::string(kRandom);
    if (!::mkdtemp(path.data())) return;
    lock_ = lock(path);
    if (lock_ >= 0) path_ = path;
  }
}

PrivateDirectory::~PrivateDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace kiln::transport
