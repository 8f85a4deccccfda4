#include <gtest/gtest.h>

#include "cli/world_for_test.h"
#include "render/golden_for_test.h"

namespace kiln::cli::init_test {
namespace {

using Words = std::vector<std::string>;

/// The file and both outputs, as goldens; and what `init` writes is valid and laid out.
void expect_case(const std::string& name, Controller& controller, Words words) {
  words.insert(words.begin(), "init");
  const Ran ran = controller.run(words);
  EXPECT_EQ(ran.code, ExitCode::done) << ran.err;
  render::expect_golden("cli/" + name + "/kiln.toml", controller.files.files["kiln.toml"]);
  render::expect_golden("cli/" + name + "/stdout", ran.out);
  render::expect_golden("cli/" + name + "/stderr", ran.err);
  EXPECT_EQ(controller.run({"fmt", "--check"}).code, ExitCode::done);
  EXPECT_EQ(controller.run({"validate"}).code, ExitCode::done);
}

const Words kThree = {"--name", "edge",          "--node", "n1=192.0.2.11",
                      "--node", "n2=192.0.2.12", "--node", "n3=192.0.2.13"};

TEST(Init, from_the_fewest_options) {
  Controller controller;
  expect_case("init-few", controller, kThree);
}

TEST(Init, from_all_options) {
  Controller controller;
  expect_case("init-all", controller,
              {"--name",
               "edge",
               "--node",
               "n1=192.0.2.11,services=central+chassis+switch,encap=10.0.1.11,zone=rack1",
               "--node",
               "n2=192.0.2.12,services=chassis+switch",
               "--bridge",
               "n1:br-phys=eth1,10.0.1.11/24",
               "--bridge",
               "n2:br-ext=eth2",
               "--ca",
               "provided",
               "--ca-dir",
               "/etc/pki/ovn",
               "--ca-passphrase",
               "command:pass show \"ca\"",
               "--ssh-user",
               "admin",
               "--ssh-become",
               "sudo",
               "--ssh-identity",
               "~/.ssh/id_ed25519",
               "--ssh-known-hosts",
               "known_hosts"});
}

TEST(Init, asks_on_a_terminal_and_again_where_an_answer_cannot_be) {
  Controller controller;
  controller.terminal = true;
  controller.typed =
      "Edge\n\n"  // name: bad, default
      "\nn1\n192.0.2.300\n192.0.2.11\nmaster\n\n10.0.1.11\n\nbr-phys\nbr-phys=eth1,10.0.1.11/24\n"
      "n1\nn2\n192.0.2.12\nchassis+switch\n\nrack2\nnone\n"
      "\n"                                       // no more nodes
      "own\n\n\nhunter2\nfile:pki/passphrase\n"  // authority
      "admin\n\n\n";
  expect_case("init-asked", controller, {});
}

TEST(Init, asks_only_for_what_the_options_do_not_say) {
  Controller controller;
  controller.terminal = true;
  controller.typed = "n1\n192.0.2.11\n\n\n\n\n\n\n\n\n\n\n";
  const Ran ran =
      controller.run({"init", "--name", "edge", "--ca", "self-signed", "--ca-passphrase", "env:P"});
  EXPECT_EQ(ran.code, ExitCode::done) << ran.err;
  EXPECT_EQ(ran.err.find("name of the cluster"), std::string::npos);
  EXPECT_EQ(ran.err.find("passphrase"), std::string::npos);
}

TEST(Init, keeps_a_file_that_is_there) {
  Controller controller;
  controller.files.files = {{"kiln.toml", "mine"}};
  Words words = kThree;
  words.insert(words.begin(), "init");
  const Ran ran = controller.run(words);
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_EQ(ran.err, "kiln: error: `kiln.toml` is there already\nnothing was written; --force replaces it\n");
  EXPECT_EQ(controller.files.files["kiln.toml"], "mine");
  words.push_back("--force");
  EXPECT_EQ(controller.run(words).code, ExitCode::done);
  EXPECT_NE(controller.files.files["kiln.toml"], "mine");
}

TEST(Init, writes_nothing_that_is_not_valid) {
  Controller controller;
  const Ran ran = controller.run({"init", "--name", "edge", "--node", "n1=192.0.2.1,services=chassis"});
  EXPECT_EQ(ran.code, ExitCode::invalid);
  EXPECT_NE(ran.err.find("[chassis-without-switch]"), std::string::npos) << ran.err;
  EXPECT_TRUE(ran.err.ends_with("kiln: error: the answers do not make a valid file\nnothing was written\n"));
  EXPECT_TRUE(controller.files.files.empty());
}

TEST(Init, without_a_terminal_says_which_option_is_missing) {
  const Ran ran = run_with({"init", "--name", "edge"}, {});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.err,
            "kiln: error: --node is missing, and nobody can be asked: this is not a terminal\nnothing was "
            "written\n");
}

TEST(Init, input_that_ends_early_writes_nothing) {
  Controller controller;
  controller.terminal = true;
  controller.typed = "edge\nn1\n";
  const Ran ran = controller.run({"init"});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_TRUE(controller.files.files.empty());
}

TEST(Init, options_of_a_wrong_form_are_usage_errors) {
  const std::vector<Words> wrong = {
      {"--node", "n1"}, {"--node", "n1=1,zones=a"},     {"--bridge", "br=eth1"},
      {"--ca", "own"},  {"--ca-passphrase", "hunter2"}, {"--ca-passphrase", "env:"}};
  for (Words words : wrong) {
    words.insert(words.begin(), "init");
    const Ran ran = run_with(words, {});
    EXPECT_EQ(ran.code, ExitCode::usage) << words.back();
    EXPECT_EQ(ran.err.find("hunter2"), std::string::npos) << ran.err;
  }
  EXPECT_EQ(run_with({"init", "--name", "e", "--node", "n1=192.0.2.1", "--bridge", "n2:br=eth1"}, {}).code,
            ExitCode::usage);
}

}  // namespace
}  // namespace kiln::cli::init_test
