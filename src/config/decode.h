#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag.h"
#include "config/value.h"
#include "model/spec.h"

namespace kiln::config {

/// A key that names a thing of another table, to be looked up when all tables are known.
struct Reference {
  std::string_view table;  ///< "nodes", "ports", "workloads"
  std::string name;
  std::string key;    ///< that holds it
  std::string where;  ///< the key's table: "[workloads.vm1]"
  Span span;
};

struct Decoded {
  Desired desired;
  std::vector<Reference> references;
  std::set<Span> refused;  ///< values that have a Diag, and hold their default in `desired`
};

/// Walks the tree along model/describe.h. Every problem becomes a Diag; what has one keeps its default.
Decoded decode(const Value& root, Diags& diags);

}  // namespace kiln::config
