#include "base/text.h"
#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `listener/<nb|sb>`: the row of Connection by which all members of a database listen for clients.
// Written by transaction and never by set-connection, which replaces the row and loses its columns.

namespace kiln::resources {
namespace {

constexpr const char* kNorthdKey = "northd_probe_interval";
constexpr const char* kNorthdProbe = "options:northd_probe_interval";

class Listener : public Resource {
 public:
  Listener(const Context& context, Database database)
      : Resource(listener_id(database), kCluster, context.desired.central.places.self),
        database_(database),
        mark_(context.mark(id())),
        target_("pssl:" + std::to_string(client_port(database)) + ":[::]"),
        adopts_(context.desired.cluster.adopt),
        probe_ms_(context.desired.central.inactivity_probe_ms) {
    needs_ = context.needs_of_members(database, "all members are there before clients may come");
    for (const NodeSpec* central : context.nodes_with("central")) {
      if (context.facts.unknown(central->name, DatabaseFileLook{database}))
        continue;  // it serves when it is back
      const std::string name = database == Database::northbound ? kNorthboundName : kSouthboundName;
      gates_.push_back(
          {central->name,
           CertificateServed{central->address, client_port(database), name + '.' + central->name},
           kAgreement});
    }
  }

  std::vector<Probe> probes() const override { return {{kCluster, connections()}, {kCluster, global()}}; }
  std::optional<State> wanted() const override {
    State state{{"target", target_}, {"inactivity_probe", std::int64_t{probe_ms_}}, {kOwnerKey, mark_}};
    // ovn-northd does not heed the rows of Connection (ovn-nb(5), options:northd_probe_interval).
    if (database_ == Database::northbound) state[kNorthdProbe] = std::to_string(probe_ms_);
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(kCluster, probe.look)) return Unknown{*why};
    const auto* rows = facts.seen<RowsSeen>(kCluster, connections());
    if (!rows) return Absent{};
    const auto uuid = find(*rows);
    if (!uuid) return Absent{};
    const auto target = column(rows->rows().at(*uuid), "target").as_string().value_or("");
    if (target != target_ && !adopts_ && rows->owned(mark_).empty())
      return Foreign{"the connection " + target + " has the port of " + target_ +
                     ": `adopt = true` in [cluster] makes it this one, or delete it"};
    const ovsdb::Row& row = rows->rows().at(*uuid);
    if (rows->owned(mark_).size() > 1)
      return Foreign{"more than one row of Connection holds the mark " + mark_};
    const auto owner = column(row, "external_ids").at(kOwnerKey);
    if (owner && *owner != mark_) return Foreign{"the connection " + target_ + " is of " + *owner};
    State state{{"target", column(row, "target").as_string().value_or("")}};
    if (const auto probe = column(row, "inactivity_probe").as_integer()) state["inactivity_probe"] = *probe;
    if (owner) state[kOwnerKey] = *owner;
    const auto* globals = facts.seen<RowsSeen>(kCluster, global());
    if (database_ == Database::northbound && globals && !globals->rows().empty())
      if (const auto probe = column(globals->rows().begin()->second, "options").at(kNorthdKey))
        state[kNorthdProbe] = *probe;
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "write", "listen on " + target_);
    // A new database has no such row yet: ovn-northd would make it, but it comes later. A lease makes it,
    // too.
    const auto* rows = facts.seen<RowsSeen>(kCluster, global());
    if (change.verb == Verb::create && (!rows || rows->rows().empty()))
      step.actions.push_back(Transact{database_, make_global()});
    step.actions.push_back(
        Transact{database_, change.verb == Verb::create ? create() : update(change, facts)});
    step.gates = gates_;
    step.risk = Risk::control_plane;
    return std::vector<Step>{step};
  }

 private:
  RowsLook connections() const { return connections_look(database_); }
  RowsLook global() const { return {database_, global_table(database_), {"connections", "options"}}; }

  /// ovsdb(7): "ptcp:6641", "pssl:6641:[::]".
  bool has_our_port(const std::string& target) const {
    const std::vector<std::string> parts = split(target, ':');
    return parts.size() > 1 && (parts[0] == "ptcp" || parts[0] == "pssl") &&
           parts[1] == std::to_string(client_port(database_));
  }

  std::optional<Uuid> find(const RowsSeen& rows) const {
    if (const auto owned = rows.owned(mark_); !owned.empty()) return owned.front();
    for (const auto& [uuid, row] : rows.rows())
      if (column(row, "target").as_string() == target_) return uuid;
    // Who made the database by hand has made it listen, often without TLS: two cannot have one port.
    for (const auto& [uuid, row] : rows.rows())
      if (has_our_port(column(row, "target").as_string().value_or(""))) return uuid;
    return std::nullopt;
  }

  ovsdb::Transaction make_global() const {
    return {ovsdb::Wait{global_table(database_), {}, {"connections"}, true, {}},
            ovsdb::Insert{.table = global_table(database_), .row = {}, .uuid = {}, .uuid_name = {}}};
  }

  ovsdb::Transaction create() const {
    const Uuid uuid = row_uuid(mark_);
    ovsdb::Row row{{"target", target_}, {"inactivity_probe", probe_ms_}};
    row["external_ids"] = ovsdb::Value::string_map({{kOwnerKey, mark_}});
    ovsdb::Transaction transaction{
        ovsdb::Insert{.table = "Connection", .row = row, .uuid = uuid, .uuid_name = {}},
        ovsdb::Mutate{global_table(database_), {}, {{"connections", "insert", ovsdb::Value(uuid)}}}};
    if (database_ == Database::northbound) transaction.push_back(northd_probe());
    return transaction;
  }

  ovsdb::Operation northd_probe() const {
    return ovsdb::Mutate{
        global_table(database_),
        {},
        {{"options", "delete", ovsdb::Value(kNorthdKey)},
         {"options", "insert", ovsdb::Value::string_map({{kNorthdKey, std::to_string(probe_ms_)}})}}};
  }

  ovsdb::Transaction update(const Change& change, const Facts& facts) const {
    const auto* rows = facts.seen<RowsSeen>(kCluster, connections());
    const auto uuid = rows ? find(*rows) : std::nullopt;
    if (!uuid) return {};
    const ovsdb::Where where = ovsdb::by_uuid(*uuid);
    ovsdb::Transaction transaction{
        ovsdb::Update{"Connection", where, {{"target", target_}, {"inactivity_probe", probe_ms_}}},
        ovsdb::Mutate{"Connection",
                      where,
                      {{"external_ids", "delete", ovsdb::Value(kOwnerKey)},
                       {"external_ids", "insert", ovsdb::Value::string_map({{kOwnerKey, mark_}})}}}};
    if (change.touches(kNorthdProbe)) transaction.push_back(northd_probe());
    return transaction;
  }

  Database database_;
  std::string mark_;
  std::string target_;
  bool adopts_;
  int probe_ms_;
  std::vector<Need> needs_;
  std::vector<Gate> gates_;
};

}  // namespace

void make_listeners(const Context& context, Resources& resources) {
  if (context.nodes_with("central").empty()) return;
  for (const Database database : {Database::northbound, Database::southbound})
    resources.push_back(std::make_unique<Listener>(context, database));
}

}  // namespace kiln::resources
