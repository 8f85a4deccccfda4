#include "planner/reboot.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "planner/fingerprint.h"
#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/steps.h"

namespace kiln::planner {
namespace {

constexpr Duration kBoot{600000};   ///< until the host answers again
constexpr Duration kReady{180000};  ///< then, until a daemon does its work

class RebootPlanning {
 public:
  RebootPlanning(const Desired& desired, const resources::Placement& placement, const Facts& facts,
                 const Plan& open, const Scope& scope)
      : desired_(desired), facts_(facts), open_(open), scope_(scope), context_(desired, placement, facts) {}

  RollingReboot run() {
    refuse_what_is_not_well();
    put_in_order();
    if (!reboot_.refusals.empty()) return std::move(reboot_);
    find_what_works();
    for (const HostName& name : reboot_.order) add_node(context_.node(name));
    reboot_.plan.cluster = desired_.cluster.name;
    reboot_.plan.id = fingerprint(reboot_.plan);
    return std::move(reboot_);
  }

 private:
  void refuse(std::string why) { reboot_.refusals.push_back(std::move(why)); }
  bool is_central(const HostName& node) const { return context_.placement.has(node, "central"); }

  void refuse_what_is_not_well() {
    if (!open_.empty()) {
      const Change* first = open_.changes.empty() ? nullptr : &open_.changes.front();
      const std::string what = !first                       ? ""
                               : first->verb == Verb::defer ? ": " + first->id.text() + ": " + first->why
                                                            : ", such as " + first->id.text();
      refuse(fmt::format("the hosts are not as the file says ({}{}): `kiln apply` first",
                         count_of(open_.changes.size(), "change", "changes"), what));
    }
    if (!desired_.cluster.central_ips.empty()) return;
    for (const auto& [database, members] : context_.memberships)
      if (!members.why_none_may_leave.empty()) refuse(members.why_none_may_leave);
  }

  void put_in_order() {
    std::set<HostName> leaders;
    for (const auto& [database, members] : context_.memberships)
      if (!members.leader.empty()) leaders.insert(members.leader);
    reboot_.leaders = {leaders.begin(), leaders.end()};
    for (const NodeSpec* node : desired_.nodes_in_file_order()) {
      if (!node->stays() || !scope_.has(node->name)) continue;
      reboot_.order.push_back(node->name);
      if (node->ssh.local)
        refuse(node->name +
               " is the machine that kiln runs on, which cannot be rebooted under it: --exclude " +
               node->name);
      if (!facts_.seen<HostSeen>(node->name, HostLook{}))
        refuse(node->name + ": " +
               facts_.unknown(node->name, HostLook{}).value_or("it does not say its boot id"));
    }
    if (reboot_.order.empty()) refuse("no node is left to reboot");
    std::ranges::stable_sort(reboot_.order, {}, [&](const HostName& name) {
      return std::pair(is_central(name), leaders.contains(name));
    });
  }

  /// What works on each host, as the file has it.
  void find_what_works() {
    for (const auto& resource : resources::make_resources(desired_, context_.placement, facts_))
      for (const auto& [attribute, value] : resource->wanted().value_or(State{}))
        if (attribute.ends_with(".service") && value == AttributeValue("active"))
          units_[resource->host()].insert(attribute);
    for (const auto& [name, workload] : desired_.workloads)
      if (const PortSpec* port = desired_.find_port(workload.port))
        ports_[workload.node].push_back(port->nb_name);
  }

  Step step(const HostName& node, const std::string& what, std::string title, std::string why) const {
    Step step;
    step.id = "reboot/" + node + ':' + what;
    step.host = node;
    step.title = std::move(title);
    step.why = {std::move(why)};
    return step;
  }

  void add(Step step) {
    if (!reboot_.plan.steps.empty()) {
      const Step& last = reboot_.plan.steps.back();
      step.needs = {{last.id, last.host == step.host ? "the steps of one node run in order"
                                                     : last.host + " works again before the next one goes"}};
    }
    reboot_.plan.steps.push_back(std::move(step));
  }

  void add_node(const NodeSpec& node) {
    if (is_central(node.name) && context_.nodes_with("central").size() > 1) add_hand_over(node);
    if (!node.drained()) add_stop(node);
    add_reboot(node);
  }

  /// Both databases go on without this one.
  std::vector<Gate> quorums_without(const NodeSpec& node) const {
    std::vector<Gate> guards;
    for (const auto& [database, members] : context_.memberships)
      guards.push_back(resources::guard(resources::quorum_kept(
          context_, database, members, {resources::ssl_address(node.address, raft_port(database))})));
    return guards;
  }

