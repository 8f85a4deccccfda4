#pragma once

#include <map>
#include <string>

#include "base/diag.h"

/// Findings, all of them, for programs: the same content as render_diags() without the lines of the files. No
/// format lets a control character through, and none shows the value of a secret.

namespace kiln::render {

enum class DiagFormat { text, json_document, github, sarif };

/// In this format; `text` is render_diags(), for which `sources` and `color` are.
std::string render_diags(const Diags& diags, const std::map<std::string, std::string>& sources,
                         DiagFormat format, bool color);

/// {"format": 1, "errors", "warnings", "diagnostics": [to_json(Diags)]}. Without findings the list is empty.
std::string diags_json(const Diags& diags);

/// Workflow commands of GitHub Actions, one line each: `::error file=…,line=…,…,title=slug::message`. Columns
/// are left out where the place is of several lines, which GitHub refuses.
std::string diags_github(const Diags& diags);

/// SARIF 2.1.0 (OASIS): one run, with a rule for each slug that is there.
std::string diags_sarif(const Diags& diags);

}  // namespace kiln::render
