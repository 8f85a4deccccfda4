#include "engine/lease_self.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/text.h"

namespace kiln::engine {
namespace {

std::string first_line(const std::string& path) {
  const Result<std::string> text = SystemFileIo().read(path);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

/// "pid:[4026531836]": the number.
std::string pid_namespace() {
  std::error_code error;
  const std::string target = std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  const std::size_t open = target.find('[');
  if (error || open == std::string::npos || !target.ends_with(']')) return {};
  return target.substr(open + 1, target.size() - open - 2);
}

std::string user_name() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets the environment.
  if (const char* name = std::getenv("SUDO_USER"); name && *name) return name;
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
    return found->pw_name;
  return std::to_string(::getuid());
}

/// The fields of /proc/PID/stat from the third on, the state (proc(5)). The second is the program's name in
/// parentheses, which may hold any of them.
std::vector<std::string> from_state_on(const std::string& stat) {
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos || end + 2 > stat.size()) return {};
  return split(stat.substr(end + 2), ' ');
}

/// It has ended, and nobody has asked how: who began it may be slow at that, or be gone itself.
bool is_zombie(const std::string& stat) {
  const std::vector<std::string> fields = from_state_on(stat);
  return !fields.empty() && (fields.front() == "Z" || fields.front() == "X");
}

}  // namespace

std::string started_in(const std::string& stat) {
  const std::vector<std::string> fields = from_state_on(stat);
  constexpr std::size_t kStartTime = 22 - 3;  // the first here is field 3
  return fields.size() > kStartTime ? fields[kStartTime] : std::string();
}

std::string user_at_host() {
  return user_name() + '@' + host_name();
}

LeaseSelf this_process() {
  LeaseSelf self;
  self.lease.user = user_name();
  self.lease.host = host_name();
  self.lease.pid = ::getpid();
  self.lease.boot = first_line("/proc/sys/kernel/random/boot_id");
  self.lease.pid_namespace = pid_namespace();
  self.lease.started = started_in(first_line("/proc/self/stat"));
  self.is_gone = [here = self.lease](const Lease& holder) { return is_gone(holder, here); };
  return self;
}

bool is_gone(const Lease& holder, const Lease& here) {
  if (here.boot.empty() || here.pid_namespace.empty() || holder.started.empty()) return false;
  if (holder.boot != here.boot || holder.pid_namespace != here.pid_namespace) return false;
  const std::string path = "/proc/" + std::to_string(holder.pid) + "/stat";
  const Result<std::string> stat = SystemFileIo().read(path);
  // Where /proc hides the processes of others (proc(5), hidepid) it is there all the same.
  if (!stat)
    return holder.pid > 0 && holder.pid <= std::numeric_limits<pid_t>::max() &&
           ::kill(static_cast<pid_t>(holder.pid), 0) != 0 && errno == ESRCH;
  if (is_zombie(*stat)) return true;
  const std::string started = started_in(*stat);
  return !started.empty() && started != holder.started;
}

}  // namespace kiln::engine
