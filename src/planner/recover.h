#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"

/// A database whose RAFT cluster has lost its majority for good: one of its survivors becomes a new cluster
/// of one server, with the rows that it has, and the files of the others are put aside, so that an apply
/// joins them anew. Docs: docs/how-to/recover.md.

namespace kiln::planner {

/// A member whose file is there.
struct Survivor {
  HostName node;
  std::int64_t term = 0;       ///< of the last entry in its log
  std::int64_t index = 0;      ///< of the last entry in its log
  std::int64_t committed = 0;  ///< up to here it knew that a majority had them
  std::string refused = {};    ///< why its server does not start with its file, or ""
  bool operator==(const Survivor&) const = default;
};

struct Recovery {
  std::vector<std::string> refusals;  ///< why nothing may be done; empty: it may
  /// No step, as there is a majority, but what was begun is not complete: an apply does the rest.
  bool apply_only = false;
  std::vector<Survivor> survivors;  ///< best first: the rows are those of the first one
  std::vector<std::string> lost;    ///< "n3 (ssl:10.0.0.3:6643), which the file calls dead"
  std::string cluster_id;           ///< of the cluster that is lost, or "" where only its end is left to do
  /// All refusals are that somebody was heard lately: after so long they may hold no more. Zero: others do
  /// too.
  Duration patience{};
  Plan plan;
  bool operator==(const Recovery&) const = default;
};

/// What has to be known, of the nodes that are dead too.
std::vector<Probe> recovery_probes(const Desired& desired, Database database);

/// Refused while a majority of the cluster answers, or may come back: a member that does not answer is lost
/// only if the file calls its node dead and no survivor hears it. Goes on where a run that was killed has
/// ended. `forgotten`: first digits of the ids of servers that are of no node of the file and will never come
/// back.
Recovery plan_recovery(const Desired& desired, const Facts& facts, Database database,
                       const std::vector<std::string>& forgotten = {});

}  // namespace kiln::planner
