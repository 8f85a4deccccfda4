#include "render/diag.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "render/line.h"
#include "render/style.h"

namespace kiln::render {
namespace {

constexpr std::size_t kShown = 20;     // findings
constexpr std::size_t kLongest = 160;  // columns of a line
constexpr std::size_t kBefore = 60;    // columns shown before the underline of a longer line
constexpr std::string_view kMask = "••••••••";
constexpr std::size_t kMaskWidth = 8;

/// One character of a line as it is shown.
struct Cell {
  std::string text;
  std::size_t width = 1;
};

/// East Asian wide characters and emoji take two columns, combining marks none (a close guess; Unicode UAX
/// 11).
std::size_t width_of_point(char32_t point) {
  constexpr std::array<std::pair<char32_t, char32_t>, 9> kWide = {{{0x1100, 0x115f},
                                                                   {0x2e80, 0x303e},
                                                                   {0x3041, 0xa4cf},
                                                                   {0xac00, 0xd7a3},
                                                                   {0xf900, 0xfaff},
                                                                   {0xfe30, 0xfe6f},
                                                                   {0xff00, 0xff60},
                                                                   {0x1f300, 0x1faff},
                                                                   {0x20000, 0x3fffd}}};
  constexpr std::array<std::pair<char32_t, char32_t>, 4> kNone = {
      {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
  const auto in = [&](const auto& range) { return point >= range.first && point <= range.second; };
  if (std::ranges::any_of(kNone, in)) return 0;
  return std::ranges::any_of(kWide, in) ? 2 : 1;
}

/// Characters that would move the cursor or turn the text around.
bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

Cell cell_of(std::string_view octets, char32_t point, std::size_t column) {
  if (point == '\t') {
    const std::size_t width = 4 - column % 4;
    return {std::string(width, ' '), width};
  }
  if (is_control(point)) return {"\xef\xbf\xbd", 1};
  return {std::string(octets), width_of_point(point)};
}

/// One cell for each character; an octet that is not UTF-8 is a character of its own.
std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const auto first = static_cast<unsigned char>(line[at]);
    std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    char32_t point = length <= 1 ? first : first & (0xff >> (length + 1));
    bool good = length > 0 && at + length <= line.size();
    for (std::size_t i = 1; good && i < length; ++i) {
      const auto next = static_cast<unsigned char>(line[at + i]);
      good = (next & 0xc0) == 0x80;
      point = point << 6 | (next & 0x3f);
    }
    if (!good) {
      length = 1;
      point = 0;
    }
    cells.push_back(cell_of(line.substr(at, length), point, column));
    column += cells.back().width;
    at += length;
  }
  return cells;
}

/// The first character that a secret may begin with, of a line that gives one a value: after `passphrase =`.
/// The line's length if there is none. For text that no decoder has understood.
std::size_t start_of_literal(std::string_view line) {
  constexpr std::array<std::string_view, 4> kNames = {"passphrase", "password", "secret", "token"};
  for (std::size_t equals = line.find('='); equals != std::string_view::npos;
       equals = line.find('=', equals + 1)) {
    std::string key(line.substr(0, equals));
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::size_t start = key.find_last_of(",{=");
    if (start != std::string::npos) key.erase(0, start);
    if (std::ranges::none_of(kNames,
                             [&](std::string_view name) { return key.find(name) != std::string::npos; }))
      continue;
    const std::size_t value = line.find_first_not_of(" \t", equals + 1);
    if (value != std::string_view::npos && line[value] != '{') return value;
  }
  return line.size();
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Cells [from, to) become the mask.
void mask(std::vector<Cell>& cells, std::size_t from, std::size_t to) {
  to = std::min(to, cells.size());
  for (std::size_t i = from; i < to; ++i) cells[i] = {"", 0};
  if (from < to) cells[from] = {std::string(kMask), kMaskWidth};
}

std::size_t cells_width(const std::vector<Cell>& cells, std::size_t from, std::size_t to) {
  std::size_t width = 0;
  for (std::size_t i = from; i < std::min(to, cells.size()); ++i) width += cells[i].width;
  return width;
}

/// The lines of the user's files, fit to be shown: tabs are spaces, control characters are visible, secrets
/// are masked, and a very long line is cut around what is meant.
class Sources {
 public:
  /// Both outlive this. `secrets`: places whose text must not be shown.
  Sources(const std::map<std::string, std::string>& texts, std::vector<Span> secrets);

  /// One line of a file and where to underline it, in columns of a terminal.
  struct Snippet {
    std::string line;
    std::size_t indent = 0;  ///< columns before the underline
    std::size_t width = 0;   ///< of the underline, at least 1
  };
  /// The first line of a place; nothing where the file or the line is not known.
  std::vector<Snippet> snippet(const Span& span) const;

 private:
  std::string_view line_of(const std::string& file, int line) const;

  const std::map<std::string, std::string>& texts_;
  std::map<std::string, std::vector<std::size_t>> starts_;  ///< where each line begins
  std::vector<Span> secrets_;
};

Sources::Sources(const std::map<std::string, std::string>& texts, std::vector<Span> secrets)
    : texts_(texts), secrets_(std::move(secrets)) {
  for (const auto& [file, text] : texts_) {
    std::vector<std::size_t>& starts = starts_[file];
    starts.push_back(0);
    for (std::size_t at = 0; at < text.size(); ++at)
      if (text[at] == '\n') starts.push_back(at + 1);
  }
}

std::string_view Sources::line_of(const std::string& file, int line) const {
  const std::string& text = texts_.at(file);
  const std::size_t start = starts_.at(file)[static_cast<std::size_t>(line - 1)];
  std::string_view found = std::string_view(text).substr(start, text.find('\n', start) - start);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::vector<Sources::Snippet> Sources::snippet(const Span& span) const {
  const auto starts = starts_.find(span.file);
  if (!span.known() || starts == starts_.end() || static_cast<std::size_t>(span.line) > starts->second.size())
    return {};
  const std::string_view line = line_of(span.file, span.line);
  std::vector<Cell> cells = cells_of(line);

  const std::size_t literal = start_of_literal(line);
  bool literal_is_known = false;
  for (const Span& secret : secrets_) {
    if (secret.file != span.file || span.line < secret.line || span.line > secret.end_line) continue;
    literal_is_known = true;
    const std::size_t from = span.line == secret.line ? static_cast<std::size_t>(secret.column - 1) : 0;
    mask(cells, from,
         span.line == secret.end_line ? static_cast<std::size_t>(secret.end_column - 1) : cells.size());
  }
  if (!literal_is_known && literal < line.size())
    mask(cells, code_points(line.substr(0, literal)), cells.size());

  const auto start = std::min(static_cast<std::size_t>(std::max(1, span.column) - 1), cells.size());
  const std::size_t end =
      span.end_line == span.line ? static_cast<std::size_t>(std::max(1, span.end_column) - 1) : cells.size();
  std::size_t first = 0;
  std::size_t indent = cells_width(cells, 0, start);
  Snippet shown;
  if (cells_width(cells, 0, cells.size()) > kLongest && indent > kBefore) {
    while (cells_width(cells, first, start) > kBefore) ++first;
    shown.line = "…";
    indent = cells_width(cells, first, start) + 1;
  }
  std::size_t width = 0;
  for (; first < cells.size() && width < kLongest; ++first) {
    width += cells[first].width;
    shown.line += cells[first].text;
  }
  if (first < cells.size()) shown.line += "…";
  shown.indent = indent;
  shown.width = std::clamp<std::size_t>(cells_width(cells, start, end), 1, kLongest);
  return {shown};
}

std::vector<Span> secrets_of(const Diags& diags) {
  std::vector<Span> secrets;
  for (const Diag& diag : diags.all())
    if (diag.slug == "literal-secret") secrets.push_back(diag.span);
  return secrets;
}

class Writer {
 public:
  Writer(const Sources& sources, bool color) : sources_(sources) { style_.color = color; }

  std::string diag(const Diag& diag) {
    gutter_ = gutter_of(diag);
    const bool is_error = diag.severity == Severity::error;
    std::string text = style_.paint(Tone::strong, place_text(diag.span)) +
                       style_.paint(is_error ? Tone::bad : Tone::warn, is_error ? "error:" : "warning:") +
                       ' ' + one_line(diag.message) + ' ' + style_.paint(Tone::dim, '[' + diag.slug + ']') +
                       '\n';
    text += block(diag.span, is_error ? Tone::bad : Tone::warn);
    for (const Note& note : diag.notes)
      text += line_under("note", place_text(note.span) + one_line(note.text)) + block(note.span, Tone::dim);
    if (!diag.help.empty()) text += line_under("help", one_line(diag.help));
    return text;
  }

 private:
  /// Columns of the largest line number that is shown.
  static std::size_t gutter_of(const Diag& diag) {
    int largest = diag.span.line;
    for (const Note& note : diag.notes) largest = std::max(largest, note.span.line);
    return std::to_string(largest).size();
  }

  std::string bar(const std::string& number) const {
    return style_.paint(Tone::dim, fmt::format("{:>{}} |", number, gutter_));
  }

  std::string block(const Span& span, Tone tone) const {
    std::string text;
    for (const Sources::Snippet& snippet : sources_.snippet(span))
      text += bar("") + '\n' + bar(std::to_string(span.line)) + (snippet.line.empty() ? "" : " ") +
              snippet.line + '\n' + bar("") + std::string(snippet.indent + 1, ' ') +
              style_.paint(tone, std::string(snippet.width, '^')) + '\n';
    return text;
  }

  std::string line_under(std::string_view label, const std::string& text) const {
    return fmt::format("{} = {} {}\n", std::string(gutter_, ' '),
                       style_.paint(Tone::strong, fmt::format("{}:", label)), text);
  }

  const Sources& sources_;
  Style style_;
  std::size_t gutter_ = 1;
};

/// "kiln.toml: 3 errors, 1 warning".
std::string summary(const Diags& diags) {
  std::set<std::string> files;
  for (const Diag& diag : diags.all())
    if (diag.span.known()) files.insert(diag.span.file);
  const auto errors =
      static_cast<std::size_t>(std::ranges::count(diags.all(), Severity::error, &Diag::severity));
  const std::size_t warnings = diags.size() - errors;
  std::vector<std::string> counts;
  if (errors > 0) counts.push_back(count_of(errors, "error", "errors"));
  if (warnings > 0) counts.push_back(count_of(warnings, "warning", "warnings"));
  const std::string text = join(counts, ", ");
  if (files.size() > 1) return fmt::format("{} in {} files\n", text, files.size());
  return files.empty() ? text + '\n' : fmt::format("{}: {}\n", one_line(*files.begin()), text);
}

}  // namespace

std::string place_text(const Span& span) {
  return span.known() ? fmt::format("{}:{}:{}: ", one_line(span.file), span.line, span.column) : "";
}

std::string render_diags(const Diags& diags, const std::map<std::string, std::string>& sources, bool color) {
  if (diags.empty()) return {};
  const Sources lines(sources, secrets_of(diags));
  Writer writer(lines, color);
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, diags.size()); ++i) text += writer.diag(diags.all()[i]) + '\n';
  if (diags.size() > kShown) text += fmt::format("… and {} more\n\n", diags.size() - kShown);
  return text + summary(diags);
}

}  // namespace kiln::render
