#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "base/diag.h"
#include "config/value.h"

/// Names that stand for many: `[switches.ls1.ports."vm[1-20]"]` is twenty tables. In the texts of such a
/// block
/// `{n}` is the number, `{x}` the number as two hexadecimal digits, `{name}` the whole name; `{n+10}`,
/// `{x-1}` shift it. Right after reading a file its ranges become ordinary tables, all with the places of the
/// block, so that nothing after this knows of them. docs/decisions/0013-ranges-and-defaults.md says why so.

namespace kiln::config {

/// All ranges of one file together make no more names than this.
inline constexpr std::size_t kMostRangeNames = 10'000;

/// What the ranges of one file and of those it includes have made so far.
struct Ranges {
  std::size_t names = 0;
  std::size_t octets = 0;  ///< of keys and texts, roughly: a small file must not fill the memory
  std::set<Span> places;   ///< in blocks that stand for several names
};

/// Expands ranges among the names of nodes, workloads and ports. False, and errors, where one cannot be.
bool expand_ranges(Value& root, Ranges& ranges, Diags& diags);

/// What is wrong with a block is wrong with each of its names: the first finding of its kind at a place says
/// it, and how many more names it is true of.
void say_once(const Ranges& ranges, Diags& diags);

}  // namespace kiln::config
