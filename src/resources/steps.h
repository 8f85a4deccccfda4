#pragma once

#include <string>
#include <vector>

#include "model/plan.h"
#include "resources/daemon.h"

namespace kiln::resources {

/// What waits for a cluster of a database to agree: a leader that leaves takes 17 s, an election with a timer
/// of 16 s twice that, and whoever was connected to a server that went asks again after 8 s.
inline constexpr Duration kAgreement{90000};

/// A step of one resource, with the change's reasons; the caller adds what it does.
inline Step make_step(const Change& change, const std::string& suffix, std::string title) {
  Step step;
  step.id = change.id.text() + ':' + suffix;
  step.resources = {change.id};
  step.host = change.host;
  step.title = std::move(title);
  step.why = reasons(change);
  return step;
}

/// Adds the step unless it has nothing to do.
inline void add_step(std::vector<Step>& steps, Step step) {
  if (!step.actions.empty() || !step.gates.empty()) steps.push_back(std::move(step));
}

inline void append(std::vector<Action>& actions, std::vector<Action> more) {
  for (Action& action : more) actions.push_back(std::move(action));
}

}  // namespace kiln::resources
