#include "cli/run.h"

#include <ostream>

#include "cli/arguments.h"
#include "cli/commands/commands.h"
#include "cli/screen.h"

namespace kiln::cli {
namespace {

ExitCode run_command(const Arguments& arguments, World& world, Screen& screen) {
  switch (arguments.command) {
    case Command::validate:
      return run_validate(arguments, world, screen);
    case Command::plan:
      return run_plan(arguments, world, screen);
    case Command::show:
      return run_show(arguments, world, screen);
    case Command::explain:
      return run_explain(arguments, world, screen);
    case Command::apply:
      return run_apply(arguments, world, screen);
    case Command::destroy:
      return run_destroy(arguments, world, screen);
    case Command::backup:
      return run_backup(arguments, world, screen);
    case Command::restore:
      return run_restore(arguments, world, screen);
    case Command::recover:
      return run_recover(arguments, world, screen);
    case Command::lock:
      return run_lock(arguments, world, screen);
    case Command::reboot:
      return run_reboot(arguments, world, screen);
    case Command::verify:
      return run_verify(arguments, world, screen);
    case Command::status:
      return run_status(arguments, world, screen);
    case Command::doctor:
      return run_doctor(arguments, world, screen);
    case Command::history:
      return run_history(arguments, world, screen);
    case Command::logs:
      return run_logs(arguments, world, screen);
    case Command::fmt:
      return run_fmt(arguments, world, screen);
    case Command::init:
      return run_init(arguments, world, screen);
    case Command::import_:
      return run_import(arguments, world, screen);
    case Command::schema:
      return run_schema(arguments, world, screen);
    case Command::completion:
      return run_completion(arguments, world, screen);
    case Command::man:
      return run_man(arguments, world, screen);
    case Command::version:
      return run_version(arguments, world, screen);
  }
  return ExitCode::usage;
}

}  // namespace

ExitCode run(const std::vector<std::string>& words, World& world) {
  const auto parsed = parse_arguments(words);
  if (const auto* answer = std::get_if<Answer>(&parsed)) {
    (answer->on_stderr ? world.err : world.out).stream << answer->text << std::flush;
    return answer->code;
  }
  const auto& arguments = std::get<Arguments>(parsed);
  Screen screen(world, arguments);
  const ExitCode code = run_command(arguments, world, screen);
  if (world.out.stream.good()) return code;
  screen.error("the result could not be written to stdout", "");  // a full disk, a closed pipe
  return code == ExitCode::done ? ExitCode::failed : code;
}

}  // namespace kiln::cli
