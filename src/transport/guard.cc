#include "transport/guard.h"

#include <algorithm>

namespace kiln::transport {

Result<Outcome> Guard::act(const HostName& host, const Action& action, Duration timeout) {
  // A step of the cluster is done at whichever member can.
  const bool planned = std::ranges::any_of(plan_.steps, [&](const Step& step) {
    return (step.host == host || step.host == kCluster) &&
           std::ranges::find(step.actions, action) != step.actions.end();
  });
  if (!planned)
    return fail(ErrorCode::denied, "refused, as it is not in the plan: " + describe(action) + " on " + host);
  return Through::act(host, action, timeout);
}

}  // namespace kiln::transport
