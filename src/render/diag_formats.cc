#include "render/diag_formats.h"

#include "render/diag.h"
#include "render/line.h"

namespace kiln::render {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// As actions/toolkit writes the data of a command.
std::string github_data(std::string text) {
  replace_all(text, "%", "%25");
  replace_all(text, "\r", "%0D");
  replace_all(text, "\n", "%0A");
  return text;
}

/// As it writes the value of a property.
std::string github_property(std::string text) {
  text = github_data(std::move(text));
  replace_all(text, ":", "%3A");
  replace_all(text, ",", "%2C");
  return text;
}

/// The message, its notes and its help, a line each.
std::string whole_text(const Diag& diag) {
  std::string text = one_line(diag.message);
  for (const Note& note : diag.notes) text += "\nnote: " + place_text(note.span) + one_line(note.text);
  if (!diag.help.empty()) text += "\nhelp: " + one_line(diag.help);
  return text;
}

}  // namespace

std::string render_diags(const Diags& diags, const std::map<std::string, std::string>& sources,
                         DiagFormat format, bool color) {
  switch (format) {
    case DiagFormat::text:
      return render_diags(diags, sources, color);
    case DiagFormat::json_document:
      return diags_json(diags);
    case DiagFormat::github:
      return diags_github(diags);
    case DiagFormat::sarif:
      return diags_sarif(diags);
  }
  return {};
}

std::string diags_github(const Diags& diags) {
  std::string text;
  for (const Diag& diag : diags.all()) {
    const Span& span = diag.span;
    text += "::" + std::string(to_string(diag.severity)) + ' ';
    if (span.known()) {
      text += "file=" + github_property(one_line(span.file)) + ",line=" + std::to_string(span.line);
      if (span.end_line == span.line)
        text += ",col=" + std::to_string(span.column) + ",endLine=" + std::to_string(span.end_line) +
                ",endColumn=" + std::to_string(span.end_column);
      else
        text += ",endLine=" + std::to_string(span.end_line);
      text += ',';
    }
    text += "title=" + github_property(one_line(diag.slug)) + "::" + github_data(whole_text(diag)) + '\n';
  }
  return text;
}

}  // namespace kiln::render
