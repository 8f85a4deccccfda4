#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/check.h"

// How many centrals there will be, and whether that is wise.

namespace kiln::config {
namespace {

struct Counts {
  int named = 0;      ///< nodes whose services list central
  int automatic = 0;  ///< nodes that may become central
  int total = 0;      ///< what placement makes of it
};

Counts count(const Desired& desired) {
  Counts counts;
  for (const auto& [name, node] : desired.nodes) {
    counts.named += node.has("central") ? 1 : 0;
    counts.automatic += node.auto_services ? 1 : 0;
  }
  counts.total = counts.named + std::clamp(desired.central.count - counts.named, 0, counts.automatic);
  return counts;
}

/// Where the number of centrals is decided.
const Span& place_of_count(const Desired& desired) {
  if (desired.central.places.has("count")) return desired.central.places.at("count");
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (node->has("central")) return node->places.at("services");
  return desired.cluster.places.self;
}

void warn_about_count(const Desired& desired, int total, Diags& diags) {
  const int tolerated = (total - 1) / 2;
  const std::string message =
      total == 1 ? "1 node runs `central`: a cluster of 1 tolerates no failure"
      : total == 2
          ? "2 nodes run `central`: a cluster of 2 tolerates no failure, the same as 1"
          : fmt::format("{} nodes run `central`: a cluster of {} tolerates {}, the same as {}", total, total,
                        count_of(static_cast<std::size_t>(tolerated), "failure", "failures"), total - 1);
  Diag& diag = diags.warning("central-count", place_of_count(desired), message);
  if (total > 2)
    diag.notes.push_back(
        {.text = fmt::format("OVN_Northbound and OVN_Southbound each need a majority ({} of {})",
                             total / 2 + 1, total),
         .span = {}});
  diag.help = total < 3 ? "three centrals tolerate one failure"
                        : fmt::format("{} or {} centrals", total - 1, total + 1);
}

/// With [cluster] central-ips the databases are somebody else's: nothing here may need one of our own.
void check_foreign_centrals(const Desired& desired, Diags& diags) {
  const Span& written = desired.cluster.places.at("central-ips");
  const auto refuse = [&](const Span& span, const std::string& what) {
    Diag& diag = diags.error("foreign-central", span, what + " with [cluster] `central-ips`");
    diag.notes.push_back({.text = "the databases are run by somebody else", .span = written});
    diag.help = "take it out, or `central-ips`";
  };
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (node->has("central")) refuse(node->places.at("services"), "`central` cannot run on " + node->name);
    if (node->client) refuse(node->places.at("client"), "`client` is not made on " + node->name);
  }
  for (const auto& [name, on] : desired.switches)
    refuse(on.places.self, "logical switches such as `" + name + "` are not made");
  for (const auto& [name, workload] : desired.workloads)
    refuse(workload.places.self, "workloads such as `" + name + "` are not made");
}

}  // namespace

void check_central(const Desired& desired, Diags& diags) {
  if (desired.nodes.empty()) {
    diags.error("no-nodes", desired.cluster.places.self, "the file has no node; at least one is expected")
        .help = "add [nodes.n1] with address = \"192.0.2.11\"";
    return;
  }
  if (!desired.cluster.central_ips.empty()) {
    check_foreign_centrals(desired, diags);
    return;
  }
  const Counts counts = count(desired);
  const int able = counts.named + counts.automatic;
  const bool written = desired.central.places.has("count");
  if (written && desired.central.count > able)
    diags
        .error("too-few-nodes", desired.central.places.at("count"),
               fmt::format("{} are wanted; {} can be central",
                           count_of(static_cast<std::size_t>(desired.central.count), "central", "centrals"),
                           count_of(static_cast<std::size_t>(able), "node", "nodes")))
        .help = fmt::format(
        "count = {}; nodes with `services = \"auto\"` and nodes that list `central` can be central", able);
  else if (counts.total == 0)
    diags
        .warning("no-central", desired.nodes_in_file_order().front()->places.at("services"),
                 "no node runs `central`: there are no databases, and no chassis is made")
        .help = "add `central` to the services of one or three nodes";
  else if (desired.nodes.size() > 1 && (counts.total < 3 || counts.total % 2 == 0))
    warn_about_count(desired, counts.total, diags);
}

}  // namespace kiln::config
