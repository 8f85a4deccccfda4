#pragma once

#include "model/plan.h"
#include "transport/transport.h"

namespace kiln::transport {

/// Lets through what the plan has, and refuses every other change (denied): whatever goes wrong above, apply
/// does what plan showed. Looks pass. `inner` and `plan` outlive it; any thread.
class Guard : public Transport {
 public:
  Guard(Transport& inner, const Plan& plan) : inner_(inner), plan_(plan) {}

  Facts look(const HostName& host, const std::vector<Look>& looks, Duration timeout) override {
    return inner_.look(host, looks, timeout);
  }
  Result<Outcome> act(const HostName& host, const Action& action, Duration timeout) override;
  Result<DatabaseCopy> copy_database(const HostName& host, Database database, const std::string& path,
                                     Duration timeout) override {
    return inner_.copy_database(host, database, path, timeout);
  }
  Result<DatabaseCopy> copy_file(const HostName& host, Database database, const std::string& path,
                                 Duration timeout) override {
    return inner_.copy_file(host, database, path, timeout);
  }
  Counters counters() const override { return inner_.counters(); }

 private:
  Transport& inner_;
  const Plan& plan_;
};

}  // namespace kiln::transport
