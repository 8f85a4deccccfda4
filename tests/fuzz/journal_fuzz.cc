// A journal with lines that are torn, damaged, mixed or of somebody else. Each line tells something or is
// named as unread; what is there before a cut reads as in the whole; and every run can be shown on a
// terminal.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/assert.h"
#include "engine/journal_read.h"
#include "fuzz.h"
#include "render/history_json.h"
#include "render/history_text.h"
#include "render/json_text.h"

namespace kiln::engine {
namespace {

bool control(char c) {
  return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f;
}

void check_run(const PastRun& run) {
  KILN_ASSERT(run.run.size() == 12 && run.at.size() == 20 && run.last_at.size() == 20);
  for (const PastStep& step : run.steps) {
    KILN_ASSERT(step.status.has_value() == run.end.has_value());
    for (const PastAction& action : step.actions) KILN_ASSERT(action.at.size() == 20);
  }
  KILN_ASSERT(run.end.has_value() == (run.result() != PastResult::killed));
  if (!run.end) return;
  KILN_ASSERT(run.end->took >= Duration{0});
  const bool all_done = run.end->failed == 0 && run.end->skipped == 0 && run.end->not_started == 0;
  KILN_ASSERT(run.result() != PastResult::complete || all_done);
}

void check_unread(const std::string& text, const PastRuns& past) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  std::size_t last = 0;
  for (const UnreadLine& unread : past.unread) {
    KILN_ASSERT(unread.line > last && unread.line <= lines && !unread.why.empty());
    last = unread.line;
  }
}

/// A kill tears the last line and nothing else.
void check_cut(const std::string& text, const PastRuns& whole, std::size_t length) {
  const std::string kept = text.substr(0, length);
  const PastRuns past = read_journal(kept);
  const auto torn = static_cast<std::size_t>(std::ranges::count(kept, '\n')) + 1;
  const auto before = [&](const UnreadLine& unread) { return unread.line < torn; };
  KILN_ASSERT(std::ranges::count_if(past.unread, before) == std::ranges::count_if(whole.unread, before));
  KILN_ASSERT(past.runs.size() <= whole.runs.size());
  for (std::size_t at = 0; at < past.runs.size(); ++at) {
    KILN_ASSERT(past.runs[at].run == whole.runs[at].run && past.runs[at].at == whole.runs[at].at);
    KILN_ASSERT(past.runs[at].steps.size() <= whole.runs[at].steps.size());
    if (past.runs[at].end) KILN_ASSERT(past.runs[at] == whole.runs[at]);
  }
}

void check_show(const PastRuns& past, std::size_t width) {
  const render::Style style{.color = false, .utf8 = width % 2 == 0, .width = width};
  for (const bool detailed : {false, true}) {
    const render::History history{.cluster = "edge",
                                  .journal = "/j",
                                  .runs = past.runs,
                                  .older = 0,
                                  .detailed = detailed,
                                  .unread = past.unread};
    const std::string text = render::history_text(history, style);
    KILN_ASSERT(!text.empty() && std::ranges::none_of(text, control));
    KILN_ASSERT(nlohmann::json::accept(render::json_text(render::history_json(history))));
  }
}

}  // namespace
}  // namespace kiln::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::engine;
  const std::string text = kiln::fuzz::text_of(data, size);
  const PastRuns past = read_journal(text);
  for (const PastRun& run : past.runs) check_run(run);
  check_unread(text, past);
  if (!text.empty()) check_cut(text, past, size * 7919 % text.size());  // somewhere else for another input
  check_show(past, 1 + size % 160);
  return 0;
}
