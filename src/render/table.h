#pragma once

#include <string>
#include <vector>

#include "render/style.h"

namespace kiln::render {

/// What a cell shows that may have no text.
std::string or_dash(const std::string& text);

/// Columns lined up by spaces, with a heading. Where they do not fit on the screen the widest are elided.
class Table {
 public:
  struct Cell {
    std::string text;
    Tone tone = Tone::plain;
    Cell(std::string shown, Tone in = Tone::plain) : text(std::move(shown)), tone(in) {}
    Cell(const char* shown) : text(shown) {}
  };

  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  /// As many cells as headings.
  void row(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }
  /// Lines, each begun with `indent` spaces.
  std::string text(const Style& style, std::size_t indent) const;

 private:
  std::vector<std::size_t> widths(const Style& style, std::size_t indent) const;

  std::vector<std::string> headings_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace kiln::render
