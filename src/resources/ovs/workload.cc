#include <algorithm>

#include "base/assert.h"
#include "base/text.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/nb/rows.h"
#include "resources/ovs/port_columns.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `workload/<name>`: a network namespace wired to a logical port, by a unit of its own so that it is
// there again after a reboot. A veth and not an internal port: a tap moved into a namespace dies with
// ovs-vswitchd.

namespace kiln::resources {
namespace {

constexpr const char* kInnerLink = "eth0";
constexpr const char* kPortPrefix = "port";
constexpr const char* kGiveAddress = "address replace ";

/// A host that did not tell its ports: what runs there is not known.
struct Silent {
  HostName name;
  bool starts = false;  ///< its Open vSwitch is stopped: this plan starts it, and it binds what is there
};

constexpr const char* kLinkState = "link";  ///< attribute: of both ends, "up" or "down"

class Workload : public Resource {
 public:
  Workload(const Context& context, const WorkloadSpec& spec, const PortSpec& port,
           std::vector<Need> moved_from, std::vector<Silent> silent)
      : Resource(workload_id(spec.name), spec.node, spec.places.self),
        spec_(spec),
        port_(port),
        mark_(context.mark(id())),
        cluster_(context.desired.cluster.name),
        drained_(context.node(spec.node).drained()),
        userspace_(context.node(spec.node).integration_datapath() == "netdev"),
        port_mark_(context.mark(logical_switch_port_id(port))),
        silent_(std::move(silent)),
        needs_(std::move(moved_from)) {
    needs_.push_back({logical_switch_port_id(port), "it is wired to this port"});
    needs_.push_back({chassis_id(spec.node), "ovn-controller binds the port"});
    needs_.push_back({northd_id_of_any(context), "northd makes the port's flows", true});
  }

  std::vector<Probe> probes() const override {
    return {{host(), UnitLook{unit()}},          {host(), FileLook{unit_path(unit())}},
            {host(), NamespaceLook{spec_.name}}, {host(), ports_look()},
            {host(), interfaces_look()},         {host(), HostLook{}},
            {kCluster, switch_ports_look()}};
  }

