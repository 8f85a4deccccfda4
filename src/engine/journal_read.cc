#include "engine/journal_read.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "engine/journal.h"

namespace kiln::engine {
namespace {

using Json = nlohmann::json;

/// The members of one object, each with its type. The first that is missing or of another type is remembered.
class LineMembers {
 public:
  explicit LineMembers(const Json& object) : object_(object) {}

  bool has(const char* key) const { return object_.contains(key); }
  std::string text(const char* key) {
    const Json* const found = find(key);
    if (found && found->is_string()) return found->get<std::string>();
    wrong(key, "text");
    return "";
  }
  /// The texts of an object.
  std::map<std::string, std::string> texts(const char* key) {
    std::map<std::string, std::string> texts;
    const Json* const found = find(key);
    if (!found || !found->is_object()) wrong(key, "object");
    if (found && found->is_object())
      for (const auto& [name, value] : found->items())
        if (value.is_string()) texts[name] = value.get<std::string>();
    return texts;
  }
  /// At most 2^53, the largest that every reader of JSON holds exactly: sums of a few do not overflow.
  std::size_t number(const char* key) {
    constexpr std::size_t kLargest = std::size_t{1} << 53U;
    const Json* const found = find(key);
    if (found && found->is_number_unsigned() && *found <= kLargest) return found->get<std::size_t>();
    wrong(key, "number");
    return 0;
  }
  bool truth(const char* key) {
    const Json* const found = find(key);
    if (found && found->is_boolean()) return found->get<bool>();
    wrong(key, "boolean");
    return false;
  }
  /// Empty where there is none.
  const Json& list(const char* key) {
    static const Json none = Json::array();
    const Json* const found = find(key);
    if (found && found->is_array()) return *found;
    wrong(key, "list");
    return none;
  }
  void wrong(const char* key, const char* expected) {
    if (problem_.empty()) problem_ = std::string("its `") + key + "` is not a " + expected;
  }
  /// "" if all were right.
  const std::string& problem() const { return problem_; }

 private:
  const Json* find(const char* key) const {
    const auto found = object_.is_object() ? object_.find(key) : object_.end();
    return found == object_.end() ? nullptr : &*found;
  }

  const Json& object_;
  std::string problem_;
};

bool is_hex(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

bool is_run_id(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, is_hex);
}

/// "2026-11-21T03:52:26Z", as format_utc writes it.
bool is_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, kShape, [](char letter, char shape) {
    return shape == '0' ? letter >= '0' && letter <= '9' : letter == shape;
  });
}

std::optional<StepStatus> unfinished_status(std::string_view text) {
  for (const StepStatus status : {StepStatus::failed, StepStatus::skipped})
    if (text == kiln::to_string(status)) return status;
  return std::nullopt;
}

class Reader {
 public:
  /// `torn`: the text ends in it, without a line end.
  void take(std::string_view line, bool torn) {
    ++number_;
    if (trim(line).empty()) return;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return unread(torn ? "torn: the file ends in it" : "not a JSON object");
    LineMembers members(json);
    Head head{members.text("at"), members.text("run"), members.text("event")};
    if (members.problem().empty() && !is_time(head.at)) members.wrong("at", "time");
    if (members.problem().empty() && !is_run_id(head.run)) members.wrong("run", "run's id");
    if (members.problem().empty()) take(head, members);
    if (!members.problem().empty()) unread(members.problem());
  }
  PastRuns result() && { return std::move(past_); }

 private:
  struct Head {
    std::string at;
    std::string run;
    std::string event;
  };
  /// A run that was begun, and where its steps are.
  struct Open {
    std::optional<std::size_t> at;  ///< in past_.runs; nothing if its format is not known
    std::map<std::string, std::size_t> steps;
  };

  void take(const Head& head, LineMembers& members) {
    if (head.event == "begin") return begin(head, members);
    const auto found = open_.find(head.run);
    if (found == open_.end()) return unread("of a run whose begin is not there");
    if (!found->second.at) return unread("of a format that this kiln does not know");
    PastRun& run = past_.runs[*found->second.at];
    if (run.end) return unread("after the end of its run");
    if (head.event == "intent") {
      intent(head, members, run, found->second);
    } else if (head.event == "result") {
      result_of_action(head, members, run, found->second);
    } else if (head.event == "end") {
      end(head, members, run, found->second);
    } else {
      return members.wrong("event", "known event");
    }
    if (members.problem().empty()) run.last_at = head.at;
  }

