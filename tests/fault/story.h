#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/lab.h"

/// What the sweeps have in common: a deployment that is brought somewhere, kiln killed on the way, and what
/// must hold after kiln ran again.

namespace kiln::test {

/// A deployment, and what the file says later (nothing, for a bring-up).
struct Story {
  const char* name = "";
  Desired first;
  std::optional<Desired> then;
  std::uint64_t seed = 1;

  /// The lab before the run that is of interest.
  Lab begin() const;
  /// What the file says in that run.
  const Desired& wanted() const { return then ? *then : first; }
};

/// Where the undisturbed run leads.
std::string end_of(const Story& story);

/// Runs the story once; `visit` gets what is left of the cluster if kiln is killed at each of `moments`.
using Visit = std::function<void(const FakeCluster& left, FaultKind moment, const std::string& place)>;
void for_each_kill(const Story& story, const std::vector<FaultKind>& moments, const Visit& visit);

/// False if kiln was killed.
bool apply_until_killed(Lab& lab);

/// What is wrong after kiln ran once more, undisturbed: failed steps, changes that remain, checks that fail,
/// and what the oracle saw.
std::vector<std::string> run_again(Lab& lab);
/// And nothing else if it came to `end`.
std::vector<std::string> run_again(Lab& lab, const std::string& end);

/// A step is done, failed with a reason, or skipped because of one that it needs; else it is in here.
std::vector<std::string> dishonest(const Plan& plan, const Report& report);

/// What the file of three says once n2 and n3 are known to be gone.
Desired without_two();
/// A deployment of three, of which one is left, and the file that says so.
Lab survivor();

/// vm3 moves to n1; vm2 and the second switch go.
Desired after_a_move(Desired desired);

}  // namespace kiln::test