  std::optional<State> wanted() const override {
    State state{{"iface-id", port_.nb_name},
                {"mac", port_.mac()},
                {"mtu", std::int64_t{spec_.mtu}},
                {kLinkState, std::string("up")},
                {"protect", spec_.protect}};
    if (!spec_.ip.empty()) state["address"] = spec_.ip;
    state[unit()] = std::string("active");
    add_enabled(state, unit());
    add_file_wanted(state, unit_path(unit()));
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look); why && probe.host != kCluster) return Unknown{*why};
    State state;
    if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit()})) state[unit()] = seen->active_state;
    if (auto why = add_enabled_seen(facts, host(), unit(), state)) return Unknown{*why};
    if (auto why = add_unit_file_seen(facts, host(), unit(), unit_text(), state)) return Unknown{*why};
    add_namespace(facts, state);
    if (const auto* rows = facts.seen<RowsSeen>(host(), interfaces_look())) {
      const auto named = rows->names().find(workload_link(spec_.name));
      if (named != rows->names().end()) {
        const ovsdb::Value& ids = column(rows->rows().at(named->second), "external_ids");
        if (ids.at(kOwnerKey) != mark_)
          return Foreign{"interface " + workload_link(spec_.name) + " on " + host() +
                         " is there and is not kiln's"};
        if (const auto iface_id = ids.at("iface-id")) state["iface-id"] = *iface_id;
      }
    }
    if (const ovsdb::Row* port = port_row(facts); port || !state.empty()) {
      state["protect"] = port && !protection(*port).empty();
      if (port) add_port_columns_seen(*port, kPortPrefix, state);
      return state;
    }
    for (const Silent& other : silent_)
      if (other.name != host() && (other.starts || may_be_up(facts)))
        return Unknown{port_.nb_name + " is up or may be, and " + other.name +
                       " has not said whether it runs there: two hosts would take the port from each other"};
    return Absent{};
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const std::string path = unit_path(unit());
    std::vector<Step> steps;
    Step link = make_step(change, "namespace", "network namespace " + spec_.name);
    // The unit as it was tells which address goes: it ends with that before there is another.
    if (spec_.ip.empty() && change.touches("address"))
      link.actions.push_back(UnitAction{unit(), UnitVerb::stop});
    if (change.touches(path)) {
      link.actions.push_back(WriteFile{path, unit_text(), 0644});
      link.actions.push_back(DaemonReload{});
    }
    if (change.touches(unit() + " at boot")) link.actions.push_back(UnitAction{unit(), UnitVerb::enable});
    const bool again =
        std::ranges::any_of(std::initializer_list<const char*>{"address", "mac", "mtu", kLinkState},
                            [&](const char* attribute) { return change.touches(attribute); });
    if (again || change.touches(path) || change.touches(unit()))
      link.actions.push_back(
          UnitAction{unit(), change.verb == Verb::create ? UnitVerb::start : UnitVerb::restart});
    if (!link.actions.empty()) link.gates.push_back({host(), UnitActive{unit()}, Duration{20000}});
    link.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    add_step(steps, std::move(link));

    // The binding follows iface-id at once, so it is written when MAC and address are right.
    Step wire = make_step(change, "port", "wire " + spec_.name + " to " + port_.nb_name);
    if (change.touches("iface-id")) wire.actions.push_back(Transact{Database::open_vswitch, plug(facts)});
    const auto* ports = facts.seen<RowsSeen>(host(), ports_look());
    const auto owned = ports ? ports->owned(mark_) : std::vector<Uuid>{};
    if (change.touches("protect") && !owned.empty())
      wire.actions.push_back(
          Transact{Database::open_vswitch,
                   {ovsdb::Mutate{"Port", ovsdb::by_uuid(owned.front()), set_protection(spec_.protect)}}});
    if (touches_port_columns(change, kPortPrefix) && !owned.empty()) {
      ovsdb::Transaction empty;
      empty_port_columns(change, owned.front(), kPortPrefix, empty);
      wire.actions.push_back(Transact{Database::open_vswitch, std::move(empty)});
    }
    // In maintenance nobody binds the port.
    if (!drained_) wire.gates.push_back({kCluster, PortUp{port_.nb_name}, Duration{30000}});
    wire.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    add_step(steps, std::move(wire));
    return steps;
  }

  Span span_of(const std::string& attribute) const override {
    if (attribute == "iface-id") return spec_.places.at("port");
    if (attribute == "address") return spec_.places.at("ip");
    if (attribute == kLinkState) return spec_.places.self;
    return spec_.places.at(attribute);
  }

 private:
  std::string unit() const { return workload_unit(spec_.name); }
  std::string inside() const { return "ExecStart=/usr/sbin/ip -n " + spec_.name + ' '; }

  const ovsdb::Row* port_row(const Facts& facts) const {
    const auto* rows = facts.seen<RowsSeen>(host(), ports_look());
    const auto owned = rows ? rows->owned(mark_) : std::vector<Uuid>{};
    return owned.empty() ? nullptr : &rows->rows().at(owned.front());
  }

  /// Some chassis has bound the port (ovn-nb(5), Logical_Switch_Port.up).
  bool may_be_up(const Facts& facts) const {
    if (facts.unknown(kCluster, switch_ports_look())) return true;
    const auto* rows = facts.seen<RowsSeen>(kCluster, switch_ports_look());
    const auto owned = rows ? rows->owned(port_mark_) : std::vector<Uuid>{};
    return !owned.empty() && column(rows->rows().at(owned.front()), "up").as_bool().value_or(false);
  }

  static ResourceId northd_id_of_any(const Context& context) {
    const auto centrals = context.nodes_with("central");
    return northd_id(centrals.empty() ? "" : centrals.front()->name);
  }

  void add_namespace(const Facts& facts, State& state) const {
    const auto* seen = facts.seen<NamespaceSeen>(host(), NamespaceLook{spec_.name});
    if (!seen) return;
    const auto link = std::ranges::find(seen->links, kInnerLink, &LinkSeen::name);
    if (link == seen->links.end()) return;
    state["mac"] = link->mac;
    state["mtu"] = std::int64_t{link->mtu};
    const auto* seen_host = facts.seen<HostSeen>(host(), HostLook{});
    const LinkSeen* outer = seen_host ? seen_host->find_link(workload_link(spec_.name)) : nullptr;
    state[kLinkState] = std::string(link->up && outer && outer->up ? "up" : "down");
    if (!link->up) return;
    const auto has = [&](const std::string& address) {
      return std::ranges::find(link->addresses, address) != link->addresses.end();
    };
    // Without one in the file the workload may get it from elsewhere, such as OVN's DHCP: only what kiln has
    // given it is to go.
    const std::string given = spec_.ip.empty() ? given_address(facts) : spec_.ip;
    if (has(given))
      state["address"] = given;
    else if (!spec_.ip.empty() && !link->addresses.empty())
      state["address"] = link->addresses.front();
  }

  /// The address that the unit, as it is on the host, gives; or "".
  std::string given_address(const Facts& facts) const {
    const auto* file = facts.seen<FileSeen>(host(), FileLook{unit_path(unit())});
    if (!file) return {};
    const std::string begin = inside() + kGiveAddress;
    const std::string end = std::string(" dev ") + kInnerLink;
    for (const std::string& line : split(file->content, '\n'))
      if (line.starts_with(begin) && line.ends_with(end))
        return line.substr(begin.size(), line.size() - begin.size() - end.size());
    return {};
  }

  /// Names, MAC and address hold nothing that systemd or ip(8) would read in another way: config/ checks
  /// them.
  std::string unit_text() const {
    const std::string outer = workload_link(spec_.name);
    std::string text =
        file_header(cluster_, id().text()) + "[Unit]\nDescription=kiln: workload " + spec_.name +
        "\nAfter=network-pre.target ovs-vswitchd.service\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\n";
    text += "ExecStart=-/usr/sbin/ip link delete " + outer + '\n';
    text += "ExecStart=-/usr/sbin/ip netns add " + spec_.name + '\n';
    text += "ExecStart=/usr/sbin/ip link add " + outer + " type veth peer name " + kInnerLink + " netns " +
            spec_.name + " address " + port_.mac() + '\n';
    text += inside() + "link set dev lo up\n";
    text += inside() + "link set dev " + kInnerLink + " mtu " + std::to_string(spec_.mtu) + " up\n";
    if (!spec_.ip.empty()) text += inside() + kGiveAddress + spec_.ip + " dev " + kInnerLink + '\n';
    // The userspace datapath reads raw frames: a checksum left to hardware would never be filled in, and TCP
    // would hang while ping works.
    if (userspace_)
      text += "ExecStart=/usr/sbin/ip netns exec " + spec_.name + " /usr/sbin/ethtool -K " + kInnerLink +
              " tx off\n";
    text += "ExecStart=/usr/sbin/ip link set dev " + outer + " up\n";
    // The userspace datapath keeps the socket of the link that was; it opens a link again when its type
    // changes.
    if (userspace_)
      for (const char* type : {"none", "system"})
        text += "ExecStartPost=-/usr/bin/ovs-vsctl --timeout=10 --if-exists set Interface " + outer +
                " type=" + type + '\n';
    text += "ExecStop=-/usr/sbin/ip link delete " + outer + '\n';
    text += "ExecStop=-/usr/sbin/ip netns delete " + spec_.name + '\n';
    return text + "\n[Install]\nWantedBy=multi-user.target\n";
  }

  ovsdb::Transaction plug(const Facts& facts) const {
    const auto* rows = facts.seen<RowsSeen>(host(), interfaces_look());
    const ovsdb::Row ids{
        {"external_ids", ovsdb::Value::string_map({{kOwnerKey, mark_}, {"iface-id", port_.nb_name}})}};
    if (rows)
      if (const auto owned = rows->owned(mark_); !owned.empty())
        return {ovsdb::Mutate{"Interface",
                              ovsdb::by_uuid(owned.front()),
                              {{"external_ids", "delete", ovsdb::Value("iface-id")},
                               {"external_ids", "insert", column(ids, "external_ids")}}}};
    ovsdb::Row interface = ids;
    interface["name"] = workload_link(spec_.name);
    const Uuid interface_uuid = row_uuid(mark_ + "#interface");
    const Uuid port_uuid = row_uuid(mark_ + "#port");
    return {
        ovsdb::Insert{"Interface", interface, interface_uuid, {}},
        ovsdb::Insert{"Port",
                      {{"name", workload_link(spec_.name)},
                       {"interfaces", ovsdb::Value(interface_uuid)},
                       {"external_ids", marked(mark_, spec_.protect)}},
                      port_uuid,
                      {}},
        // By name: a host has few bridges, and this one may be made earlier in the plan.
        ovsdb::Mutate{"Bridge", {{"name", "==", "br-int"}}, {{"ports", "insert", ovsdb::Value(port_uuid)}}}};
  }

  WorkloadSpec spec_;
  PortSpec port_;
  std::string mark_;
  std::string cluster_;
  bool drained_;  ///< its node is in maintenance
  bool userspace_;
  std::string port_mark_;
  std::vector<Silent> silent_;  ///< other hosts
  std::vector<Need> needs_;
};

