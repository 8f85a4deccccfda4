#include "config/secret.h"

#include <fmt/format.h>

#include "config/format.h"
#include "config/paths.h"

namespace kiln::config {
namespace {

using Source = SecretReference::Source;

Source source_of(const std::string& key) {
  if (key == "env") return Source::environment;
  if (key == "file") return Source::file;
  if (key == "command") return Source::command;
  return Source::none;
}

bool is_variable(const std::string& name) {
  return !name.empty() && (name[0] < '0' || name[0] > '9') &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string::npos;
}

void refuse(const std::string& slug, const Span& span, const std::string& message, const std::string& key,
            Diags& diags) {
  diags.error(slug, span, message).help = fmt::format(
      "{0} = {{ env = \"KILN_CA_PASSPHRASE\" }}, {0} = {{ file = \"…\" }} or {0} = {{ command = \"…\" }}",
      key);
}

/// What is wrong with the value of one of the three keys; nothing if it is fine.
std::string problem_of(Source source, const Value& value) {
  if (!value.is(Value::Type::string)) return fmt::format("{}; a string", name_of(value.type));
  if (source == Source::environment && !is_variable(value.text))
    return "not the name of an environment variable; letters, digits and `_`";
  if (!normal_text(source == Source::file ? Format::path : Format::text, value.text))
    return source == Source::file ? "not a path; a path" : "empty or not printable; a text";
  return {};
}

}  // namespace

SecretReference read_secret(const Entry& entry, const std::string& where, Diags& diags) {
  const Value& value = entry.value;
  if (!value.is(Value::Type::table)) {
    refuse("literal-secret", value.span,
           fmt::format("`{}` in {} holds a literal value; kiln takes references only", entry.key, where),
           entry.key, diags);
    return {};
  }
  SecretReference reference;
  bool good = true;
  for (const Entry& part : value.entries) {
    const Source source = source_of(part.key);
    if (source == Source::none) {
      refuse("literal-secret", part.value.span,
             fmt::format("`{}` in {} has {}; one of `env`, `file`, `command` is expected", entry.key, where,
                         in_backticks(part.key)),
             entry.key, diags);
      good = false;
    } else if (const std::string problem = problem_of(source, part.value); !problem.empty()) {
      // What is there instead may be the secret: masked like one.
      refuse("literal-secret", part.value.span,
             fmt::format("`{}` of `{}` in {} is {} is expected", part.key, entry.key, where, problem),
             entry.key, diags);
      good = false;
    }
    reference = {.source = source, .value = part.value.text};
    if (source == Source::file) reference.value = absolute_path(reference.value, value.span.file);
  }
  if (!good) return {};
  if (value.entries.size() != 1) {
    refuse("secret-reference", entry.key_span,
           fmt::format("`{}` in {} has {} of `env`, `file`, `command`; exactly one is expected", entry.key,
                       where, value.entries.empty() ? "none" : "several"),
           entry.key, diags);
    return {};
  }
  return reference;
}

}  // namespace kiln::config
