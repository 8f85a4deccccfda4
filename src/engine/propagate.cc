#include "engine/propagate.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/context.h"
#include "resources/kinds.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

constexpr Duration kAskAgainAfter{1000};

Transact raise_sequence() {
  // NB_Global is one row (ovn-nb(5)).
  return {Database::northbound,
          {ovsdb::Mutate{"NB_Global", {}, {{"nb_cfg", "+=", ovsdb::Value(std::int64_t{1})}}}}};
}

/// Why nobody took it, or "".
std::string raise(const Means& means) {
  const Members members = means.cluster.find(Database::northbound);
  std::string why = members.why;
  for (const HostName& host : members.usable) {
    const auto done = means.transport.act(host, raise_sequence(), means.limits.look_timeout);
    if (done) return {};
    why = host + ": " + done.error().text();
  }
  return why.empty() ? "no member answers" : why;
}

/// How far northd is, or else the chassis; what is not known has not followed.
class Followers {
 public:
  Followers(const std::vector<HostName>& chassis, const Means& means) : chassis_(chassis), means_(means) {}

  /// A line for each that has not followed yet.
  std::vector<std::string> behind() {
    const RowsLook global = resources::northbound_sequence_look();
    const Facts facts = means_.cluster.look(Database::northbound, {global});
    const auto* rows = facts.seen<RowsSeen>(kCluster, global);
    if (!rows) return {facts.unknown(kCluster, global).value_or("OVN_Northbound has no row of NB_Global")};
    if (asked_ == 0) asked_ = resources::sequence_of(rows, "nb_cfg");
    const std::int64_t reached = resources::sequence_of(rows, "sb_cfg");
    if (reached < asked_)
      return {
          fmt::format("ovn-northd has not taken up what was written: it is at {} of {}", reached, asked_)};
    return chassis_behind();
  }

 private:
  std::vector<std::string> chassis_behind() const {
    if (chassis_.empty()) return {};
    const RowsLook look = resources::chassis_sequence_look();
    const Facts facts = means_.cluster.look(Database::southbound, {look});
    const auto* rows = facts.seen<RowsSeen>(kCluster, look);
    if (!rows) return {facts.unknown(kCluster, look).value_or("OVN_Southbound has no chassis")};
    std::vector<std::string> behind;
    for (const HostName& name : chassis_) {
      const std::int64_t reached = resources::reached_by(*rows, name).value_or(0);
      if (reached < asked_)
        behind.push_back(
            fmt::format("chassis {} has not taken up what was written: its ovn-controller is at "
                        "{} of {}",
                        name, reached, asked_));
    }
    return behind;
  }

  const std::vector<HostName>& chassis_;
  const Means& means_;
  std::int64_t asked_ = 0;  ///< nb_cfg that was asked for; 0: not read yet
};

}  // namespace

bool wrote_northbound(const Plan& plan, const Report& report) {
  const auto writes = [](const Action& action) {
    const auto* transact = std::get_if<Transact>(&action);
    return transact && transact->database == Database::northbound;
  };
  return std::ranges::any_of(plan.steps, [&](const Step& step) {
    const auto done = std::ranges::find(report.steps, step.id, &StepReport::step);
    return done != report.steps.end() && done->status == StepStatus::done &&
           std::ranges::any_of(step.actions, writes);
  });
}

std::vector<std::string> propagate(const std::vector<HostName>& chassis, const Means& means,
                                   Duration deadline) {
  const Duration start = means.clock.monotonic();
  const auto over = [&] { return means.clock.monotonic() - start >= deadline; };
  for (std::string why; !(why = raise(means)).empty();) {
    if (over()) return {"OVN_Northbound could not be told to be taken up: " + why};
    means.waiter.sleep(kAskAgainAfter);
  }
  Followers followers(chassis, means);
  while (true) {
    std::vector<std::string> behind = followers.behind();
    if (behind.empty() || over()) {
      for (std::string& line : behind) line += fmt::format(", after {} s", deadline.count() / 1000);
      return behind;
    }
    means.waiter.sleep(means.limits.gate_interval);
  }
}

std::vector<std::string> propagate_to_all(const Desired& desired, const Facts& facts, Seams& seams,
                                          const Limits& limits, Waiter& waiter) {
  // Gone with the last central, or not to be read: then what remains says it.
  if (!facts.seen<RowsSeen>(kCluster, resources::northbound_sequence_look())) return {};
  std::vector<std::string> problems;  // planning says them
  const resources::Placement placement = resources::place(desired, facts, problems);
  const resources::Context context(desired, placement, facts);
  for (const Trouble& trouble : resources::troubles(context))
    if (trouble.resource.kind == resources::northd_id("").kind) return {};
  Announcer announcer(seams.events, seams.clock);
  Cluster cluster(desired, seams.transport, limits.look_timeout);
  const std::atomic<bool> interrupted{false};
  const Means means{seams.transport, seams.clock, limits, nullptr, announcer, cluster, waiter, interrupted};
  std::vector<HostName> chassis;
  for (const NodeSpec* node : resources::chassis_at_work(context)) chassis.push_back(node->name);
  return propagate(chassis, means);
}

}  // namespace kiln::engine
