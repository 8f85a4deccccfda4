#pragma once

#include "cli/arguments.h"
#include "cli/screen.h"
#include "cli/world.h"

/// One function for each command: options.cc says what each is for.

namespace kiln::cli {

ExitCode run_validate(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_plan(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_show(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_explain(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_apply(const Arguments& arguments, World& world, Screen& screen);
/// apply, if FILE is a saved plan.
ExitCode run_apply_saved(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_destroy(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_backup(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_restore(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_recover(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_lock(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_reboot(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_verify(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_status(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_doctor(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_history(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_logs(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_fmt(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_init(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_import(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_schema(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_completion(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_man(const Arguments& arguments, World& world, Screen& screen);
ExitCode run_version(const Arguments& arguments, World& world, Screen& screen);

}  // namespace kiln::cli
