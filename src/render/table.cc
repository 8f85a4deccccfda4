#include "render/table.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "render/line.h"

namespace kiln::render {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  ///< no column is shrunk below this

std::string line_of(const std::vector<Table::Cell>& cells, const std::vector<std::size_t>& widths,
                    const Style& style, std::size_t indent) {
  std::string line(indent, ' ');
  std::size_t owed = 0;  // spaces before the next text: none are left at the end of the line
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string text = elide(one_line(cells[i].text), widths[i], style);
    if (!text.empty()) {
      line += std::string(owed, ' ') + style.paint(cells[i].tone, text);
      owed = 0;
    }
    owed += widths[i] - width_of(text) + kGap;
  }
  return line + '\n';
}

}  // namespace

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

void Table::row(std::vector<Cell> cells) {
  KILN_ASSERT(cells.size() == headings_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(const Style& style, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const std::string& heading : headings_) widths.push_back(width_of(heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(one_line(row[i].text)));
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), indent + kGap * (widths.size() - 1));
  };
  while (total() > style.width) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kNarrowest) break;
    --*widest;
  }
  return widths;
}

std::string Table::text(const Style& style, std::size_t indent) const {
  const std::vector<std::size_t> columns = widths(style, indent);
  std::vector<Cell> heading;
  for (const std::string& name : headings_) heading.emplace_back(name, Tone::dim);
  std::string lines = line_of(heading, columns, style, indent);
  for (const auto& row : rows_) lines += line_of(row, columns, style, indent);
  return lines;
}

}  // namespace kiln::render
