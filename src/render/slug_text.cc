#include "render/slug_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {
namespace {

std::string_view said_by(const SlugPage& page) {
  return page.origin == SlugOrigin::file ? "kiln validate" : "kiln plan";
}

/// "a, b, c", each a link to its page.
std::string links(SlugOrigin origin) {
  std::vector<std::string> names;
  for (const SlugPage& page : slug_pages())
    if (page.origin == origin) names.push_back(fmt::format("[{0}](#{0})", page.slug));
  return join(names, ", ");
}

}  // namespace

std::string slug_text(const SlugPage& page, const Style& style) {
  const Tone tone = page.severity == Severity::error ? Tone::bad : Tone::warn;
  std::string text = style.paint(Tone::strong, std::string(page.slug)) + ": " +
                     style.paint(tone, std::string(to_string(page.severity))) + ", found by `" +
                     std::string(said_by(page)) + "`\n\n" + hanging("", page.cause, style) +
                     "\nFor example:\n\n";
  for (const std::string& line : split(trim(page.example), '\n'))
    text += line.empty() ? "\n" : "    " + line + '\n';
  return text + '\n' + hanging("What to do: ", page.fix, style);
}

std::string messages_reference() {
  std::string text =
      "# Messages\n\n"
      "Made from `src/model/slugs_of_*.cc`, which `kiln explain SLUG` shows too: change it there.\n\n"
      "Every finding about a file ends with a slug in brackets, which does not change between releases. With "
      "an error\n"
      "nothing is done; a warning stops nothing.\n\n"
      "`kiln validate` finds, without asking a host: " +
      links(SlugOrigin::file) +
      ".\n\n`kiln plan` and `kiln apply` find, when the hosts have answered: " + links(SlugOrigin::hosts) +
      ".\n";
  for (const SlugPage& page : slug_pages())
    text += fmt::format("\n## {}\n\n{}, found by `{}`. {}\n\n```\n{}\n```\n\nWhat to do: {}\n", page.slug,
                        page.severity == Severity::error ? "An error" : "A warning", said_by(page),
                        page.cause, trim(page.example), page.fix);
  return text;
}

}  // namespace kiln::render
