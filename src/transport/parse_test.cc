#include "transport/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "base/quote.h"

namespace kiln::transport::parse_test {
namespace {

const HostName kHost = "n1";

// systemctl show (systemd 257) with the properties that are asked for, in the order systemd gives them.
const std::string kUnits =
    "MainPID=58\nNames=sshd.service ssh.service\nLoadState=loaded\nActiveState=active\nSubState=running\n"
    "UnitFileState=enabled\nActiveEnterTimestampMonotonic=13697392232\nNeedDaemonReload=no\n\n"
    "MainPID=0\nNames=nope.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n"
    "UnitFileState=\nActiveEnterTimestampMonotonic=0\nNeedDaemonReload=no\n\n"
    "MainPID=0\nNames=ovn-central.service\nLoadState=masked\nActiveState=failed\nSubState=failed\n"
    "UnitFileState=masked-runtime\nActiveEnterTimestampMonotonic=7\nNeedDaemonReload=yes\n"
    "CommandLines " +
    encode_base64(
        std::string("/proc/58/cmdline\0/usr/sbin/sshd\0-D\0a b\nMainPID=9\0/proc/9/cmdline\0x\0", 67)) +
    "\n";
const std::vector<UnitLook> kUnitLooks = {{"ssh.service"}, {"nope.service"}, {"ovn-central.service"}};

const std::string kPackages =
    "libc6|install ok installed|2.41-12+deb13u4\novn-central|install ok installed|25.03.0-1\n"
    "ovn-host|deinstall ok config-files|25.03.0-1\novn-common|install ok unpacked|25.03.0-1\n"
    "held|hold ok installed|1:2-3\nnever|unknown ok not-installed|\n"
    "cut|install reinstreq half-installed|3.5.7-1\n";

// ip -j addr (iproute2 6.15), shortened to one address of each sort.
const std::string kLinks =
    R"([{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN",)"
    R"("address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,)"
    R"("scope":"host","label":"lo"},{"family":"inet6","local":"::1","prefixlen":128,"scope":"host"}]},)"
    R"({"ifindex":2,"link_index":6,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],)"
    R"("mtu":1500,"address":"0a:00:0a:01:00:0b","addr_info":[{"family":"inet","local":"10.252.1.11",)"
    R"("prefixlen":25,"scope":"global"},{"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]},)"
    R"({},{"ifindex":3,"link":"eth0","ifname":"eth0.5","flags":["NO-CARRIER","BROADCAST","MULTICAST"],"mtu":1500,"master":"br0",)"
    R"("address":"0a:00:0a:01:01:0b","addr_info":[]}])";
const std::vector<LinkSeen> kLinksSeen = {
    {.name = "lo",
     .mac = "00:00:00:00:00:00",
     .up = true,
     .mtu = 65536,
     .addresses = {"127.0.0.1/8", "::1/128"}},
    {.name = "eth0", .mac = "0a:00:0a:01:00:0b", .up = true, .mtu = 1500, .addresses = {"10.252.1.11/25"}},
    {.name = "eth0.5",
     .mac = "0a:00:0a:01:01:0b",
     .up = false,
     .mtu = 1500,
     .addresses = {},
     .master = "br0",
     .lower = "eth0",
     .carrier = false}};

const std::string kHostText =
    "hostname=n1\nos_id=debian\nos_codename=trixie\ntime_ms=1795246194123\nfree=1000\nboot_id=b-1\n"
    "machine_id=m1\nkernel_datapath=missing\nssh=10.252.1.126 40000 10.252.1.11 22\nlinks=" +
    kLinks + "\n";
const std::string kClustered =
    "clustered\n\"cluster_id\":\"9e874433-0c39-40b5-b248-368e3a8b0903\"\n\"local_address\":\"ssl:10.0.0.1:"
    "6643\"\n"
    "\"server_id\":\"f8b351ff-83ba-41c5-8cea-916ab395f248\"\nused=yes";
const std::string kPing =
    "PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n\n--- 127.0.0.1 ping statistics ---\n"
    "3 packets transmitted, 2 received, 33% packet loss, time 208ms\n"
    "rtt min/avg/max/mdev = 0.037/0.139/0.242/0.102 ms\n";
