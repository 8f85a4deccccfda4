#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seams.h"
#include "model/event.h"

/// The journal read back, run by run, for people and programs; all that kiln does by it is remembered.h.
/// Format: docs/reference/journal.md.

namespace kiln::engine {

/// An action that a run was about to send, and what came of it.
struct PastAction {
  enum class Outcome {
    unknown,    ///< an intent without a result
    unchanged,  ///< it was so already
    changed,
    failed,
  };
  std::string at;      ///< when it was about to be sent: RFC 3339, UTC
  std::string action;  ///< in words
  Outcome outcome = Outcome::unknown;
  std::string error;  ///< of Outcome::failed
  bool operator==(const PastAction&) const = default;
};

struct PastStep {
  std::string step;
  HostName host;
  std::vector<PastAction> actions;  ///< in order; one that was tried again is there again
  /// Nothing where the run has no end: the journal does not say whether the step's gates opened.
  std::optional<StepStatus> status;
  std::string why;  ///< of failed and skipped
  bool operator==(const PastStep&) const = default;
};

/// The `end` line.
struct PastEnd {
  std::string at;
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t not_started = 0;
  std::size_t mutations = 0;
  bool interrupted = false;
  Duration took{};
  bool operator==(const PastEnd&) const = default;
};

enum class PastResult {
  complete,     ///< every step is done
  partly,       ///< it ended with a step that is not
  interrupted,  ///< it was asked to end early
  killed,       ///< it has no end; it may be running still
};
std::string_view to_string(PastResult result);

struct PastRun {
  std::string run;      ///< 12 hexadecimal digits
  std::string at;       ///< of its begin
  std::string last_at;  ///< of its last line
  std::string command;
  std::string cluster;
  std::string plan;
  std::string revision;
  std::string by;  ///< "ann@laptop"; empty in lines of before
  std::map<std::string, std::string> nodes =
      {};  ///< of its file: how each is reached; empty in lines of before
  std::size_t steps_in_plan = 0;
  std::vector<PastStep>
      steps;  ///< with an action, in the order of the first; then the unfinished without one
  std::optional<PastEnd> end;

  PastResult result() const;
  /// Steps with an action.
  std::size_t steps_begun() const;
  bool operator==(const PastRun&) const = default;
};

/// A line that tells nothing: torn, damaged, not by kiln, or by a newer one.
struct UnreadLine {
  std::size_t line = 0;  ///< from 1
  std::string why;
  bool operator==(const UnreadLine&) const = default;
};

struct PastRuns {
  std::vector<PastRun> runs;  ///< in the order of their begins
  std::vector<UnreadLine> unread;
  bool operator==(const PastRuns&) const = default;
};

/// Understands what can be understood of any text at all. Empty lines are no lines.
PastRuns read_journal(std::string_view text);

}  // namespace kiln::engine
