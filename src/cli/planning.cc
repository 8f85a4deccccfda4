#include "cli/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/git_revision.h"
#include "render/line.h"

namespace kiln::cli {

Planning make_planning(const Wanted& wanted, Session& session, Screen& screen) {
  const auto plan = [&] {
    auto made = engine::plan(session.with_ways(wanted.desired), session.seams(), session.limits());
    session.progress().clear();
    return made;
  };
  Result<engine::Planned> planned = plan();
  if (planned && session.ask_for_ways(planned->desired, screen)) planned = plan();
  if (!planned) {
    screen.findings({}, wanted.sources);
    screen.error(planned.error().text(), "nothing was changed");
    return {std::nullopt, ExitCode::failed};
  }
  planned->plan.revision = config::git_revision(wanted.desired.files);
  screen.findings(planned->diags, wanted.sources);
  if (planned->diags.has_errors()) {
    if (!screen.findings_for_programs())
      screen.talk("the file does not fit the hosts; nothing was changed\n");
    const bool whose = std::ranges::any_of(planned->diags.all(),
                                           [](const Diag& diag) { return diag.slug == "two-deployments"; });
    return {std::nullopt, whose ? ExitCode::gate_closed : ExitCode::invalid};
  }
  return {std::move(*planned), ExitCode::done};
}

std::string deferred_text(const Plan& plan, const render::Style& style) {
  std::map<HostName, std::vector<const Change*>> by_host;
  for (const Change& change : plan.changes)
    if (change.verb == Verb::defer) by_host[change.host].push_back(&change);
  std::string text = count_of(plan.deferred(), "change was", "changes were") + " put off:\n";
  for (const auto& [host, changes] : by_host) {
    const Change& first = *changes.front();
    const std::string more = changes.size() == 1 ? "" : fmt::format(" and {} more", changes.size() - 1);
    text += render::hanging(
        "  ! ", fmt::format("{}: {}{}: {}", host, first.id.text(), more, render::one_line(first.why)), style);
  }
  return text;
}

}  // namespace kiln::cli
