#include <optional>

#include "resources/context.h"
#include "resources/nb/rows.h"
#include "resources/steps.h"

// Kind `logical-switch/<name>`: a row of Logical_Switch (ovn-nb(5)).

namespace kiln::resources {
namespace {

constexpr const char* kSwitchKind = "logical-switch";

class LogicalSwitch : public Resource {
 public:
  LogicalSwitch(const Context& context, const SwitchSpec& spec)
      : Resource(logical_switch_id(spec.name), kCluster, spec.places.self),
        name_(spec.name),
        protect_(spec.protect),
        places_(spec.places),
        mark_(context.mark(id())),
        adopted_(find_unmarked(context)) {}

  std::vector<Probe> probes() const override { return {{kCluster, switches_look()}}; }
  std::optional<State> wanted() const override {
    State state{{"name", name_}, {"protect", protect_}};
    if (adopted_) state[kOwnerKey] = mark_;
    return state;
  }
  std::vector<Need> needs() const override {
    return {{listener_id(Database::northbound), "the northbound database is there"}};
  }

  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(kCluster, switches_look())) return Unknown{*why};
    const auto* rows = facts.seen<RowsSeen>(kCluster, switches_look());
    if (!rows) return Absent{};
    const auto owned = rows->owned(mark_);
    if (owned.size() > 1) return Foreign{"more than one row of Logical_Switch holds the mark " + mark_};
    if (!owned.empty() || (adopted_ && rows->rows().contains(*adopted_))) {
      const ovsdb::Row& row = rows->rows().at(owned.empty() ? *adopted_ : owned.front());
      State state{{"name", column(row, "name").as_string().value_or("")},
                  {"protect", !protection(row).empty()}};
      if (adopted_ && !owned.empty()) state[kOwnerKey] = mark_;
      return state;
    }
    // Names of logical switches are not unique in the schema: a second one would be legal, and wrong.
    if (rows->names().contains(name_))
      return Foreign{"a logical switch " + name_ + " is there and is not kiln's"};
    return Absent{};
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "row", "logical switch " + name_);
    step.pool = kRows;
    if (change.verb == Verb::create) {
      ovsdb::Row row{{"name", name_}, {"external_ids", marked(mark_, protect_)}};
      step.actions.push_back(Transact{
          Database::northbound, {ovsdb::Insert{"Logical_Switch", std::move(row), row_uuid(mark_), {}}}});
    } else {
      const auto* rows = facts.seen<RowsSeen>(kCluster, switches_look());
      const ovsdb::Where where = ovsdb::by_uuid(adopted_ ? *adopted_ : rows->owned(mark_).front());
      ovsdb::Transaction transaction;
      if (change.touches(kOwnerKey))
        transaction.push_back(ovsdb::Mutate{"Logical_Switch", where, {set_mark(mark_)}});
      if (change.touches("name"))
        transaction.push_back(ovsdb::Update{"Logical_Switch", where, {{"name", name_}}});
      if (change.touches("protect"))
        transaction.push_back(ovsdb::Mutate{"Logical_Switch", where, set_protection(protect_)});
      step.actions.push_back(Transact{Database::northbound, std::move(transaction)});
    }
    return std::vector<Step>{step};
  }

  Span span_of(const std::string& attribute) const override { return places_.at(attribute); }

 private:
  /// The only switch of that name, if it is nobody's and the file says that kiln adopts such.
  std::optional<Uuid> find_unmarked(const Context& context) const {
    const auto* rows = context.facts.seen<RowsSeen>(kCluster, switches_look());
    if (!context.desired.cluster.adopt || !rows || !rows->owned(mark_).empty()) return std::nullopt;
    const auto [first, last] = rows->names().equal_range(name_);
    if (first == last || std::next(first) != last || !is_unmarked(rows->rows().at(first->second)))
      return std::nullopt;
    return first->second;
  }

  std::string name_;
  bool protect_;
  Places places_;
  std::string mark_;
  std::optional<Uuid> adopted_;
};

