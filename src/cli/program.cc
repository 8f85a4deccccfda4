#include "cli/program.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "cli/run.h"
#include "transport/ssh_transport.h"

namespace kiln::cli {
namespace {

std::string environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

Output output_of(std::ostream& stream, int descriptor) {
  Output output{stream, isatty(descriptor) == 1};
  winsize size{};
  if (output.terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    output.width = size.ws_col;
  return output;
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0644U;
}

Duration own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) { return Duration(time.tv_sec * 1000 + time.tv_usec / 1000); };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

/// Secrets pass through this process: no core dumps and no ptrace(2) by others of the same user. A reader
/// that goes away is an error of write(2), not the end.
void harden() {
  prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int program(int argc, char** argv) {
  harden();
  SystemFileIo files;
  const SystemClock clock;
  SystemRandom random;
  World world{.out = output_of(std::cout, STDOUT_FILENO),
              .err = output_of(std::cerr, STDERR_FILENO),
              .in = std::cin,
              .in_terminal = isatty(STDIN_FILENO) == 1,
              .environment = environment,
              .files = files,
              .mode_of = mode_of,
              .clock = clock,
              .random = random,
              .make_transport =
                  [&](const Desired& desired, transport::Signer& signer) {
                    return transport::make_transport(desired, signer, files, clock, random);
                  },
              .own_cpu = own_cpu};
  return static_cast<int>(run(std::vector<std::string>(argv + 1, argv + argc), world));
}

}  // namespace kiln::cli
