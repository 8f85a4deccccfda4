#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"
#include "cli/log_since.h"

namespace kiln::cli {
namespace {

constexpr std::size_t kMostParallel = 1024;
constexpr std::size_t kMostRuns = 1'000'000;
constexpr std::size_t kMostLines = 10'000;
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
    arguments.diagnostics = json_document;
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

/// "90s", "5m", "1h" or seconds.
std::string take_lock_timeout(Arguments& arguments, const std::string& value) {
  constexpr std::size_t kMost = 86'400;
  const std::map<char, std::size_t> units{{'s', 1}, {'m', 60}, {'h', 3600}};
  const auto unit = value.empty() ? units.end() : units.find(value.back());
  const std::string digits = unit == units.end() ? value : value.substr(0, value.size() - 1);
  if (value == "0" || value == "0s") return "";
  std::size_t count = 0;
  if (!take_number(count, digits, kMost).empty() || count * (unit == units.end() ? 1 : unit->second) > kMost)
    return "`" + value + "` is not a span such as 90s or 5m, of a day at most";
  arguments.lock_timeout_s = static_cast<int>(count * (unit == units.end() ? 1 : unit->second));
  return "";
}

std::string take_newest(Arguments& arguments, const std::string& value) {
  return take_number(arguments.newest, value, kMostRuns);
}

std::string take_lines(Arguments& arguments, const std::string& value) {
  return take_number(arguments.lines, value, kMostLines);
}

std::string take_since(Arguments& arguments, const std::string& value) {
  arguments.since = value;
  return log_since(value, TimePoint{}) ? ""
                                       : "`" + value +
                                             "` is neither a span such as 15m nor a time such as "
                                             "2026-11-21T21:10Z";
}

std::string take_allow_delete(Arguments& arguments, const std::string& value) {
  return take_number(arguments.allow_delete, value, kMostDeleted);
}

std::string take_out(Arguments& arguments, const std::string& value) {
  arguments.out = value;
  return value.empty() ? "a file's name is missing" : "";
}

template <std::string InitAnswers::* kMember>
std::string take_init(Arguments& arguments, const std::string& value) {
  arguments.init.*kMember = value;
  return value.empty() ? "it is empty" : "";
}

template <std::string Arguments::* kMember>
std::string take_text(Arguments& arguments, const std::string& value) {
  arguments.*kMember = value;
  return value.empty() ? "it is empty" : "";
}

std::string take_database(Arguments& arguments, const std::string& value) {
  for (const Database database : {Database::northbound, Database::southbound})
    if (value == short_name(database)) arguments.database = database;
  return value == "nb" || value == "sb" ? "" : "`" + value + "` is not one of nb, sb";
}

std::string take_from(Arguments& arguments, const std::string& value) {
  arguments.from = value;
  return value == "microovn" ? "" : "`" + value + "` is not microovn";
}

std::string take_graph(Arguments& arguments, const std::string& value) {
  arguments.graph = value;
  return value == "dot" || value == "mermaid" ? "" : "`" + value + "` is not one of dot, mermaid";
}

std::string take_forgotten(Arguments& arguments, const std::string& value) {
  arguments.forgotten.push_back(value);
  return value.size() >= 4 && value.find_first_not_of("0123456789abcdef-") == std::string::npos
             ? ""
             : "`" + value + "` is no id of a server, such as 1a2b";
}

template <std::vector<std::string> Arguments::* kMember>
std::string take_nodes(Arguments& arguments, const std::string& value) {
  for (const std::string& name : split(value, ',')) (arguments.*kMember).push_back(name);
  return value.empty() ? "a node's name is missing" : "";
}

std::string take_pattern(Arguments& arguments, const std::string& value) {
  arguments.empty_includes.push_back(value);
  return value.empty() ? "a pattern is missing" : "";
}

const OptionSpec kNode{"--node",
                       "NODE",
                       "only these, and what their changes need; repeatable",
                       nullptr,
                       take_nodes<&Arguments::nodes>,
                       true};
const OptionSpec kExclude{
    "--exclude", "NODE", "all but these; repeatable", nullptr, take_nodes<&Arguments::excluded>, true};
const OptionSpec kEmptyInclude{"--allow-empty-include",
                               "PATTERN",
                               "that this pattern of include matches no more is meant; repeatable",
                               nullptr,
                               take_pattern,
                               true};
const OptionSpec kJson{"--json", "", "the result as JSON, alone on stdout", &Arguments::json};
const OptionSpec kFolder{"--out", "DIR", "make the folder in DIR (backups)", nullptr,
                         take_text<&Arguments::folder>};
const OptionSpec kLockTimeout{"--lock-timeout", "SPAN", "wait so long for another run (0), such as 5m",
                              nullptr, take_lock_timeout};
const OptionSpec kPurge{"--purge", "", "wipe what is put aside on nodes that leave", &Arguments::purge};
const OptionSpec kDiagnostics{"--diagnostics", "FORM", "findings as text, json, github or sarif", nullptr,
                              take_diagnostics};

}  // namespace

const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> options{
      {"-v,--verbose", "", "show every attribute, step, action and row of others", &Arguments::verbose},
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
        {"--detailed-exitcode", "", "exit with 2 if anything would change, or does not work",
         &Arguments::detailed_exitcode},
        kNode,
        kExclude,
        kEmptyInclude,
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
       "Reads the hosts as they are. Exits with 1 if not all is well: something is down, runs and\n"
       "does not do its work, or is not as the file says.",
       "kiln status --json",
       true,
       {kJson}},
      {Command::doctor,
       "doctor",
       "Look",
       "check for what breaks deployments, and say what mends it",
       "Looks at members, chassis, daemons, probes, versions, ports, MTU, certificates and disks,\n"
       "and ends with the verdict of `kiln plan`.\n"
       "Each check is PASS, WARN, UNKNOWN (it could not be looked at) or FAIL, with what was\n"
       "seen and what would mend it. Changes nothing. Exits with 0 if all pass, 1 after a WARN\n"
       "or UNKNOWN, 2 after a FAIL.",
       "kiln doctor --json",
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
      {Command::backup,
       "backup",
       "Look",
       "copy both databases to this machine",
       "Makes a folder CLUSTER-TIME with a copy of the northbound and of the southbound, and\n"
       "backup.json, which says what they are. Each copy is of one moment, is opened on its\n"
       "host before it is sent, and has the checksum here that it had there. The folder\n"
       "appears whole or not at all. Without a majority --survivor takes the rows of one\n"
       "node's files, whether or not its servers run.",
       "kiln backup --out /srv/backups",
       true,
       {{"--survivor", "NODE", "from the files of this node, without a majority", nullptr,
         take_text<&Arguments::survivor>},
        kFolder,
        kDiagnostics,
        kJson}},
      {Command::logs,
       "logs",
       "Look",
       "show what the daemons of all nodes have logged, side by side",
       "Of all nodes and daemons, or of those that are named, by time: the journals of their\n"
       "units and the files that the daemons write. A DAEMON is nb, sb, ovn-northd,\n"
       "ovn-controller, ovsdb-server or ovs-vswitchd, its systemd unit, or the service it\n"
       "belongs to: central, chassis or switch. FILE ends in .toml or has a slash in it. Exits\n"
       "with 1 if a host did not answer.",
       "kiln logs n2 ovn-controller -f",
       true,
       {{"-f,--follow", "", "go on, about once a second, until it is interrupted", &Arguments::follow},
        {"--since", "TIME", "90s, 15m, 2h or 3d ago, or a time such as 2026-11-21T21:10Z", nullptr,
         take_since},
        {"-n,--lines", "N", "the newest so many lines (100; all with --since)", nullptr, take_lines},
        {"--json", "", "one JSON object for each line", &Arguments::json}},
       false,
       false,
       "",
       false,
       "NODE|DAEMON"},
      {Command::apply,
       "apply",
       "Change",
       "carry out the plan and prove the result",
       "Plans, asks, carries out the steps, then looks again: nothing may differ and every\n"
       "check must pass. Interrupt it once to stop after what is running, twice to stop at\n"
       "once; in both cases, and after a failure, a new apply continues (exit code 7).\n"
       "Where the last servers of a database stop, a backup is made first.\n"
       "FILE may be a saved plan: then exactly its steps are done, unless a fact that they\n"
       "rest on has changed (exit code 5).",
       "kiln apply --auto-approve",
       true,
       {{"--auto-approve", "", "do not ask", &Arguments::auto_approve},
        kNode,
        kExclude,
        kEmptyInclude,
        {"--allow-delete", "N", "N deletions are meant ([safety] max-delete)", nullptr, take_allow_delete},
        {"--new-authority", "", "replace the authority that hosts trust by the one in [ca] dir",
         &Arguments::new_authority},
        {"--new-database", "", "make databases anew that are lost for good; asks for the cluster's name",
         &Arguments::new_database},
        {"--name", "NAME", "of the cluster, for --new-database: do not ask", nullptr,
         take_text<&Arguments::cluster>},
        kPurge,
        kFolder,
        kLockTimeout,
        kDiagnostics,
        kJson}},
      {Command::destroy,
       "destroy",
       "Change",
       "take everything of kiln's off the hosts",
       "Plans the removal of all that kiln made on the nodes of FILE, and of nothing else, and\n"
       "carries it out once the cluster's name is said and a backup is made. The databases'\n"
       "files are put aside on their nodes as well (/var/lib/ovn/kiln-left-TIME); FILE and the\n"
       "authority stay. What is protected stays, and what it needs.",
       "kiln destroy --name edge",
       true,
       {{"--name", "NAME", "of the cluster: do not ask", nullptr, take_text<&Arguments::cluster>},
        kPurge,
        kFolder,
        kLockTimeout,
        kDiagnostics,
        kJson}},
      {Command::restore,
       "restore",
       "Change",
       "put the rows of a backup into the databases",
       "DIR is what `kiln backup` made. Shows which rows differ, and once the cluster's name\n"
       "is said, makes a backup of what is there and changes what differs, in one transaction\n"
       "for each database: rows that are gone come back under their old uuids, rows that are\n"
       "new go. Without --db both are restored, the northbound first.",
       "kiln restore --db nb backups/edge-20261121T213000Z",
       true,
       {{"--db", "DB", "only this one: nb or sb", nullptr, take_database},
        {"--name", "NAME", "of the cluster: do not ask", nullptr, take_text<&Arguments::cluster>},
        kFolder,
        kLockTimeout,
        kDiagnostics,
        kJson},
       false,
       false,
       "",
       false,
       "",
       true},
      {Command::recover,
       "recover",
       "Change",
       "make a cluster anew that has lost its majority",
       "Only if most members of DB will never come back, and the file says so (state =\n"
       "\"dead\"): else exit code 4, with the reason for each member. The survivor whose log goes\n"
       "furthest becomes a new cluster with the rows that it has; the files of the others are\n"
       "put aside, and an apply joins them anew. Nothing is deleted. Run again, it goes on.\n"
       "Whom a survivor heard within two election timers is not dead, whatever is said.",
       "kiln recover --db nb",
       true,
       {{"--db", "DB", "which database: nb or sb", nullptr, take_database},
        {"--forget", "ID", "this server, of no node of FILE, will never come back; repeatable", nullptr,
         take_forgotten, true},
        {"--auto-approve", "", "do not ask", &Arguments::auto_approve},
        {"--allow-delete", "N", "of its apply: N deletions are meant", nullptr, take_allow_delete},
        kLockTimeout,
        kDiagnostics,
        kJson},
       false,
       false,
       "",
       false,
       "",
       false,
       true},
      {Command::reboot,
       "reboot",
       "Change",
       "reboot nodes, one after the other, each gated",
       "Only if apply has nothing to do and all members are well: else exit code 4. Chassis go\n"
       "first, then centrals, whoever leads a database last. Each hands over its leadership, its\n"
       "ovn-northd and ovn-controller stop, it reboots, and the next one goes only when its\n"
       "databases have caught up and it is registered again. The first that does not come back\n"
       "stops the rest (exit code 7).",
       "kiln reboot --exclude n3",
       true,
       {{"--node", "NODE", "only these; repeatable", nullptr, take_nodes<&Arguments::nodes>, true},
        kExclude,
        {"--auto-approve", "", "do not ask", &Arguments::auto_approve},
        kLockTimeout,
        kDiagnostics,
        kJson}},
      {Command::lock,
       "lock",
       "Change",
       "show whose turn it is to change hosts, or end it",
       "One run at a time changes a deployment; another one exits with 6. `status` shows who holds\n"
       "the lease, on each host and in the northbound. `break` takes it from them and gives it\n"
       "back: what they have begun on a host is finished, and nothing new is taken from them.",
       "kiln lock break --reason \"ann is on holiday\" kiln.toml",
       true,
       {{"--reason", "TEXT", "of break: why", nullptr, take_text<&Arguments::reason>}, kDiagnostics},
       false,
       false,
       "",
       false,
       "",
       false,
       false,
       "status|break"},
      {Command::init,
       "init",
       "Write",
       "write a first file, from options or by asking",
       "Asks on a terminal for what the options do not say; with --name and --node it asks\n"
       "nothing. The file is valid and says what may be added. One that is there is kept.\n"
       "services of a node: auto, or of central+chassis+switch.",
       "kiln init --name edge --node n1=192.0.2.11 --node n2=192.0.2.12 --node n3=192.0.2.13",
       true,
       {{"--name", "NAME", "of the cluster", nullptr, take_init<&InitAnswers::cluster>},
        {"--node", "NODE", "NAME=ADDRESS[,services=S][,encap=IP][,zone=Z]; repeatable", nullptr,
         [](Arguments& to, const std::string& value) { return take_node(to.init, value); }, true},
        {"--bridge", "BRIDGE", "NODE:br-phys=eth1[,ADDRESS/LENGTH]; repeatable", nullptr,
         [](Arguments& to, const std::string& value) { return take_bridge(to.init, value); }, true},
        {"--ca", "MODE", "self-signed or provided", nullptr,
         [](Arguments& to, const std::string& value) { return take_ca(to.init, value); }},
        {"--ca-dir", "DIR", "folder of ca.pem and ca.key (pki)", nullptr, take_init<&InitAnswers::ca_dir>},
        {"--ca-passphrase", "REF", "env:NAME, file:PATH or command:COMMAND", nullptr,
         [](Arguments& to, const std::string& value) { return take_passphrase(to.init, value); }},
        {"--ssh-user", "USER", "to log in as (root)", nullptr, take_init<&InitAnswers::user>},
        {"--ssh-become", "HOW", "sudo, if that is not root", nullptr, take_init<&InitAnswers::become>},
        {"--ssh-identity", "FILE", "private key", nullptr, take_init<&InitAnswers::identity>},
        {"--ssh-known-hosts", "FILE", "the hosts' keys", nullptr, take_init<&InitAnswers::known_hosts>},
        {"--force", "", "replace FILE", &Arguments::force}}},
      {Command::import_,
       "import",
       "Write",
       "write the file of what hosts run already",
       "Looks at the hosts, which know nothing of kiln or were made by it, and writes what they\n"
       "run: services, addresses, tunnels, bridges, logical switches and ports. Changes nothing\n"
       "on them. A comment stands wherever something was guessed, or stays outside of the file.\n"
       "A host's name is its chassis' (system-id), or its own. With --from microovn it reads a\n"
       "recorded host tree instead. A FILE that is there is kept.",
       "kiln import --name edge --host 192.0.2.11 --host 192.0.2.12=n2",
       true,
       {{"--host", "HOST", "ADDRESS[=NAME]; repeatable", nullptr,
         [](Arguments& to, const std::string& value) { return take_host(to.init, value); }, true},
        {"--name", "NAME", "of the cluster", nullptr, take_init<&InitAnswers::cluster>},
        {"--from", "SOURCE", "microovn: not hosts, but what --tree holds", nullptr, take_from},
        {"--tree", "DIR", "data/ of a host, or a folder of hosts", nullptr, take_text<&Arguments::tree>},
        {"--ssh-user", "USER", "to log in as (root)", nullptr, take_init<&InitAnswers::user>},
        {"--ssh-become", "HOW", "sudo, if that is not root", nullptr, take_init<&InitAnswers::become>},
        {"--ssh-identity", "FILE", "private key", nullptr, take_init<&InitAnswers::identity>},
        {"--ssh-known-hosts", "FILE", "the hosts' keys", nullptr, take_init<&InitAnswers::known_hosts>},
        {"--force", "", "replace FILE", &Arguments::force}}},
      {Command::fmt,
       "fmt",
       "Write",
       "lay out files in the canonical way",
       "Spaces, blank lines and quotes; never what a file means, its order or its comments.\n"
       "Prints the files that changed. A file that is not TOML is an error and stays as it\n"
       "is. FILE - is stdin, laid out on stdout.",
       "kiln fmt --check kiln.toml nodes/*.toml",
       false,
       {{"--check", "", "change nothing; exit with 3 if anything would change", &Arguments::check}},
       false,
       false,
       "",
       true},
      {Command::schema,
       "schema",
       "Other",
       "print the JSON Schema of the file, for editors",
       "Draft 4, as taplo reads it.",
       "kiln schema > schemas/kiln.schema.json",
       false,
       {}},
      {Command::completion,
       "completion",
       "Other",
       "print a script that completes commands and options",
       "SHELL is bash, zsh or fish.",
       "source <(kiln completion bash)",
       false,
       {},
       false,
       false,
       "SHELL"},
      {Command::man,
       "man",
       "Other",
       "print a manual page, for man(1)",
       "Of COMMAND, or of kiln.",
       "kiln man plan | man -l -",
       false,
       {},
       false,
       false,
       "COMMAND"},
      {Command::version, "version", "Other", "print the version", "", "kiln version", false, {}},
  };
  return commands;
}

const std::vector<ExitMeaning>& exit_meanings() {
  static const std::vector<ExitMeaning> meanings{
      {0, "done: nothing to do, or all applied and verified"},
      {1, "an error not listed below; doctor: a WARN or UNKNOWN, and no FAIL"},
      {2,
       "changes pending, or something does not work (only with --detailed-exitcode or --exit-code); doctor: "
       "a FAIL"},
      {3, "the file is not valid (or fmt --check would change it)"},
      {4,
       "a gate is closed: not approved, more would be deleted than one apply may, what is lost may come "
       "back, the hosts tell of an authority or a database that is not here, an include lost its files, "
       "or a reboot is asked for while not all is well"},
      {5,
       "the plan is stale: facts that it rests on have changed since it was saved, or while somebody was "
       "asked"},
      {6, "another run holds the lease: nothing was changed"},
      {7, "partly applied, put off or interrupted; a new run continues"},
      {64, "usage"},
  };
  return meanings;
}

const CommandSpec* find_command(const std::string& name) {
  const auto found = std::ranges::find(command_table(), name, &CommandSpec::name);
  return found == command_table().end() ? nullptr : &*found;
}

}  // namespace kiln::cli
