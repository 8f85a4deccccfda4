#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/seams.h"

namespace kiln::cli {

/// Of `--since`, in milliseconds since the epoch: so long before `now` ("90s", "15m", "2h", "3d"), or a time
/// as kiln prints it ("2026-11-21T21:10:08Z", "2026-11-21T21:10Z", "2026-11-21"), always UTC. Nothing if it
/// is neither.
std::optional<std::int64_t> log_since(std::string_view text, TimePoint now);

}  // namespace kiln::cli
