#pragma once

#include <string>

#include "base/error.h"
#include "base/seams.h"
#include "model/action.h"
#include "support/fake_host.h"
#include "transport/transport.h"

/// systemd on one host, as far as OVN's units and kiln's own need it.

namespace kiln::test {

/// What is on the disk of this unit now: unit file and drop-in. "" for a unit that is not there.
std::string definition_of(const FakeHost& host, const std::string& unit);
bool has_install_section(const FakeHost& host, const std::string& unit);
/// Some unit file or package brings it.
bool known_unit(const FakeHost& host, const std::string& unit);

/// systemctl(1); the errors say what it would.
Result<transport::Outcome> run_systemctl(FakeHost& host, const UnitAction& action, Random& random);
Result<> start_unit(FakeHost& host, const std::string& unit, Random& random);
/// With all that requires it, or is part of it.
void stop_unit(FakeHost& host, const std::string& unit);
void reload_daemon(FakeHost& host);
/// Power off, or a reboot: what was enabled starts again.
void lose_runtime_state(FakeHost& host);
void start_enabled(FakeHost& host, Random& random);

Fact see_unit(const FakeHost& host, const std::string& unit);

}  // namespace kiln::test
