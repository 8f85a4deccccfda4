#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/port_columns.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `bridge/<node>/<name>`: a bridge of Open vSwitch. Two sorts: the integration bridge of OVN, and
// bridges of the file, such as the one whose address is the tunnel endpoint of the userspace datapath (which
// encapsulates only if the underlay's address sits on a netdev bridge).

namespace kiln::resources {
namespace {

/// The line of the unit that gives the bridge its address.
const std::string kAddressLine = "ExecStart=/usr/sbin/ip address replace ";

class Bridge : public Resource {
 public:
  Bridge(const Context& context, const NodeSpec& node, BridgeSpec spec, bool integration)
      : Resource(bridge_id(node.name, spec.name), node.name, spec.places.self),
        spec_(std::move(spec)),
        integration_(integration),
        mark_(context.mark(id())),
        cluster_(context.desired.cluster.name),
        adopts_(context.desired.cluster.adopt) {}

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes = {{host(), bridges_look()}, {host(), ports_look()}};
    if (integration_) return probes;  // the file gives it no address
    probes.push_back({host(), HostLook{}});
    probes.push_back({host(), UnitLook{unit()}});
    probes.push_back({host(), FileLook{unit_path(unit())}});
    return probes;
  }

  std::optional<State> wanted() const override {
    // An empty datapath_type is the kernel's (ovs-vswitchd.conf.db(5), Bridge).
    State state{{"datapath_type", spec_.datapath}, {kOwnerKey, mark_}};
    if (integration_) state["fail_mode"] = std::string("secure");
    if (!spec_.port.empty()) state["port"] = spec_.port;
    if (!needs_unit()) return state;
    state["address"] = spec_.address;
    state[unit()] = std::string("active");
    add_enabled(state, unit());
    add_file_wanted(state, unit_path(unit()));
    return state;
  }

