#include "base/diag.h"

#include <algorithm>

namespace kiln {

std::string_view to_string(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

Diag& Diags::error(std::string slug, Span span, std::string message) {
  all_.push_back({.severity = Severity::error,
                  .slug = std::move(slug),
                  .message = std::move(message),
                  .span = std::move(span),
                  .notes = {},
                  .help = {}});
  return all_.back();
}

Diag& Diags::warning(std::string slug, Span span, std::string message) {
  Diag& diag = error(std::move(slug), std::move(span), std::move(message));
  diag.severity = Severity::warning;
  return diag;
}

bool Diags::has_errors() const {
  return std::ranges::any_of(all_, [](const Diag& diag) { return diag.severity == Severity::error; });
}

void Diags::sort() {
  std::ranges::stable_sort(all_, {}, [](const Diag& diag) -> const Span& { return diag.span; });
}

}  // namespace kiln
