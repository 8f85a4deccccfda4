#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <sstream>

#include "cli/run.h"
#include "render/golden_for_test.h"

/// Whole command lines in a world where no host answers and nothing is on the controller.

namespace kiln::cli {
namespace {

class SilentTransport : public transport::Transport {
 public:
  Facts look(const HostName& host, const std::vector<Look>& looks, Duration /*timeout*/) override {
    Facts facts;
    for (const Look& look : looks)
      facts.set({host, look},
                host == kController ? Fact(Absent{}) : Fact(Unknown{host + " does not answer"}));
    return facts;
  }
  Result<transport::Outcome> act(const HostName& host, const Action& /*action*/,
                                 Duration /*timeout*/) override {
    ADD_FAILURE() << "nothing may be done to " << host;
    return fail(ErrorCode::unreachable, "no answer");
  }
  transport::Counters counters() const override { return {}; }
};

class FakeFiles : public FileIo {
 public:
  std::map<std::string, std::string> files;

  Result<std::string> read(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end())
      return fail(ErrorCode::not_found, "cannot read `" + path + "`: No such file or directory");
    return found->second;
  }
  Result<> write(const std::string& path, const std::string& content, unsigned /*mode*/) override {
    files[path] = content;
    return {};
  }
};

class FixedClock : public Clock {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::seconds(1795233146)); }
  Duration monotonic() const override { return Duration{0}; }
};

class FixedRandom : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, 'k'); }
};

constexpr const char* kOneNode =
    "[cluster]\nname = \"edge\"\n\n[ca]\npassphrase = { env = \"KILN_TEST_NO_SUCH_VARIABLE\" }\n\n"
    "[nodes.n1]\naddress = \"192.0.2.11\"\nservices = [\"central\", \"chassis\", \"switch\"]\n";

constexpr const char* kJournal = "/nonexistent/.local/state/kiln/edge/journal.jsonl";

struct Ran {
  std::string out;
  std::string err;
  ExitCode code{};
};

Ran run_with(const std::vector<std::string>& words, std::map<std::string, std::string> files) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  FakeFiles file_io;
  file_io.files = std::move(files);
  const FixedClock clock;
  FixedRandom random;
  World world{.out = {out},
              .err = {err},
              .in = in,
              .in_terminal = false,
              .environment =
                  [](const std::string& name) { return std::string(name == "HOME" ? "/nonexistent" : ""); },
              .files = file_io,
              .clock = clock,
              .random = random,
              .make_transport = [](const Desired&,
                                   transport::Signer&) { return std::make_unique<SilentTransport>(); },
              .own_cpu = [] { return Duration{1}; }};
  Ran ran;
  ran.code = run(words, world);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

/// With a journal of what is not understood, a complete run and one that was killed.
Ran history_with(std::vector<std::string> words) {
  const std::string begin =
      R"("event":"begin","format":1,"command":"apply","cluster":"edge","plan":"p","revision":"","steps":1})";
  const std::string journal =
      "torn\n"
      R"({"at":"2026-11-21T07:25:55Z","run":"4f1c2a9be07d",)" +
      begin + '\n' +
      R"({"at":"2026-11-21T07:25:56Z","run":"4f1c2a9be07d","event":"end","plan":"p","done":1,"failed":0,)"
      R"("skipped":0,"not-started":0,"unfinished":[],"interrupted":false,"mutations":2,"took-ms":900})"
      "\n"
      R"({"at":"2026-11-21T08:00:00Z","run":"4f1cdddddddd",)" +
      begin + '\n' +
      R"({"at":"2026-11-21T08:00:01Z","run":"4f1cdddddddd","event":"intent","step":"s","host":"n1",)"
      R"("action":"systemctl daemon-reload"})"
      "\n";
  words.insert(words.begin(), "history");
  return run_with(words, {{"kiln.toml", kOneNode}, {kJournal, journal}});
}

void expect_case(const std::string& name, const Ran& ran, ExitCode code) {
  EXPECT_EQ(ran.code, code) << ran.out << ran.err;
  render::expect_golden("cli/" + name + "/stdout", ran.out);
  render::expect_golden("cli/" + name + "/stderr", ran.err);
}

}  // namespace

TEST(Cli, version_is_alone_on_stdout) {
  const Ran ran = run_with({"version"}, {});
  EXPECT_TRUE(ran.out.starts_with("kiln ")) << ran.out;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.code, ExitCode::done);
}

TEST(Cli, usage_errors_are_on_stderr) {
  const Ran ran = run_with({"plan", "--jsn"}, {});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.code, ExitCode::usage);
}

