#pragma once

#include <string>

#include "engine/status.h"
#include "render/style.h"

namespace kiln::render {

/// Tables of nodes, databases, chassis and certificates; problems have a word, and a colour where there
/// are colours. The last sentence says whether all is well.
/// `verbose`: whatever others have is listed, and not only counted.
std::string status_text(const engine::Status& status, const Style& style, bool verbose = false);

}  // namespace kiln::render
