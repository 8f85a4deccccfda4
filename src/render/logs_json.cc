#include <nlohmann/json.hpp>

#include "render/logs.h"

namespace kiln::render {

std::string log_json(const engine::LogLine& line) {
  const nlohmann::json json{{"time", log_time(line.entry.time_us)},
                            {"node", line.node},
                            {"daemon", line.daemon},
                            {"level", line.entry.level},
                            {"text", line.entry.text}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace kiln::render
