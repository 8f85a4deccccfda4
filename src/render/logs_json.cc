#include <nlohmann/json.hpp>

#include "render/logs.h"

namespace kiln::render {

std::string log_json(const engine::LogLine& line) {
  const nlohmann::json entry{{"time", log_time(line.entry.time_us)},
                             {"node", line.node},
                             {"daemon", line.daemon},
                             {"level", line.entry.level},
                             {"text", line.entry.text}};
  return entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace kiln::render
