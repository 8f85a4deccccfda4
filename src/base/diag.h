#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What is wrong with the user's input, as values. Rendered by render/, never here.

namespace kiln {

/// A place in a file of the user: lines and columns count from 1, columns in code points; the end is
/// exclusive. An empty file name means that there is no place (a default, or the command line).
struct Span {
  std::string file;
  int line = 0;
  int column = 0;
  int end_line = 0;
  int end_column = 0;

  bool known() const { return line > 0; }
  auto operator<=>(const Span&) const = default;
};

enum class Severity { error, warning };
std::string_view to_string(Severity severity);

/// A second place that matters to a Diag, e.g. "first used here".
struct Note {
  std::string text;
  Span span;  ///< may be unknown
  bool operator==(const Note&) const = default;
};

/// One finding. `message` says what was seen, then what was expected: lower case, no final period,
/// names in backticks. `slug` is permanent ("unknown-key"). `help` holds one thing to do, or is empty.
struct Diag {
  Severity severity = Severity::error;
  std::string slug;
  std::string message;
  Span span;
  std::vector<Note> notes;
  std::string help;
  bool operator==(const Diag&) const = default;
};

/// Findings in the order they were made; `sort` puts them in file order.
class Diags {
 public:
  Diag& error(std::string slug, Span span, std::string message);
  Diag& warning(std::string slug, Span span, std::string message);
  void add(Diag diag) { all_.push_back(std::move(diag)); }

  bool has_errors() const;
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const std::vector<Diag>& all() const { return all_; }
  void sort();

 private:
  std::vector<Diag> all_;
};

}  // namespace kiln