const std::string kServed =
    "CONNECTED(00000003)\n---\nCertificate chain\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END "
    "CERTIFICATE-----\n"
    " 1 s:CN=ca\n-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n---\n";

Facts units(const std::string& output, int code) {
  Facts facts;
  read_units(kHost, kUnitLooks, output, code, facts);
  return facts;
}

Facts packages(const std::vector<std::string>& names, const std::string& output, int code) {
  std::vector<PackageLook> looks;
  for (const std::string& name : names) looks.push_back({name});
  Facts facts;
  read_packages(kHost, looks, output, code, facts);
  return facts;
}

TEST(UnitFacts, follow_the_order_of_the_question) {
  const Facts facts = units(kUnits, 0);
  EXPECT_EQ(facts.at({kHost, kUnitLooks[0]}),
            Fact(UnitSeen{"loaded",
                          "active",
                          "running",
                          "enabled",
                          false,
                          13697392232,
                          {"/usr/sbin/sshd", "-D", "a b\nMainPID=9", "/proc/9/cmdline", "x"}}));
  EXPECT_EQ(facts.at({kHost, kUnitLooks[1]}), Fact(Absent{}));
  EXPECT_EQ(facts.at({kHost, kUnitLooks[2]}),
            Fact(UnitSeen{"masked", "failed", "failed", "masked-runtime", true, 7, {}}));
}

TEST(UnitFacts, are_unknown_when_systemctl_fails) {
  const std::string said = "System has not been booted with systemd as init system (PID 1). Can't operate.";
  const Facts facts = units(said + "\nFailed to connect to bus: Host is down\n", 1);
  for (const UnitLook& look : kUnitLooks)
    EXPECT_EQ(facts.at({kHost, look}), Fact(Unknown{"Failed to connect to bus: Host is down"}));
  EXPECT_EQ(units(kUnits, 1).unknown(kHost, kUnitLooks[1]).has_value(), true);
}

TEST(UnitFacts, are_absent_only_for_what_is_not_found_when_cut) {
  for (std::size_t at = 0; at < kUnits.size(); ++at) {
    const Facts facts = units(kUnits.substr(0, at), 0);
    ASSERT_FALSE(facts.absent(kHost, kUnitLooks[0])) << at;
    ASSERT_FALSE(facts.absent(kHost, kUnitLooks[2])) << at;
  }
}

TEST(PackageFacts, tell_what_dpkg_says) {
  const Facts facts =
      packages({"libc6", "ovn-host", "ovn-common", "held", "never", "nope", "ovn", "cut"}, kPackages, 0);
  EXPECT_EQ(facts.at({kHost, PackageLook{"libc6"}}), Fact(PackageSeen{"2.41-12+deb13u4"}));
  EXPECT_EQ(facts.at({kHost, PackageLook{"held"}}), Fact(PackageSeen{"1:2-3"}));
  for (const char* name : {"ovn-host", "never", "nope", "ovn"})
    EXPECT_EQ(facts.at({kHost, PackageLook{name}}), Fact(Absent{})) << name;
}

TEST(PackageFacts, half_of_one_is_unknown_while_dpkg_works_and_none_once_nobody_does) {
  for (const char* name : {"ovn-common", "cut"}) {
    for (const char* said : {"", "dpkg=busy\n"})
      EXPECT_TRUE(std::holds_alternative<Unknown>(
          packages({name}, kPackages + said, 0).at({kHost, PackageLook{name}})))
          << name << said;
    EXPECT_EQ(packages({name}, kPackages + "dpkg=idle\n", 0).at({kHost, PackageLook{name}}), Fact(Absent{}));
  }
}

TEST(PackageFacts, are_unknown_without_dpkg) {
  EXPECT_EQ(packages({"libc6"}, "", 127).at({kHost, PackageLook{"libc6"}}),
            Fact(Unknown{"dpkg-query is missing: not a Debian host"}));
  EXPECT_EQ(packages({"nope"}, "killed\n", 137).at({kHost, PackageLook{"nope"}}), Fact(Unknown{"killed"}));
}

