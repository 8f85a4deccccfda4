#pragma once

#include "transport/transport.h"

namespace kiln::transport {

/// Hands everything on: what stands between the engine and the hosts overrides what it has a say in. `inner`
/// outlives it.
class Through : public Transport {
 public:
  explicit Through(Transport& inner) : inner_(inner) {}

  Facts look(const HostName& host, const std::vector<Look>& looks, Duration timeout) override {
    return inner_.look(host, looks, timeout);
  }
  Result<Outcome> act(const HostName& host, const Action& action, Duration timeout) override {
    return inner_.act(host, action, timeout);
  }
  Result<DatabaseCopy> copy_database(const HostName& host, Database database, const std::string& path,
                                     Duration timeout) override {
    return inner_.copy_database(host, database, path, timeout);
  }
  Result<DatabaseCopy> copy_file(const HostName& host, Database database, const std::string& path,
                                 Duration timeout) override {
    return inner_.copy_file(host, database, path, timeout);
  }
  void give_up_on(const std::atomic<bool>* interrupted) override { inner_.give_up_on(interrupted); }
  Counters counters() const override { return inner_.counters(); }
  void carry(const std::optional<Fence>& fence) override { inner_.carry(fence); }
  Result<std::string> swap_lease(const HostName& host, LeasePlace place, const std::string& expected,
                                 const std::string& wanted, Duration timeout) override {
    return inner_.swap_lease(host, place, expected, wanted, timeout);
  }
  void add(const NodeSpec& node) override { inner_.add(node); }

 private:
  Transport& inner_;
};

}  // namespace kiln::transport
