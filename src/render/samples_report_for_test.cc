#include "render/samples_for_test.h"

namespace kiln::render::samples {

Report succeeded() {
  Report report;
  report.plan_id = "3f9a12c0de77";
  report.steps = {
      {"packages/n1:create", "n1", "install ovn-central", StepStatus::done, "", Duration{12400}},
      {"database/n1/nb:create", "n1", "create OVN_Northbound", StepStatus::done, "", Duration{800}}};
  report.checks = {{"check/1", "n1", "ping vm1 to vm2", StepStatus::done, "", Duration{1200}}};
  report.mutations = 5;
  report.took = Duration{14900};
  report.waited_for_hosts = Duration{14700};
  return report;
}

Report failed() {
  Report report = succeeded();
  report.steps.push_back({"database/n2/nb:join", "n2", "join OVN_Northbound", StepStatus::failed,
                          "OVN_Northbound on n2 was not connected after 60 s: status is `joining cluster`\n"
                          "ovsdb-server: raft: ssl:10.0.0.1:6643: connection refused",
                          Duration{61000}});
  report.steps.push_back({"listener/n2/nb:create", "n2", "listen for clients of nb", StepStatus::skipped,
                          "needs database/n2/nb:join", Duration{}});
  report.steps.push_back(
      {"daemon/n2/northd:create", "n2", "start ovn-northd", StepStatus::not_started, "", Duration{}});
  report.checks.clear();
  return report;
}

engine::Status healthy_status() {
  engine::Status status;
  status.cluster = "edge";
  for (const std::string name : {"n1", "n2", "n3"}) {
    engine::NodeStatus node{name, "192.0.2.1" + name.substr(1), true, false, "", "25.03.2", "3.5.0", {}};
    for (const char* service : {"central", "chassis", "switch"})
      node.services.push_back({service, true, "running"});
    status.nodes.push_back(std::move(node));
    status.chassis.push_back({name, name, "host-" + name, {"geneve 10.0.1.1" + name.substr(1)}, 12});
    status.certificates.push_back({name, "ovn-northbound", "CN=" + name + ",OU=server", 364, ""});
  }
  status.certificates.push_back({"controller", "authority", "CN=edge", 3649, ""});
  for (const std::string name : {"OVN_Northbound", "OVN_Southbound"}) {
    engine::DatabaseClusterStatus database{name, "0f3a", "7.11.0", "n1", {}, ""};
    for (const std::string node : {"n1", "n2", "n3"})
      database.members.push_back({node, "5d1a" + node, node == "n1" ? "leader" : "follower", "cluster member",
                                  "ssl:192.0.2.1:6643", "7.11.0", "7.11.0", 0});
    status.databases.push_back(std::move(database));
  }
  return status;
}

engine::Status troubled_status() {
  engine::Status status = healthy_status();
  status.nodes[1].services[0].state = "degraded (ovn-northd failed)";
  status.nodes[2] = {
      "n3", "192.0.2.13", false, false, "connection to 192.0.2.13 port 22 timed out after 20 s", "", "", {}};
  status.databases[0].members[1].lag = 117;
  status.databases[0].members[1].expected_schema_version = "7.12.0";
  status.databases[0].members[2] = {"n3", "", "unknown", "", "", "", "", 0};
  status.databases[1].leader = "";
  status.databases[1].problem = "no member says that it is the leader";
  status.chassis.push_back({"0b1d4c9e-2d0e-4f3a-8a55-7a7fba1f7a10", "", "old-host", {}, 0});
  status.certificates[0].days_left = 9;
  status.certificates[1].days_left = -3;
  status.certificates[2] = {"n3", "ovn-northbound", "", 0, "could not be read: n3 does not answer"};
  return status;
}

engine::Checkup healthy_checkup() {
  return {"edge",
          {{"quorum", "OVN_Northbound: 3 members, leader n1; OVN_Southbound: 3 members, leader n2", {}},
           {"stale-chassis", "4 chassis, each a node of the file", {}},
           {"units", "all 26 units run, and no other of OVN's", {}},
           {"certificates", "the first expires in 364 days", {}}}};
}

engine::Checkup troubled_checkup() {
  engine::Checkup checkup = healthy_checkup();
  const std::string silent = "connection to 192.0.2.13 port 22 timed out after 20 s";
  checkup.checks[0].unknown("n3", silent);
  checkup.checks[1].warn("chassis 0b1d4c9e-2d0e-4f3a-8a55-7a7fba1f7a10",
                         "its row in OVN_Southbound matches no node of the file (host name old-host); every "
                         "other chassis keeps a tunnel to it",
                         "if it is gone for good, on a central: `ovn-sbctl chassis-del "
                         "0b1d4c9e-2d0e-4f3a-8a55-7a7fba1f7a10`; else put it into the file");
  checkup.checks[2].unknown("n3", silent);
  checkup.checks[2].fail("n2", "ovn-northd.service is failed",
                         "`kiln apply`; `journalctl -u ovn-northd.service` there says why it stopped");
  return checkup;
}

}  // namespace kiln::render::samples
