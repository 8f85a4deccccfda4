#include "support/lab.h"

#include <algorithm>
#include <atomic>

#include "base/assert.h"
#include "base/text.h"
#include "config/leaving.h"
#include "engine/checks.h"
#include "engine/execute.h"
#include "engine/former_nodes.h"
#include "engine/observe.h"
#include "engine/pending.h"
#include "engine/prove.h"
#include "engine/recheck.h"
#include "planner/planner.h"
#include "planner/reboot.h"
#include "planner/recover.h"
#include "resources/kinds.h"

namespace kiln::test {

Desired deployment(int nodes) {
  Desired desired;
  desired.cluster.name = "edge";
  desired.way_to_former = [](const std::string&, const std::string&) { return std::optional(SshSpec()); };
  desired.packages.ovn = "25.03";
  desired.central.count = std::min(nodes, 3);
  desired.ca.dir = "/home/me/pki";
  SwitchSpec& quiet = desired.switches["ls2"];
  quiet.name = "ls2";
  PortSpec& idle = quiet.ports["idle"];
  idle = {.switch_name = "ls2",
          .name = "idle",
          .nb_name = "ls2-idle",
          .addresses = {"02:ac:10:ff:02:01 172.16.2.1", "unknown"},
          .port_security = false,
          .enabled = false,
          .places = {}};
  for (int i = 1; i <= nodes; ++i) {
    NodeSpec node;
    node.name = "n" + std::to_string(i);
    node.order = i - 1;
    node.address = "192.0.2." + std::to_string(10 + i);
    node.zone = "rack" + std::to_string(i);
    node.encap.ip = "10.0.1." + std::to_string(10 + i);
    if (i == 1) node.client = "admin";
    desired.nodes[node.name] = node;
    add_workload(desired, "vm" + std::to_string(i), node.name);
    if (i > 1)
      desired.checks.push_back({.from = "vm1", .to = "vm" + std::to_string(i), .order = i, .places = {}});
  }
  return desired;
}

void add_workload(Desired& desired, const std::string& name, const std::string& node) {
  const std::size_t number = desired.workloads.size() + 1;
  const std::string ip = "172.16.255." + std::to_string(10 + number);
  SwitchSpec& ls1 = desired.switches["ls1"];
  ls1.name = "ls1";
  ls1.ports[name] = {.switch_name = "ls1",
                     .name = name,
                     .nb_name = "ls1-" + name,
                     .addresses = {"02:ac:10:ff:00:" + std::to_string(10 + number) + ' ' + ip},
                     .port_security = true,
                     .enabled = true,
                     .places = {}};
  desired.workloads[name] = {
      .name = name, .node = node, .port = "ls1/" + name, .ip = ip + "/24", .mtu = 1400, .places = {}};
}

void add_userspace_bridge(Desired& desired) {
  NodeSpec& node = desired.nodes.at("n2");
  BridgeSpec& bridge = node.bridges["br-phys"];
  bridge = {.name = "br-phys",
            .datapath = "netdev",
            .port = "eth2",
            .address = node.encap.ip + "/24",
            .places = {}};
}

void set_centrals(Desired& desired, const std::vector<std::string>& nodes) {
  for (auto& [name, node] : desired.nodes) {
    node.auto_services = false;
    node.services = {"chassis", "switch"};
    if (std::ranges::find(nodes, name) != nodes.end()) node.services = {"central", "chassis", "switch"};
  }
}

void leave(NodeSpec& node) {
  node.state = "absent";
  config::take_out(node);
}

engine::Planned plan_as(const Desired& desired, engine::Seams& seams, engine::Runner& runner,
                        const engine::Limits& limits) {
  engine::Planned planned;
  planned.facts = engine::observe_with(desired, engine::plan_probes(desired), seams, limits, runner);
  planned.desired = engine::with_former_nodes(desired, planned.facts);
  if (engine::has_more_nodes(planned.desired, desired))
    planned.facts =
        engine::observe_with(planned.desired, engine::plan_probes(planned.desired), seams, limits, runner);
  resources::check_against_hosts(planned.desired, planned.facts, planned.diags);
  planned.diags.sort();
  auto plan = planner::make_plan(planned.desired, planned.facts, seams.random);
  KILN_ASSERT(plan.has_value());
  planned.plan = std::move(*plan);
  planner::add_what_is_not_done(planned.plan, planned.desired, planned.facts);
  return planned;
}

engine::Planned Lab::plan() {
  engine::Seams all = seams();
  SeededRunner runner(seed_);
  engine::Planned planned = plan_as(desired, all, runner, limits_);
  whole_ = planned.desired;
  return planned;
}

engine::Planned Lab::plan_with_threads() {
  engine::Seams all = seams();
  auto planned = engine::plan(desired, all, limits_);
  KILN_ASSERT(planned.has_value());
  return std::move(*planned);
}

Report Lab::execute(const Plan& plan, engine::Journal* journal) {
  engine::Seams all = seams();
  SeededRunner runner(seed_);
  runner.on_run = [this](std::size_t step) { cluster.oracle().running(step); };
  const std::atomic<bool> interrupted = false;
  cluster.oracle().expect(&plan);
  Report report = engine::execute_with(plan, whole_.nodes.empty() ? desired : whole_, all, limits_, journal,
                                       interrupted, runner, cluster.time());
  cluster.oracle().expect(nullptr);
  cluster.deliver_late();
  if (!cluster.network().conflict().empty())
    cluster.oracle().report("two hosts claim a port: " + cluster.network().conflict());
  return report;
}

std::string Lab::recover(Database database, const std::vector<std::string>& forgotten) {
  engine::Seams all = seams();
  SeededRunner runner(seed_);
  const Facts facts =
      engine::observe_with(desired, planner::recovery_probes(desired, database), all, limits_, runner);
  const planner::Recovery recovery = planner::plan_recovery(desired, facts, database, forgotten);
  if (!recovery.refusals.empty()) return join(recovery.refusals, "; ");
  const Report report = recovery.apply_only ? Report{} : execute(recovery.plan);
  return join(steps_with(report, StepStatus::failed), "; ");
}

std::string Lab::reboot(const Scope& scope) {
  const engine::Planned planned = plan();
  const planner::RollingReboot reboot = planner::plan_reboot(desired, planned.facts, planned.plan, scope);
  if (!reboot.refusals.empty()) return join(reboot.refusals, "; ");
  return join(steps_with(execute(reboot.plan), StepStatus::failed), "; ");
}

std::vector<StepReport> Lab::verify() {
  engine::Seams all = seams();
  SeededRunner runner(seed_);
  return engine::verify_with(desired, all, limits_, runner, cluster.time(), engine::kCheckDeadline);
}

planner::Recheck Lab::recheck(const Plan& plan) {
  engine::Seams all = seams();
  return engine::recheck(plan, engine::find_former_nodes(desired, all, limits_), all, limits_);
}

std::vector<std::string> Lab::remaining() {
  return changes_of(plan().plan);
}

std::vector<std::string> changes_of(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Change& change : plan.changes) {
    std::vector<std::string> paths;
    for (const AttributeChange& attribute : change.attributes) paths.push_back(attribute.path);
    lines.push_back(change.id.text() + ' ' + std::string(to_string(change.verb)) + ": " + join(paths, ", ") +
                    (change.why.empty() ? "" : '(' + change.why + ')'));
  }
  return lines;
}

std::vector<std::string> steps_with(const Report& report, StepStatus status) {
  std::vector<std::string> ids;
  for (const StepReport& step : report.steps)
    if (step.status == status) ids.push_back(step.step + (step.text.empty() ? "" : ": " + step.text));
  return ids;
}

}  // namespace kiln::test
