#include <algorithm>

#include "resources/central/central.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"
#include "resources/works_parts.h"

// How far OVN is with what the northbound holds (ovn-nb(5), NB_Global, nb_cfg). Nobody of kiln's raises a
// number to look: what others have raised tells.

namespace kiln::resources {
namespace {

/// The central whose ovn-northd is active, if there is one.
HostName active_northd(const Context& context) {
  for (const HostName& name : context.placement.centrals) {
    const auto* seen = context.facts.seen<TextSeen>(name, northd_status_look());
    if (seen && northd_status(*seen) == "active") return name;
  }
  return {};
}

bool told(const std::vector<Trouble>& troubles, const std::string& kind, const HostName& host) {
  return std::ranges::any_of(troubles, [&](const Trouble& trouble) {
    return trouble.resource.kind == kind && (host.empty() || trouble.host == host);
  });
}

}  // namespace

std::int64_t sequence_of(const RowsSeen* rows, const std::string& name) {
  if (!rows || rows->rows().empty()) return 0;
  return column(rows->rows().begin()->second, name).as_integer().value_or(0);
}

std::optional<std::int64_t> reached_by(const RowsSeen& chassis, const HostName& name) {
  const auto named = chassis.names().find(name);
  if (named == chassis.names().end()) return std::nullopt;
  return column(chassis.rows().at(named->second), "nb_cfg").as_integer().value_or(0);
}

std::vector<const NodeSpec*> chassis_at_work(const Context& context) {
  std::vector<const NodeSpec*> at_work;
  for (const NodeSpec* node : context.nodes_with("chassis"))
    if (node->stays() && !node->drained() && is_active(context.facts, node->name, kControllerUnit))
      at_work.push_back(node);
  return at_work;
}

void add_sequence_troubles(const Context& context, std::vector<Trouble>& troubles) {
  if (!context.desired.cluster.central_ips.empty()) return;
  const Facts& facts = context.facts;
  const auto* northbound = facts.seen<RowsSeen>(kCluster, northbound_sequence_look());
  const HostName northd = active_northd(context);
  const std::int64_t written = sequence_of(northbound, "nb_cfg");
  const std::int64_t taken_up = sequence_of(northbound, "sb_cfg");
  if (northbound && !northd.empty() && taken_up < written && !told(troubles, northd_id("").kind, ""))
    troubles.push_back({northd_id(northd), northd,
                        "ovn-northd has not taken up what was written to OVN_Northbound: it is at " +
                            std::to_string(taken_up) + " of " + std::to_string(written),
                        "`journalctl -u ovn-northd` there; `systemctl restart ovn-northd` if it hangs"});
  const auto* southbound = facts.seen<RowsSeen>(kCluster, southbound_sequence_look());
  const auto* chassis = facts.seen<RowsSeen>(kCluster, chassis_sequence_look());
  if (!southbound || !chassis) return;
  const std::int64_t asked = sequence_of(southbound, "nb_cfg");
  for (const NodeSpec* node : chassis_at_work(context)) {
    const std::optional<std::int64_t> reached = reached_by(*chassis, node->name);
    if (reached && *reached < asked && !told(troubles, chassis_id("").kind, node->name))
      troubles.push_back({chassis_id(node->name), node->name,
                          "its ovn-controller is " + std::to_string(asked - *reached) +
                              " behind OVN_Southbound, at " + std::to_string(*reached) + " of " +
                              std::to_string(asked) + ": its flows are old",
                          "`journalctl -u ovn-controller` there; `systemctl restart ovn-controller` if it "
                          "hangs"});
  }
}

}  // namespace kiln::resources
