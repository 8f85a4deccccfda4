#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/world_for_test.h"

// One command line for each exit code that a script may meet.

namespace kiln::cli {
namespace {

/// The file, with a passphrase that can be read.
std::string file_with_passphrase() {
  std::string file = kOneNode;
  const std::string nowhere = "env = \"KILN_TEST_NO_SUCH_VARIABLE\"";
  file.replace(file.find(nowhere), nowhere.size(), "file = \"/passphrase\"");
  return file;
}

struct Case {
  const char* name;
  ExitCode code;
  std::vector<std::string> words;
  /// What happened before, to a controller that has the file and the passphrase.
  void (*before)(Controller& controller) = [](Controller&) {};
};

void damage_file(Controller& controller) {
  controller.files.files["kiln.toml"] += "adress = \"192.0.2.12\"\n";
}
void lose_passphrase(Controller& controller) {
  controller.files.files.erase("/passphrase");
}
void save_plan(Controller& controller) {
  EXPECT_EQ(controller.run({"plan", "-o", "p.json"}).code, ExitCode::done);
}
/// The plan makes an authority where there is none; now that is no longer known.
void save_plan_then_hide(Controller& controller) {
  save_plan(controller);
  controller.looks = Unknown{"permission denied"};
}
/// All that is left is put off.
void hide(Controller& controller) {
  controller.looks = Unknown{"permission denied"};
}

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"a_valid_file", ExitCode::done, {"validate"}},
      {"changes_unless_asked_for", ExitCode::done, {"plan"}},
      {"a_saved_plan_is_shown", ExitCode::done, {"show", "p.json"}, save_plan},
      {"the_authority_cannot_be_opened", ExitCode::failed, {"apply", "--auto-approve"}, lose_passphrase},
      {"not_healthy", ExitCode::failed, {"status"}},
      {"doctor_without_an_authority", ExitCode::check_failed, {"doctor"}},
      {"doctor_that_can_look_at_nothing", ExitCode::failed, {"doctor"}, hide},
      {"no_such_step", ExitCode::failed, {"explain", "no/such:step", "p.json"}, save_plan},
      {"changes_if_asked_for", ExitCode::pending, {"plan", "--detailed-exitcode"}},
      {"a_file_with_a_mistake", ExitCode::invalid, {"apply", "--auto-approve"}, damage_file},
      {"no_saved_plan", ExitCode::invalid, {"show", "kiln.toml"}},
      {"there_is_no_such_backup", ExitCode::failed, {"restore", "nowhere"}},
      {"nobody_to_ask", ExitCode::gate_closed, {"apply"}},
      {"members_may_come_back", ExitCode::gate_closed, {"recover", "--db=nb", "--auto-approve"}},
      {"a_reboot_while_an_apply_has_something_to_do", ExitCode::gate_closed, {"reboot", "--auto-approve"}},
      {"the_plan_is_stale", ExitCode::stale, {"apply", "p.json"}, save_plan_then_hide},
      {"what_is_left_is_put_off", ExitCode::partly, {"apply", "--auto-approve"}, hide},
      {"no_command", ExitCode::usage, {}},
      {"no_such_option", ExitCode::usage, {"plan", "--jsn"}}};
  return kCases;
}

class ExitCodes : public ::testing::TestWithParam<Case> {};

TEST_P(ExitCodes, are_as_documented) {
  Controller controller;
  controller.files.files = {{"kiln.toml", file_with_passphrase()},
                            {"/passphrase", "correct horse battery staple\n"}};
  GetParam().before(controller);
  const Ran ran = controller.run(GetParam().words);
  EXPECT_EQ(ran.code, GetParam().code) << ran.out << ran.err;
}

INSTANTIATE_TEST_SUITE_P(Cli, ExitCodes, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name; });

TEST(ExitCode, each_has_a_case) {
  std::set<int> tested;
  for (const Case& one : cases()) tested.insert(static_cast<int>(one.code));
  // 6 takes hosts that another run holds (tests/lab/lease.bats); 8 and 9 come with the commands that need
  // them.
  EXPECT_EQ(tested, (std::set{0, 1, 2, 3, 4, 5, 7, 64}));
}

}  // namespace
}  // namespace kiln::cli
