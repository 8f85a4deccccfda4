#include "resources/beside.h"

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <tuple>

#include "base/address.h"
#include "base/text.h"
#include "resources/nb/rows.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/rows.h"

namespace kiln::resources {
namespace {

RowsLook acls_look() {
  return {Database::northbound, "ACL", {"action", "direction", "match", "priority"}};
}
RowsLook port_groups_look() {
  return {Database::northbound, "Port_Group", {"acls", "name", "ports"}};
}
RowsLook load_balancers_look() {
  return {Database::northbound, "Load_Balancer", {"name", "vips"}};
}
RowsLook load_balancer_groups_look() {
  return {Database::northbound, "Load_Balancer_Group", {"load_balancer"}};
}
RowsLook options_look() {
  return {Database::northbound, "NB_Global", {"options"}};
}
RowsLook routers_look() {
  return {Database::northbound, "Logical_Router", {"external_ids", "name"}};
}

/// Columns of kiln's rows that hold what others made, one of it, and what that does (ovn-nb(5)).
struct Column {
  const char* name;
  const char* kind;
  const char* does;
  bool may_stop = false;  ///< packets that would have come to a port of kiln's
};
constexpr Column kOfSwitches[] = {
    {"copp", "control plane policy", "limits what reaches ovn-controller", true},
    {"dns_records", "DNS record set", "answers questions for names"},
    {"forwarding_groups", "forwarding group", "spreads traffic over ports", true},
    {"load_balancer", "load balancer", "sends what goes to its virtual addresses elsewhere", true},
    {"load_balancer_group", "load balancer group", "sends what goes to its virtual addresses elsewhere",
     true},
    {"qos_rules", "QoS rule", "limits or marks what it matches", true}};
constexpr Column kOfPorts[] = {{"dhcpv4_options", "DHCP option set", "answers the port's DHCP requests"},
                               {"dhcpv6_options", "DHCP option set", "answers the port's DHCPv6 requests"},
                               {"mirror_rules", "mirror", "copies the port's packets elsewhere"}};

/// Somebody else's text, of a length that a line holds.
std::string in_short(const std::string& text) {
  constexpr std::size_t kMost = 80;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // no half of a letter
  return text.substr(0, end) + "...";
}

std::string row_name(const ovsdb::Row& row) {
  return column(row, "name").as_string().value_or("");
}

struct Acl {
  Uuid uuid;
  std::string action;
  std::string direction;
  std::int64_t priority = 0;
  std::string match;

  bool drops() const { return action == "drop" || action == "reject"; }
  bool allows() const { return action.starts_with("allow"); }
  std::string text() const {
    return action + ", priority " + std::to_string(priority) + ", " + direction + ", " + in_short(match);
  }
};

/// Whose ACL it is: how it is called, and its table and row.
struct Owner {
  std::string name;
  std::string record;
};

class Neighbours {
 public:
  explicit Neighbours(const Context& context)
      : context_(context),
        cluster_(context.desired.cluster.name),
        switches_(rows_of(switches_look())),
        ports_(rows_of(switch_ports_look())),
        acls_(rows_of(acls_look())),
        groups_(rows_of(port_groups_look())) {
    for (const auto& [uuid, row] : switches_)
      for (const Uuid& port : column(row, "ports").as_uuids()) switch_of_.emplace(port, uuid);
    find_acls();
  }

  std::vector<Beside> all() && {
    add_switches();
    add_ports();
    add_acls();
    for (const auto& [uuid, row] : rows_of(routers_look()))
      if (!is_of(row, cluster_)) add("logical router", row_name(row), false);
    for (const NodeSpec* node : context_.desired.nodes_in_file_order()) add_bridges(*node);
    std::ranges::sort(beside_, [](const Beside& a, const Beside& b) {
      return std::tie(a.kind, a.text) < std::tie(b.kind, b.text);
    });
    return std::move(beside_);
  }

  std::vector<Trouble> obstacles() && {
    judge_acls();
    judge_addresses();
    judge_load_balancers();
    return std::move(troubles_);
  }

