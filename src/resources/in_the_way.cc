#include "resources/in_the_way.h"

#include <algorithm>
#include <set>

#include "resources/beside.h"
#include "resources/nb/rows.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"

namespace kiln::resources {
namespace {

class Way {
 public:
  Way(const Context& context, const CheckSpec& check) : context_(context), facts_(context.facts) {
    for (const std::string& end : {check.from, check.to})
      if (const auto found = context.desired.workloads.find(end); found != context.desired.workloads.end())
        ends_.push_back(&found->second);
  }

  std::vector<std::string> all() && {
    if (ends_.size() != 2) return {};
    for (const WorkloadSpec* end : ends_) {
      find_port(*end);
      find_chassis(end->node);
    }
    find_tunnel(ends_[0]->node, ends_[1]->node);
    find_tunnel(ends_[1]->node, ends_[0]->node);
    find_troubles();
    return std::move(found_);
  }

 private:
  void find_port(const WorkloadSpec& end) {
    const PortSpec* port = context_.desired.find_port(end.port);
    const auto* rows = facts_.seen<RowsSeen>(kCluster, switch_ports_look());
    if (!port || !rows) return;
    const auto owned = rows->owned(context_.mark(logical_switch_port_id(*port)));
    if (owned.empty()) return found_.push_back("there is no port " + port->nb_name + " in OVN_Northbound");
    const ovsdb::Row& row = rows->rows().at(owned.front());
    if (!column(row, "enabled").as_bool().value_or(true))
      found_.push_back("port " + port->nb_name + " is disabled");
    if (!column(row, "up").as_bool().value_or(false))
      found_.push_back("port " + port->nb_name + " is not up: no chassis has bound it");
  }

  void find_chassis(const HostName& node) {
    const auto* rows = facts_.seen<RowsSeen>(kCluster, chassis_look());
    if (rows && !rows->names().contains(node)) found_.push_back(node + " is no chassis of OVN_Southbound");
  }

  /// ovn-controller marks the ports of its tunnels: external_ids:ovn-chassis-id = "n2@10.0.1.12%10.0.1.11".
  void find_tunnel(const HostName& from, const HostName& to) {
    if (from == to) return;
    const auto* rows = facts_.seen<RowsSeen>(from, ports_look());
    if (!rows) return;
    const bool there = std::ranges::any_of(rows->rows(), [&](const auto& port) {
      return column(port.second, "external_ids").at("ovn-chassis-id").value_or("").starts_with(to + '@');
    });
    if (!there) found_.push_back(from + " has no tunnel to " + to);
  }

  void find_troubles() {
    std::set<ResourceId> on_the_way;
    for (const WorkloadSpec* end : ends_) {
      on_the_way.insert({workload_id(end->name), chassis_id(end->node), openvswitch_id(end->node),
                         bridge_id(end->node, kIntegrationBridge)});
      if (const PortSpec* port = context_.desired.find_port(end->port))
        on_the_way.insert({logical_switch_port_id(*port), logical_switch_id(port->switch_name)});
    }
    for (const Trouble& trouble : troubles(context_))
      if (on_the_way.contains(trouble.resource) || trouble.resource.kind == "northd")
        found_.push_back(to_text(trouble));
    for (const Beside& theirs : beside(context_))
      if (on_the_way.contains(theirs.may_stop))
        found_.push_back("perhaps somebody's " + theirs.kind + ' ' + theirs.text);
  }

  const Context& context_;
  const Facts& facts_;
  std::vector<const WorkloadSpec*> ends_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> in_the_way(const Context& context, const CheckSpec& check) {
  return Way(context, check).all();
}

}  // namespace kiln::resources
