#include "engine/secret_source.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace kiln::engine {
namespace {

/// More is no passphrase, and a buffer of this size never moves: no copy of a secret is left behind.
constexpr std::size_t kLongest = 4096;

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

Result<Secret> from_environment(const std::string& name, const std::string& what) {
  const char* value = std::getenv(name.c_str());
  if (!value)
    return fail(ErrorCode::not_found, "the environment variable " + name + " is not set; it holds " + what +
                                          ": set it before you run kiln, e.g. with `read -rs " + name +
                                          " && export " + name + '`');
  return Secret(value);
}

Result<Secret> from_file(const std::string& path, const std::string& what, const FileIo& files) {
  auto content = files.read(path);
  if (!content) return fail(std::move(content).error(), "while reading " + what);
  return Secret(without_newline(std::move(*content)));
}

/// popen(3), unbuffered so that nothing stays in stdio's memory.
Result<Secret> from_command(const std::string& command, const std::string& what) {
  std::FILE* const pipe = ::popen(command.c_str(), "re");
  if (!pipe)
    return fail(ErrorCode::failed, std::string("cannot run the command for ") + what + ": " +
                                       std::generic_category().message(errno));
  std::setvbuf(pipe, nullptr, _IONBF, 0);
  std::string output(kLongest + 1, '\0');
  std::size_t size = 0;
  while (size < output.size()) {
    const std::size_t more = std::fread(output.data() + size, 1, output.size() - size, pipe);
    if (more == 0) break;
    size += more;
  }
  output.resize(size);
  Secret secret(without_newline(std::move(output)));
  const int status = ::pclose(pipe);
  if (size > kLongest)
    return fail(ErrorCode::failed, "the command for " + what + " printed more than a passphrase");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(ErrorCode::failed,
                "the command for " + what + " failed with " +
                    (WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                       : std::string("a signal")));
  return secret;
}

Result<Secret> read(const SecretReference& reference, const std::string& what, const FileIo& files) {
  switch (reference.source) {
    case SecretReference::Source::environment:
      return from_environment(reference.value, what);
    case SecretReference::Source::file:
      return from_file(reference.value, what, files);
    case SecretReference::Source::command:
      return from_command(reference.value, what);
    case SecretReference::Source::none:
      break;
  }
  return fail(
      ErrorCode::not_found,
      "nothing says where " + what + " is: set `[ca] passphrase`, e.g. to { env = \"KILN_CA_PASSPHRASE\" }");
}

}  // namespace

Result<Secret> read_secret(const SecretReference& reference, const std::string& what, const FileIo& files) {
  KILN_TRY_ASSIGN(Secret secret, read(reference, what, files));
  if (secret.empty()) return fail(ErrorCode::not_found, what + " is empty");
  return secret;
}

}  // namespace kiln::engine
