#pragma once

#include <string>

#include "base/error.h"
#include "base/seams.h"
#include "model/logging.h"
#include "support/fake_host.h"

/// What the programs behind the units do when they start and end. What they do while they run is in
/// fake_network.h.

namespace kiln::test {

/// An error is a unit that fails.
Result<> launch_daemon(FakeHost& host, const std::string& name, FakeUnit& unit, Random& random);
void end_daemon(FakeHost& host, const std::string& name, FakeUnit& unit);

/// What its drop-ins tell a daemon that has started.
void start_logging(const FakeHost& host, FakeUnit& unit);
/// `vlog/list` of a daemon that knows a few modules, and `vlog/set`.
std::string list_levels(const LoggedDaemon& daemon, const FakeUnit& unit);
Result<> set_levels(FakeUnit& unit, const std::vector<std::string>& levels);

/// "--private-key=K" → "K"; "" without it.
std::string argument(const FakeUnit& unit, const std::string& option);

/// Links of internal ports follow the rows while ovs-vswitchd runs.
void sync_bridge_links(FakeHost& host);

}  // namespace kiln::test