/// A workload of ours on a host where the file no longer has it.
class LostWorkload : public Resource {
 public:
  LostWorkload(const std::string& name, const HostName& node, Uuid port, bool moves)
      : Resource(lost_workload_id(name, node), node, {}), name_(name), port_(port), moves_(moves) {}
  std::vector<Probe> probes() const override { return {{host(), ports_look()}, {host(), bridges_look()}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    const auto* rows = facts.seen<RowsSeen>(host(), ports_look());
    if (!rows || !rows->rows().contains(port_)) return Absent{};
    const ovsdb::Row& row = rows->rows().at(port_);
    if (std::string why = protection(row); !why.empty() && !moves_) return Foreign{std::move(why)};
    return State{{"port", column(row, "name").as_string().value_or("")}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "remove", "remove workload " + name_);
    step.risk = Risk::data_plane;
    // The unit goes first and the row last: while the row is there, a killed run is found and finished. The
    // unit's end removes the link, and OVN unbinds the port.
    step.actions = {UnitAction{workload_unit(name_), UnitVerb::disable},
                    UnitAction{workload_unit(name_), UnitVerb::stop},
                    RemoveFile{unit_path(workload_unit(name_))}, DaemonReload{}};
    const auto* bridges = facts.seen<RowsSeen>(host(), bridges_look());
    for (const auto& [uuid, row] : bridges ? bridges->rows() : ovsdb::Table{}) {
      const auto ports = column(row, "ports").as_uuids();
      if (std::ranges::find(ports, port_) != ports.end())
        step.actions.push_back(Transact{
            Database::open_vswitch,
            {ovsdb::Mutate{"Bridge", ovsdb::by_uuid(uuid), {{"ports", "delete", ovsdb::Value(port_)}}}}});
    }
    return std::vector<Step>{step};
  }

 private:
  std::string name_;
  Uuid port_;
  bool moves_;  ///< the file has it on another node
};

/// The iface-id of each workload of ours on a host, by the workload's name.
std::map<std::string, std::string> claims_of(const Context& context, const HostName& host) {
  std::map<std::string, std::string> claims;
  if (const auto* rows = context.facts.seen<RowsSeen>(host, interfaces_look()))
    for (const auto& [name, uuid] : owned_names(*rows, context.desired.cluster.name, kWorkloadKind))
      if (const auto iface_id = column(rows->rows().at(uuid), "external_ids").at("iface-id"))
        claims.emplace(name, *iface_id);
  return claims;
}

/// Its Open vSwitch has run and is stopped.
bool is_down(const Facts& facts, const HostName& host) {
  const auto* server = facts.seen<UnitSeen>(host, UnitLook{std::string(server_unit(Database::open_vswitch))});
  return server && server->active_state != "active" &&
         facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{Database::open_vswitch});
}

}  // namespace