  /// Which of them leads by then is not known yet: one that follows has nothing to hand over.
  void add_hand_over(const NodeSpec& node) {
    Step hand_over = step(node.name, "hand-over", "let other members lead the databases",
                          "a leader that goes down costs its clients an election");
    for (const Database database : kClustered) hand_over.actions.push_back(HandOver{database});
    for (const Database database : kClustered)
      hand_over.gates.push_back({node.name, MemberFollows{database}, resources::kAgreement});
    hand_over.risk = Risk::control_plane;
    hand_over.guards = quorums_without(node);
    add(std::move(hand_over));
  }

  void add_stop(const NodeSpec& node) {
    std::vector<std::string> stopped;
    Step stop = step(node.name, "stop", "", "others take over before it goes down");
    std::vector<HostName> others;
    for (const NodeSpec* central : context_.nodes_with("central"))
      if (central->name != node.name && !central->drained()) others.push_back(central->name);
    if (is_central(node.name) && !others.empty()) {
      stop.actions.push_back(UnitAction{resources::kNorthdUnit, UnitVerb::stop});
      stop.gates.push_back({node.name, NorthdActive{others}, resources::kAgreement});
      stopped.emplace_back("ovn-northd");
    }
    if (runs_controller(node)) {
      stop.actions.push_back(UnitAction{resources::kControllerUnit, UnitVerb::stop});
      if (desired_.cluster.central_ips.empty())
        stop.gates.push_back({kCluster, ChassisGone{node.name}, resources::kAgreement});
      stopped.emplace_back("ovn-controller");
    }
    if (stopped.empty()) return;
    stop.title = "stop " + join(stopped, " and ");
    stop.risk = Risk::data_plane;
    add(std::move(stop));
  }

  void add_reboot(const NodeSpec& node) {
    const std::string boot_id = facts_.seen<HostSeen>(node.name, HostLook{})->boot_id;
    Step reboot = step(node.name, "reboot", "reboot, and wait until it works again",
                       "every node that was named is rebooted");
    // Short, as a host that goes down may leave the connection open.
    reboot.deadline = Duration{15000};
    if (is_central(node.name)) reboot.guards = quorums_without(node);
    reboot.actions.push_back(Reboot{boot_id});
    reboot.gates.push_back({node.name, Rebooted{boot_id}, kBoot});
    if (is_central(node.name))
      for (const Database database : kClustered)
        reboot.gates.push_back({node.name, DatabaseConnected{database}, kReady});
    for (const std::string& unit : units_[node.name])
      reboot.gates.push_back({node.name, UnitActive{unit}, kReady});
    if (is_central(node.name) && !node.drained())
      reboot.gates.push_back({node.name, NorthdRunning{}, kReady});
    if (runs_controller(node)) add_gates_of_chassis(node, reboot);
    reboot.risk = is_central(node.name) ? Risk::quorum : Risk::data_plane;
    add(std::move(reboot));
  }

  void add_gates_of_chassis(const NodeSpec& node, Step& reboot) const {
    if (!desired_.cluster.central_ips.empty()) {
      reboot.gates.push_back({node.name, ControllerConnected{}, kReady});
      return;
    }
    reboot.gates.push_back(
        {node.name, ChassisRegistered{node.name, node.encap_ips(), node.encap.types}, kReady});
    if (const auto ports = ports_.find(node.name); ports != ports_.end())
      for (const std::string& port : ports->second) reboot.gates.push_back({kCluster, PortUp{port}, kReady});
  }

  bool runs_controller(const NodeSpec& node) const {
    const auto units = units_.find(node.name);
    return units != units_.end() && units->second.contains(resources::kControllerUnit);
  }

  const Desired& desired_;
  const Facts& facts_;
  const Plan& open_;
  const Scope& scope_;
  resources::Context context_;
  std::map<HostName, std::set<std::string>> units_;
  std::map<HostName, std::vector<std::string>> ports_;  ///< of workloads
  RollingReboot reboot_;
};

}  // namespace

std::string reboot_step_id(const HostName& node) {
  return "reboot/" + node + ":reboot";
}

RollingReboot plan_reboot(const Desired& desired, const Facts& facts, const Plan& open, const Scope& scope) {
  std::vector<std::string> problems;  // they are in the plan that is open
  const resources::Placement placement = resources::place(desired, facts, problems);
  return RebootPlanning(desired, placement, facts, open, scope).run();
}

}  // namespace kiln::planner