// Of two architectures one is installed and of the other only the configuration is left.
TEST(PackageFacts, see_a_package_that_is_installed_for_one_architecture) {
  for (const char* text : {"a|deinstall ok config-files|1\na|install ok installed|2\n",
                           "a|install ok installed|2\na|deinstall ok config-files|1\n"})
    EXPECT_EQ(packages({"a"}, text, 0).at({kHost, PackageLook{"a"}}), Fact(PackageSeen{"2"})) << text;
}

TEST(Links, are_read_with_their_addresses) {
  const auto links = parse_links(kLinks);
  ASSERT_TRUE(links) << links.error().text();
  EXPECT_EQ(*links, kLinksSeen);
  EXPECT_TRUE(parse_links("[]").value().empty());
}

TEST(Links, are_malformed_when_cut_or_of_another_form) {
  for (std::size_t at = 0; at < kLinks.size(); ++at)
    ASSERT_EQ(parse_links(kLinks.substr(0, at)).error().code(), ErrorCode::malformed) << at;
  for (const char* text :
       {"{}", "1", "null", "[] x", "Object \"addr\" is unknown\n", R"([{"ifname":1}])", R"([{"mtu":"x"}])",
        R"([{"flags":1,"addr_info":[1]}])", R"([{"addr_info":[{"local":{}}]}])", "[{\"ifname\":\"\xff\"}]",
        R"([{"mtu":1.5e300}])", R"([{"mtu":4294967296}])", R"([{"mtu":-1}])",
        R"([{"addr_info":[{"local":"10.0.0.1","prefixlen":33}]}])"})
    EXPECT_EQ(parse_links(text).error().code(), ErrorCode::malformed) << text;
}

TEST(Links, are_malformed_when_nested_deeper_than_a_stack) {
  const std::string deep = R"([{"flags":)" + std::string(1000000, '[') + std::string(1000000, ']') + "}]";
  EXPECT_EQ(parse_links(deep).error().code(), ErrorCode::malformed);
}

TEST(HostFact, has_at_most_the_bytes_that_can_be_counted) {
  const Fact fact = read_host("free=9223372036854775807\nlinks=[]\n", 0);
  EXPECT_EQ(std::get<HostSeen>(std::get<Seen>(fact)).free_bytes, 9223372036854774784);
}

TEST(HostFact, holds_what_the_host_says) {
  EXPECT_EQ(read_host(kHostText, 0), Fact(HostSeen{.hostname = "n1",
                                                   .os_id = "debian",
                                                   .os_codename = "trixie",
                                                   .time_ms = 1795246194123,
                                                   .free_bytes = 1024000,
                                                   .boot_id = "b-1",
                                                   .machine_id = "m1",
                                                   .kernel_datapath = "missing",
                                                   .links = kLinksSeen,
                                                   .ssh_address = "10.252.1.11"}));
}

TEST(HostFact, is_unknown_when_cut) {
  for (std::size_t at = 0; at < kHostText.size() - 1; ++at)
    ASSERT_TRUE(std::holds_alternative<Unknown>(read_host(kHostText.substr(0, at), 0))) << at;
  EXPECT_TRUE(std::holds_alternative<Unknown>(read_host(kHostText, 1)));
}

TEST(FileFact, is_absent_only_for_the_code_that_says_so) {
  EXPECT_EQ(read_file("", kNotThere), Fact(Absent{}));
  EXPECT_EQ(read_file("not a regular file\n", 1), Fact(Unknown{"not a regular file"}));
  EXPECT_EQ(read_file("", 0), Fact(FileSeen{}));
  EXPECT_EQ(read_file("x", 0), Fact(Unknown{"x"}));
}

