#include "planner/ending.h"

#include <gtest/gtest.h>

namespace kiln::planner {
namespace {

Step retires(const HostName& host, Database database, bool irreversible) {
  Step step;
  step.host = host;
  step.actions = {UnitAction{"ovn-northd.service", UnitVerb::stop}, RetireDatabase{database}};
  step.irreversible = irreversible;
  return step;
}

TEST(Ending, a_database_ends_with_its_last_servers_and_not_with_one_that_others_outlive) {
  Plan plan;
  plan.steps = {retires("n1", Database::northbound, true), retires("n2", Database::northbound, true),
                retires("n3", Database::southbound, false)};
  const auto ending = ending_databases(plan);
  ASSERT_EQ(ending.size(), 1U);
  EXPECT_EQ(ending.at(Database::northbound), (std::vector<HostName>{"n1", "n2"}));
  EXPECT_EQ(left_databases(plan).at(Database::southbound), (std::vector<HostName>{"n3"}));
}

}  // namespace
}  // namespace kiln::planner