  std::vector<Need> needs() const override {
    return {{openvswitch_id(host()), "Open vSwitch makes the bridge"}};
  }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    State state;
    const auto* rows = facts.seen<RowsSeen>(host(), bridges_look());
    const auto row = rows ? find(*rows) : std::nullopt;
    if (row) {
      const ovsdb::Row& bridge = rows->rows().at(*row);
      const auto mark = column(bridge, "external_ids").at(kOwnerKey);
      // ovn-controller makes the integration bridge if it comes first: the same thing, so it is adopted.
      if (mark && mark != mark_)
        return Foreign{"bridge " + spec_.name + " on " + host() + " is there and is not kiln's"};
      if (!mark && !integration_ && !adopts_)
        return Foreign{"bridge " + spec_.name + " on " + host() +
                       " is there and is not kiln's: `adopt = true` in [cluster] makes it kiln's"};
      if (mark) state[kOwnerKey] = *mark;
      const std::string datapath = column(bridge, "datapath_type").as_string().value_or("");
      state["datapath_type"] = datapath.empty() ? "system" : datapath;
      if (const auto mode = column(bridge, "fail_mode").as_string()) state["fail_mode"] = *mode;
      std::vector<std::string> ports;
      for (const auto& [name, port] : held_ports(facts, bridge)) ports.push_back(name);
      if (!ports.empty()) state["port"] = join(ports, ", ");
      for (const auto& [name, port] : marked_ports(facts, bridge))
        add_port_columns_seen(facts.seen<RowsSeen>(host(), ports_look())->rows().at(port), name, state);
    }
    if (needs_unit() || unit_file(facts)) {
      if (const std::string address = address_seen(facts); !address.empty()) state["address"] = address;
      if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()}))
        state[unit()] = seen->active_state;
      if (auto why = add_enabled_seen(facts, host(), unit(), state)) return Unknown{*why};
      if (auto why = add_unit_file_seen(facts, host(), unit(), unit_text(), state)) return Unknown{*why};
    }
    return state.empty() ? Observation(Absent{}) : Observation(state);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    std::vector<Step> steps;
    Step rows = make_step(change, "rows", integration_ ? "the integration bridge" : "bridge " + spec_.name);
    ovsdb::Transaction transaction = row_operations(change, facts);
    const bool told = !transaction.empty();
    if (told) rows.actions.push_back(Transact{Database::open_vswitch, std::move(transaction)});
    // The rows may be there and the daemon not have made the link yet, if kiln was killed in between.
    if (told || (needs_unit() && !has_link(facts)))
      rows.gates.push_back({host(), LinkPresent{spec_.name}, Duration{20000}});
    rows.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    add_step(steps, std::move(rows));
    if (integration_) return steps;
    if (const std::string old = old_address(facts); !old.empty() && is_way_in(facts, old))
      return fail(ErrorCode::precondition, old + " of " + spec_.name +
                                               " is the address by which kiln reaches " + host() +
                                               ": give the node another one first");
    add_step(steps, address_step(change, facts));
    return steps;
  }

  Span span_of(const std::string& attribute) const override {
    if (attribute == "datapath_type") return spec_.places.at("datapath");
    return spec_.places.at(attribute);
  }

 private:
  bool needs_unit() const { return !spec_.address.empty(); }
  std::string unit() const { return bridge_unit(spec_.name); }

  /// Bound to ovs-vswitchd: a userspace bridge's link goes and comes with the daemon, and its address with
  /// it.
  std::string unit_text() const {
    std::string text = file_header(cluster_, id().text()) + "[Unit]\nDescription=kiln: address of bridge " +
                       spec_.name + "\nAfter=" + kSwitchUnit + "\nBindsTo=" + kSwitchUnit +
                       "\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\n";
    if (!spec_.port.empty()) text += "ExecStart=/usr/sbin/ip link set dev " + spec_.port + " up\n";
    text += "ExecStart=/usr/sbin/ip link set dev " + spec_.name + " up\n";
    text += kAddressLine + spec_.address + " dev " + spec_.name + '\n';
    return text + "\n[Install]\nWantedBy=" + kSwitchUnit + '\n';
  }

  /// The unit as it is on the host, if kiln has written it for this bridge.
  const FileSeen* unit_file(const Facts& facts) const {
    const auto* file = facts.seen<FileSeen>(host(), FileLook{unit_path(unit())});
    return file && file->content.starts_with(file_header(cluster_, id().text())) ? file : nullptr;
  }

  const LinkSeen* link_seen(const Facts& facts) const {
    const auto* seen = facts.seen<HostSeen>(host(), HostLook{});
    return seen ? seen->find_link(spec_.name) : nullptr;
  }

  /// The address that the unit gives to the link, which has it, and that the file no longer has; or "". The
  /// unit is the only one to tell which of the link's addresses is kiln's.
  std::string old_address(const Facts& facts) const {
    const LinkSeen* link = link_seen(facts);
    std::string address = address_in_unit(facts, host(), spec_.name);
    if (!link || address.empty() || address == spec_.address) return {};
    const bool has = std::ranges::find(link->addresses, address) != link->addresses.end();
    return has ? address : std::string();
  }

  /// The one that has to go, else the one that is wanted, else any that is there instead.
  std::string address_seen(const Facts& facts) const {
    if (std::string old = old_address(facts); !old.empty()) return old;
    const LinkSeen* link = link_seen(facts);
    if (!needs_unit() || !link || link->addresses.empty()) return {};
    const bool has = std::ranges::find(link->addresses, spec_.address) != link->addresses.end();
    return has ? spec_.address : link->addresses.front();
  }

  bool is_way_in(const Facts& facts, const std::string& address) const {
    const auto* seen = facts.seen<HostSeen>(host(), HostLook{});
    return seen && !seen->ssh_address.empty() && address.starts_with(seen->ssh_address + '/');
  }

  std::optional<Uuid> find(const RowsSeen& rows) const {
    const auto found = rows.names().find(spec_.name);
    return found == rows.names().end() ? std::nullopt : std::optional(found->second);
  }

  bool has_link(const Facts& facts) const { return link_seen(facts); }

  /// Ports of the bridge that the file has, or had: the one that is wanted, and those with the bridge's mark.
  /// What others have put into it is theirs.
  std::map<std::string, Uuid> held_ports(const Facts& facts, const ovsdb::Row& bridge) const {
    std::map<std::string, Uuid> held;
    const auto* ports = facts.seen<RowsSeen>(host(), ports_look());
    if (!ports) return held;
    for (const Uuid& uuid : column(bridge, "ports").as_uuids()) {
      const auto port = ports->rows().find(uuid);
      if (port == ports->rows().end()) continue;
      const std::string name = column(port->second, "name").as_string().value_or("");
      const bool marked = column(port->second, "external_ids").at(kOwnerKey) == mark_;
      if (name != spec_.name && (marked || name == spec_.port)) held.emplace(name, uuid);
    }
    return held;
  }

  /// Those that are kiln's own rows, the bridge's local port among them.
  std::map<std::string, Uuid> marked_ports(const Facts& facts, const ovsdb::Row& bridge) const {
    std::map<std::string, Uuid> marked;
    const auto* ports = facts.seen<RowsSeen>(host(), ports_look());
    if (!ports) return marked;
    const std::vector<Uuid> its = column(bridge, "ports").as_uuids();
    for (const Uuid& uuid : ports->owned(mark_))
      if (std::ranges::find(its, uuid) != its.end())
        marked.emplace(column(ports->rows().at(uuid), "name").as_string().value_or(""), uuid);
    return marked;
  }

  std::map<std::string, std::string> mark() const { return {{kOwnerKey, mark_}}; }

  /// Port and Interface rows that the bridge refers to in the same transaction (neither is a root table).
  void insert_port(ovsdb::Transaction& transaction, const std::string& name, const std::string& type) const {
    const Uuid interface = row_uuid(mark_ + "#interface/" + name);
    ovsdb::Row row{{"name", name}, {"external_ids", ovsdb::Value::strings(mark())}};
    if (!type.empty()) row["type"] = type;
    transaction.push_back(ovsdb::Insert{"Interface", std::move(row), interface, {}});
    transaction.push_back(ovsdb::Insert{"Port",
                                        {{"name", name},
                                         {"interfaces", ovsdb::Value(interface)},
                                         {"external_ids", ovsdb::Value::strings(mark())}},
                                        row_uuid(mark_ + "#port/" + name),
                                        {}});
  }

  ovsdb::Transaction row_operations(const Change& change, const Facts& facts) const {
    const auto* rows = facts.seen<RowsSeen>(host(), bridges_look());
    const auto uuid = rows ? find(*rows) : std::nullopt;
    return uuid ? update(change, facts, *uuid) : insert();
  }

  ovsdb::Transaction insert() const {
    ovsdb::Transaction transaction;
    insert_port(transaction, spec_.name, "internal");
    std::vector<ovsdb::Atom> ports{row_uuid(mark_ + "#port/" + spec_.name)};
    if (!spec_.port.empty()) {
      insert_port(transaction, spec_.port, "");
      ports.emplace_back(row_uuid(mark_ + "#port/" + spec_.port));
    }
    ovsdb::Row row = columns();
    row["name"] = spec_.name;
    row["ports"] = ovsdb::Value::set(ports);
    row["external_ids"] = ovsdb::Value::strings(mark());
    transaction.push_back(ovsdb::Insert{"Bridge", std::move(row), row_uuid(mark_), {}});
    // Open_vSwitch is one row (ovs-vswitchd.conf.db(5)): no condition is needed to find it.
    transaction.push_back(
        ovsdb::Mutate{"Open_vSwitch", {}, {{"bridges", "insert", ovsdb::Value(row_uuid(mark_))}}});
    return transaction;
  }

  ovsdb::Transaction update(const Change& change, const Facts& facts, const Uuid& uuid) const {
    ovsdb::Transaction transaction;
    const ovsdb::Where where = ovsdb::by_uuid(uuid);
    if (change.touches("datapath_type") || change.touches("fail_mode")) {
      ovsdb::Row row = columns();
      // In secure mode a bridge without a controller has no flow (ovs-vswitchd.conf.db(5), Bridge,
      // fail_mode).
      if (!integration_ && change.touches("fail_mode")) row["fail_mode"] = ovsdb::Value::set({});
      transaction.push_back(ovsdb::Update{"Bridge", where, std::move(row)});
    }
    if (change.touches(kOwnerKey))
      transaction.push_back(ovsdb::Mutate{"Bridge",
                                          where,
                                          {{"external_ids", "delete", ovsdb::Value(kOwnerKey)},
                                           {"external_ids", "insert", ovsdb::Value::strings(mark())}}});
    const ovsdb::Row& bridge = facts.seen<RowsSeen>(host(), bridges_look())->rows().at(uuid);
    for (const auto& [name, port] : marked_ports(facts, bridge))
      empty_port_columns(change, port, name, transaction);
    if (!change.touches("port")) return transaction;
    std::map<std::string, Uuid> held = held_ports(facts, bridge);
    if (!spec_.port.empty() && held.erase(spec_.port) == 0) {
      insert_port(transaction, spec_.port, "");
      transaction.push_back(ovsdb::Mutate{
          "Bridge", where, {{"ports", "insert", ovsdb::Value(row_uuid(mark_ + "#port/" + spec_.port))}}});
    }
    // Two ports that lead to one network would be a loop.
    for (const auto& [name, port] : held)
      transaction.push_back(ovsdb::Mutate{"Bridge", where, {{"ports", "delete", ovsdb::Value(port)}}});
    return transaction;
  }

  ovsdb::Row columns() const {
    ovsdb::Row row{{"datapath_type", spec_.datapath == "system" ? "" : spec_.datapath}};
    if (integration_) row["fail_mode"] = "secure";
    return row;
  }

  /// The address that was goes first: as long as the unit tells of it, a run that was killed is finished.
  Step address_step(const Change& change, const Facts& facts) const {
    const std::string old = old_address(facts);
    Step step = make_step(change, "address",
                          needs_unit() ? spec_.address + " on " + spec_.name : "no address on " + spec_.name);
    step.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    if (!old.empty()) step.actions.push_back(RemoveAddress{spec_.name, old});
    const std::string path = unit_path(unit());
    if (!needs_unit()) {
      if (change.touches(path))
        append(step.actions, {UnitAction{unit(), UnitVerb::disable}, UnitAction{unit(), UnitVerb::stop},
                              RemoveFile{path}, DaemonReload{}});
      return step;
    }
    if (change.touches(path)) {
      step.actions.push_back(WriteFile{path, unit_text(), 0644});
      step.actions.push_back(DaemonReload{});
    }
    if (change.touches(unit() + " at boot")) step.actions.push_back(UnitAction{unit(), UnitVerb::enable});
    if (change.touches(path) || change.touches(unit()) || change.touches("address") ||
        change.touches("port") || change.touches("datapath_type"))
      step.actions.push_back(
          UnitAction{unit(), change.verb == Verb::create ? UnitVerb::start : UnitVerb::restart});
    if (!step.actions.empty()) step.gates.push_back({host(), UnitActive{unit()}, Duration{20000}});
    return step;
  }

  BridgeSpec spec_;
  bool integration_;
  std::string mark_;
  std::string cluster_;
  bool adopts_;
};

}  // namespace

std::string address_in_unit(const Facts& facts, const HostName& host, const std::string& bridge) {
  const auto* file = facts.seen<FileSeen>(host, FileLook{unit_path(bridge_unit(bridge))});
  const std::string end = " dev " + bridge;
  for (const std::string& line : split(file ? file->content : "", '\n')) {
    if (!line.starts_with(kAddressLine) || !line.ends_with(end)) continue;
    const std::size_t length = line.size() - kAddressLine.size() - end.size();
    if (const auto address = IpInterface::parse(line.substr(kAddressLine.size(), length)))
      return address->text();
  }
  return {};
}

void make_bridges(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.nodes_with("switch")) {
    for (const auto& [name, spec] : node->bridges)
      resources.push_back(std::make_unique<Bridge>(context, *node, spec, false));
    if (!context.placement.has(node->name, "chassis")) continue;
    BridgeSpec integration;
    integration.name = kIntegrationBridge;
    integration.datapath = node->integration_datapath();
    integration.places.self = node->places.at("datapath");
    resources.push_back(std::make_unique<Bridge>(context, *node, integration, true));
  }
  make_lost_bridges(context, resources);
}

}  // namespace kiln::resources
