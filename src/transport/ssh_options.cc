#include "transport/ssh_options.h"

#include "base/text.h"
#include "transport/parse.h"
#include "transport/process.h"

namespace kiln::transport {
namespace {

/// ssh_config(5): a value is split at blanks unless it is quoted, and percent signs are tokens.
std::string file_option(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? "%%" : std::string(1, c);
  return '"' + text + '"';
}

}  // namespace

std::vector<std::string> ssh_arguments(const Target& target, const std::string& control_path,
                                       const std::string& known_hosts,
                                       const std::vector<std::string>& options) {
  const SshSpec& ssh = target.ssh;
  std::vector<std::string> arguments = {"ssh", "-T",    "-S", control_path, "-p", std::to_string(ssh.port),
                                        "-l",  ssh.user};
  const auto option = [&](const std::string& text) {
    arguments.push_back("-o");
    arguments.push_back(text);
  };
  option("BatchMode=yes");
  option("StrictHostKeyChecking=yes");
  option("UpdateHostKeys=no");
  option("ConnectTimeout=10");
  option("ServerAliveInterval=5");
  option("ServerAliveCountMax=3");
  option("StreamLocalBindUnlink=yes");
  option("ClearAllForwardings=no");
  // Whatever the user's ssh_config says: kiln's own shell is what runs there, and nothing of this machine is
  // lent to the host.
  for (const char* fixed : {"ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "RemoteCommand=none",
                            "RequestTTY=no", "SessionType=default", "StdinNull=no",
                            "ForkAfterAuthentication=no", "ExitOnForwardFailure=no", "Tunnel=no"})
    option(fixed);
  if (!known_hosts.empty()) {
    option("UserKnownHostsFile=" + file_option(known_hosts));
    option("GlobalKnownHostsFile=/dev/null");
  }
  if (!ssh.identity_file.empty()) {
    arguments.insert(arguments.end(), {"-i", ssh.identity_file});
    option("IdentitiesOnly=yes");
  }
  if (!ssh.jump.empty()) arguments.insert(arguments.end(), {"-J", ssh.jump});
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back("--");
  arguments.push_back(target.address);
  return arguments;
}

Result<std::string> pinned_known_hosts(const Target& target, const std::string& directory, FileIo& files) {
  if (target.ssh.host_key.empty()) return target.ssh.known_hosts;
  const std::string port = std::to_string(target.ssh.port);
  KILN_TRY_ASSIGN(const Ended scan, run_process({"ssh-keyscan", "-T", "10", "-p", port, "--", target.address},
                                                "", Duration{20000}));
  std::string shown;
  for (const std::string& line : split(scan.output, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    KILN_TRY_ASSIGN(const Ended print,
                    run_process({"ssh-keygen", "-l", "-f", "-"}, line + '\n', Duration{5000}));
    const std::vector<std::string> words = split(print.output, ' ');  // "256 SHA256:… host (ED25519)"
    if (words.size() < 2) continue;
    shown += (shown.empty() ? "" : ", ") + words[1];
    if (words[1] != target.ssh.host_key) continue;
    std::string path = directory + "/known_hosts-" + target.name;
    KILN_TRY(files.write(path, line + '\n', 0600));
    return path;
  }
  if (shown.empty())
    return fail(ErrorCode::unreachable,
                "no host key from " + target.address + " port " + port + ": " + last_line(scan.errors));
  return fail(ErrorCode::denied,
              target.address + " shows the host key " + shown + ", the file pins " + target.ssh.host_key);
}

}  // namespace kiln::transport
