#include "cli/options.h"

#include <algorithm>
#include <charconv>

namespace kiln::cli {
namespace {

constexpr std::size_t kMostParallel = 1024;
constexpr std::size_t kMostRuns = 1'000'000;
constexpr std::size_t kMostDeleted = 1'000'000;

std::string take_color(Arguments& arguments, const std::string& value) {
  if (value == "auto") {
    arguments.color = render::ColorChoice::automatic;
  } else if (value == "always") {
    arguments.color = render::ColorChoice::always;
  } else if (value == "never") {
    arguments.color = render::ColorChoice::never;
  } else {
    return "`" + value + "` is not one of auto, always, never";
  }
  return "";
}

std::string take_diagnostics(Arguments& arguments, const std::string& value) {
  using enum render::DiagFormat;
  if (value == "text")
    arguments.diagnostics = text;
  else if (value == "json")
    arguments.diagnostics = json;
  else if (value == "github")
    arguments.diagnostics = github;
  else if (value == "sarif")
    arguments.diagnostics = sarif;
  else
    return "`" + value + "` is not one of text, json, github, sarif";
  return "";
}

std::string take_number(std::size_t& taken, const std::string& value, std::size_t most) {
  std::size_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || rest != end || number == 0 || number > most)
    return "`" + value + "` is not a number from 1 to " + std::to_string(most);
  taken = number;
  return "";
}

std::string take_parallelism(Arguments& arguments, const std::string& value) {
  return take_number(arguments.parallelism, value, kMostParallel);
}

std::string take_newest(Arguments& arguments, const std::string& value) {
  return take_number(arguments.newest, value, kMostRuns);
}

std::string take_allow_delete(Arguments& arguments, const std::string& value) {
  return take_number(arguments.allow_delete, value, kMostDeleted);
}

std::string take_out(Arguments& arguments, const std::string& value) {
  arguments.out = value;
  return value.empty() ? "a file's name is missing" : "";
}

std::string take_graph(Arguments& arguments, const std::string& value) {
  arguments.graph = value;
  return value == "dot" || value == "mermaid" ? "" : "`" + value + "` is not one of dot, mermaid";
}

const OptionSpec kJson{"--json", "", "the result as JSON, alone on stdout", &Arguments::json};
const OptionSpec kDiagnostics{"--diagnostics", "FORM", "findings as text, json, github or sarif", nullptr,
                              take_diagnostics};

}  // namespace

const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> options{
      {"-v,--verbose", "", "show every attribute, step and action", &Arguments::verbose},
      {"-q,--quiet", "", "no progress, only results and problems", &Arguments::quiet},
      {"--color", "WHEN", "auto (for terminals), always or never", nullptr, take_color},
      {"--parallelism", "N", "hosts that are worked on at once (16)", nullptr, take_parallelism},
      {"-h,--help", "", "this text", &Arguments::help},
  };
  return options;
}

const std::vector<CommandSpec>& command_table() {
  static const std::vector<CommandSpec> commands{
      {Command::validate,
       "validate",
       "Look",
       "check the file; no host is asked",
       "Reads FILE and what it includes and reports everything that is wrong with it.\n"
       "Exits with 3 if it is not valid. `kiln explain SLUG` tells more about a finding.",
       "kiln validate examples/three-nodes.toml",
       true,
       {kDiagnostics}},
      {Command::plan,
       "plan",
       "Look",
       "show what apply would do, and in which order",
       "Looks at the hosts and prints what differs and the ordered steps. Changes nothing.",
       "kiln plan --detailed-exitcode",
       true,
       {{"-o,--out", "PLAN", "save the plan, for show and apply", nullptr, take_out},
        {"--graph", "FORMAT", "its steps as a graph: dot or mermaid", nullptr, take_graph},
        {"--detailed-exitcode", "", "exit with 2 if anything would change", &Arguments::detailed_exitcode},
        kDiagnostics,
        kJson}},
      {Command::show,
       "show",
       "Look",
       "show a saved plan",
       "FILE is what `kiln plan -o FILE` wrote. No host is asked.",
       "kiln show site.plan",
       true,
       {{"--exit-code", "", "exit with 2 if the plan changes anything", &Arguments::detailed_exitcode},
        kJson}},
      {Command::explain,
       "explain",
       "Look",
       "tell everything about one step of the plan, or a finding",
       "Why it is there, after what and before what, what it does and what it waits for.\n"
       "FILE is kiln's file, or a saved plan. STEP may be the slug of a finding, such as\n"
       "unknown-key: then its cause, an example and what to do; no FILE is read.",
       "kiln explain chassis/n2:run",
       true,
       {},
       true},
      {Command::status,
       "status",
       "Look",
       "show how nodes, databases, chassis and certificates are",
       "Reads the hosts as they are. Exits with 1 if not all is well.",
       "kiln status --json",
       true,
       {kJson}},
      {Command::verify,
       "verify",
       "Look",
       "prove the [[checks]] of the file",
       "Exits with 1 if a check does not pass.",
       "kiln verify",
       true,
       {kJson}},
      {Command::history,
       "history",
       "Look",
       "show what runs of apply on this machine did",
       "Reads the journal of FILE's deployment, newest first; no host is asked. RUN (four or\n"
       "more digits of a run's id) shows that one, with its steps and actions.",
       "kiln history -n 1 -v",
       true,
       {{"-n,--newest", "N", "so many runs (20)", nullptr, take_newest}, kJson},
       false,
       true},
      {Command::apply,
       "apply",
       "Change",
       "carry out the plan and prove the result",
       "Plans, asks, carries out the steps, then looks again: nothing may differ and every\n"
       "check must pass. Interrupt it once to stop after what is running, twice to stop at\n"
       "once; in both cases, and after a failure, a new apply continues (exit code 7).\n"
       "FILE may be a saved plan: then exactly its steps are done, unless a fact that they\n"
       "rest on has changed (exit code 5).",
       "kiln apply --auto-approve",
       true,
       {{"--auto-approve", "", "do not ask", &Arguments::auto_approve},
        {"--allow-delete", "N", "N deletions are meant ([safety] max-delete)", nullptr, take_allow_delete},
        kDiagnostics,
        kJson}},
      {Command::schema,
       "schema",
       "Other",
       "print the JSON Schema of the file, for editors",
       "Draft 4, as taplo reads it.",
       "kiln schema > schemas/kiln.schema.json",
       false,
       {}},
      {Command::version, "version", "Other", "print the version", "", "kiln version", false, {}},
  };
  return commands;
}

const CommandSpec* find_command(const std::string& name) {
  const auto found = std::ranges::find(command_table(), name, &CommandSpec::name);
  return found == command_table().end() ? nullptr : &*found;
}

}  // namespace kiln::cli
