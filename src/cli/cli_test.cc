#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/world_for_test.h"
#include "render/golden_for_test.h"

namespace kiln::cli::cli_test {
namespace {

constexpr const char* kJournal = "/nonexistent/.local/state/kiln/edge/journal.jsonl";

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
  for (const char* command : {"validate", "plan", "apply", "verify", "status", "doctor", "history"}) {
    const Ran ran = run_with({command}, {{"kiln.toml", file}});
    EXPECT_EQ(ran.code, ExitCode::invalid) << command << ran.err;
    EXPECT_EQ(ran.out, "") << command;
  }
  expect_case("invalid-file", run_with({"validate"}, {{"kiln.toml", file}}), ExitCode::invalid);
}

TEST(Cli, validate_for_programs_has_its_document_on_stdout) {
  const std::string file = std::string(kOneNode) + "adress = \"192.0.2.12\"\n";
  for (const char* form : {"json", "sarif"}) {
    const Ran wrong = run_with({"validate", "--diagnostics", form}, {{"kiln.toml", file}});
    EXPECT_EQ(wrong.code, ExitCode::invalid);
    EXPECT_EQ(wrong.err, "");
    EXPECT_NE(wrong.out.find("\"unknown-key\""), std::string::npos) << wrong.out;
    EXPECT_TRUE(nlohmann::json::accept(wrong.out)) << wrong.out;
    const Ran right = run_with({"validate", "--diagnostics", form}, {{"kiln.toml", kOneNode}});
    EXPECT_EQ(right.code, ExitCode::done);
    EXPECT_EQ(right.err, "");
    EXPECT_TRUE(nlohmann::json::accept(right.out)) << right.out;
  }
  const Ran github = run_with({"validate", "--diagnostics=github"}, {{"kiln.toml", file}});
  EXPECT_EQ(github.out,
            "::error file=kiln.toml,line=10,col=1,endLine=10,endColumn=7,title=unknown-key::unknown key "
            "`adress` in "
            "[nodes.n1]%0Ahelp: a key with a similar name exists: `address`\n");
  EXPECT_EQ(run_with({"validate", "--diagnostics=github"}, {{"kiln.toml", kOneNode}}).out, "");
  EXPECT_EQ(run_with({"validate", "--diagnostics=text"}, {{"kiln.toml", file}}).err,
            run_with({"validate"}, {{"kiln.toml", file}}).err);
  EXPECT_EQ(run_with({"validate", "--diagnostics=xml"}, {{"kiln.toml", file}}).code, ExitCode::usage);
}

TEST(Cli, other_commands_have_findings_for_programs_on_stderr) {
  const std::string wrong = std::string(kOneNode) + "adress = \"192.0.2.12\"\n";
  const std::string warned =
      std::string(kOneNode) + "\n[nodes.n2]\naddress = \"192.0.2.12\"\n[central]\ncount = 1\n";
  for (const char* command : {"plan", "apply"}) {
    const Ran ran = run_with({command, "--diagnostics=json"}, {{"kiln.toml", wrong}});
    EXPECT_EQ(ran.code, ExitCode::invalid);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(nlohmann::json::parse(ran.err)["errors"], 1) << ran.err;
  }
  // Of the file and of the hosts in one document.
  const Ran plan = run_with({"plan", "--diagnostics=json", "-q"}, {{"kiln.toml", warned}});
  const std::size_t begin = plan.err.find("{\n");  // before it, that no host answers
  ASSERT_NE(begin, std::string::npos) << plan.err;
  EXPECT_EQ(nlohmann::json::parse(plan.err.substr(begin))["warnings"], 1) << plan.err;
  const Ran fine = run_with({"plan", "--diagnostics=json", "-q"}, {{"kiln.toml", kOneNode}});
  EXPECT_EQ(fine.err.find('{'), std::string::npos) << fine.err;
}

TEST(Cli, explain_of_a_finding_reads_no_file) {
  const Ran ran = run_with({"explain", "unknown-key"}, {});
  EXPECT_EQ(ran.code, ExitCode::done);
  EXPECT_EQ(ran.err, "");
  EXPECT_TRUE(ran.out.starts_with("unknown-key: error, found by `kiln validate`\n")) << ran.out;
  const Ran near = run_with({"explain", "unknown-keys"}, {});
  EXPECT_EQ(near.code, ExitCode::failed);
  EXPECT_EQ(near.out, "");
  EXPECT_EQ(
      near.err,
      "kiln: error: there is no finding `unknown-keys`\na finding with a similar name: `unknown-key`\n");
  EXPECT_EQ(run_with({"explain", "xyz"}, {}).err,
            "kiln: error: there is no finding `xyz`\n"
            "docs/reference/messages.md lists them; the name of a step has `:` or `/`\n");
}

TEST(Cli, explain_of_a_step_still_plans) {
  const Ran ran = run_with({"explain", "chassis/n1:run"}, {{"kiln.toml", kOneNode}});
  EXPECT_NE(ran.err.find("the plan has no step `chassis/n1:run`"), std::string::npos) << ran.err;
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

/// While the question was open the authority's folder became unreadable.
TEST(Cli, apply_looks_again_after_its_question) {
  Controller controller;
  controller.files.files = {{"kiln.toml", kOneNode}, {"/passphrase", "correct horse battery staple\n"}};
  std::string& file = controller.files.files["kiln.toml"];
  file.replace(file.find("env = \"KILN_TEST_NO_SUCH_VARIABLE\""), 34, "file = \"/passphrase\"");
  controller.terminal = true;
  controller.typed = "y\n";
  controller.on_answer = [&] { controller.looks = Unknown{"it cannot be read"}; };
  const Ran ran = controller.run({"apply", "--color=never"});
  EXPECT_EQ(ran.code, ExitCode::stale) << ran.err;
  EXPECT_NE(ran.err.find("controller authority/edge: what it is\n      was known\n      is  file "),
            std::string::npos)
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

}  // namespace kiln::cli::cli_test
