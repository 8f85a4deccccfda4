#include "engine/journal.h"

namespace kiln::engine {

std::string journal_path(const std::string& cluster, const std::string& state_home) {
  return state_home + "/kiln/" + cluster + "/journal.jsonl";
}

}  // namespace kiln::engine
