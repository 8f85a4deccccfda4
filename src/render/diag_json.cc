#include <algorithm>
#include <nlohmann/json.hpp>

#include "render/diag_formats.h"
#include "render/json_text.h"

namespace kiln::render {
namespace {

std::ptrdiff_t count(const Diags& diags, Severity severity) {
  return std::ranges::count(diags.all(), severity, &Diag::severity);
}

}  // namespace

std::string diags_json(const Diags& diags) {
  return json_text({{"format", 1},
                    {"errors", count(diags, Severity::error)},
                    {"warnings", count(diags, Severity::warning)},
                    {"diagnostics", to_json(diags)}});
}

}  // namespace kiln::render
