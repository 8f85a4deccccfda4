#include "config/schema.h"

#include "cli/commands/commands.h"

namespace kiln::cli {

ExitCode run_schema(const Arguments& /*arguments*/, World& /*world*/, Screen& screen) {
  screen.result(config::json_schema());
  return ExitCode::done;
}

}  // namespace kiln::cli
