#pragma once

#include <optional>
#include <string>

#include "engine/gate.h"

/// Words that all conditions share.

namespace kiln::engine {

Verdict holds(std::string seen);
Verdict not_yet(std::string seen);
Verdict never(std::string seen);

/// never if the unit has failed or cannot be started; else nothing. A unit that is not known yet says
/// nothing.
std::optional<Verdict> unit_trouble(const HostName& host, const std::string& unit, const Facts& facts);

/// Why the look has no payload: not_yet with the reason, or with `absent`.
Verdict not_seen(const HostName& host, const Look& look, const Facts& facts, const std::string& absent);

}  // namespace kiln::engine
