#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/plan.h"

/// What the engine announces while it runs, and what it says at the end.

namespace kiln {

struct RunStarted {
  std::size_t steps = 0;
};
struct StepStarted {
  std::string step;
};
struct ActionDone {
  std::string step;
  std::string action;  ///< describe(action)
  bool changed = false;
  Duration took{};
};
struct GateWaiting {
  std::string step;
  std::string condition;
  std::string seen;  ///< what the last look said
  Duration waited{};
};
struct StepDone {
  std::string step;
  Duration took{};
};
struct StepFailed {
  std::string step;
  std::string error;
};
struct StepSkipped {
  std::string step;
  std::string because;
};
struct RunEnded {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
};
struct Looking {  ///< observation of a host began or ended
  HostName host;
  bool done = false;
  std::string problem;  ///< why the host is unknown, or ""
};

using EventBody = std::variant<Looking, RunStarted, StepStarted, ActionDone, GateWaiting, StepDone,
                               StepFailed, StepSkipped, RunEnded>;
struct Event {
  TimePoint at;
  HostName host;
  EventBody body;
};

/// The seam through which a run is watched. Called from one thread at a time.
class Events {
 public:
  virtual ~Events() = default;
  virtual void announce(const Event& event) = 0;
};

enum class StepStatus { done, failed, skipped, not_started };
std::string_view to_string(StepStatus status);

struct StepReport {
  std::string step;
  HostName host;
  std::string title;
  StepStatus status = StepStatus::not_started;
  std::string text;  ///< the error, or why it was skipped
  Duration took{};
};

bool all_done(const std::vector<StepReport>& steps);

/// The end of an apply.
struct Report {
  std::string plan_id;
  std::vector<StepReport> steps;       ///< in the order of the plan
  std::size_t mutations = 0;           ///< actions sent to hosts, counted at the transport
  std::vector<std::string> remaining;  ///< what a fresh diff still shows: empty is the proof
  std::size_t by_hand = 0;             ///< of `remaining`: what no further run ends
  std::vector<StepReport> checks;      ///< [[checks]], after the steps
  bool interrupted = false;
  bool wrote_northbound = false;  ///< rows that OVN is still to take up
  Duration took{};
  Duration waited_for_hosts{};  ///< of `took`: time in looks, actions and gates

  bool succeeded() const;
};

}  // namespace kiln