 private:
  void add(std::string kind, std::string text, bool on_ours, ResourceId may_stop = {}) {
    beside_.push_back({std::move(kind), std::move(text), on_ours, std::move(may_stop)});
  }

  const ovsdb::Table& rows_of(const RowsLook& look) const {
    static const ovsdb::Table kNone;
    const auto* seen = context_.facts.seen<RowsSeen>(kCluster, look);
    return seen ? seen->rows() : kNone;
  }

  bool is_ours(const ovsdb::Table& rows, const Uuid& uuid) const {
    const auto row = rows.find(uuid);
    return row != rows.end() && is_of(row->second, cluster_);
  }

  /// The switch that the port is on, if that is kiln's.
  std::optional<Uuid> our_switch_of(const Uuid& port) const {
    const auto on = switch_of_.find(port);
    if (on == switch_of_.end() || !is_ours(switches_, on->second)) return std::nullopt;
    return on->second;
  }

  /// Of each switch the ACLs of its own, and those of groups that one of kiln's ports on it is in.
  void find_acls() {
    for (const auto& [uuid, row] : switches_)
      for (const Uuid& acl : column(row, "acls").as_uuids())
        note_acl(uuid, acl, {row_name(row), "Logical_Switch " + uuid.text()});
    for (const auto& [uuid, row] : groups_) {
      std::set<Uuid> on;
      for (const Uuid& port : column(row, "ports").as_uuids())
        if (const auto of = our_switch_of(port); of && is_ours(ports_, port)) on.insert(*of);
      const Owner owner{"port group " + row_name(row), "Port_Group " + uuid.text()};
      for (const Uuid& acl : column(row, "acls").as_uuids()) {
        owner_of_acl_.emplace(acl, owner);
        for (const Uuid& of : on) note_acl(of, acl, owner);
      }
    }
  }

  void note_acl(const Uuid& on, const Uuid& uuid, const Owner& owner) {
    const auto row = acls_.find(uuid);
    if (row == acls_.end()) return;
    owner_of_acl_.emplace(uuid, owner);
    acls_of_[on].push_back(acl_of(uuid, row->second));
  }

  static Acl acl_of(const Uuid& uuid, const ovsdb::Row& row) {
    return {.uuid = uuid,
            .action = column(row, "action").as_string().value_or(""),
            .direction = column(row, "direction").as_string().value_or(""),
            .priority = column(row, "priority").as_integer().value_or(0),
            .match = column(row, "match").as_string().value_or("")};
  }

  void add_acls() {
    std::map<Uuid, ResourceId> ours;  // the switch that it is on
    for (const auto& [on, acls] : acls_of_)
      if (is_ours(switches_, on))
        for (const Acl& acl : acls) ours.emplace(acl.uuid, logical_switch_id(row_name(switches_.at(on))));
    for (const auto& [uuid, row] : acls_) {
      const auto owner = owner_of_acl_.find(uuid);
      const auto on = ours.find(uuid);
      const Acl acl = acl_of(uuid, row);
      add("ACL", "of " + (owner == owner_of_acl_.end() ? "nothing" : owner->second.name) + ": " + acl.text(),
          on != ours.end(), on != ours.end() && acl.drops() ? on->second : ResourceId{});
    }
  }

  void add_columns(const ovsdb::Row& row, std::span<const Column> columns) {
    for (const Column& of : columns)
      for (std::size_t left = column(row, of.name).as_uuids().size(); left > 0; --left)
        add(of.kind, "of " + row_name(row) + ": " + of.does, true,
            of.may_stop ? logical_switch_id(row_name(row)) : ResourceId{});
  }

  void add_switches() {
    for (const auto& [uuid, row] : switches_) {
      if (!is_of(row, cluster_)) {
        add("logical switch", row_name(row), false);
        continue;
      }
      add_columns(row, kOfSwitches);
      for (const auto& [key, value] : column(row, "other_config").as_string_map())
        add("other_config key", "of " + row_name(row) + ": " + in_short(key + " = " + value), true);
    }
  }