  void begin(const Head& head, LineMembers& members) {
    const std::size_t format = members.number("format");
    if (members.problem().empty() && format != kJournalFormat) {
      open_[head.run] = {};
      return unread("of a format that this kiln does not know");
    }
    PastRun run;
    run.run = head.run;
    run.at = run.last_at = head.at;
    run.command = members.text("command");
    run.cluster = members.text("cluster");
    run.plan = members.text("plan");
    run.revision = members.text("revision");
    run.steps_in_plan = members.number("steps");
    if (members.has("by")) run.by = members.text("by");
    if (members.has("nodes")) run.nodes = members.texts("nodes");
    if (!members.problem().empty()) return;
    open_[head.run] = {past_.runs.size(), {}};
    past_.runs.push_back(std::move(run));
  }

  static void intent(const Head& head, LineMembers& members, PastRun& run, Open& open) {
    const std::string step = members.text("step");
    const std::string host = members.text("host");
    PastAction action;
    action.at = head.at;
    action.action = members.text("action");
    if (members.problem().empty()) step_of(run, open, step, host).actions.push_back(std::move(action));
  }

  /// Of the last intent of its step: a step does one thing at a time. Where that line is lost, it stands
  /// for both.
  static void result_of_action(const Head& head, LineMembers& members, PastRun& run, Open& open) {
    const std::string step = members.text("step");
    const std::string host = members.text("host");
    PastAction action;
    action.at = head.at;
    action.action = members.text("action");
    const bool changed = members.truth("changed");
    action.outcome = changed ? PastAction::Outcome::changed : PastAction::Outcome::unchanged;
    if (members.has("error")) {
      action.error = members.text("error");
      action.outcome = PastAction::Outcome::failed;
    }
    if (!members.problem().empty()) return;
    std::vector<PastAction>& actions = step_of(run, open, step, host).actions;
    const bool follows = !actions.empty() && actions.back().outcome == PastAction::Outcome::unknown &&
                         actions.back().action == action.action;
    if (follows) {
      action.at = actions.back().at;
      actions.pop_back();
    }
    actions.push_back(std::move(action));
  }

  static void end(const Head& head, LineMembers& members, PastRun& run, Open& open) {
    PastEnd end;
    end.at = head.at;
    end.done = members.number("done");
    end.failed = members.number("failed");
    end.skipped = members.number("skipped");
    end.not_started = members.number("not-started");
    end.mutations = members.number("mutations");
    end.interrupted = members.truth("interrupted");
    end.took = Duration(static_cast<Duration::rep>(members.number("took-ms")));
    const std::vector<PastStep> unfinished = unfinished_of(members);
    if (!members.problem().empty()) return;
    for (PastStep& step : run.steps) step.status = StepStatus::done;
    for (const PastStep& told : unfinished) {
      PastStep& step = step_of(run, open, told.step, told.host);
      step.status = told.status;
      step.why = told.why;
    }
    run.end = std::move(end);
  }

  static std::vector<PastStep> unfinished_of(LineMembers& members) {
    std::vector<PastStep> steps;
    for (const Json& entry : members.list("unfinished")) {
      LineMembers told(entry);
      PastStep step;
      step.step = told.text("step");
      step.host = told.text("host");
      step.status = unfinished_status(told.text("status"));
      step.why = told.text("why");
      if (!told.problem().empty() || !step.status) members.wrong("unfinished", "list of steps");
      steps.push_back(std::move(step));
    }
    return steps;
  }

  static PastStep& step_of(PastRun& run, Open& open, const std::string& step, const HostName& host) {
    const auto [found, is_new] = open.steps.try_emplace(step, run.steps.size());
    if (is_new) run.steps.push_back({.step = step, .host = host, .actions = {}, .status = {}, .why = {}});
    return run.steps[found->second];
  }

  void unread(std::string why) { past_.unread.push_back({number_, std::move(why)}); }

  PastRuns past_;
  std::map<std::string, Open> open_;  ///< the last that was begun with this id
  std::size_t number_ = 0;
};

}  // namespace

std::string_view to_string(PastResult result) {
  switch (result) {
    case PastResult::complete:
      return "complete";
    case PastResult::partly:
      return "partly";
    case PastResult::interrupted:
      return "interrupted";
    case PastResult::killed:
      return "killed";
  }
  return "unknown";
}

PastResult PastRun::result() const {
  if (!end) return PastResult::killed;
  if (end->interrupted) return PastResult::interrupted;
  return end->failed + end->skipped + end->not_started == 0 ? PastResult::complete : PastResult::partly;
}

std::size_t PastRun::steps_begun() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(steps, [](const PastStep& step) { return !step.actions.empty(); }));
}

PastRuns read_journal(std::string_view text) {
  Reader reader;
  while (!text.empty()) {
    const std::size_t size = text.find('\n');
    reader.take(text.substr(0, size), size == std::string_view::npos);
    if (size == std::string_view::npos) break;
    text.remove_prefix(size + 1);
  }
  return std::move(reader).result();
}

}  // namespace kiln::engine
