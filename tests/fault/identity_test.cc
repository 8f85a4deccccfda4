#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resources/nb/roster.h"
#include "resources/paths.h"
#include "support/lab.h"

// Which deployment this is: what is not taken for a fresh start, or for its own.

namespace kiln::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kMark = "/etc/kiln/deployment";

std::set<std::string> uuids_of(Lab& lab) {
  std::set<std::string> uuids;
  for (const auto& [name, host] : lab.cluster.hosts())
    if (const auto file = host.files.find(kMark); file != host.files.end())
      uuids.insert(file->second.content.substr(file->second.content.find("KILN_DEPLOYMENT=") + 16, 36));
  for (const auto& [uuid, row] : lab.cluster.rows(Database::northbound).table("NB_Global"))
    uuids.insert(ovsdb::column(row, "external_ids").at("kiln-deployment").value_or("none"));
  return uuids;
}

void lose_authority(Lab& lab) {
  for (const char* file : {"/ca.pem", "/ca.key"})
    lab.cluster.host(kController).files.erase(lab.desired.ca.dir + file);
}

TEST(Identity, AFolderWithoutTheAuthorityReplacesNothing) {
  Lab lab(deployment(3));
  lab.apply();
  lose_authority(lab);
  EXPECT_THAT(lab.remaining(), IsEmpty());
  lab.cluster.host("n1").files.erase("/etc/kiln/pki/ovn-northd/cert.pem");
  lab.cluster.host("n2").files.erase("/etc/kiln/ovn.env");
  const engine::Planned planned = lab.plan();
  EXPECT_THAT(changes_of(planned.plan), Contains(HasSubstr("certificate/n1/ovn-northd defer")));
  EXPECT_THAT(changes_of(planned.plan), Contains(HasSubstr("client/n2 update")));
  lab.execute(planned.plan);
  EXPECT_THAT(lab.remaining(), Contains(HasSubstr("certificate/n1/ovn-northd defer")));
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
}

TEST(Identity, AnotherAuthorityReplacesNothing) {
  for (const int which : {0, 1}) {
    Lab lab(deployment(3));
    lab.apply();
    lab.cluster.replace_authority(which);
    for (const Step& step : lab.plan().plan.steps)
      for (const Action& action : step.actions) EXPECT_FALSE(std::holds_alternative<WriteTrust>(action));
  }
}

TEST(Identity, AFileThatLostItsCentralsMakesNoSecondDatabase) {
  Lab lab(deployment(5));
  set_centrals(lab.desired, {"n1", "n2", "n3"});
  lab.apply();
  Desired rest = lab.desired;
  for (const char* node : {"n1", "n2", "n3"}) rest.nodes.erase(node);
  std::erase_if(rest.workloads, [&](const auto& named) { return !rest.nodes.contains(named.second.node); });
  rest.checks.clear();
  for (auto& [name, node] : rest.nodes) node.auto_services = true;
  Lab lost(rest, lab.cluster);
  const engine::Planned planned = lost.plan();
  EXPECT_THAT(changes_of(planned.plan), Contains(HasSubstr("this deployment has one already")));
  lost.execute(planned.plan);
  EXPECT_EQ(lost.cluster.raft(Database::northbound).clusters().size(), 1u);
  EXPECT_THAT(lost.cluster.oracle().violations(), IsEmpty());
  lost.desired.new_database = true;
  for (const Change& change : lost.plan().plan.changes)
    if (change.id.kind == "database") {
      EXPECT_EQ(change.verb, Verb::create) << change.why;
    }
}

TEST(Identity, AUuidIsOnEveryHostAndInTheNorthboundAndStays) {
  Lab lab(deployment(3));
  lab.apply();
  const std::set<std::string> before = uuids_of(lab);
  EXPECT_EQ(before.size(), 1u);
  lab.cluster.host("n2").files.erase(kMark);
  lab.apply();
  EXPECT_EQ(uuids_of(lab), before);
}

TEST(Identity, OutlivesTheLastCentral) {
  Lab lab(deployment(3));
  lab.apply();
  const std::set<std::string> before = uuids_of(lab);
  const Desired whole = lab.desired;
  lab.desired.switches.clear();
  lab.desired.workloads.clear();
  lab.desired.checks.clear();
  set_centrals(lab.desired, {});
  lab.desired.safety.allow_last_central_removal = true;
  for (int run = 0; run < 3; ++run) lab.apply();
  EXPECT_THAT(lab.remaining(), IsEmpty());
  EXPECT_THAT(lab.cluster.raft(Database::northbound).holders(), IsEmpty());
  lab.desired = whole;
  for (int run = 0; run < 3; ++run) lab.apply();
  EXPECT_THAT(lab.remaining(), IsEmpty());
  EXPECT_EQ(uuids_of(lab), before);
}

TEST(Identity, TwoOfOneNameAreTold) {
  Lab lab(deployment(3));
  lab.apply();
  std::string& mark = lab.cluster.host("n3").files.at(kMark).content;
  mark.replace(mark.find("KILN_DEPLOYMENT=") + 16, 8, "00000000");
  const engine::Planned planned = lab.plan();
  ASSERT_EQ(planned.diags.size(), 1u);
  EXPECT_EQ(planned.diags.all().front().slug, "two-deployments");
}

}  // namespace
}  // namespace kiln::test
