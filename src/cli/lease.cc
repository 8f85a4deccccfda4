#include "cli/lease.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/lease_self.h"

namespace kiln::cli {
namespace {

ExitCode refuse(const engine::LeaseRefusal& refusal, const Arguments& arguments, Screen& screen) {
  using Why = engine::LeaseRefusal::Why;
  switch (refusal.why) {
    case Why::held:
      screen.error("another run holds the lease: " + refusal.text + " (seen on " + refusal.where + ')',
                   "nothing was changed");
      screen.talk(
          fmt::format("to wait for it: --lock-timeout 5m; one that says nothing for {} s is taken over. "
                      "Who holds what: kiln lock status {}\n",
                      engine::HeldLease::kTakeOver.count() / 1000, arguments.file));
      return ExitCode::lease_held;
    case Why::newer:
      screen.error(refusal.text, "nothing was changed");
      return ExitCode::gate_closed;
    case Why::failed:
      screen.error("no lease: " + refusal.text, "nothing was changed");
      return ExitCode::failed;
    case Why::stopped:
      screen.talk("stopped while waiting; nothing was changed\n");
      return ExitCode::lease_held;
  }
  return ExitCode::failed;
}

engine::LeaseSelf this_run(const std::string& command) {
  engine::LeaseSelf self = engine::this_process();
  self.lease.kiln = KILN_VERSION;
  self.lease.command = command;
  return self;
}

}  // namespace

ExitCode take_lease(const Plan& plan, const Desired& desired, const std::string& command,
                    const Arguments& arguments, Session& session, Screen& screen) {
  // What is done on this machine alone keeps nobody out.
  const bool of_hosts =
      std::ranges::any_of(plan.steps, [](const Step& step) { return step.host != kController; });
  if (session.lease() || !of_hosts) return ExitCode::done;
  engine::LeaseSelf self = this_run(command);
  self.lease.plan = plan.id;
  self.lease.commit = plan.revision;
  const auto waiting = [&](const Lease& holder) { screen.talk("waiting for " + holder.holder() + '\n'); };
  const auto refusal =
      session.take_lease(std::move(self), desired, std::chrono::seconds(arguments.lock_timeout_s), waiting);
  session.progress().clear();
  return refusal ? refuse(*refusal, arguments, screen) : ExitCode::done;
}

void give_back_for_the_dead(const engine::Planned& planned, const std::string& command, Session& session) {
  const engine::LeaseSelf self = this_run(command);
  const bool any = std::ranges::any_of(planned.desired.nodes, [&](const auto& node) {
    const auto lease =
        read_lease(engine::lease_text(planned.facts.seen<FileSeen>(node.first, FileLook{kLeasePath})));
    return lease && lease->held && lease->format == kLeftFormat && self.is_gone(*lease);
  });
  if (!any || session.lease()) return;
  // Whoever else has one meanwhile ends that of the dead, too.
  static_cast<void>(session.take_lease(self, planned.desired, Duration{0}, {}));
  session.progress().clear();
}

ExitCode break_lease(const Desired& desired, const Arguments& arguments, Session& session, Screen& screen) {
  engine::LeaseSelf self = this_run("lock break");
  self.reason = arguments.reason;
  const auto refusal = session.take_lease(std::move(self), desired, Duration{0}, {}, true);
  session.progress().clear();
  if (refusal) return refuse(*refusal, arguments, screen);
  const std::vector<std::string> left = session.lease()->not_reached();
  screen.talk("broken on " + join(session.lease()->claimed(), ", ") +
              (session.lease()->in_northbound() ? " and in the northbound" : "") +
              ": whoever held it changes nothing more" + (left.empty() ? "" : " there") + '\n');
  for (const std::string& place : left)
    screen.talk("not broken on " + place + "; break it again when it answers\n");
  return left.empty() ? ExitCode::done : ExitCode::partly;
}

}  // namespace kiln::cli
