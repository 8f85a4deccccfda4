#include "planner/restore.h"

#include <gtest/gtest.h>

#include "base/uuid.h"

namespace kiln::planner {
namespace {

const Uuid kOne = *Uuid::parse("11111111-0000-4000-8000-000000000001");
const Uuid kTwo = *Uuid::parse("22222222-0000-4000-8000-000000000002");

/// Two ports as they were.
ovsdb::Standalone backup() {
  ovsdb::Standalone file;
  file.name = "OVN_Northbound";
  file.version = "7.11.0";
  file.defaults["Logical_Switch_Port"] = {{"addresses", {}}, {"name", ""}, {"up", {}}};
  file.defaults["NB_Global"] = {{"nb_cfg", 0}, {"options", {}}};
  file.rows["Logical_Switch_Port"] = {{kOne, {{"name", "vm1"}, {"up", true}}},
                                      {kTwo, {{"name", "vm2"}, {"addresses", "dynamic"}}}};
  return file;
}

ovsdb::Transaction transaction_to(const ovsdb::Tables& now, Database database = Database::northbound) {
  return restore_rows(database, backup(), now).transaction;
}

TEST(Restore, rows_that_are_as_they_were_are_not_touched) {
  const Restore restore = restore_rows(Database::northbound, backup(), backup().rows);
  EXPECT_TRUE(restore.transaction.empty());
  EXPECT_TRUE(restore.tables.empty());
}

TEST(Restore, a_row_that_is_gone_comes_back_under_its_uuid) {
  ovsdb::Tables now = backup().rows;
  now["Logical_Switch_Port"].erase(kTwo);
  EXPECT_EQ(transaction_to(now),
            (ovsdb::Transaction{ovsdb::Insert{.table = "Logical_Switch_Port",
                                              .row = {{"name", "vm2"}, {"addresses", "dynamic"}},
                                              .uuid = kTwo,
                                              .uuid_name = {}}}));
}

TEST(Restore, a_row_that_is_new_goes) {
  ovsdb::Tables now = backup().rows;
  const Uuid other = *Uuid::parse("33333333-0000-4000-8000-000000000003");
  now["Logical_Switch_Port"][other] = {{"name", "vm3"}};
  const Restore restore = restore_rows(Database::northbound, backup(), now);
  EXPECT_EQ(restore.transaction,
            (ovsdb::Transaction{ovsdb::Delete{"Logical_Switch_Port", ovsdb::by_uuid(other)}}));
  EXPECT_EQ(restore.tables.at("Logical_Switch_Port"),
            (RowsRestored{.inserted = 0, .updated = 0, .deleted = 1}));
}

TEST(Restore, only_the_columns_that_differ_are_written_and_what_was_set_since_is_unset) {
  ovsdb::Tables now = backup().rows;
  now["Logical_Switch_Port"][kOne]["addresses"] = "unknown";
  now["Logical_Switch_Port"][kTwo].erase("addresses");
  EXPECT_EQ(transaction_to(now),
            (ovsdb::Transaction{
                ovsdb::Update{"Logical_Switch_Port", ovsdb::by_uuid(kOne), {{"addresses", {}}}},
                ovsdb::Update{"Logical_Switch_Port", ovsdb::by_uuid(kTwo), {{"addresses", "dynamic"}}}}));
}

TEST(Restore, what_daemons_write_is_of_the_present) {
  ovsdb::Tables now = backup().rows;
  now["Logical_Switch_Port"][kOne]["up"] = false;
  EXPECT_TRUE(transaction_to(now).empty());
  // In the southbound all is restored.
  EXPECT_EQ(transaction_to(now, Database::southbound).size(), 1U);
}

TEST(Restore, the_options_are_the_backups_but_for_northds_version) {
  ovsdb::Standalone then = backup();
  then.rows["NB_Global"] = {
      {kOne,
       {{"nb_cfg", 7},
        {"options",
         ovsdb::Value::string_map({{"mac_prefix", "0a:00:01"}, {"northd_internal_version", "24.09"}})}}}};
  ovsdb::Tables now = then.rows;
  now["NB_Global"][kOne] = {{"nb_cfg", 12},
                            {"options", ovsdb::Value::string_map({{"mac_prefix", "0a:00:01"},
                                                                  {"northd_internal_version", "25.03"}})}};
  EXPECT_TRUE(restore_rows(Database::northbound, then, now).transaction.empty());
  now["NB_Global"][kOne]["options"] =
      ovsdb::Value::string_map({{"mac_prefix", "0a:00:02"}, {"northd_internal_version", "25.03"}});
  EXPECT_EQ(restore_rows(Database::northbound, then, now).transaction,
            (ovsdb::Transaction{ovsdb::Update{
                "NB_Global",
                ovsdb::by_uuid(kOne),
                {{"options", ovsdb::Value::string_map(
                                 {{"mac_prefix", "0a:00:01"}, {"northd_internal_version", "25.03"}})}}}}));
}

TEST(Restore, the_lease_is_of_now) {
  const auto ids = [](std::map<std::string, std::string> keys) {
    return ovsdb::Row{{"external_ids", ovsdb::Value::string_map(keys)}};
  };
  ovsdb::Standalone then = backup();
  then.defaults["NB_Global"]["external_ids"] = {};
  then.rows["NB_Global"] = {{kOne, ids({{"kiln-lease", "old"}, {"kiln-fence", "1/a"}, {"theirs", "x"}})}};
  ovsdb::Tables now = then.rows;
  now["NB_Global"][kOne] = ids({{"kiln-lease", "new"}, {"kiln-fence", "2/b"}, {"theirs", "x"}});
  EXPECT_TRUE(restore_rows(Database::northbound, then, now).transaction.empty());
  now["NB_Global"][kOne] = ids({{"kiln-fence", "2/b"}, {"theirs", "y"}});
  EXPECT_EQ(restore_rows(Database::northbound, then, now).transaction,
            (ovsdb::Transaction{ovsdb::Update{"NB_Global", ovsdb::by_uuid(kOne),
                                              ids({{"kiln-fence", "2/b"}, {"theirs", "x"}})}}));
  // In a database that was made anew the one row has another uuid.
  now["NB_Global"] = {{kTwo, ids({{"kiln-fence", "2/b"}})}};
  EXPECT_EQ(restore_rows(Database::northbound, then, now).transaction.front(),
            ovsdb::Operation(ovsdb::Insert{.table = "NB_Global",
                                           .row = ids({{"kiln-fence", "2/b"}, {"theirs", "x"}}),
                                           .uuid = kOne,
                                           .uuid_name = {}}));
}

}  // namespace
}  // namespace kiln::planner
