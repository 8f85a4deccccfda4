#include "config/schema.h"

#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "render/json_text.h"

namespace kiln::cli {

ExitCode run_schema(const Arguments& /*arguments*/, World& /*world*/, Screen& screen) {
  screen.result(render::json_text(config::json_schema()));
  return ExitCode::done;
}

}  // namespace kiln::cli