/// A switch of ours that the file no longer has.
class LostLogicalSwitch : public Resource {
 public:
  LostLogicalSwitch(ResourceId id, Uuid uuid, std::string cluster, std::vector<Need> needs)
      : Resource(std::move(id), kCluster, {}),
        uuid_(uuid),
        cluster_(std::move(cluster)),
        needs_(std::move(needs)) {}
  std::vector<Probe> probes() const override {
    return {{kCluster, switches_look()}, {kCluster, switch_ports_look()}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  Observation observe(const Facts& facts) const override {
    const auto* rows = facts.seen<RowsSeen>(kCluster, switches_look());
    if (!rows || !rows->rows().contains(uuid_)) return Absent{};
    const ovsdb::Row& row = rows->rows().at(uuid_);
    if (std::string why = protection(row); !why.empty()) return Foreign{std::move(why)};
    return State{{"name", column(row, "name").as_string().value_or("")}};
  }
  std::vector<Need> needs() const override { return needs_; }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const auto* rows = facts.seen<RowsSeen>(kCluster, switches_look());
    const auto ports = column(rows->rows().at(uuid_), "ports").as_uuids();
    if (const std::size_t others = ports_of_others(facts, cluster_, ports); others > 0)
      return fail(ErrorCode::failed,
                  "it has " + std::to_string(others) +
                      " logical switch ports that are not kiln's; they would be lost with it");
    Step step = make_step(change, "remove", "remove logical switch " + id().name);
    step.pool = kRows;
    step.risk = Risk::data_plane;
    // Ours were removed before; a port that somebody adds in the meantime stops the removal.
    step.actions.push_back(Transact{
        Database::northbound,
        {ovsdb::Wait{
             "Logical_Switch", ovsdb::by_uuid(uuid_), {"ports"}, true, {{{"ports", ovsdb::Value::set({})}}}},
         ovsdb::Delete{"Logical_Switch", ovsdb::by_uuid(uuid_)}}});
    return std::vector<Step>{step};
  }

 private:
  Uuid uuid_;
  std::string cluster_;
  std::vector<Need> needs_;
};

/// The ports of ours that it had are removed one by one, so that each is in the plan and may be protected.
std::vector<Need> needs_of_removal(const std::map<std::string, Uuid>& ports, const std::string& name) {
  std::vector<Need> needs{{listener_id(Database::northbound), "the northbound database is there"}};
  const std::string prefix = name + '/';
  for (auto at = ports.lower_bound(prefix); at != ports.end() && at->first.starts_with(prefix); ++at)
    needs.push_back({ResourceId{kPortKind, at->first}, "its ports go first"});
  return needs;
}

}  // namespace

RowsLook switches_look() {
  return {Database::northbound,
          "Logical_Switch",
          {"acls", "copp", "dns_records", "external_ids", "forwarding_groups", "load_balancer",
           "load_balancer_group", "name", "other_config", "ports", "qos_rules"}};
}

void make_logical_switches(const Context& context, Resources& resources) {
  if (context.placement.centrals.empty()) return;  // nobody serves them
  for (const auto& [name, spec] : context.desired.switches)
    resources.push_back(std::make_unique<LogicalSwitch>(context, spec));
  const std::string& cluster = context.desired.cluster.name;
  const auto* rows = context.facts.seen<RowsSeen>(kCluster, switches_look());
  if (!rows) return;
  const auto* port_rows = context.facts.seen<RowsSeen>(kCluster, switch_ports_look());
  const auto ports = port_rows ? owned_names(*port_rows, cluster, kPortKind) : std::map<std::string, Uuid>{};
  for (const auto& [name, uuid] : owned_names(*rows, cluster, kSwitchKind))
    if (!context.desired.switches.contains(name))
      resources.push_back(std::make_unique<LostLogicalSwitch>(ResourceId{kSwitchKind, name}, uuid, cluster,
                                                              needs_of_removal(ports, name)));
}

}  // namespace kiln::resources
