#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/database.h"

/// The part of the three schemas that a deployment by kiln touches (ovn-nb(5), ovn-sb(5),
/// ovs-vswitchd.conf.db(5)).

namespace kiln::test {

struct FakeTable {
  std::set<std::string> columns;
  bool root = true;                          ///< false: a row lives only while another refers to it
  bool single = false;                       ///< maxRows 1
  std::string index;                         ///< column that is unique, or ""
  std::map<std::string, std::string> owns;   ///< column → table: strong references
  std::map<std::string, std::string> knows;  ///< column → table: weak references
};

/// Tables by name.
const std::map<std::string, FakeTable>& fake_schema(Database database);

}  // namespace kiln::test
