#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/steps.h"

// Kind `election-timer/<nb|sb>`: the RAFT election timer of a database that is there (a new one is created
// with it). The leader takes a value of at most twice the one it has; a smaller one it takes at once.

namespace kiln::resources {
namespace {

constexpr const char* kTimer = "election timer";

class Timer : public Resource {
 public:
  Timer(const Context& context, Database database, const HostName& leader)
      : Resource(election_timer_id(database), leader, context.desired.central.places.at("election-timer-ms")),
        database_(database),
        wanted_ms_(context.desired.central.election_timer_ms),
        needs_(context.needs_of_members(database, "it is changed when all members are there")) {}

  std::vector<Probe> probes() const override { return {{host(), RaftLook{database_}}}; }
  std::optional<State> wanted() const override { return State{{kTimer, wanted_ms_}}; }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), RaftLook{database_})) return Unknown{*why};
    const auto* raft = facts.seen<RaftSeen>(host(), RaftLook{database_});
    if (!raft)
      return Unknown{"no leader says which election timer " + std::string(schema_name(database_)) + " has"};
    return State{{kTimer, raft->election_timer_ms}};
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const auto* raft = facts.seen<RaftSeen>(host(), RaftLook{database_});
    if (!raft || raft->election_timer_ms <= 0)
      return fail(ErrorCode::failed, "its election timer is not known");
    std::vector<Step> steps;
    for (std::int64_t ms = raft->election_timer_ms; ms != wanted_ms_;) {
      ms = std::min(2 * ms, wanted_ms_);
      const std::string text = std::to_string(ms);
      Step step = make_step(change, text,
                            "election timer of " + std::string(schema_name(database_)) + ": " + text + " ms");
      step.actions.push_back(
          Appctl{std::string(control_path(database_)),
                 {"cluster/change-election-timer", std::string(schema_name(database_)), text}});
      step.gates.push_back({host(), ElectionTimer{database_, ms}, kAgreement});
      step.risk = Risk::control_plane;
      step.pool = raft_pool(database_);
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  Database database_;
  std::int64_t wanted_ms_;
  std::vector<Need> needs_;
};

}  // namespace

void make_election_timers(const Context& context, Resources& resources) {
  if (context.placement.centrals.empty()) return;
  for (const Database database : {Database::northbound, Database::southbound})
    for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
      const auto* raft = context.facts.seen<RaftSeen>(node->name, RaftLook{database});
      if (!raft || raft->role != "leader") continue;
      resources.push_back(std::make_unique<Timer>(context, database, node->name));
      break;
    }
}

}  // namespace kiln::resources
