#include "model/lease.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"

namespace kiln {
namespace {

constexpr std::string_view kTitle = "kiln-lease";
constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kLongestWord = 200;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._:@/+-,").find(c) != std::string_view::npos;
}

std::string word(std::string_view text) {
  std::string plain(text.substr(0, kLongestWord));
  for (char& c : plain)
    if (!is_plain(c)) c = '_';
  return plain;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= 0;
}

std::unexpected<Error> not_a_lease(const std::string& what) {
  return fail(ErrorCode::malformed, "it is not a lease of kiln's: " + what);
}

/// key=value words behind the title.
Result<std::map<std::string, std::string>> read_words(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() > kMostBytes) return not_a_lease("too long");
  std::map<std::string, std::string> words;
  bool first = true;
  for (const std::string& part : split(std::string(text), ' ')) {
    if (first && part != kTitle) return not_a_lease("another first word");
    const std::size_t equals = part.find('=');
    if (!first && equals == std::string::npos) return not_a_lease("a word without =");
    for (const char c : part)
      if (!is_plain(c) && c != '=') return not_a_lease("a character that is in none");
    if (!first && !words.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
      return not_a_lease("a word twice");
    first = false;
  }
  return words;
}

}  // namespace

Result<Fence> read_fence(std::string_view text) {
  const std::size_t slash = text.find('/');
  Fence fence;
  // Whoever may write to a database may have written it: one more than it has to be a number, too.
  if (slash == std::string_view::npos || !read_number(text.substr(0, slash), fence.token) ||
      fence.token > Fence::kMost)
    return fail(ErrorCode::malformed, "it is not a fence of kiln's");
  fence.run = text.substr(slash + 1);
  if (fence.run.empty() || word(fence.run) != fence.run)
    return fail(ErrorCode::malformed, "it is not a fence of kiln's");
  return fence;
}

std::string Lease::text() const {
  std::string line(kTitle);
  const auto add = [&](const char* key, std::string_view value) {
    if (!value.empty()) line += ' ' + std::string(key) + '=' + word(value);
  };
  add("format", std::to_string(format));
  add("fence", fence.text());
  add("state", held ? "held" : "free");
  add("renewed", std::to_string(renewed));
  add("kiln", kiln);
  add("command", command);
  add("user", user);
  add("host", host);
  add("pid", std::to_string(pid));
  add("boot", boot);
  add("pid-namespace", pid_namespace);
  add("started", started);
  add("plan", plan);
  add("commit", commit);
  add("since", since);
  add("reason", reason);
  return line;
}

std::string Lease::holder() const {
  std::string text = "kiln " + (command.empty() ? "apply" : command) + " by " + user + '@' + host + ", pid " +
                     std::to_string(pid) + ", since " + since;
  if (!plan.empty()) text += ", plan " + plan;
  if (!commit.empty()) text += ", commit " + commit;
  return text;
}

Result<Lease> read_lease(std::string_view text) {
  KILN_TRY_ASSIGN(const auto words, read_words(text));
  const auto at = [&](const char* key) {
    const auto found = words.find(key);
    return found == words.end() ? std::string() : found->second;
  };
  Lease lease;
  if (!read_number(at("format"), lease.format) || lease.format == 0) return not_a_lease("its format");
  lease.kiln = at("kiln");
  if (lease.format > kLeftFormat) return lease;
  KILN_TRY_ASSIGN(lease.fence, read_fence(at("fence")));
  const std::string state = at("state");
  if (state != "held" && state != "free") return not_a_lease("its state");
  lease.held = state == "held";
  if (!read_number(at("renewed"), lease.renewed) || !read_number(at("pid"), lease.pid))
    return not_a_lease("a number");
  lease.command = at("command");
  lease.user = at("user");
  lease.host = at("host");
  lease.boot = at("boot");
  lease.pid_namespace = at("pid-namespace");
  lease.started = at("started");
  lease.plan = at("plan");
  lease.commit = at("commit");
  lease.since = at("since");
  lease.reason = at("reason");
  std::ranges::replace(lease.reason, '_', ' ');  // what it was, nearly always
  return lease;
}

}  // namespace kiln