bool moves(const ResourceId& removed, const Desired& desired) {
  return removed.kind == kWorkloadKind &&
         desired.workloads.contains(removed.name.substr(0, removed.name.rfind('@')));
}

void make_workloads(const Context& context, Resources& resources) {
  std::map<std::string, std::vector<Need>> moved;     // by workload
  std::map<std::string, std::vector<Need>> given_up;  // by iface-id: another workload may have the port now
  std::vector<Silent> silent;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const auto* ports = context.facts.seen<RowsSeen>(node->name, ports_look());
    const bool down = is_down(context.facts, node->name);
    if (down || context.facts.unknown(node->name, ports_look())) silent.push_back({node->name, down});
    if (!ports) continue;
    const std::map<std::string, std::string> claims = claims_of(context, node->name);
    for (const auto& [name, port] : owned_names(*ports, context.desired.cluster.name, kWorkloadKind)) {
      const auto wanted = context.desired.workloads.find(name);
      if (wanted != context.desired.workloads.end() && wanted->second.node == node->name) continue;
      const bool moves = wanted != context.desired.workloads.end();
      auto lost = std::make_unique<LostWorkload>(name, node->name, port, moves);
      const Need gone{lost->id(), "two hosts with one iface-id would take the port from each other"};
      moved[name].push_back(gone);
      if (const auto claim = claims.find(name); claim != claims.end() && !moves)
        given_up[claim->second].push_back(gone);
      resources.push_back(std::move(lost));
    }
  }
  if (context.placement.centrals.empty()) return;  // nobody binds their ports
  for (const auto& [name, spec] : context.desired.workloads) {
    if (!context.desired.nodes.contains(spec.node)) continue;  // its node waits for its machine
    const PortSpec* port = context.desired.find_port(spec.port);
    KILN_ASSERT(port != nullptr);  // config/ refuses a reference to nothing
    std::vector<Need> before = moved[name];
    const std::vector<Need>& others = given_up[port->nb_name];
    before.insert(before.end(), others.begin(), others.end());
    resources.push_back(std::make_unique<Workload>(context, spec, *port, std::move(before), silent));
  }
}

}  // namespace kiln::resources
