#include "engine/perform.h"

#include <algorithm>
#include <utility>

#include "engine/gate_wait.h"
#include "engine/journal.h"

namespace kiln::engine {
namespace {

/// Between the tries of an action that got no answer: it may be sent again, as it changes nothing the second
/// time.
constexpr Duration kBackoffs[] = {Duration{500}, Duration{2000}};
/// Between two searches for a member of a clustered database.
constexpr Duration kSearchAgain{1000};
/// An election takes a few of its timers.
constexpr Duration kLongestSearch{60000};

bool no_answer(const Error& error) {
  return error.code() == ErrorCode::unreachable || error.code() == ErrorCode::timed_out;
}

/// One try, written down before and after.
Result<transport::Outcome> try_once(const Step& step, const HostName& host, const Action& action,
                                    Duration timeout, const Means& means) {
  if (means.journal) means.journal->intent(step, action);
  Result<transport::Outcome> outcome = means.transport.act(host, action, timeout);
  if (means.journal)
    means.journal->result(step, action, outcome && outcome->changed, outcome ? "" : outcome.error().text());
  return outcome;
}

/// What a step rests on is looked at when it acts, and again before it is sent another time.
Result<> wait_for_guards(const Step& step, const Means& means) {
  for (const Gate& guard : step.guards) {
    const Result<std::string> seen = wait_for(guard, step.id, means);
    if (!seen) return fail(seen.error(), "not done");
  }
  return {};
}

/// On a host that has a name.
Result<transport::Outcome> act_on_host(const Step& step, const Action& action, const Means& means) {
  for (const Duration backoff : kBackoffs) {
    Result<transport::Outcome> outcome = try_once(step, step.host, action, step.deadline, means);
    if (outcome || !no_answer(outcome.error()) || means.interrupted) return outcome;
    pause(backoff, means);
    KILN_TRY(wait_for_guards(step, means));
  }
  Result<transport::Outcome> last = try_once(step, step.host, action, step.deadline, means);
  // A host that goes down may not say so; the step's gate tells whether it did, and came back.
  if (!last && no_answer(last.error()) && std::holds_alternative<Reboot>(action)) return transport::Outcome{};
  return last;
}

Database database_of(const Action& action) {
  const auto* transact = std::get_if<Transact>(&action);
  return transact ? transact->database : Database::northbound;
}

/// At whichever member answers, asked for anew each time: leaders change while a cluster is made.
Result<transport::Outcome> act_on_cluster(const Step& step, const Action& action, const Means& means) {
  const Database database = database_of(action);
  const Duration end = means.clock.monotonic() + step.deadline;
  // Once nobody could be asked for so long, the steps that follow do not wait again.
  const Duration found_by =
      means.clock.monotonic() + (means.cluster.was_lost(database) ? Duration{0} : kLongestSearch);
  while (true) {
    const Members members = means.cluster.find(database);
    Error last(ErrorCode::unreachable, members.why);
    for (const HostName& host : members.usable) {
      const Duration left = end - means.clock.monotonic();
      if (left <= Duration{0} || means.interrupted) break;
      Result<transport::Outcome> outcome = try_once(step, host, action, left, means);
      if (outcome) return outcome;
      last = std::move(outcome).error().context("on " + host);
      if (!no_answer(last)) return std::unexpected(std::move(last));
    }
    const Duration give_up = members.usable.empty() ? std::min(end, found_by) : end;
    if (means.interrupted || means.clock.monotonic() + kSearchAgain > give_up) {
      if (members.usable.empty()) means.cluster.lose(database);
      return std::unexpected(std::move(last));
    }
    pause(kSearchAgain, means);
  }
}

Result<> act(const Step& step, const Action& action, const Means& means) {
  const Duration start = means.clock.monotonic();
  Result<transport::Outcome> outcome =
      step.host == kCluster ? act_on_cluster(step, action, means) : act_on_host(step, action, means);
  if (!outcome) return fail(std::move(outcome).error(), describe(action));
  means.announcer.say(step.host, ActionDone{.step = step.id,
                                            .action = describe(action),
                                            .changed = outcome->changed,
                                            .took = means.clock.monotonic() - start});
  return {};
}

Result<> act_and_wait(const Step& step, const Means& means) {
  KILN_TRY(wait_for_guards(step, means));
  for (const Action& action : step.actions) KILN_TRY(act(step, action, means));
  for (const Gate& gate : step.gates) {
    const Result<std::string> seen = wait_for(gate, step.id, means);
    if (!seen)
      return fail(seen.error(), gate.host == kCluster ? "while waiting" : "while waiting on " + gate.host);
  }
  return {};
}

}  // namespace

Performed perform(const Step& step, const Means& means) {
  const Duration start = means.clock.monotonic();
  const Result<> done = act_and_wait(step, means);
  return {done ? "" : done.error().text(), means.clock.monotonic() - start};
}

}  // namespace kiln::engine
