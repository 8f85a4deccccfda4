#include "cli/commands/commands.h"

namespace kiln::cli {

ExitCode run_version(const Arguments& /*arguments*/, World& /*world*/, Screen& screen) {
  screen.result("kiln " KILN_VERSION "\n");
  return ExitCode::done;
}

}  // namespace kiln::cli