  void add_ports() {
    for (const auto& [uuid, row] : ports_) {
      if (is_of(row, cluster_)) {
        add_columns(row, kOfPorts);
        continue;
      }
      const auto on = switch_of_.find(uuid);
      const std::string where = on == switch_of_.end() ? "" : " of " + row_name(switches_.at(on->second));
      add("logical switch port", row_name(row) + where, our_switch_of(uuid).has_value());
    }
  }

  void add_bridges(const NodeSpec& node) {
    const auto* bridges = context_.facts.seen<RowsSeen>(node.name, bridges_look());
    const auto* ports = context_.facts.seen<RowsSeen>(node.name, ports_look());
    if (!bridges || !node.stays()) return;
    for (const auto& [name, uuid] : bridges->names()) {
      const bool ours = name == kIntegrationBridge || node.bridges.contains(name);
      if (!ours && !is_of(bridges->rows().at(uuid), cluster_))
        add("bridge", name + " on " + node.name, false);
      if (!ours || !ports) continue;
      for (const std::string& port : foreign_ports(*ports, bridges->rows().at(uuid), cluster_))
        add("bridge port", port + " in " + name + " on " + node.name, true);
    }
  }

  /// ovn-nb(5), ACL: of those that match a packet the one of the highest priority counts.
  void judge_acls() {
    const bool rest_is_dropped = std::ranges::any_of(rows_of(options_look()), [](const auto& global) {
      return column(global.second, "options").at("default_acl_drop") == "true";
    });
    for (const auto& [on, acls] : acls_of_) {
      if (!is_ours(switches_, on)) continue;
      const std::string name = row_name(switches_.at(on));
      if (rest_is_dropped)
        troubles_.push_back({logical_switch_id(name), kCluster,
                             "options:default_acl_drop of NB_Global is true, and " + name +
                                 " has ACLs: what none of them allows is dropped",
                             "`ovn-nbctl remove NB_Global . options default_acl_drop`", Passing::by_hand});
      for (const Acl& acl : acls) {
        const bool of_a_policy = std::ranges::any_of(acls, [&](const Acl& other) {
          return other.allows() && other.direction == acl.direction && other.priority > acl.priority;
        });
        if (!acl.drops() || of_a_policy) continue;
        const Owner& owner = owner_of_acl_.at(acl.uuid);
        troubles_.push_back(
            {logical_switch_id(name), kCluster,
             "an ACL of " + owner.name +
                 " drops what it matches, and none that allows comes before it: " + acl.text(),
             "`ovn-nbctl remove " + owner.record + " acls " + acl.uuid.text() + '`', Passing::by_hand});
      }
    }
  }

  /// What is somebody else's, by switch and address.
  using Theirs = std::map<std::pair<Uuid, std::string>, std::string>;

  /// Of each port of kiln's the first address that is theirs too: what is seen, and what to do.
  void judge_ports(const Theirs& theirs,
                   const std::function<std::pair<std::string, std::string>(
                       const Uuid& on, const std::string& whose, const std::string& address)>& say) {
    if (theirs.empty()) return;
    for (const auto& [name, uuid] : owned_names_of_ports()) {
      const auto on = our_switch_of(uuid);
      if (!on) continue;
      for (const std::string& address : words_of(ports_.at(uuid))) {
        const auto also = theirs.find({*on, address});
        if (also == theirs.end()) continue;
        auto [seen, mend] = say(*on, also->second, address);
        troubles_.push_back(
            {{kPortKind, name}, kCluster, std::move(seen), std::move(mend), Passing::by_hand});
        break;
      }
    }
  }

  /// ovn-nb(5), Logical_Switch_Port, addresses: two ports of a switch that have one take it from each other.
  void judge_addresses() {
    Theirs theirs;
    for (const auto& [uuid, row] : ports_) {
      const auto on = our_switch_of(uuid);
      if (!on || is_of(row, cluster_)) continue;
      for (const std::string& address : words_of(row)) theirs.emplace(std::pair(*on, address), row_name(row));
    }
    judge_ports(theirs, [](const Uuid&, const std::string& port, const std::string& address) {
      return std::pair("somebody's port " + port + " of the same switch has its address " + address + " too",
                       std::string("`ovn-nbctl lsp-set-addresses` or `lsp-del` of that port"));
    });
  }

