#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "base/seams.h"
#include "engine/audit.h"
#include "model/event.h"
#include "model/plan.h"

namespace kiln::engine {

/// What `begin` lines say: raised by what a reader of the format before could not ignore.
inline constexpr std::size_t kJournalFormat = 1;

/// An append-only record of what was attempted, one JSON object a line, written before (intent) and after
/// (result) each action. It explains; all that it decides is that no database
/// is made which it says is there (engine/remembered.h). No secret is in it. Several runs may write to one
/// file at once: each line says of which run it is. Format: docs/reference/journal.md; journal_read.h reads
/// it.
class Journal {
 public:
  /// For one run, whose id is made from `random`. Opens or makes the file (0600, parents 0700). A torn last
  /// line of a killed run is ended with a newline. `clock` outlives it.
  /// `by` is who runs it and where, "ann@laptop"; `nodes` how each node of the file is reached, as
  /// RosterEntry writes it. With `audit` the results of actions that changed something are security events,
  /// which go there too.
  static Result<std::unique_ptr<Journal>> open(const std::string& path, const Clock& clock, Random& random,
                                               AuditLog* audit = nullptr, const std::string& by = {},
                                               const std::map<std::string, std::string>& nodes = {});
  virtual ~Journal() = default;

  virtual void begin_run(const Plan& plan, const std::string& command) = 0;
  virtual void intent(const Step& step, const Action& action) = 0;
  virtual void result(const Step& step, const Action& action, bool changed, const std::string& error) = 0;
  virtual void end_run(const Report& report) = 0;
};

/// ${XDG_STATE_HOME:-$HOME/.local/state}/kiln/<cluster>/journal.jsonl
std::string journal_path(const std::string& cluster, const std::string& state_home);

}  // namespace kiln::engine
