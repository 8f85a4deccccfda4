#include "engine/checks.h"

#include "engine/gate_wait.h"

namespace kiln::engine {
namespace {

struct Check {
  std::string id;
  std::string title;
  Gate gate;
  std::string problem;  ///< not empty: it cannot be run
};

/// The address of the other workload, without its prefix length.
std::string address_of(const WorkloadSpec& workload) {
  return workload.ip.substr(0, workload.ip.find('/'));
}

std::string id_of_check(std::size_t number) {
  return "check/" + std::to_string(number);
}

Check make_check(const Desired& desired, const CheckSpec& spec, std::size_t number, Duration deadline) {
  Check check{id_of_check(number), "ping " + spec.from + " to " + spec.to, {}, {}};
  const auto from = desired.workloads.find(spec.from);
  const auto to = desired.workloads.find(spec.to);
  if (from == desired.workloads.end() || to == desired.workloads.end()) {
    check.problem = "there is no workload `" + (from == desired.workloads.end() ? spec.from : spec.to) + '`';
    return check;
  }
  const std::string target = address_of(to->second);
  if (target.empty()) check.problem = "workload `" + spec.to + "` has no ip";
  check.gate = {from->second.node, PingAnswered{spec.from, target}, deadline};
  return check;
}

/// Of a part of the deployment only the checks between its nodes can be proven; what is on a node in
/// maintenance has no network.
bool can_pass(const Desired& desired, const CheckSpec& check) {
  for (const std::string& end : {check.from, check.to}) {
    const auto workload = desired.workloads.find(end);
    if (workload == desired.workloads.end()) continue;
    const std::string& node = workload->second.node;
    const auto spec = desired.nodes.find(node);
    if (!desired.scope.has(node) || (spec != desired.nodes.end() && spec->second.drained())) return false;
  }
  return true;
}

StepReport prove_one(const Check& check, const Means& means) {
  StepReport report{check.id, check.gate.host, check.title, StepStatus::failed, check.problem, {}};
  if (!check.problem.empty()) return report;
  const Duration start = means.clock.monotonic();
  means.announcer.say(check.gate.host, StepStarted{check.id});
  const Result<std::string> seen = wait_for(check.gate, check.id, means);
  report.took = means.clock.monotonic() - start;
  report.status = seen ? StepStatus::done : StepStatus::failed;
  report.text = seen ? *seen : seen.error().text();
  if (seen)
    means.announcer.say(check.gate.host, StepDone{.step = check.id, .took = report.took});
  else
    means.announcer.say(check.gate.host, StepFailed{.step = check.id, .error = report.text});
  return report;
}

}  // namespace

std::vector<StepReport> run_checks(const Desired& desired, const Means& means, Runner& runner,
                                   Duration deadline) {
  std::vector<Check> checks;
  for (std::size_t at = 0; at < desired.checks.size(); ++at)
    if (can_pass(desired, desired.checks[at]))
      checks.push_back(make_check(desired, desired.checks[at], at + 1, deadline));
  std::vector<StepReport> reports(checks.size());
  for_each(runner, reports.size(), means.limits.parallel_hosts,
           [&](std::size_t at) { reports[at] = prove_one(checks[at], means); });
  return reports;
}

const CheckSpec* check_of(const Desired& desired, const std::string& step) {
  for (std::size_t at = 0; at < desired.checks.size(); ++at)
    if (id_of_check(at + 1) == step) return &desired.checks[at];
  return nullptr;
}

}  // namespace kiln::engine
