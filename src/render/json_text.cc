#include "render/json_text.h"

#include <nlohmann/json.hpp>

namespace kiln::render {

using nlohmann::json;

std::string json_text(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

json to_json(const Span& span) {
  if (!span.known()) return nullptr;
  return {{"file", span.file},
          {"line", span.line},
          {"column", span.column},
          {"end_line", span.end_line},
          {"end_column", span.end_column}};
}

json to_json(const Diags& diags) {
  json list = json::array();
  for (const Diag& diag : diags.all()) {
    json notes = json::array();
    for (const Note& note : diag.notes) notes.push_back({{"text", note.text}, {"span", to_json(note.span)}});
    list.push_back({{"severity", to_string(diag.severity)},
                    {"slug", diag.slug},
                    {"message", diag.message},
                    {"span", to_json(diag.span)},
                    {"notes", std::move(notes)},
                    {"help", diag.help}});
  }
  return list;
}

}  // namespace kiln::render
