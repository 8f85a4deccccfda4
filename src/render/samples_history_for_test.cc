#include "render/samples_for_test.h"

namespace kiln::render::samples {
namespace {

using engine::PastAction;
using engine::PastRun;

constexpr const char* kJournal = "/home/ada/.local/state/kiln/edge/journal.jsonl";

PastRun run_at(const char* id, const char* at, const char* plan) {
  return {.run = id,
          .at = at,
          .last_at = at,
          .command = "apply",
          .cluster = "edge",
          .plan = plan,
          .revision = "9c0ffee-dirty",
          .by = "ada@laptop",
          .steps_in_plan = 5,
          .steps = {},
          .end = {}};
}

PastRun killed_run() {
  PastRun run = run_at("d00d5e8812f4", "2026-11-21T11:40:02Z", "77f0a2b9c311");
  run.last_at = "2026-11-21T11:40:09Z";
  run.steps = {{"packages/n1:create",
                "n1",
                {{"2026-11-21T11:40:02Z", "install ovn-central", PastAction::Outcome::changed, ""}},
                std::nullopt,
                ""},
               {"database/n1/nb:create",
                "n1",
                {{"2026-11-21T11:40:09Z", "create OVN_Northbound", PastAction::Outcome::unknown, ""}},
                std::nullopt,
                ""}};
  return run;
}

PastRun failed_run() {
  PastRun run = run_at("0ddba11caf3e", "2026-11-21T09:05:44Z", "3f9a12c0de77");
  run.steps = {
      {"packages/n1:create",
       "n1",
       {{"2026-11-21T09:05:44Z", "install ovn-central", PastAction::Outcome::unchanged, ""}},
       StepStatus::done,
       ""},
      {"database/n2/nb:join",
       "n2",
       {{"2026-11-21T09:05:50Z", "join OVN_Northbound", PastAction::Outcome::failed,
         "connection to 192.0.2.12 port 22 timed out\nssh: \x1b[31mno route to host"},
        {"2026-11-21T09:06:10Z", "join OVN_Northbound", PastAction::Outcome::changed, ""}},
       StepStatus::failed,
       "while waiting on n2: OVN_Northbound on n2 connected: not after 60 s: status is `joining "
       "cluster`"},
      {"listener/n2/nb:create", "n2", {}, StepStatus::skipped, "because database/n2/nb:join failed"}};
  run.end = {.at = "2026-11-21T09:07:11Z",
             .done = 2,
             .failed = 1,
             .skipped = 1,
             .not_started = 1,
             .mutations = 3,
             .took = Duration{87300}};
  return run;
}

}  // namespace

History history() {
  PastRun complete = run_at("4f1c2a9be07d", "2026-11-21T12:01:33Z", "77f0a2b9c311");
  complete.revision.clear();
  complete.steps_in_plan = 1200;
  complete.end = {.at = "2026-11-21T12:14:03Z", .done = 1200, .mutations = 1200, .took = Duration{750000}};
  PastRun interrupted = run_at("beefbeefbeef", "2026-11-20T23:59:59Z", "3f9a12c0de77");
  interrupted.end = {.at = "2026-11-21T00:00:02Z",
                     .done = 1,
                     .not_started = 4,
                     .mutations = 1,
                     .interrupted = true,
                     .took = Duration{2900}};
  History history;
  history.cluster = "edge";
  history.journal = kJournal;
  history.runs = {complete, killed_run(), failed_run(), interrupted};
  return history;
}

History damaged_history() {
  History history = samples::history();
  history.older = 12;
  history.unread = {{7, "not a JSON object"}, {9, "of a run whose begin is not there"}};
  for (std::size_t line = 20; line < 30; ++line)
    history.unread.push_back({line, "of a run whose begin is not there"});
  return history;
}

}  // namespace kiln::render::samples
