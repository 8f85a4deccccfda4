#include "engine/audit.h"

#include <gtest/gtest.h>

namespace kiln::engine::audit_test {
namespace {

std::string text_of(const Action& action, const std::string& host = "n1") {
  Step step;
  step.host = host;
  return to_text(security_event(step, action), "4f1c2a9be07d");
}

TEST(Audit, speaks_of_services_as_the_file_does) {
  EXPECT_EQ(text_of(UnitAction{"ovn-host.service", UnitVerb::enable}),
            "security=true category=AUTHZ event=authz_admin action=enable_service node=n1 service=chassis "
            "run=4f1c2a9be07d");
  EXPECT_EQ(text_of(UnitAction{"ovn-central.service", UnitVerb::disable}),
            "security=true category=AUTHZ event=authz_admin action=disable_service node=n1 service=central "
            "run=4f1c2a9be07d");
  EXPECT_EQ(text_of(UnitAction{"ovn-ovsdb-server-nb.service", UnitVerb::start}),
            "security=true category=SYS event=sys_startup node=n1 service=central "
            "unit=ovn-ovsdb-server-nb.service run=4f1c2a9be07d");
  EXPECT_EQ(text_of(UnitAction{"ovs-vswitchd.service", UnitVerb::stop}),
            "security=true category=SYS event=sys_shutdown node=n1 service=switch unit=ovs-vswitchd.service "
            "run=4f1c2a9be07d");
}

TEST(Audit, tells_of_keys_and_of_clusters) {
  IssueCertificate issue;
  issue.shape.common_name = "ovn-northd.n1";
  issue.shape.organizational_unit = "ovn-northd";
  EXPECT_EQ(text_of(issue),
            "security=true category=AUTHN event=authn_password_changed action=issue_certificate node=n1 "
            "service=ovn-northd subject=ovn-northd.n1 run=4f1c2a9be07d");
  EXPECT_EQ(
      text_of(KickMember{Database::northbound, "1a2b", "ssl:192.0.2.11:6643"}),
      "security=true category=AUTHZ event=authz_admin action=cluster_kick node=n1 database=OVN_Northbound "
      "server=1a2b run=4f1c2a9be07d");
}

TEST(Audit, tells_of_reboots_and_of_leadership) {
  EXPECT_EQ(text_of(Reboot{"9d14d68f"}),
            "security=true category=SYS event=sys_restart node=n1 run=4f1c2a9be07d");
  EXPECT_EQ(text_of(HandOver{Database::southbound}),
            "security=true category=AUTHZ event=authz_admin action=cluster_hand_over node=n1 "
            "database=OVN_Southbound run=4f1c2a9be07d");
}

TEST(Audit, tells_of_addresses_that_are_taken) {
  EXPECT_EQ(text_of(RemoveAddress{"br-phys", "10.0.1.11/24"}),
            "security=true category=AUTHZ event=authz_admin action=address_delete node=n1 "
            "address=10.0.1.11/24 run=4f1c2a9be07d");
}

// Nobody writes a second event, or a second line, into the first.
TEST(Audit, quotes_what_could_be_read_as_more) {
  EXPECT_EQ(text_of(RemoveFile{"/etc/x y=z\nsecurity=true \"\x1b[31m\xff"}),
            "security=true category=AUTHZ event=authz_admin action=config_delete node=n1 "
            "path=\"/etc/x y=z\\nsecurity=true \\\"\\u001b[31m\\ufffd\" run=4f1c2a9be07d");
  EXPECT_EQ(text_of(RemoveFile{""}).find("path= "), std::string::npos);
}

// What is written into a file, a row or a command may be anything.
TEST(Audit, a_cluster_that_is_made_anew_names_the_one_that_is_lost) {
  const std::string event =
      text_of(RecreateDatabase{Database::northbound, "d983a422", "ssl:192.0.2.1:6643", 4000});
  EXPECT_NE(event.find("action=cluster_recover"), std::string::npos) << event;
  EXPECT_NE(event.find("database=OVN_Northbound cluster_id=d983a422"), std::string::npos) << event;
}

TEST(Audit, holds_no_contents) {
  EXPECT_EQ(text_of(WriteFile{"/f", "secret", 0600}).find("secret"), std::string::npos);
  EXPECT_EQ(text_of(Transact{Database::northbound, {ovsdb::Insert{"T", {{"c", "secret"}}, std::nullopt, {}}}})
                .find("secret"),
            std::string::npos);
  EXPECT_EQ(text_of(Appctl{"ovn-northd", {"set", "secret"}}).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace kiln::engine::audit_test
