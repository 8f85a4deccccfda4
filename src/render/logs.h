#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/logs.h"
#include "render/style.h"

namespace kiln::render {

/// Columns of `kiln logs`.
struct LogColumns {
  std::size_t node = 0;
  std::size_t daemon = 0;
};

/// "2026-11-21T21:10:08.908Z", as the daemons write it.
std::string log_time(std::int64_t time_us);

/// One line with its end: time, node, daemon, what was said. Never cut, so that it can be searched.
std::string log_text(const engine::LogLine& line, const LogColumns& columns, const Style& style);

/// The same as one JSON object in one line, with its end.
std::string log_json(const engine::LogLine& line);

}  // namespace kiln::render
