#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "render/plan_json.h"

namespace kiln::render {

/// A plan that was written down to be applied later, with the file that it is for: `kiln plan -o` makes it,
/// `kiln show` and `kiln apply` read it. It holds no secret.
struct SavedPlan {
  Plan plan;
  Answers answers;
  std::string file;                            ///< as it was given to `kiln plan`
  std::map<std::string, std::string> sources;  ///< texts of the file and of what it includes, by path
  std::string made_at;                         ///< UTC, RFC 3339
  bool operator==(const SavedPlan&) const = default;
};

/// plan_json() with one key more, "saved": {"file", "sources", "made_at"}.
std::string saved_plan_text(const SavedPlan& saved);

/// True for what saved_plan_text() makes, and never for TOML.
bool looks_like_saved_plan(const std::string& text);

/// malformed: it is none, and where, or another version of kiln made it.
Result<SavedPlan> read_saved_plan(const std::string& text);

}  // namespace kiln::render
