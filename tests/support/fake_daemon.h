#pragma once

#include <string>

#include "base/error.h"
#include "base/seams.h"
#include "support/fake_host.h"

/// What the programs behind the units do when they start and end. What they do while they run is in
/// fake_network.h.

namespace kiln::test {

/// An error is a unit that fails.
Result<> launch_daemon(FakeHost& host, const std::string& name, FakeUnit& unit, Random& random);
void end_daemon(FakeHost& host, const std::string& name, FakeUnit& unit);

/// "--private-key=K" → "K"; "" without it.
std::string argument(const FakeUnit& unit, const std::string& option);

/// Links of internal ports follow the rows while ovs-vswitchd runs.
void sync_bridge_links(FakeHost& host);

}  // namespace kiln::test
