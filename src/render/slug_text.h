#pragma once

#include <string>

#include "model/slugs.h"
#include "render/style.h"

namespace kiln::render {

/// What `kiln explain SLUG` prints.
std::string slug_text(const SlugPage& page, const Style& style);

/// docs/reference/messages.md: every page of the table, in Markdown.
std::string messages_reference();

}  // namespace kiln::render
