// A user's file, and one that it includes: what stands behind a form feed is more.toml. Either there is a
// result or an error says why not; each finding has its place in a text, and can be shown on a terminal.

#include <algorithm>

#include "base/assert.h"
#include "config/load.h"
#include "fuzz.h"
#include "render/diag.h"

namespace kiln {
namespace {

class TwoFiles : public FileIo {
 public:
  explicit TwoFiles(const std::string& text) : first_(text.substr(0, text.find('\f'))) {
    if (first_.size() < text.size()) second_ = text.substr(first_.size() + 1);
  }
  Result<std::string> read(const std::string& path) const override {
    if (path == "/nowhere/kiln.toml") return first_;
    if (path == "/nowhere/more.toml") return second_;
    return fail(ErrorCode::not_found, "no such file");
  }
  Result<> write(const std::string&, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, "load writes nothing");
  }

 private:
  std::string first_;
  std::string second_;
};

bool in_order(const Span& span) {
  return span.line >= 1 && span.column >= 1 &&
         std::pair(span.end_line, span.end_column) >= std::pair(span.line, span.column);
}

void check_place(const Span& span, const config::Loaded& loaded) {
  const auto source = loaded.sources.find(span.file);
  KILN_ASSERT(source != loaded.sources.end());
  KILN_ASSERT(in_order(span));
  KILN_ASSERT(span.line <= std::ranges::count(source->second, '\n') + 1);
}

bool control(char c) {
  return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f;
}

void load(const std::string& text) {
  const config::Loaded loaded = config::load("/nowhere/kiln.toml", TwoFiles(text));
  KILN_ASSERT(loaded.desired.has_value() == !loaded.diags.has_errors());
  for (const Diag& diag : loaded.diags.all()) {
    check_place(diag.span, loaded);
    for (const Note& note : diag.notes)
      if (note.span.known()) check_place(note.span, loaded);
    KILN_ASSERT(!diag.slug.empty() && !diag.message.empty());
  }
  const std::string shown = render::render_diags(loaded.diags, loaded.sources, false);
  KILN_ASSERT(shown.empty() == loaded.diags.empty());
  KILN_ASSERT(std::ranges::none_of(shown, control));
}

}  // namespace
}  // namespace kiln

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = kiln::fuzz::text_of(data, size);
  if (text.find("*/") != std::string::npos) return -1;  // `include` would walk over this machine's folders
  kiln::load(text);
  return 0;
}
