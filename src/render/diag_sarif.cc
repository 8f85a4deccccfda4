#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "model/slugs.h"
#include "render/diag_formats.h"
#include "render/json_text.h"
#include "render/line.h"

// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/; the sections are of that text.

namespace kiln::render {
namespace {

using nlohmann::json;

/// 3.10: a URI reference (RFC 3986); what is no unreserved character or `/` is percent-encoded.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto octet = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos)
      uri += c;
    else
      uri = uri + '%' + kDigits[octet >> 4] + kDigits[octet & 0xf];
  }
  return uri;
}

/// 3.30: columns count from 1 in the unit of the run's columnKind; the end is exclusive, as ours.
json location(const Span& span) {
  const json region{{"startLine", span.line},
                    {"startColumn", span.column},
                    {"endLine", span.end_line},
                    {"endColumn", span.end_column}};
  return {{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(span.file)}}}, {"region", region}}}};
}

std::string message_of(const Diag& diag) {
  std::string text = one_line(diag.message);
  for (const Note& note : diag.notes)
    if (!note.span.known()) text += "\nnote: " + one_line(note.text);
  if (!diag.help.empty()) text += "\nhelp: " + one_line(diag.help);
  return text;
}

std::vector<std::string> slugs_in(const Diags& diags) {
  std::vector<std::string> slugs;
  for (const Diag& diag : diags.all()) slugs.push_back(diag.slug);
  std::ranges::sort(slugs);
  const auto twice = std::ranges::unique(slugs);
  slugs.erase(twice.begin(), twice.end());
  return slugs;
}

json rule(const std::string& slug) {
  json rule{{"id", slug}};
  const SlugPage* const page = find_slug(slug);
  if (!page) return rule;
  rule["shortDescription"]["text"] = page->cause;
  rule["help"]["text"] = page->fix;
  rule["defaultConfiguration"]["level"] = to_string(page->severity);
  return rule;
}

json result(const Diag& diag, const std::vector<std::string>& rules) {
  json result{{"ruleId", diag.slug},
              {"ruleIndex", std::ranges::lower_bound(rules, diag.slug) - rules.begin()},
              {"level", to_string(diag.severity)},
              {"message", {{"text", message_of(diag)}}}};
  if (diag.span.known()) result["locations"] = json::array({location(diag.span)});
  json related = json::array();
  for (const Note& note : diag.notes) {
    if (!note.span.known()) continue;
    related.push_back(location(note.span));
    related.back()["message"]["text"] = one_line(note.text);
  }
  if (!related.empty()) result["relatedLocations"] = related;
  return result;
}

}  // namespace

std::string diags_sarif(const Diags& diags) {
  const std::vector<std::string> slugs = slugs_in(diags);
  json rules = json::array();
  for (const std::string& slug : slugs) rules.push_back(rule(slug));
  json results = json::array();
  for (const Diag& diag : diags.all()) results.push_back(result(diag, slugs));
  const json driver{{"name", "kiln"}, {"rules", std::move(rules)}};
  const json run{
      {"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  return json_text({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", json::array({run})}});
}

}  // namespace kiln::render
