#include "planner/covers.h"

#include <gtest/gtest.h>

namespace kiln::planner {
namespace {

using ovsdb::Value;

Action mutate(const std::map<std::string, std::string>& inserted) {
  return Transact{
      Database::open_vswitch,
      {ovsdb::Mutate{"Open_vSwitch", {}, {{"external_ids", "insert", Value::string_map(inserted)}}}}};
}
Action update(ovsdb::Row row) {
  return Transact{Database::northbound, {ovsdb::Update{"T", ovsdb::by_uuid(Uuid{}), std::move(row)}}};
}

TEST(Covers, itself) {
  EXPECT_TRUE(covers(DaemonReload{}, DaemonReload{}));
  EXPECT_FALSE(covers(DaemonReload{}, RemoveFile{"/f"}));
  EXPECT_FALSE(covers(WriteFile{"/f", "a", 0644}, WriteFile{"/f", "b", 0644}));
}

TEST(Covers, another_start_of_what_it_starts) {
  const std::string unit = "kiln-workload-vm1.service";
  EXPECT_TRUE(covers(UnitAction{unit, UnitVerb::start}, UnitAction{unit, UnitVerb::restart}));
  EXPECT_FALSE(covers(UnitAction{unit, UnitVerb::restart}, UnitAction{unit, UnitVerb::stop}));
  EXPECT_FALSE(covers(UnitAction{unit, UnitVerb::start}, UnitAction{"ssh.service", UnitVerb::restart}));
}

TEST(Covers, fewer_packages_with_the_same_units_held) {
  EXPECT_TRUE(covers(InstallPackages{{"a", "b"}, {"u"}}, InstallPackages{{"b"}, {"u"}}));
  EXPECT_FALSE(covers(InstallPackages{{"b"}, {"u"}}, InstallPackages{{"a", "b"}, {"u"}}));
  EXPECT_FALSE(covers(InstallPackages{{"a", "b"}, {"u"}}, InstallPackages{{"b"}, {}}));
}

TEST(Covers, fewer_keys_of_a_map_with_the_same_values) {
  EXPECT_TRUE(covers(mutate({{"a", "1"}, {"b", "2"}}), mutate({{"b", "2"}})));
  EXPECT_FALSE(covers(mutate({{"a", "1"}, {"b", "2"}}), mutate({{"b", "3"}})));
  EXPECT_FALSE(covers(mutate({{"a", "1"}}), mutate({{"a", "1"}, {"b", "2"}})));
}

TEST(Covers, fewer_columns_of_the_same_row) {
  EXPECT_TRUE(covers(update({{"name", "x"}, {"enabled", true}}), update({{"enabled", true}})));
  EXPECT_FALSE(covers(update({{"name", "x"}, {"enabled", true}}), update({{"enabled", false}})));
  EXPECT_FALSE(covers(update({{"enabled", true}}), update({{"name", "x"}, {"enabled", true}})));
}

TEST(Covers, no_other_row_and_no_other_database) {
  const Uuid other = *Uuid::parse("6a07b5c0-1234-8abc-9def-0123456789ab");
  EXPECT_FALSE(covers(
      update({{"enabled", true}}),
      Transact{Database::northbound, {ovsdb::Update{"T", ovsdb::by_uuid(other), {{"enabled", true}}}}}));
  EXPECT_FALSE(covers(Transact{Database::northbound, {ovsdb::Comment{"x"}}},
                      Transact{Database::southbound, {ovsdb::Comment{"x"}}}));
}

}  // namespace
}  // namespace kiln::planner
