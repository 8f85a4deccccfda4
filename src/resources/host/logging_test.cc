#include "resources/host/logging.h"

#include "model/logging.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::logging_test {
namespace {

const ResourceId kController{"logging", "n1/ovn-controller"};
const std::string kLevels = "/etc/kiln/log-ovn-controller.env";
const std::string kPath = "/etc/systemd/system/ovn-controller.service.d/60-kiln-logging.conf";
const AppctlLook kList{"ovn-controller", "vlog/list"};

/// As ovn-appctl(8) of 25.03 prints it.
TextSeen listed(const std::string& pinctrl_file = "INFO", const std::string& others_syslog = "ERR") {
  return {
      "                 console    syslog    file\n                 -------    ------    ------\n"
      "binding            OFF        " +
      others_syslog + "       INFO\nmain               OFF        " + others_syslog +
      "       INFO\npinctrl            OFF        " + others_syslog + "        " + pinctrl_file};
}

const std::string kHeader =
    "# made by kiln for edge:logging/n1/ovn-controller; changes here are undone by the next apply\n";
const std::string kDropIn =
    kHeader +
    "[Service]\nEnvironmentFile=-/etc/kiln/log-ovn-controller.env\n"
    "ExecStartPost=-/usr/bin/timeout 30 /bin/sh -c 'until /usr/bin/ovn-appctl -t ovn-controller version "
    ">/dev/null 2>&1; do sleep 0.1; done; [ -z \"$$KILN_LOG_LEVELS\" ] || /usr/bin/ovn-appctl -t "
    "ovn-controller vlog/set $$KILN_LOG_LEVELS'\n";
std::string levels_of(const std::string& levels) {
  return kHeader + "KILN_LOG_LEVELS=\"" + levels + "\"\n";
}

Bench wanting(std::vector<std::string> levels) {
  Bench bench;
  bench.desired.logging.ovn_controller.levels = std::move(levels);
  return bench;
}
/// The daemon runs, with this drop-in and these levels.
void see(Bench& bench, const std::string& written, const TextSeen& list) {
  bench.see("n1", FileLook{kLevels}, file(levels_of(written)));
  bench.see("n1", FileLook{kPath}, file(kDropIn));
  bench.see("n1", UnitLook{"ovn-controller.service"}, running());
  bench.see("n1", kList, list);
}

TEST(Logging, nothing_is_made_of_a_daemon_that_the_file_does_not_name) {
  Bench bench;
  EXPECT_EQ(bench.all_of("logging"), "{}");
}

TEST(Logging, is_of_every_node_that_runs_the_daemon) {
  Bench bench(2);
  bench.desired.logging.nb.levels = {"raft:file:dbg"};
  bench.placement.services["n2"] = {"chassis", "switch"};
  bench.desired.logging.ovs_vswitchd.levels = {"any:syslog:info"};
  EXPECT_EQ(bench.all_of("logging"), "{n1/nb, n1/ovs-vswitchd, n2/ovs-vswitchd}");
}

TEST(Logging, a_new_level_is_written_down_and_set) {
  Bench bench = wanting({"pinctrl:file:dbg", "any:syslog:info"});
  bench.lack_all(kController);
  bench.see("n1", UnitLook{"ovn-controller.service"}, running());
  bench.see("n1", kList, listed());
  EXPECT_EQ(bench.verdict(kController), "absent");
  EXPECT_EQ(
      bench.steps(kController),
      "logging/n1/ovn-controller:levels\n  write " + kLevels + "\n  write " + kPath +
          "\n  systemctl daemon-reload\n  appctl ovn-controller vlog/set any:syslog:info pinctrl:file:dbg\n");
  EXPECT_EQ(bench.written(kController, kLevels), levels_of("any:syslog:info pinctrl:file:dbg"));
  EXPECT_EQ(bench.written(kController, kPath), kDropIn);
  EXPECT_EQ(bench.needs(kController), "chassis/n1\n");
}

TEST(Logging, a_database_starts_without_waiting_for_its_pid_file) {
  Bench bench;
  bench.desired.logging.sb.levels = {"raft:file:dbg"};
  const ResourceId id{"logging", "n1/sb"};
  bench.lack_all(id);
  const std::string drop_in = bench.written(id, logging_path("ovn-ovsdb-server-sb.service"));
  EXPECT_NE(drop_in.find("[Service]\nPIDFile=\n"), std::string::npos) << drop_in;
}

TEST(Logging, as_wanted_is_no_change) {
  Bench bench = wanting({"pinctrl:file:dbg", "any:syslog:info"});
  see(bench, "any:syslog:info pinctrl:file:dbg", listed("DBG", "INFO"));
  EXPECT_EQ(bench.verdict(kController), "as wanted");
}

TEST(Logging, a_level_set_by_hand_is_set_back_and_nothing_is_written) {
  Bench bench = wanting({"pinctrl:file:dbg"});
  see(bench, "pinctrl:file:dbg", listed("WARN"));
  EXPECT_EQ(bench.verdict(kController), "pinctrl:file: warn -> dbg\n");
  EXPECT_EQ(bench.steps(kController),
            "logging/n1/ovn-controller:levels\n  appctl ovn-controller vlog/set pinctrl:file:dbg\n");
}

TEST(Logging, what_is_not_asked_for_is_left_alone) {
  Bench bench = wanting({"binding:file:info"});
  see(bench, "binding:file:info", listed("DBG", "WARN"));
  EXPECT_EQ(bench.verdict(kController), "as wanted");
}

TEST(Logging, one_module_that_differs_from_all_is_named) {
  Bench bench = wanting({"any:file:info"});
  see(bench, "any:file:info", listed("DBG"));
  EXPECT_EQ(bench.verdict(kController), "any:file: info but pinctrl dbg -> info\n");
}

TEST(Logging, a_level_that_goes_is_taken_back_before_the_file_forgets_it) {
  Bench bench = wanting({"any:syslog:info"});
  see(bench, "any:syslog:info pinctrl:file:dbg gone_module:file:dbg", listed("DBG", "INFO"));
  EXPECT_EQ(bench.steps(kController),
            "logging/n1/ovn-controller:levels\n  appctl ovn-controller vlog/set pinctrl:file:info\n  write " +
                kLevels + "\n  appctl ovn-controller vlog/set any:syslog:info\n");
}

TEST(Logging, an_edited_or_unread_file_is_seen) {
  Bench bench = wanting({"pinctrl:file:dbg"});
  see(bench, "pinctrl:file:dbg", listed("DBG"));
  bench.see("n1", FileLook{kLevels}, file(levels_of("pinctrl:file:warn")));
  EXPECT_EQ(bench.verdict(kController), kLevels + ": {pinctrl:file:warn} -> {pinctrl:file:dbg}\n");
  see(bench, "pinctrl:file:dbg", listed("DBG"));
  bench.see("n1", FileLook{kPath}, file(kDropIn + "# by hand\n"));
  EXPECT_EQ(bench.verdict(kController), kPath + ": differs -> current\n");
  see(bench, "pinctrl:file:dbg", listed("DBG"));
  UnitSeen unit = running();
  unit.needs_reload = true;
  bench.see("n1", UnitLook{"ovn-controller.service"}, unit);
  EXPECT_EQ(bench.verdict(kController), kPath + ": not loaded -> current\n");
  EXPECT_EQ(bench.steps(kController),
            "logging/n1/ovn-controller:levels\n  write " + kPath + "\n  systemctl daemon-reload\n");
}

TEST(Logging, a_module_that_the_daemon_does_not_have_is_put_off_with_a_name_like_it) {
  Bench bench = wanting({"pinctl:file:dbg"});
  bench.lack_all(kController);
  bench.see("n1", kList, listed());
  EXPECT_EQ(bench.steps(kController),
            "refused: ovn-controller of n1 has no module `pinctl` (vlog/list); a similar name: `pinctrl`");
}

TEST(Logging, a_daemon_that_is_yet_to_start_is_told_once_it_runs) {
  Bench bench = wanting({"pinctrl:file:dbg"});
  bench.lack_all(kController);
  EXPECT_TRUE(bench.steps(kController).ends_with("appctl ovn-controller vlog/set pinctrl:file:dbg\n"));
}

TEST(Logging, of_a_daemon_that_the_file_no_longer_names_goes_back_to_its_package) {
  Bench bench;
  see(bench, "any:syslog:info pinctrl:file:dbg", listed("DBG", "INFO"));
  EXPECT_EQ(bench.verdict(kController), "not wanted");
  EXPECT_EQ(
      bench.steps(kController),
      "logging/n1/ovn-controller:levels\n  appctl ovn-controller vlog/set any:syslog:err any:file:info\n"
      "  remove " +
          kPath + "\n  systemctl daemon-reload\n  remove " + kLevels + '\n');
}

TEST(Logging, of_a_daemon_that_leaves_only_the_files_go) {
  Bench bench;
  see(bench, "pinctrl:file:dbg", listed("DBG"));
  bench.placement.services["n1"] = {"switch"};
  EXPECT_EQ(bench.steps(kController), "logging/n1/ovn-controller:levels\n  remove " + kPath +
                                          "\n  systemctl daemon-reload\n  remove " + kLevels + '\n');
  EXPECT_EQ(bench.needs(kController), "");
}

TEST(Logging, of_another_deployment_is_left_alone) {
  Bench bench;
  bench.see("n1", FileLook{kLevels}, file("# made by kiln for other:logging/n1/ovn-controller; x\n"));
  EXPECT_EQ(bench.all_of("logging"), "{}");
}

TEST(Logging, each_probe_that_fails_is_the_reason) {
  Bench bench = wanting({"pinctrl:file:dbg"});
  see(bench, "pinctrl:file:dbg", listed("DBG"));
  bench.expect_unknown_for_each_probe(kController);
}

TEST(LogLevels, are_set_from_the_general_to_the_exact) {
  const auto texts = [](const std::vector<std::string>& wanted) {
    std::string text;
    for (const LogLevel& level : in_order_of_setting(wanted)) text += level.text() + ' ';
    return text;
  };
  EXPECT_EQ(texts({"pinctrl:file:dbg", "any:file:info", "any:any:warn"}),
            "any:console:warn any:syslog:warn any:file:info pinctrl:file:dbg ");
  EXPECT_EQ(texts({"a:syslog:err", "a:any:dbg"}), "a:console:dbg a:syslog:err a:file:dbg ");
}

}  // namespace
}  // namespace kiln::resources::logging_test
