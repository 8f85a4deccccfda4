#include "engine/doctor.h"

#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/session.h"
#include "render/doctor_json.h"
#include "render/doctor_text.h"
#include "render/json_text.h"

namespace kiln::cli {

ExitCode run_doctor(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  Session session(desired, world, arguments, screen);
  const engine::Checkup checkup = engine::examine(desired, session.seams(), session.limits());
  session.progress().clear();
  screen.result(arguments.json ? render::json_text(render::doctor_json(checkup))
                               : render::doctor_text(checkup, screen.out_style()));
  switch (checkup.verdict()) {
    case engine::Health::pass:
      return ExitCode::done;
    case engine::Health::warn:
    case engine::Health::unknown:
      return ExitCode::failed;
    case engine::Health::fail:
      return ExitCode::check_failed;
  }
  return ExitCode::failed;
}

}  // namespace kiln::cli