  /// ovn-nb(5), Load_Balancer, vips: what goes to one never comes to the port that has its address.
  void judge_load_balancers() {
    Theirs theirs;
    const ovsdb::Table& balancers = rows_of(load_balancers_look());
    for (const auto& [on, row] : switches_) {
      if (!is_ours(switches_, on)) continue;
      for (const Uuid& uuid : load_balancers_of(row)) {
        const auto balancer = balancers.find(uuid);
        if (balancer == balancers.end()) continue;
        for (const auto& [vip, backends] : column(balancer->second, "vips").as_string_map())
          theirs.emplace(std::pair(on, address_of_vip(vip)), row_name(balancer->second));
      }
    }
    judge_ports(theirs, [&](const Uuid& on, const std::string& balancer, const std::string& address) {
      const std::string of = row_name(switches_.at(on));
      return std::pair("somebody's load balancer " + balancer + " of " + of +
                           " sends what goes to its address " + address + " elsewhere",
                       "`ovn-nbctl ls-lb-del " + of + ' ' + balancer + '`');
    });
  }

  std::vector<Uuid> load_balancers_of(const ovsdb::Row& of_switch) const {
    std::vector<Uuid> all = column(of_switch, "load_balancer").as_uuids();
    const ovsdb::Table& groups = rows_of(load_balancer_groups_look());
    for (const Uuid& uuid : column(of_switch, "load_balancer_group").as_uuids())
      if (const auto group = groups.find(uuid); group != groups.end()) {
        const std::vector<Uuid> more = column(group->second, "load_balancer").as_uuids();
        all.insert(all.end(), more.begin(), more.end());
      }
    return all;
  }

  /// "192.0.2.1:80", "[fd00::1]:80", or without a port.
  static std::string address_of_vip(const std::string& vip) {
    if (vip.starts_with('[')) return normal_words(vip.substr(1, vip.find(']') - 1));
    const std::size_t colon = vip.find(':');
    const bool v6 = colon != std::string::npos && vip.find(':', colon + 1) != std::string::npos;
    return normal_words(v6 ? vip : vip.substr(0, colon));
  }

  std::map<std::string, Uuid> owned_names_of_ports() const {
    const auto* seen = context_.facts.seen<RowsSeen>(kCluster, switch_ports_look());
    return seen ? owned_names(*seen, cluster_, kPortKind) : std::map<std::string, Uuid>{};
  }

  static std::vector<std::string> words_of(const ovsdb::Row& port) {
    std::vector<std::string> words;
    for (const std::string& line : column(port, "addresses").as_strings())
      for (std::string& word : split(normal_words(line), ' '))
        if (word.find(':') != std::string::npos || word.find('.') != std::string::npos)
          words.push_back(std::move(word));
    return words;
  }

  const Context& context_;
  const std::string& cluster_;
  const ovsdb::Table& switches_;
  const ovsdb::Table& ports_;
  const ovsdb::Table& acls_;
  const ovsdb::Table& groups_;
  std::map<Uuid, Uuid> switch_of_;            ///< by port
  std::map<Uuid, std::vector<Acl>> acls_of_;  ///< by switch
  std::map<Uuid, Owner> owner_of_acl_;
  std::vector<Beside> beside_;
  std::vector<Trouble> troubles_;
};

}  // namespace

std::vector<Probe> probes_of_beside(const Desired& desired, const Placement& placement) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (placement.has(node->name, "switch"))
      probes.insert(probes.end(), {{node->name, bridges_look()}, {node->name, ports_look()}});
  if (placement.centrals.empty()) return probes;
  for (const RowsLook& look :
       {switches_look(), switch_ports_look(), acls_look(), options_look(), port_groups_look(), routers_look(),
        load_balancers_look(), load_balancer_groups_look()})
    probes.push_back({kCluster, look});
  return probes;
}

std::vector<Beside> beside(const Context& context) {
  return Neighbours(context).all();
}

std::vector<Trouble> obstacles(const Context& context) {
  return Neighbours(context).obstacles();
}

}  // namespace kiln::resources
