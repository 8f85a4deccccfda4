#include "cli/arguments.h"

#include <gtest/gtest.h>

#include "cli/options.h"
#include "render/golden_for_test.h"

namespace kiln::cli::arguments_test {
namespace {

using Words = std::vector<std::string>;

Arguments arguments_of(const Words& words) {
  const auto parsed = parse_arguments(words);
  const auto* arguments = std::get_if<Arguments>(&parsed);
  EXPECT_NE(arguments, nullptr) << std::get<Answer>(parsed).text;
  return arguments == nullptr ? Arguments{} : *arguments;
}

Answer answer_of(const Words& words) {
  const auto parsed = parse_arguments(words);
  const auto* answer = std::get_if<Answer>(&parsed);
  EXPECT_NE(answer, nullptr);
  return answer == nullptr ? Answer{} : *answer;
}

void expect_usage(const Words& words, const std::string& text) {
  const Answer answer = answer_of(words);
  EXPECT_EQ(answer.text, text);
  EXPECT_EQ(answer.code, ExitCode::usage);
  EXPECT_TRUE(answer.on_stderr);
}

}  // namespace

TEST(Arguments, every_command_is_known_and_has_an_example) {
  for (const CommandSpec& spec : command_table()) {
    std::vector<std::string> words{spec.name};
    if (spec.takes_step) words.emplace_back("k/r:step");
    if (spec.takes_backup) words.emplace_back("backups/edge");
    if (spec.needs_database) words.emplace_back("--db=nb");
    if (spec.command == Command::lock) words.emplace_back("status");
    EXPECT_EQ(arguments_of(words).command, spec.command);
    EXPECT_NE(std::string(spec.example).find("kiln " + std::string(spec.name)), std::string::npos);
  }
}

TEST(Arguments, options_go_before_and_after_the_command) {
  const Arguments arguments = arguments_of(
      {"--color", "never", "apply", "site.toml", "--auto-approve", "-v", "--parallelism=4", "--json"});
  EXPECT_EQ(arguments.command, Command::apply);
  EXPECT_EQ(arguments.file, "site.toml");
  EXPECT_EQ(arguments.color, render::ColorChoice::never);
  EXPECT_EQ(arguments.parallelism, 4U);
  EXPECT_TRUE(arguments.auto_approve && arguments.verbose && arguments.json);
  EXPECT_FALSE(arguments.quiet);
}

TEST(Arguments, the_file_is_kiln_toml_unless_given) {
  EXPECT_EQ(arguments_of({"plan"}).file, "kiln.toml");
}

TEST(Arguments, a_backup_goes_before_the_file_and_a_database_has_a_short_name) {
  const Arguments arguments = arguments_of({"restore", "backups/edge", "site.toml", "--db", "sb"});
  EXPECT_EQ(arguments.backup, "backups/edge");
  EXPECT_EQ(arguments.file, "site.toml");
  EXPECT_EQ(arguments.database, Database::southbound);
  EXPECT_EQ(arguments.folder, "backups");
  EXPECT_EQ(answer_of({"restore"}).text, "kiln: DIR is missing\nhelp: `kiln restore --help` tells more\n");
  EXPECT_EQ(answer_of({"recover"}).text,
            "kiln: --db is missing\nhelp: --db nb or --db sb says which database is meant\n");
  EXPECT_EQ(answer_of({"recover", "--db=ovs"}).code, ExitCode::usage);
}

TEST(Arguments, help_is_for_stdout) {
  const Answer answer = answer_of({"--help"});
  EXPECT_FALSE(answer.on_stderr);
  EXPECT_EQ(answer.code, ExitCode::done);
  render::expect_golden("cli/help/stdout", answer.text);
}

TEST(Arguments, help_of_each_command) {
  for (const CommandSpec& spec : command_table())
    render::expect_golden("cli/help-" + std::string(spec.name) + "/stdout",
                          answer_of({spec.name, "-h"}).text);
}

TEST(Arguments, no_command_is_a_usage_error_with_the_help) {
  expect_usage({}, answer_of({"--help"}).text);
}

TEST(Arguments, unknown_command_suggests_a_near_one) {
  expect_usage({"plna"}, "kiln: unknown command `plna`\nhelp: command with a similar name: `plan`\n");
  expect_usage({"converge"}, "kiln: unknown command `converge`\nhelp: `kiln --help` lists the commands\n");
}

TEST(Arguments, unknown_option_suggests_a_near_one) {
  expect_usage({"plan", "--jsn"},
               "kiln: unknown option `--jsn`\nhelp: option with a similar name: `--json`\n");
  expect_usage({"plan", "--parallel=3"},
               "kiln: unknown option `--parallel=3`\nhelp: option with a similar name: `--parallelism`\n");
  expect_usage({"schema", "--auto-approve"},
               "kiln: unknown option `--auto-approve`\nhelp: `kiln schema --help` lists the options\n");
}

TEST(Arguments, one_file_only) {
  expect_usage({"plan", "a.toml", "b.toml"},
               "kiln: unknown argument `b.toml`\nhelp: `kiln plan --help` lists the options\n");
}

TEST(Arguments, a_run_of_the_journal_is_told_from_a_file_by_its_form) {
  EXPECT_EQ(arguments_of({"history", "4f1c2a9b"}).run, "4f1c2a9b");
  EXPECT_EQ(arguments_of({"history", "4f1c2a9b"}).file, "kiln.toml");
  const Arguments both = arguments_of({"history", "cafe", "4f1c", "-n", "3"});
  EXPECT_EQ(both.file, "cafe");
  EXPECT_EQ(both.run, "4f1c");
  EXPECT_EQ(both.newest, 3U);
  EXPECT_EQ(arguments_of({"history", "./cafe"}).file, "./cafe");
  EXPECT_EQ(arguments_of({"history", "abc"}).file, "abc");
  expect_usage({"history", "a.toml", "b.toml"},
               "kiln: unknown argument `b.toml`\nhelp: `kiln history --help` lists the options\n");
}

TEST(Arguments, values_say_what_was_expected) {
  expect_usage({"plan", "--color", "red"},
               "kiln: --color: `red` is not one of auto, always, never\nhelp: `kiln --help` lists commands "
               "and options\n");
  expect_usage({"plan", "--parallelism", "0"},
               "kiln: --parallelism: `0` is not a number from 1 to 1024\n"
               "help: `kiln --help` lists commands and options\n");
  EXPECT_EQ(answer_of({"plan", "--parallelism"}).code, ExitCode::usage);
}

}  // namespace kiln::cli::arguments_test
