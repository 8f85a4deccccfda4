#include "planner/purge.h"

#include <gtest/gtest.h>

namespace kiln::planner {
namespace {

struct Leaving {
  Leaving() {
    for (const char* name : {"n1", "n2", "n3"}) {
      desired.nodes[name].name = name;
      facts.set({name, HostLook{}}, HostSeen{});
    }
    desired.nodes["n2"].state = desired.nodes["n3"].state = "absent";
    Step retire;
    retire.id = "database/n2/nb:retire";
    retire.host = "n2";
    plan.steps.push_back(retire);
  }
  std::vector<std::string> wiped() {
    add_purge(plan, desired, facts);
    std::vector<std::string> ids;
    for (const Step& step : plan.steps)
      if (step.actions == std::vector<Action>{RemoveKept{}}) ids.push_back(step.id);
    return ids;
  }
  Desired desired;
  Facts facts;
  Plan plan;
};

TEST(Purge, wipes_each_node_that_leaves_after_all_else_that_is_done_there) {
  Leaving leaving;
  EXPECT_EQ(leaving.wiped(), (std::vector<std::string>{"purge/n2:wipe", "purge/n3:wipe"}));
  ASSERT_EQ(leaving.plan.steps[1].needs.size(), 1U);
  EXPECT_EQ(leaving.plan.steps[1].needs.front().step, "database/n2/nb:retire");
  EXPECT_TRUE(leaving.plan.steps[2].needs.empty());
  EXPECT_TRUE(leaving.plan.steps[1].irreversible);
}

TEST(Purge, wipes_a_node_before_it_is_forgotten) {
  Leaving leaving;
  Step key;
  key.id = "node/n2:key";
  key.host = kCluster;
  key.needs = {{"database/n2/nb:retire", "it is forgotten when nothing of it is left"}};
  leaving.plan.steps.push_back(key);
  leaving.wiped();
  std::vector<std::string> ids;
  for (const Step& step : leaving.plan.steps) ids.push_back(step.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"database/n2/nb:retire", "purge/n2:wipe", "node/n2:key",
                                           "purge/n3:wipe"}));
  EXPECT_EQ(leaving.plan.steps[2].needs.back().step, "purge/n2:wipe");
}

TEST(Purge, wipes_nothing_on_a_node_that_is_silent_or_has_not_left_yet) {
  Leaving leaving;
  leaving.facts.set({"n3", HostLook{}}, Unknown{"no route to host"});
  Change change;
  change.host = "n2";
  change.verb = Verb::defer;
  leaving.plan.changes.push_back(change);
  EXPECT_TRUE(leaving.wiped().empty());
}

TEST(Purge, heeds_the_part_that_a_run_is_about) {
  Leaving leaving;
  leaving.desired.scope.but = {"n2"};
  EXPECT_EQ(leaving.wiped(), (std::vector<std::string>{"purge/n3:wipe"}));
}

}  // namespace
}  // namespace kiln::planner
