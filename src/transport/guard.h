#pragma once

#include "model/plan.h"
#include "transport/through.h"

namespace kiln::transport {

/// Lets through what the plan has, and refuses every other change (denied): whatever goes wrong above, apply
/// does what plan showed. Looks pass. `inner` and `plan` outlive it; any thread.
class Guard : public Through {
 public:
  Guard(Transport& inner, const Plan& plan) : Through(inner), plan_(plan) {}

  Result<Outcome> act(const HostName& host, const Action& action, Duration timeout) override;

 private:
  const Plan& plan_;
};

}  // namespace kiln::transport
