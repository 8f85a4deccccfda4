#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/fact.h"

namespace kiln::resources {

/// The pool of steps that the planner may merge into batches (planner::kRowsPool).
inline constexpr const char* kRows = "rows";
/// The kind of a switch's ports, in their names and marks.
inline constexpr const char* kPortKind = "logical-switch-port";

/// The looks that all kinds of the northbound share, so that they are one read.
RowsLook switches_look();
RowsLook switch_ports_look();

/// Rows that hold a mark of this cluster and kind, by the name in the mark.
std::map<std::string, Uuid> owned_names(const RowsSeen& rows, const std::string& cluster,
                                        const std::string& kind);

/// Whether the row is nobody's, and may be marked as ours.
bool is_unmarked(const ovsdb::Row& row);
/// Whether it has a mark of this cluster, of whatever resource.
bool is_of(const ovsdb::Row& row, const std::string& cluster);
/// Marks a row that was nobody's; whoever has marked it first keeps it.
ovsdb::Mutation set_mark(const std::string& mark);

/// Why a row whose block is gone stays all the same, or "": it holds external_ids:kiln-protect = "true".
std::string protection(const ovsdb::Row& row);
/// external_ids of a new row.
ovsdb::Value marked(const std::string& mark, bool protect);
/// The mutations that set or lift the protection of a row.
std::vector<ovsdb::Mutation> set_protection(bool protect);

/// How many of these logical switch ports have no mark of this cluster.
std::size_t ports_of_others(const Facts& facts, const std::string& cluster, const std::vector<Uuid>& ports);

}  // namespace kiln::resources
