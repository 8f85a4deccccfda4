#include "fault/story.h"

#include <algorithm>
#include <map>

namespace kiln::test {

Lab Story::begin() const {
  // The hosts that come later are there from the start, and those that go stay.
  Desired all = wanted();
  for (const auto& node : first.nodes) all.nodes.insert(node);
  Lab lab(all, seed);
  lab.desired = wanted();
  if (!then) return lab;
  lab.desired = first;
  lab.apply();
  lab.desired = *then;
  return lab;
}

std::string end_of(const Story& story) {
  Lab lab = story.begin();
  lab.apply();
  lab.verify();
  lab.cluster.settle();
  return end_state(lab.cluster);
}

void for_each_kill(const Story& story, const std::vector<FaultKind>& moments, const Visit& visit) {
  Lab lab = story.begin();
  lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
    if (std::ranges::find(moments, moment) == moments.end()) return;
    visit(left, moment,
          std::string(story.name) + ", " + to_string(moment) + " action " +
              std::to_string(left.sent().size()) + ", " + left.sent().back());
  };
  lab.apply();
}

bool apply_until_killed(Lab& lab) {
  try {
    lab.apply();
    return true;
  } catch (const Killed&) {
    return false;
  }
}

std::vector<std::string> run_again(Lab& lab) {
  lab.cluster.faults().clear();
  std::vector<std::string> wrong;
  // As `kiln apply`: what one round puts off the next may know.
  for (int round = 0; round < 3; ++round) {
    const Plan plan = lab.plan().plan;
    for (const std::string& step : steps_with(lab.execute(plan), StepStatus::failed)) wrong.push_back(step);
    if (plan.deferred() == 0 || plan.steps.empty()) break;
  }
  for (const std::string& change : lab.remaining()) wrong.push_back("remaining: " + change);
  for (const StepReport& check : lab.verify())
    if (check.status != StepStatus::done) wrong.push_back(check.title + ": " + check.text);
  for (const std::string& violation : lab.cluster.oracle().violations()) wrong.push_back(violation);
  return wrong;
}

std::vector<std::string> run_again(Lab& lab, const std::string& end) {
  std::vector<std::string> wrong = run_again(lab);
  lab.cluster.settle();
  if (end_state(lab.cluster) != end) wrong.emplace_back("another end state");
  return wrong;
}

std::vector<std::string> dishonest(const Plan& plan, const Report& report) {
  std::map<std::string, StepStatus> status;
  for (const StepReport& step : report.steps) status[step.step] = step.status;
  std::vector<std::string> wrong;
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    const StepReport& step = report.steps[at];
    bool blocked = false;
    for (const StepNeed& need : plan.steps[at].needs)
      blocked = blocked || status[need.step] != StepStatus::done;
    if (step.status == StepStatus::not_started) wrong.push_back(step.step + " was not started");
    if (blocked != (step.status == StepStatus::skipped))
      wrong.push_back(step.step + (blocked ? " ran although a need failed" : " was skipped for nothing"));
    if (step.status != StepStatus::done && step.text.empty()) wrong.push_back(step.step + " gives no reason");
  }
  return wrong;
}

Desired without_two() {
  Desired desired = deployment(3);
  for (const char* gone : {"n2", "n3"}) {
    auto node = desired.nodes.extract(gone);
    node.mapped().state = "dead";
    desired.dead.insert(std::move(node));
  }
  for (const char* gone : {"vm2", "vm3"}) {
    desired.workloads.erase(gone);
    desired.switches.at("ls1").ports.erase(gone);
  }
  desired.checks.clear();
  return desired;
}

Lab survivor() {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.power_off("n2");
  lab.cluster.power_off("n3");
  lab.cluster.settle();
  lab.desired = without_two();
  return lab;
}

Desired after_a_move(Desired desired) {
  desired.workloads.at("vm3").node = "n1";
  desired.workloads.erase("vm2");
  desired.checks = {{.from = "vm1", .to = "vm3", .order = 0, .places = {}}};
  desired.switches.at("ls1").ports.erase("vm2");
  desired.switches.erase("ls2");
  return desired;
}

}  // namespace kiln::test