TEST(DatabaseFileFact, tells_cluster_and_member) {
  EXPECT_EQ(read_database_file(kClustered, 0),
            Fact(DatabaseFileSeen{true, "9e874433-0c39-40b5-b248-368e3a8b0903",
                                  "f8b351ff-83ba-41c5-8cea-916ab395f248", "ssl:10.0.0.1:6643"}));
  EXPECT_EQ(read_database_file("clustered\n\"local_address\":\"a\"\n"
                               "\"server_id\":\"f8b351ff-83ba-41c5-8cea-916ab395f248\"\nused=no",
                               0),
            Fact(DatabaseFileSeen{true, "", "f8b351ff-83ba-41c5-8cea-916ab395f248", "a", false}));
  EXPECT_EQ(read_database_file("clustered\n\"local_address\":\"a\"\nused=yes", 0),
            Fact(Unknown{"its header does not say whose it is"}));
  EXPECT_EQ(read_database_file("clustered\n\"local_address\":\"a\"\n"
                               "\"server_id\":\"f8b351ff-83ba-41c5-8cea-916ab395f248\"\nused=yes\n"
                               "refused=record 41 attempts to truncate log (a=b)",
                               0),
            Fact(DatabaseFileSeen{true,
                                  "",
                                  "f8b351ff-83ba-41c5-8cea-916ab395f248",
                                  "a",
                                  true,
                                  {},
                                  "record 41 attempts to truncate log (a=b)"}));
  EXPECT_EQ(read_database_file("clustered\n\"local_address\":\"a\"\n"
                               "\"server_id\":\"f8b351ff-83ba-41c5-8cea-916ab395f248\"\n"
                               "replaced=\"cluster_id\":\"9e874433-0c39-40b5-b248-368e3a8b0903\"\n"
                               "replaced=\"cluster_id\":\"9e874433\"\nused=yes",
                               0),
            Fact(DatabaseFileSeen{true,
                                  "",
                                  "f8b351ff-83ba-41c5-8cea-916ab395f248",
                                  "a",
                                  true,
                                  {"9e874433-0c39-40b5-b248-368e3a8b0903"}}));
  EXPECT_EQ(read_database_file("standalone\n", 0), Fact(DatabaseFileSeen{}));
  EXPECT_EQ(read_database_file("", kNotThere), Fact(Absent{}));
  EXPECT_EQ(read_database_file("not a database\n", 1), Fact(Unknown{"not a database"}));
}

TEST(DatabaseFileFact, is_unknown_when_it_names_neither_sort) {
  for (const char* text : {"", "clust", "stand", "noise\nclustered\n"})
    EXPECT_TRUE(std::holds_alternative<Unknown>(read_database_file(text, 0))) << text;
}

TEST(TextFact, is_the_trimmed_text) {
  EXPECT_EQ(read_text("Status: active\n", 0), Fact(TextSeen{"Status: active"}));
  EXPECT_EQ(read_text("", kNotThere), Fact(Absent{}));
  EXPECT_EQ(read_text("ovn-appctl: no\n", 2), Fact(Unknown{"ovn-appctl: no"}));
}

TEST(NamespaceFact, holds_links) {
  EXPECT_EQ(read_namespace(kLinks, 0), Fact(NamespaceSeen{kLinksSeen}));
  EXPECT_EQ(read_namespace("", kNotThere), Fact(Absent{}));
  EXPECT_TRUE(std::holds_alternative<Unknown>(read_namespace("", 0)));
  EXPECT_EQ(read_namespace("Cannot open network namespace\n", 1),
            Fact(Unknown{"Cannot open network namespace"}));
}

TEST(CertificateFact, is_the_first_that_is_served) {
  const std::string first = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(read_served(kServed, 1), Fact(CertificateSeen{first}));
  EXPECT_EQ(read_served(
                "40D7:error:8000006F:system library:BIO_connect:Connection refused\nconnect:errno=111\n", 1),
            Fact(Absent{}));
  EXPECT_EQ(read_served("", 124), Fact(Unknown{"no answer in time"}));
  for (std::size_t at = 0; at < kServed.find("-----END CERTIFICATE-----") + 25; ++at)
    ASSERT_TRUE(std::holds_alternative<Unknown>(read_served(kServed.substr(0, at), 0))) << at;
}

TEST(PingFact, counts_answers) {
  EXPECT_EQ(read_ping(kPing, 0), Fact(PingSeen{3, 2}));
  EXPECT_EQ(read_ping("2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 9ms\n", 1),
            Fact(PingSeen{2, 0}));
  EXPECT_EQ(read_ping("ping: connect: Network is unreachable\n", 2),
            Fact(Unknown{"ping: connect: Network is unreachable"}));
}

