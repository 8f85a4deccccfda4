#include <algorithm>
#include <optional>

#include "base/address.h"
#include "resources/context.h"
#include "resources/nb/rows.h"
#include "resources/steps.h"

// Kind `logical-switch-port/<switch>/<port>`: a row of Logical_Switch_Port (ovn-nb(5)), which lives only
// while its switch refers to it.

namespace kiln::resources {
namespace {

std::set<std::string> as_set(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}
/// Addresses as others may have spelled them.
std::set<std::string> as_seen(const ovsdb::Value& column) {
  std::set<std::string> addresses;
  for (const std::string& address : column.as_strings()) addresses.insert(normal_words(address));
  return addresses;
}

/// Columns that the file has no key for, and that make another port of it: empty ones are what kiln wants
/// (ovn-nb(5), Logical_Switch_Port: a port of a VIF, of no container and no ha_chassis_group).
constexpr const char* kEmptyColumns[] = {"ha_chassis_group", "parent_name", "tag_request", "type"};

std::string text_of(const ovsdb::Value& value) {
  if (const auto text = value.as_string()) return *text;
  if (const auto number = value.as_integer()) return std::to_string(*number);
  return value.as_uuids().empty() ? "" : value.as_uuids().front().text();
}

class LogicalSwitchPort : public Resource {
 public:
  LogicalSwitchPort(const Context& context, const PortSpec& spec)
      : Resource(logical_switch_port_id(spec), kCluster, spec.places.self),
        spec_(spec),
        mark_(context.mark(id())),
        switch_mark_(context.mark(logical_switch_id(spec.switch_name))),
        adopted_(find_unmarked(context)) {}

  std::vector<Probe> probes() const override {
    return {{kCluster, switch_ports_look()}, {kCluster, switches_look()}};
  }
  std::vector<Need> needs() const override {
    return {{logical_switch_id(spec_.switch_name), "it is a port of this switch"}};
  }

  std::optional<State> wanted() const override {
    State state = attributes();
    if (adopted_) state[kOwnerKey] = mark_;
    return state;
  }

