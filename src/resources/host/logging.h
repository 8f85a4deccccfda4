#pragma once

#include <string>
#include <vector>

#include "model/logging.h"
#include "resources/context.h"

namespace kiln::resources {

ResourceId logging_id(const std::string& node, std::string_view daemon);

/// The drop-in that sets a daemon's levels at every start, and the EnvironmentFile with them.
std::string logging_path(std::string_view unit);
std::string levels_path(std::string_view daemon);

/// The levels in an EnvironmentFile as kiln writes it, in the order of setting.
std::vector<LogLevel> levels_in(const std::string& content);

/// What tells of levels of kiln's where none are wanted.
std::vector<Probe> lost_logging_probes(const HostName& host);

void make_logging(const Context& context, Resources& resources);

}  // namespace kiln::resources
