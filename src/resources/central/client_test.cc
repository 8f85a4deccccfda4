#include "resources/resource_for_test.h"

namespace kiln::resources::client_test {
namespace {

const ResourceId kId{"client", "n1"};
const FileLook kEndpoints{"/etc/kiln/ovn.env"};
const FileLook kNbctl{"/usr/local/bin/ovn-nbctl"};
const FileLook kSbctl{"/usr/local/bin/ovn-sbctl"};

Bench nothing(int nodes = 1) {
  Bench bench(nodes);
  bench.lack_all(kId);
  return bench;
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  return bench;
}

TEST(Client, writes_endpoints_and_programs_where_there_is_nothing) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "client/n1:write\n"
            "  write /etc/kiln/ovn.env\n"
            "  write /usr/local/bin/ovn-nbctl 0755\n"
            "  write /usr/local/bin/ovn-sbctl 0755\n");
}

TEST(Client, programs_take_the_callers_database_before_the_deployments) {
  Bench bench = nothing(2);
  EXPECT_EQ(bench.written(kId, kEndpoints.path),
            "# made by kiln for edge:client/n1; changes here are undone by the next apply\n"
            "OVN_NB_DB=ssl:192.0.2.11:6641,ssl:192.0.2.12:6641\n"
            "OVN_SB_DB=ssl:192.0.2.11:6642,ssl:192.0.2.12:6642\n");
  EXPECT_EQ(
      bench.written(kId, kSbctl.path),
      "#!/bin/sh\n"
      "# made by kiln for edge:client/n1; changes here are undone by the next apply\n"
      "# ovn-sbctl with the deployment's endpoints and this node's client certificate; an OVN_NB_DB or\n"
      "# OVN_SB_DB of the caller, or --db, comes first.\n"
      "nb=${OVN_NB_DB:-} sb=${OVN_SB_DB:-}\n"
      ". /etc/kiln/ovn.env\n"
      "export OVN_NB_DB=\"${nb:-$OVN_NB_DB}\" OVN_SB_DB=\"${sb:-$OVN_SB_DB}\"\n"
      "exec /usr/bin/ovn-sbctl --private-key=/etc/kiln/pki/ovn-client/key.pem"
      " --certificate=/etc/kiln/pki/ovn-client/cert.pem --ca-cert=/etc/kiln/pki/ca.pem \"$@\"\n");
}

TEST(Client, as_wanted_is_no_change) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(Client, only_the_file_that_differs_is_written) {
  for (const FileLook& look : {kEndpoints, kNbctl, kSbctl}) {
    Bench bench = as_wanted();
    FileSeen seen = *bench.facts.seen<FileSeen>("n1", look);
    seen.content += "# more\n";
    bench.see("n1", look, seen);
    EXPECT_EQ(bench.verdict(kId), look.path + ": differs -> current\n");
    const char* mode = look == kEndpoints ? "" : " 0755";
    EXPECT_EQ(bench.steps(kId), "client/n1:write\n  write " + look.path + mode + '\n');
  }
}

TEST(Client, a_file_that_is_gone_is_written_alone) {
  Bench bench = as_wanted();
  bench.lack("n1", kNbctl);
  EXPECT_EQ(bench.verdict(kId), "/usr/local/bin/ovn-nbctl: not there -> current\n");
  EXPECT_EQ(bench.steps(kId), "client/n1:write\n  write /usr/local/bin/ovn-nbctl 0755\n");
}

TEST(Client, a_program_that_cannot_be_executed_is_written_again) {
  Bench bench = as_wanted();
  FileSeen seen = *bench.facts.seen<FileSeen>("n1", kSbctl);
  seen.mode = 0644;
  bench.see("n1", kSbctl, seen);
  EXPECT_EQ(bench.verdict(kId), "/usr/local/bin/ovn-sbctl: other mode -> current\n");
}

TEST(Client, a_program_of_somebody_else_is_foreign) {
  Bench bench = as_wanted();
  bench.see("n1", kNbctl, file("#!/bin/sh\nexec docker exec ovn ovn-nbctl \"$@\"\n", 0755));
  EXPECT_EQ(bench.verdict(kId),
            "foreign: /usr/local/bin/ovn-nbctl on n1 is there and is not kiln's: move it away");
}

TEST(Client, a_program_of_another_cluster_of_kiln_is_foreign) {
  Bench bench = as_wanted();
  bench.see("n1", kNbctl,
            file("#!/bin/sh\n# made by kiln for other:client/n1; changes here are undone\n", 0755));
  EXPECT_EQ(bench.verdict(kId).substr(0, 9), "foreign: ");
}

TEST(Client, is_unknown_while_any_file_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(Client, is_on_centrals_and_where_a_client_is_asked_for) {
  Bench bench(3);
  bench.placement.services["n2"] = bench.placement.services["n3"] = {"chassis", "switch"};
  bench.desired.nodes["n3"].client = "alice";
  EXPECT_EQ(bench.all_of("client"), "{n1, n3}");
  EXPECT_EQ(bench.needs({"client", "n3"}), "database/n1/nb\ndatabase/n1/sb\ncertificate/n3/ovn-client\n");
}

}  // namespace
}  // namespace kiln::resources::client_test