  State attributes() const {
    return State{{"name", spec_.nb_name},
                 {"addresses", as_set(spec_.addresses)},
                 {"port_security", spec_.port_security ? as_set(spec_.addresses) : std::set<std::string>{}},
                 {"enabled", spec_.enabled},
                 {"protect", spec_.protect}};
  }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(kCluster, probe.look)) return Unknown{*why};
    const auto* rows = facts.seen<RowsSeen>(kCluster, switch_ports_look());
    if (!rows) return Absent{};
    const auto owned = rows->owned(mark_);
    if (owned.size() > 1) return Foreign{"more than one row of Logical_Switch_Port holds the mark " + mark_};
    if (owned.empty() && !(adopted_ && rows->rows().contains(*adopted_))) {
      if (rows->names().contains(spec_.nb_name))
        return Foreign{"a logical switch port " + spec_.nb_name + " is there and is not kiln's"};
      return Absent{};
    }
    const ovsdb::Row& row = rows->rows().at(owned.empty() ? *adopted_ : owned.front());
    // An absent `enabled` means true (ovn-nb(5), Logical_Switch_Port).
    State state{{"name", column(row, "name").as_string().value_or("")},
                {"addresses", as_seen(column(row, "addresses"))},
                {"port_security", as_seen(column(row, "port_security"))},
                {"enabled", column(row, "enabled").as_bool().value_or(true)},
                {"protect", !protection(row).empty()}};
    for (const char* name : kEmptyColumns) {
      const std::string value = text_of(column(row, name));
      if (value.empty()) continue;
      if (owned.empty())
        return Foreign{"the logical switch port " + spec_.nb_name + " has " + name + ' ' + value +
                       ", which the file cannot say: it is not adopted"};
      state[name] = value;
    }
    if (adopted_ && !owned.empty()) state[kOwnerKey] = mark_;
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "row", "logical switch port " + spec_.nb_name);
    step.pool = kRows;
    step.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    if (change.verb == Verb::create) {
      ovsdb::Row row = columns();
      row["external_ids"] = marked(mark_, spec_.protect);
      step.actions.push_back(
          Transact{Database::northbound,
                   {ovsdb::Insert{"Logical_Switch_Port", std::move(row), row_uuid(mark_), {}},
                    ovsdb::Mutate{"Logical_Switch",
                                  ovsdb::by_uuid(switch_uuid(facts)),
                                  {{"ports", "insert", ovsdb::Value(row_uuid(mark_))}}}}});
    } else {
      const auto* rows = facts.seen<RowsSeen>(kCluster, switch_ports_look());
      ovsdb::Row changed;
      for (auto& [name, value] : columns())
        if (change.touches(name)) changed.emplace(name, std::move(value));
      for (const char* name : kEmptyColumns)
        if (change.touches(name))
          changed.emplace(name, std::string_view(name) == "type" ? ovsdb::Value("") : ovsdb::Value::set({}));
      const ovsdb::Where where = ovsdb::by_uuid(adopted_ ? *adopted_ : rows->owned(mark_).front());
      ovsdb::Transaction transaction;
      if (change.touches(kOwnerKey))
        transaction.push_back(ovsdb::Mutate{"Logical_Switch_Port", where, {set_mark(mark_)}});
      if (!changed.empty())
        transaction.push_back(ovsdb::Update{"Logical_Switch_Port", where, std::move(changed)});
      if (change.touches("protect"))
        transaction.push_back(ovsdb::Mutate{"Logical_Switch_Port", where, set_protection(spec_.protect)});
      step.actions.push_back(Transact{Database::northbound, std::move(transaction)});
    }
    return std::vector<Step>{step};
  }

  Span span_of(const std::string& attribute) const override {
    return spec_.places.at(attribute == "port_security" ? "port-security" : attribute);
  }

 private:
  ovsdb::Row columns() const {
    return {{"name", spec_.nb_name},
            {"addresses", ovsdb::Value::strings(spec_.addresses)},
            {"port_security",
             spec_.port_security ? ovsdb::Value::strings(spec_.addresses) : ovsdb::Value::set({})},
            {"enabled", spec_.enabled}};
  }

  /// The port of that name that is nobody's and is on its switch, where the file says that kiln adopts it.
  std::optional<Uuid> find_unmarked(const Context& context) const {
    const auto* rows = context.facts.seen<RowsSeen>(kCluster, switch_ports_look());
    const auto* switches = context.facts.seen<RowsSeen>(kCluster, switches_look());
    if (!context.desired.cluster.adopt || !rows || !switches || !rows->owned(mark_).empty())
      return std::nullopt;
    const auto found = rows->names().find(spec_.nb_name);  // unique (ovn-nb(5))
    const auto owner = switches->rows().find(switch_uuid(context.facts));
    if (found == rows->names().end() || owner == switches->rows().end()) return std::nullopt;
    const auto& ports = column(owner->second, "ports").atoms();
    const bool ours = std::ranges::binary_search(ports, ovsdb::Atom(found->second)) &&
                      is_unmarked(rows->rows().at(found->second));
    return ours ? std::optional(found->second) : std::nullopt;
  }

  /// The switch that is there, or is adopted, else the one that this plan makes.
  Uuid switch_uuid(const Facts& facts) const {
    const auto* rows = facts.seen<RowsSeen>(kCluster, switches_look());
    if (!rows) return row_uuid(switch_mark_);
    if (const auto owned = rows->owned(switch_mark_); !owned.empty()) return owned.front();
    const auto [first, last] = rows->names().equal_range(spec_.switch_name);
    if (first != last && std::next(first) == last && is_unmarked(rows->rows().at(first->second)))
      return first->second;
    return row_uuid(switch_mark_);
  }

  PortSpec spec_;
  std::string mark_;
  std::string switch_mark_;
  std::optional<Uuid> adopted_;
};

