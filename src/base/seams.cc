#include "base/seams.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/assert.h"

namespace kiln {
namespace {

std::unexpected<Error> fail_errno(const std::string& doing, const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT                      ? ErrorCode::not_found
                         : number == EACCES || number == EPERM ? ErrorCode::denied
                                                               : ErrorCode::failed;
  return fail(code, "cannot " + doing + " `" + path + "`: " + std::generic_category().message(number));
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, const std::string& content) {
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t written = ::write(fd, content.data() + done, content.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Uuid Random::uuid() {
  const std::string random = bytes(16);
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), random.data(), 16);
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);  // RFC 4122, 4.4: version 4
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

TimePoint SystemClock::now() const {
  return std::chrono::system_clock::now();
}

Duration SystemClock::monotonic() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

Duration SystemClock::since_boot() const {
  timespec time{};
  KILN_ASSERT(::clock_gettime(CLOCK_BOOTTIME, &time) == 0);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                              std::chrono::nanoseconds(time.tv_nsec));
}

std::string SystemRandom::bytes(std::size_t count) {
  std::string random(count, '\0');
  // Up to 256 bytes are never cut short once the pool is seeded (getrandom(2)).
  for (std::size_t done = 0; done < count;) {
    const ssize_t got = ::getrandom(random.data() + done, std::min<std::size_t>(256, count - done), 0);
    KILN_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return random;
}

std::vector<std::string> FileIo::match(const std::string& pattern) const {
  std::vector<std::string> files;
  glob_t found{};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): it races over users for `~` only, which takes GLOB_TILDE.
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  return files;
}

Result<std::string> SystemFileIo::read(const std::string& path) const {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail_errno("read", path);
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad() || std::filesystem::is_directory(path))
    return fail(ErrorCode::failed, "cannot read `" + path + "`: it is not a file");
  return std::move(content).str();
}

Result<> SystemFileIo::write(const std::string& written, const std::string& content, unsigned mode) {
  std::error_code error;
  // A link stays one: what it points to is replaced.
  std::filesystem::path target(written);
  if (std::filesystem::is_symlink(target, error))
    target = std::filesystem::weakly_canonical(target, error);
  else
    error.clear();  // not there yet
  if (error) return fail(ErrorCode::failed, "cannot follow `" + written + "`: " + error.message());
  const std::string path = target.string();
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path(), error);
  if (error) return fail(ErrorCode::failed, "cannot make the folder of `" + path + "`: " + error.message());

  const std::string beside = path + ".kiln-new";
  ::unlink(beside.c_str());  // left by a run that was killed; O_EXCL below keeps others' links out
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return fail_errno("create", beside);
    if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0 || !write_all(file.get(), content) ||
        ::fsync(file.get()) != 0)
      return fail_errno("write", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return fail_errno("replace", path);
  return {};
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string format_utc(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &fields);
  return {text, length};
}

}  // namespace kiln
