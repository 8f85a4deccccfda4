#include "engine/gate_wait.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/gate.h"
#include "engine/look.h"

namespace kiln::engine {
namespace {

/// A gate whose look says the same again is announced again only so often.
constexpr Duration kAnnounceAgain{1000};

std::string seconds(Duration duration) {
  return fmt::format("{:g} s", static_cast<double>(duration.count()) / 1000.0);
}

}  // namespace

void pause(Duration duration, const Means& means) {
  constexpr Duration kAtOnce{200};
  for (Duration left = duration; left > Duration{0} && !means.interrupted; left -= kAtOnce)
    means.waiter.sleep(std::min(left, kAtOnce));
}

Result<std::string> wait_for(const Gate& gate, const std::string& id, const Means& means) {
  const std::vector<Probe> probes = probes_of(gate);
  const std::string condition = describe(gate.condition);
  const Duration start = means.clock.monotonic();
  std::string last_seen;
  Duration last_said{};
  while (true) {
    const Facts facts = look_at(probes, means.transport, means.cluster, means.limits.look_timeout);
    const Verdict verdict = judge(gate, facts);
    const Duration waited = means.clock.monotonic() - start;
    switch (verdict.kind) {
      case Verdict::Kind::holds:
        return verdict.seen;
      case Verdict::Kind::never:
        return fail(ErrorCode::failed, condition + ": " + verdict.seen);
      case Verdict::Kind::not_yet:
        break;
    }
    if (waited >= gate.deadline)
      return fail(ErrorCode::timed_out,
                  condition + ": not within " + seconds(gate.deadline) + ", last seen: " + verdict.seen);
    if (verdict.seen != last_seen || waited - last_said >= kAnnounceAgain) {
      means.announcer.say(
          gate.host, GateWaiting{.step = id, .condition = condition, .seen = verdict.seen, .waited = waited});
      last_seen = verdict.seen;
      last_said = waited;
    }
    if (means.interrupted)
      return fail(ErrorCode::timed_out, condition + ": interrupted, last seen: " + verdict.seen);
    pause(means.limits.gate_interval, means);
  }
}

}  // namespace kiln::engine