TEST(Cli, schema_is_json) {
  const Ran ran = run_with({"schema"}, {});
  EXPECT_TRUE(nlohmann::json::accept(ran.out)) << ran.out;
  EXPECT_EQ(ran.code, ExitCode::done);
}

TEST(Cli, no_file) {
  expect_case("no-file", run_with({"validate"}, {}), ExitCode::invalid);
}

TEST(Cli, invalid_file) {
  const std::string file = std::string(kOneNode) + "adress = \"192.0.2.12\"\n";
  for (const char* command : {"validate", "plan", "apply", "verify", "status", "history"}) {
    const Ran ran = run_with({command}, {{"kiln.toml", file}});
    EXPECT_EQ(ran.code, ExitCode::invalid) << command << ran.err;
    EXPECT_EQ(ran.out, "") << command;
  }
  expect_case("invalid-file", run_with({"validate"}, {{"kiln.toml", file}}), ExitCode::invalid);
}

TEST(Cli, valid_file) {
  expect_case("valid-file", run_with({"validate"}, {{"kiln.toml", kOneNode}}), ExitCode::done);
}

TEST(Cli, plan_with_hosts_that_do_not_answer_defers) {
  const Ran ran = run_with({"plan"}, {{"kiln.toml", kOneNode}});
  EXPECT_EQ(ran.code, ExitCode::done) << ran.err;
  EXPECT_NE(ran.out.find("0 of 1 host answered (n1 did not)"), std::string::npos) << ran.out;
  EXPECT_EQ(run_with({"plan", "--detailed-exitcode"}, {{"kiln.toml", kOneNode}}).code, ExitCode::pending);
}

TEST(Cli, plan_json_is_alone_on_stdout) {
  const Ran ran = run_with({"plan", "--json"}, {{"kiln.toml", kOneNode}});
  const auto plan = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_FALSE(plan.is_discarded()) << ran.out;
  EXPECT_EQ(plan["hosts"]["answered"], 0);
}

TEST(Cli, apply_without_the_passphrase_changes_nothing_and_says_so) {
  const Ran ran = run_with({"apply", "--auto-approve", "--json"}, {{"kiln.toml", kOneNode}});
  EXPECT_EQ(ran.code, ExitCode::failed) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.ends_with("\nnothing was changed\n")) << ran.err;
}

TEST(Cli, apply_with_nobody_to_ask_is_a_closed_gate) {
  std::string file = kOneNode;
  file.replace(file.find("env = \"KILN_TEST_NO_SUCH_VARIABLE\""), 34, "file = \"/passphrase\"");
  const Ran ran =
      run_with({"apply"}, {{"kiln.toml", file}, {"/passphrase", "correct horse battery staple\n"}});
  EXPECT_EQ(ran.code, ExitCode::gate_closed) << ran.err;
  EXPECT_TRUE(ran.err.ends_with(
      "kiln: error: nobody to ask: this is not a terminal, and --auto-approve was not given\n"
      "nothing was changed\n"))
      << ran.err;
}

TEST(Cli, history_of_nothing_is_a_sentence) {
  const Ran ran = run_with({"history"}, {{"kiln.toml", kOneNode}});
  EXPECT_EQ(ran.out, "edge: no run of `kiln apply` is in the journal\n" + std::string(kJournal) + '\n');
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.code, ExitCode::done);
  const Ran json = run_with({"history", "--json"}, {{"kiln.toml", kOneNode}});
  EXPECT_EQ(nlohmann::json::parse(json.out)["runs"], nlohmann::json::array());
}

TEST(Cli, history_newest_first) {
  expect_case("history-table", history_with({}), ExitCode::done);
  expect_case("history-newest", history_with({"-n", "1", "-v"}), ExitCode::done);
  expect_case("history-json", history_with({"--json"}), ExitCode::done);
}

TEST(Cli, history_of_one_run) {
  expect_case("history-run", history_with({"4f1cd"}), ExitCode::done);
  EXPECT_EQ(nlohmann::json::parse(history_with({"4f1cd", "--json"}).out)["runs"][0]["result"], "killed");
}

TEST(Cli, history_of_a_run_that_is_not_there_or_not_one) {
  const Ran none = history_with({"dead"});
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "kiln: error: no run `dead` in " + std::string(kJournal) + '\n');
  EXPECT_EQ(none.code, ExitCode::failed);
  const Ran two = history_with({"4f1c"});
  EXPECT_EQ(two.err, "kiln: error: `4f1c` begins the ids of 2 runs in " + std::string(kJournal) +
                         ": `4f1c2a9be07d`, `4f1cdddddddd`\n");
  EXPECT_EQ(two.code, ExitCode::failed);
}

}  // namespace kiln::cli
