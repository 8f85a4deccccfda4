#include "planner/graph.h"

#include <gtest/gtest.h>

#include "planner/resource_for_test.h"

namespace kiln::planner {
namespace {

TEST(Graph, puts_what_is_needed_first) {
  resources::Resources resources;
  add(resources, "k", "a").stated_needs = {{{"k", "b"}, "b first"}};
  add(resources, "k", "b").stated_needs = {{{"k", "c"}, "c first"}};
  add(resources, "k", "c");
  const auto graph = make_graph(resources);
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->order, (std::vector<std::size_t>{2, 1, 0}));
}

TEST(Graph, drops_needs_of_what_does_not_exist) {
  resources::Resources resources;
  add(resources, "k", "a").stated_needs = {{{"k", "gone"}, "it was there once"}};
  const auto graph = make_graph(resources);
  ASSERT_TRUE(graph);
  EXPECT_TRUE(graph->needs[0].empty());
}

TEST(Graph, reports_cycle_as_a_path) {
  resources::Resources resources;
  add(resources, "k", "outside").stated_needs = {{{"k", "a"}, "leads in"}};
  add(resources, "k", "a").stated_needs = {{{"k", "b"}, "one"}};
  add(resources, "k", "b").stated_needs = {{{"k", "c"}, "two"}};
  add(resources, "k", "c").stated_needs = {{{"k", "a"}, "three"}};
  const auto graph = make_graph(resources);
  ASSERT_FALSE(graph);
  EXPECT_EQ(
      graph.error().text(),
      "the needs of resources form a cycle: k/a needs k/b (one), which needs k/c (two), which needs k/a "
      "(three)");
}

TEST(Graph, a_resource_that_needs_itself_is_a_cycle) {
  resources::Resources resources;
  add(resources, "k", "a").stated_needs = {{{"k", "a"}, "oneself"}};
  EXPECT_EQ(make_graph(resources).error().text(),
            "the needs of resources form a cycle: k/a needs k/a (oneself)");
}

TEST(Graph, refuses_two_resources_of_one_id) {
  resources::Resources resources;
  add(resources, "k", "a");
  add(resources, "k", "a");
  EXPECT_EQ(make_graph(resources).error().text(), "two resources are called k/a");
}

TEST(Graph, takes_a_chain_of_fifty_thousand) {
  resources::Resources resources;
  for (int i = 0; i < 50000; ++i)
    add(resources, "k", std::to_string(i)).stated_needs = {{{"k", std::to_string(i + 1)}, "next"}};
  EXPECT_EQ(make_graph(resources)->order.size(), 50000U);
}

}  // namespace
}  // namespace kiln::planner
