#pragma once

#include <map>
#include <string>

#include "base/diag.h"

namespace kiln::render {

/// Findings for people: the place, what was seen, the line with what is meant underlined, further places and
/// one thing to do; at last how many there were. `sources` holds the text of each file; a file that is not in
/// it is shown without its lines. Values of secrets are masked wherever a line is shown. Empty if there is no
/// finding.
std::string render_diags(const Diags& diags, const std::map<std::string, std::string>& sources, bool color);

/// "kiln.toml:14:1: ", or nothing where there is no place.
std::string place_text(const Span& span);

}  // namespace kiln::render