/// A port of ours that the file no longer has.
class LostPort : public Resource {
 public:
  LostPort(ResourceId id, Uuid uuid, std::vector<Need> needs)
      : Resource(std::move(id), kCluster, {}), uuid_(uuid), needs_(std::move(needs)) {}
  std::vector<Probe> probes() const override {
    return {{kCluster, switch_ports_look()}, {kCluster, switches_look()}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    const auto* rows = facts.seen<RowsSeen>(kCluster, switch_ports_look());
    if (!rows || !rows->rows().contains(uuid_)) return Absent{};
    const ovsdb::Row& row = rows->rows().at(uuid_);
    if (std::string why = protection(row); !why.empty()) return Foreign{std::move(why)};
    // What it carries: it goes only as it was when the plan was made.
    return State{{"name", column(row, "name").as_string().value_or("")},
                 {"addresses", as_seen(column(row, "addresses"))}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "remove", "remove logical switch port " + id().name);
    step.pool = kRows;
    step.risk = Risk::data_plane;
    const auto* switches = facts.seen<RowsSeen>(kCluster, switches_look());
    ovsdb::Transaction transaction;
    for (const auto& [owner, row] : switches ? switches->rows() : ovsdb::Table{}) {
      const auto& ports = column(row, "ports").atoms();
      if (std::ranges::binary_search(ports, ovsdb::Atom(uuid_)))
        transaction.push_back(ovsdb::Mutate{
            "Logical_Switch", ovsdb::by_uuid(owner), {{"ports", "delete", ovsdb::Value(uuid_)}}});
    }
    if (transaction.empty()) return fail(ErrorCode::failed, "no logical switch refers to it");
    step.actions.push_back(Transact{Database::northbound, std::move(transaction)});
    return std::vector<Step>{step};
  }

 private:
  Uuid uuid_;
  std::vector<Need> needs_;
};

}  // namespace

RowsLook switch_ports_look() {
  return {Database::northbound,
          "Logical_Switch_Port",
          {"addresses", "dhcpv4_options", "dhcpv6_options", "enabled", "external_ids", "ha_chassis_group",
           "mirror_rules", "name", "options", "parent_name", "port_security", "tag_request", "type", "up"}};
}

std::map<std::string, Uuid> owned_names(const RowsSeen& rows, const std::string& cluster,
                                        const std::string& kind) {
  const std::string prefix = cluster + ':' + kind + '/';
  std::map<std::string, Uuid> names;
  for (auto at = rows.marks().lower_bound(prefix); at != rows.marks().end() && at->first.starts_with(prefix);
       ++at)
    names.emplace(at->first.substr(prefix.size()), at->second);
  return names;
}

bool is_unmarked(const ovsdb::Row& row) {
  return !column(row, "external_ids").at(kOwnerKey);
}

bool is_of(const ovsdb::Row& row, const std::string& cluster) {
  return column(row, "external_ids").at(kOwnerKey).value_or("").starts_with(cluster + ':');
}

ovsdb::Mutation set_mark(const std::string& mark) {
  return {"external_ids", "insert", ovsdb::Value::string_map({{kOwnerKey, mark}})};
}

std::string protection(const ovsdb::Row& row) {
  if (column(row, "external_ids").at(kProtectKey) != "true") return "";
  return "it is protected, and the file no longer has it: put its block back with `protect = false`, apply, "
         "then delete the block";
}

ovsdb::Value marked(const std::string& mark, bool protect) {
  std::map<std::string, std::string> ids{{kOwnerKey, mark}};
  if (protect) ids.emplace(kProtectKey, "true");
  return ovsdb::Value::string_map(ids);
}

std::vector<ovsdb::Mutation> set_protection(bool protect) {
  std::vector<ovsdb::Mutation> mutations{{"external_ids", "delete", ovsdb::Value(kProtectKey)}};
  if (protect)
    mutations.push_back({"external_ids", "insert", ovsdb::Value::string_map({{kProtectKey, "true"}})});
  return mutations;
}

std::size_t ports_of_others(const Facts& facts, const std::string& cluster, const std::vector<Uuid>& ports) {
  const auto* rows = facts.seen<RowsSeen>(kCluster, switch_ports_look());
  return static_cast<std::size_t>(std::ranges::count_if(ports, [&](const Uuid& port) {
    const auto found = rows ? rows->rows().find(port) : ovsdb::Table::const_iterator{};
    if (!rows || found == rows->rows().end()) return true;
    return !is_of(found->second, cluster);
  }));
}

void make_logical_switch_ports(const Context& context, Resources& resources) {
  if (context.placement.centrals.empty()) return;  // nobody serves them
  for (const auto& [name, spec] : context.desired.switches)
    for (const auto& [port_name, port] : spec.ports)
      resources.push_back(std::make_unique<LogicalSwitchPort>(context, port));
  const auto* rows = context.facts.seen<RowsSeen>(kCluster, switch_ports_look());
  if (!rows) return;
  for (const auto& [name, uuid] : owned_names(*rows, context.desired.cluster.name, kPortKind)) {
    if (context.desired.find_port(name)) continue;
    resources.push_back(std::make_unique<LostPort>(
        ResourceId{kPortKind, name}, uuid,
        std::vector<Need>{{listener_id(Database::northbound), "the northbound database is there"}}));
  }
}

}  // namespace kiln::resources
