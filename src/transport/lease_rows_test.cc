#include "transport/lease_rows.h"

#include <gtest/gtest.h>

#include "transport/transport.h"

namespace kiln::transport::lease_rows_test {
namespace {

const Fence kFence{7, "run"};

ovsdb::Value ids(std::map<std::string, std::string> keys) {
  return ovsdb::Value::string_map(keys);
}

TEST(LeaseRows, a_guard_is_the_fence_alone) {
  const ovsdb::Transaction sent = guarded(Database::southbound, {ovsdb::Delete{"Chassis", {}}}, kFence);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0],
            ovsdb::Operation(ovsdb::Wait{"SB_Global",
                                         {{"external_ids", "includes", ids({{"kiln-fence", "7/run"}})}},
                                         {"external_ids"},
                                         false,
                                         {}}));
  EXPECT_TRUE(guard_failed(Error(ErrorCode::precondition, "operation 0 (SB_Global): timed out"), sent));
  EXPECT_FALSE(guard_failed(Error(ErrorCode::precondition, "operation 1 (Chassis): timed out"), sent));
  EXPECT_FALSE(guard_failed(Error(ErrorCode::failed, "operation 0 (SB_Global): timed out"), sent));
}

TEST(LeaseRows, a_row_that_is_made_has_the_fence_from_the_start) {
  const ovsdb::Transaction sent =
      guarded_first(Database::northbound, {ovsdb::Insert{"NB_Global", {}, std::nullopt, {}}}, kFence);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[2], ovsdb::Operation(ovsdb::Mutate{
                         "NB_Global", {}, {{"external_ids", "insert", ids({{"kiln-fence", "7/run"}})}}}));
}

TEST(LeaseRows, an_older_fence_is_raised_and_a_later_one_is_not) {
  const auto raised = raise_fence(Database::northbound, ids({{"kiln-fence", "6/other"}, {"a", "b"}}), kFence);
  ASSERT_TRUE(raised);
  EXPECT_EQ((*raised)[0], ovsdb::Operation(ovsdb::Wait{
                              "NB_Global",
                              {},
                              {"external_ids"},
                              true,
                              {{{"external_ids", ids({{"kiln-fence", "6/other"}, {"a", "b"}})}}}}));
  EXPECT_TRUE(raise_fence(Database::northbound, ids({}), kFence));
  EXPECT_TRUE(raise_fence(Database::northbound, ids({{"kiln-fence", "7/run"}}), kFence));
  for (const char* later : {"8/run", "7/other"}) {
    const auto refused = raise_fence(Database::northbound, ids({{"kiln-fence", later}}), kFence);
    ASSERT_FALSE(refused) << later;
    EXPECT_TRUE(is_fenced(refused.error()));
  }
}

TEST(LeaseRows, a_lease_is_written_with_its_fence) {
  Lease lease;
  lease.fence = kFence;
  lease.held = true;
  const auto written = write_lease(ids({{"kiln-lease", "old"}}), lease.text());
  ASSERT_TRUE(written);
  EXPECT_EQ((*written)[1],
            ovsdb::Operation(ovsdb::Mutate{
                "NB_Global",
                {},
                {{"external_ids", "delete", ovsdb::Value("kiln-lease")},
                 {"external_ids", "insert", ids({{"kiln-fence", "7/run"}, {"kiln-lease", lease.text()}})}}}));
  EXPECT_FALSE(write_lease(ids({{"kiln-fence", "8/x"}}), lease.text()));
  EXPECT_FALSE(write_lease(ids({}), "none"));
}

}  // namespace
}  // namespace kiln::transport::lease_rows_test