TEST(PingFact, is_unknown_without_the_number_of_answers) {
  for (std::size_t at = 0; at < kPing.find(" received"); ++at)
    ASSERT_TRUE(std::holds_alternative<Unknown>(read_ping(kPing.substr(0, at), 0))) << kPing.substr(0, at);
}

TEST(ListenersFact, is_what_each_daemon_listens_on_and_was_told) {
  EXPECT_EQ(read_listeners("listens nb 0.0.0.0:6641\nlistens ovs-vswitchd [::]:6653\nlistens sb *:6642\n"
                           "remote nb ptcp:16641\nremote nb db:OVN_Northbound,NB_Global,connections\n\n",
                           0),
            Fact(ListenersSeen{{{"nb", "0.0.0.0", 6641}, {"ovs-vswitchd", "[::]", 6653}, {"sb", "*", 6642}},
                               {{"nb", "ptcp:16641"}, {"nb", "db:OVN_Northbound,NB_Global,connections"}}}));
  EXPECT_EQ(
      read_listeners("other 4711 [::]:16641 OVN_Northbound,other,\nother 12 *:7 -\n", 0),
      Fact(ListenersSeen{{}, {}, {{4711, "[::]", 16641, {"OVN_Northbound", "other"}}, {12, "*", 7, {}}}}));
  EXPECT_EQ(read_listeners("\n", 0), Fact(ListenersSeen{}));
}

TEST(FlowsFact, is_how_many_there_are_and_what_keeps_packets_from_ports) {
  EXPECT_EQ(read_flows("OFPST_AGGREGATE reply (OF1.5) (xid=0x2): packet_count=7 flow_count=312\n"
                       "port w-vm1 NO_FWD NO_RECV\n",
                       0),
            Fact(FlowsSeen{312, {}, {{"w-vm1", "NO_FWD NO_RECV"}}}));
  EXPECT_EQ(
      read_flows("flow_count=2\nflow reset_counts priority=10,ip actions=drop\nflow priority=0 "
                 "actions=NORMAL\n",
                 0),
      Fact(FlowsSeen{2, {"reset_counts priority=10,ip actions=drop", "priority=0 actions=NORMAL"}, {}}));
  EXPECT_EQ(read_flows("", 44), Fact(Absent{}));
  for (const char* text : {"", "flow_count=\n", "flow_count=x", "flow_count=-1", "port a b"})
    EXPECT_TRUE(std::holds_alternative<Unknown>(read_flows(text, 0))) << text;
  EXPECT_TRUE(std::holds_alternative<Unknown>(read_flows("flow_count=1", 124)));
}

TEST(ListenersFact, is_unknown_where_it_says_something_else) {
  EXPECT_EQ(read_listeners("ss is missing\n", 1), Fact(Unknown{"ss is missing"}));
  for (const char* text : {"listens nb\n", "listens nb *:\n", "listens nb *:0\n", "listens nb *:65536\n",
                           "listens nb *:1x\n", "listens nb 6641\n", "listens nb *:1 more\n", "sh: no\n"})
    EXPECT_TRUE(std::holds_alternative<Unknown>(read_listeners(text, 0))) << text;
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "remote nb ptcp:1\n";
  EXPECT_EQ(read_listeners(many, 0), Fact(Unknown{"too many listening sockets"}));
}

// Only exit code 44 says that a thing is not there; no beginning of any text does.
TEST(Facts, are_never_absent_for_a_cut_text) {
  for (const auto& read : {read_file, read_host, read_database_file, read_raft, read_text, read_namespace,
                           read_served, read_ping, read_listeners})
    for (const std::string& text : {kUnits, kPackages, kLinks, kHostText, kClustered, kPing, kServed})
      for (std::size_t at = 0; at <= text.size(); ++at)
        for (const int code : {0, 1, 4, 255})
          ASSERT_FALSE(std::holds_alternative<Absent>(read(text.substr(0, at), code))) << text.substr(0, at);
}

TEST(LastLine, says_something) {
  EXPECT_EQ(last_line("a\n  b  \n \n\n"), "b");
  EXPECT_EQ(last_line(""), "");
}

}  // namespace
}  // namespace kiln::transport::parse_test
