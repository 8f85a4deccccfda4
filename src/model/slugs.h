#pragma once

#include <string_view>
#include <vector>

#include "base/diag.h"

/// Every finding that kiln has about a file: what `kiln explain SLUG` and docs/reference/messages.md say.
/// A finding whose slug has no page here fails tests/meta/slugs.py.

namespace kiln {

/// What has to be known to find it.
enum class SlugOrigin {
  file,   ///< the file alone: `kiln validate` says it
  hosts,  ///< the hosts too: `kiln plan` says it
};

struct SlugPage {
  std::string_view slug;
  Severity severity = Severity::error;
  SlugOrigin origin = SlugOrigin::file;
  std::string_view cause;    ///< one sentence
  std::string_view example;  ///< what has it: lines of the file, and as comments what is elsewhere
  std::string_view fix;      ///< one thing to do
};

/// All pages, by slug.
const std::vector<SlugPage>& slug_pages();

/// Null if there is none.
const SlugPage* find_slug(std::string_view slug);

// The parts of the table, each in the file of its name.
std::vector<SlugPage> slugs_of_text();   ///< the file is not read, or a key or value is wrong by itself
std::vector<SlugPage> slugs_of_nodes();  ///< nodes, centrals and the authority do not fit together
std::vector<SlugPage> slugs_of_ports();  ///< switches, workloads and checks do not fit together
std::vector<SlugPage> slugs_of_hosts();  ///< the file does not fit the hosts

}  // namespace kiln
