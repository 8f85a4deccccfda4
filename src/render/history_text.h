#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/journal_read.h"
#include "render/style.h"

namespace kiln::render {

/// What `kiln history` shows of a journal.
struct History {
  std::string cluster;
  std::string journal;                ///< its path
  std::vector<engine::PastRun> runs;  ///< newest first
  std::size_t older = 0;              ///< runs that were asked not to be shown
  bool detailed = false;              ///< with the steps and actions of each run
  std::vector<engine::UnreadLine> unread;
};

/// A table of the runs, or each with its steps and actions; then what of the journal could not be read. On
/// less than 120 columns a run has two lines. Never empty.
std::string history_text(const History& history, const Style& style);

/// One run with its steps and actions.
std::string run_text(const engine::PastRun& run, const Style& style);

/// For the word of a result.
Tone tone_of(engine::PastResult result);

}  // namespace kiln::render
