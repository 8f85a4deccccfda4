#include "cli/planning.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "render/diag.h"
#include "render/line.h"

namespace kiln::cli {
namespace {

/// The texts of the files again, for the lines that findings point to; a file that is gone is left out.
std::map<std::string, std::string> sources_of(const Desired& desired, const FileIo& files) {
  std::map<std::string, std::string> sources;
  for (const std::string& file : desired.files)
    if (auto text = files.read(file)) sources.emplace(file, std::move(*text));
  return sources;
}

}  // namespace

Planning make_planning(const Desired& desired, Session& session, Screen& screen, World& world) {
  Result<engine::Planned> planned = engine::plan(desired, session.seams(), session.limits());
  session.progress().clear();
  if (!planned) {
    screen.error(planned.error().text(), "nothing was changed");
    return {std::nullopt, ExitCode::failed};
  }
  if (!planned->diags.empty())
    screen.talk(render::render_diags(planned->diags, sources_of(desired, world.files), screen.err_style().color));
  if (planned->diags.has_errors()) {
    screen.talk("the file does not fit the hosts; nothing was changed\n");
    return {std::nullopt, ExitCode::invalid};
  }
  return {std::move(*planned), ExitCode::done};
}

std::string deferred_text(const Plan& plan, const render::Style& style) {
  std::string text = fmt::format("{} put off:\n", plan.deferred() == 1 ? "1 change was" : fmt::format("{} changes were", plan.deferred()));
  for (const Change& change : plan.changes)
    if (change.verb == Verb::defer)
      text += render::hanging("  ! ", fmt::format("{} on {}: {}", change.id.text(), change.host, render::one_line(change.why)), style);
  return text;
}

}  // namespace kiln::cli
