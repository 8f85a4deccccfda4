#include "resources/opens.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "resources/central/central.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/works_parts.h"

namespace kiln::resources {
namespace {

/// A remote (ovsdb(7), Connection Methods): "ptcp:6641", "pssl:6641:[::]", "tcp:192.0.2.1:6640", "punix:…".
struct Target {
  std::string method;
  std::string host;
  std::string port;

  explicit Target(const std::string& text) {
    const std::size_t colon = text.find(':');
    method = text.substr(0, colon);
    std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    const std::size_t between = listens() ? rest.find(':') : rest.rfind(':');
    const std::string before = rest.substr(0, between);
    const std::string behind = between == std::string::npos ? "" : rest.substr(between + 1);
    port = listens() ? before : behind;
    host = listens() ? behind : before;
  }

  bool listens() const { return method == "ptcp" || method == "pssl"; }
  /// It lets somebody else than this host in, or goes to one.
  bool is_open() const { return (listens() || method == "tcp" || method == "ssl") && !is_of_this_host(host); }
  std::string admits() const {
    const bool tls = method == "pssl" || method == "ssl";
    return tls ? "whoever has a certificate of the authority" : "whoever reaches it, without a certificate";
  }

  static bool is_of_this_host(const std::string& address) {
    return address.starts_with("127.") || address == "[::1]" || address == "localhost" ||
           address.starts_with("[::ffff:127.");
  }
};

constexpr std::string_view kRemoteArgument = "--remote=";
constexpr std::string_view kAuthorityArgument = "--ca-cert=";

class Guard {
 public:
  explicit Guard(const Context& context) : context_(context), facts_(context.facts) {}

  std::vector<Trouble> all() && {
    const bool own = context_.desired.cluster.central_ips.empty();
    for (const Database database : kClustered)
      if (own) judge_connections(database);
    for (const NodeSpec* node : context_.desired.nodes_in_file_order()) {
      if (!node->stays()) continue;
      if (context_.placement.has(node->name, "central"))
        for (const Database database : kClustered) judge_server(*node, database);
      if (context_.placement.has(node->name, "switch")) judge_switch(*node);
      judge_others(*node);
    }
    return std::move(troubles_);
  }

 private:
  void add(ResourceId resource, const HostName& host, std::string seen, std::string mend) {
    troubles_.push_back({std::move(resource), host, std::move(seen), std::move(mend), Passing::by_hand});
  }

  /// ovn-nb(5), ovn-sb(5), Connection: what the file has not, beside kiln's own row.
  void judge_connections(Database database) {
    const auto* rows = facts_.seen<RowsSeen>(kCluster, connections_look(database));
    if (!rows) return;
    const bool nb = database == Database::northbound;
    for (const auto& [uuid, row] : rows->rows()) {
      const std::string text = column(row, "target").as_string().value_or("");
      const Target target(text);
      if (target.listens()) explained_[std::string(short_name(database))].insert(target.port);
      const bool ours = column(row, "external_ids").at(kOwnerKey) == context_.mark(listener_id(database));
      // Of two that want kiln's port plan tells.
      if (ours || !target.is_open() || target.port == std::to_string(client_port(database))) continue;
      add(listener_id(database), kCluster,
          "connection " + text + " opens " + std::string(schema_name(database)) + " to " + target.admits(),
          std::string(nb ? "`ovn-nbctl remove NB_Global" : "`ovn-sbctl remove SB_Global") +
              " . connections " + uuid.text() + '`');
    }
  }

  /// ovsdb-server(1): --remote and --ca-cert that kiln did not write, and ovsdb-server/add-remote.
  void judge_server(const NodeSpec& node, Database database) {
    const std::string unit(server_unit(database));
    const ResourceId id = listener_id(database);  // the member itself may be well
    if (!is_active(facts_, node.name, unit)) return;
    std::set<std::string> ports = explained_[std::string(short_name(database))];
    ports.insert({std::to_string(client_port(database)), std::to_string(raft_port(database))});
    judge_arguments(node, unit, id, ports);
    const std::string control = "`ovn-appctl -t " + std::string(control_path(database)) + ' ';
    judge_remotes(node, std::string(short_name(database)), unit, id, std::string(schema_name(database)),
                  control, ports);
    // What is not known could explain them.
    if (facts_.seen<RowsSeen>(kCluster, connections_look(database)))
      judge_sockets(node, std::string(short_name(database)), id, control + "ovsdb-server/list-remotes` there",
                    ports);
  }

  void judge_arguments(const NodeSpec& node, const std::string& unit, const ResourceId& id,
                       std::set<std::string>& ports) {
    const std::string mend = "`systemctl cat " + unit + "` there shows where the argument is from";
    const auto& arguments = facts_.seen<UnitSeen>(node.name, UnitLook{unit})->command_line;
    const std::string authority = std::string(kAuthorityArgument) + kTrustPath;
    // Without kiln's own it runs as somebody else has made it: that is a change.
    const bool as_kiln_runs_it = std::ranges::find(arguments, authority) != arguments.end();
    for (const std::string& argument : arguments) {
      // The last one wins; with `none` nobody needs a certificate.
      if (as_kiln_runs_it && argument.starts_with(kAuthorityArgument) && argument != authority)
        add(id, node.name,
            unit + " runs with " + argument +
                " too: it, and not kiln's authority, may decide whom it lets in",
            mend);
      if (!argument.starts_with(kRemoteArgument)) continue;
      const Target target(argument.substr(kRemoteArgument.size()));
      if (target.is_open())
        add(id, node.name, unit + " runs with " + argument + ": it lets in " + target.admits(), mend);
      if (target.listens()) ports.insert(target.port);
    }
  }

  bool is_argument(const HostName& host, const std::string& unit, const std::string& target) const {
    const auto& arguments = facts_.seen<UnitSeen>(host, UnitLook{unit})->command_line;
    return std::ranges::find(arguments, std::string(kRemoteArgument) + target) != arguments.end();
  }

  /// What a server was told while it runs. It is gone when it starts anew.
  void judge_remotes(const NodeSpec& node, const std::string& daemon, const std::string& unit,
                     const ResourceId& id, const std::string& schema, const std::string& control,
                     std::set<std::string>& ports) {
    const auto* seen = facts_.seen<ListenersSeen>(node.name, ListenersLook{});
    if (!seen) return;
    for (const RemoteSeen& remote : seen->remotes) {
      const Target target(remote.target);
      if (remote.daemon != daemon || is_argument(node.name, unit, remote.target)) continue;
      if (target.is_open())
        add(id, node.name,
            "its server was told to take " + remote.target + ", which opens " + schema + " to " +
                target.admits(),
            control + "ovsdb-server/remove-remote " + remote.target + "` there");
      if (target.listens()) ports.insert(target.port);
    }
  }

  /// Sockets that no row, argument or command explains.
  void judge_sockets(const NodeSpec& node, const std::string& daemon, const ResourceId& id,
                     const std::string& mend, const std::set<std::string>& ports) {
    const auto* seen = facts_.seen<ListenersSeen>(node.name, ListenersLook{});
    if (!seen) return;
    std::set<std::string> told;
    for (const ListenerSeen& socket : seen->sockets) {
      const std::string port = std::to_string(socket.port);
      if (socket.daemon != daemon || Target::is_of_this_host(socket.address) || ports.contains(port) ||
          !told.insert(port).second)
        continue;
      add(id, node.name,
          daemon + " listens on " + socket.address + ':' + port + ", and nothing in the file says so",
          mend + " says as what; the server forgets what it was told when it is restarted");
    }
  }

  /// Servers that somebody has started besides: a relay (ovsdb(7), Relay Service Model) opens what it relays.
  /// One that does not tell what it serves may be one.
  void judge_others(const NodeSpec& node) {
    const auto* seen = facts_.seen<ListenersSeen>(node.name, ListenersLook{});
    if (!seen) return;
    for (const OtherServerSeen& other : seen->others) {
      if (Target::is_of_this_host(other.address)) continue;
      for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch}) {
        const std::string name(schema_name(database));
        const bool serves = std::ranges::find(other.databases, name) != other.databases.end();
        if (!serves && !other.databases.empty()) continue;
        const std::string pid = std::to_string(other.pid);
        add(database == Database::open_vswitch ? openvswitch_id(node.name) : listener_id(database), node.name,
            "an ovsdb-server that the packages' units do not run (pid " + pid + ") listens on " +
                other.address + ':' + std::to_string(other.port) +
                (serves ? " and serves " + name : ", and does not tell what it serves"),
            "`ps -fp " + pid + "` there shows how it was started; stop it");
        if (!serves) break;
      }
    }
  }

  /// ovs-vswitchd.conf.db(5), Manager: who may change the host's Open vSwitch; Controller: who may change the
  /// flows of a bridge.
  void judge_switch(const NodeSpec& node) {
    const ResourceId id = openvswitch_id(node.name);
    std::set<std::string> ports;
    if (const auto* rows = facts_.seen<RowsSeen>(node.name, managers_look()))
      for (const auto& [uuid, row] : rows->rows()) {
        const std::string text = column(row, "target").as_string().value_or("");
        const Target target(text);
        if (target.listens()) ports.insert(target.port);
        if (target.is_open())
          add(id, node.name, "manager " + text + " opens Open_vSwitch to " + target.admits(),
              "`ovs-vsctl remove Open_vSwitch . manager_options " + uuid.text() + "` there");
      }
    const std::string unit(server_unit(Database::open_vswitch));
    const std::string control = "`ovs-appctl -t ovsdb-server ";
    if (is_active(facts_, node.name, unit)) {
      judge_arguments(node, unit, id, ports);
      judge_remotes(node, "ovsdb-server", unit, id, "Open_vSwitch", control, ports);
      if (facts_.seen<RowsSeen>(node.name, managers_look()))
        judge_sockets(node, "ovsdb-server", id, control + "ovsdb-server/list-remotes` there", ports);
    }
    judge_controllers(node, id);
  }

  void judge_controllers(const NodeSpec& node, const ResourceId& id) {
    const auto* bridges = facts_.seen<RowsSeen>(node.name, bridges_look());
    const auto* controllers = facts_.seen<RowsSeen>(node.name, controllers_look());
    if (!bridges || !controllers) return;
    std::set<std::string> ports;
    for (const auto& [name, uuid] : bridges->names()) {
      const bool ours = name == kIntegrationBridge || node.bridges.contains(name);
      for (const Uuid& at : column(bridges->rows().at(uuid), "controller").as_uuids()) {
        const auto row = controllers->rows().find(at);
        if (row == controllers->rows().end()) continue;
        const std::string text = column(row->second, "target").as_string().value_or("");
        Target target(text);
        if (target.listens() && target.port.empty()) target.port = "6653";  // IANA's for OpenFlow
        if (target.listens()) ports.insert(target.port);
        // A bridge of somebody else is his to open.
        if (ours && target.listens() && target.is_open())
          add(bridge_id(node.name, name), node.name,
              "controller " + text + " opens its flows to " + target.admits(),
              "`ovs-vsctl remove Bridge " + name + " controller " + at.text() + "` there");
      }
    }
    judge_sockets(node, "ovs-vswitchd", id, "`ovs-vsctl --columns=name,controller list Bridge` there", ports);
  }

  const Context& context_;
  const Facts& facts_;
  std::map<std::string, std::set<std::string>> explained_;  ///< ports, by daemon
  std::vector<Trouble> troubles_;
};

}  // namespace

std::vector<Probe> probes_of_openings(const Desired& desired, const Placement& placement) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const HostName& host = node->name;
    const bool central = placement.has(host, "central");
    const bool has_switch = placement.has(host, "switch");
    if (central || has_switch) probes.push_back({host, ListenersLook{}});
    for (const Database database : kClustered)
      if (central) probes.push_back({host, UnitLook{std::string(server_unit(database))}});
    if (!has_switch) continue;
    for (const RowsLook& look : {bridges_look(), controllers_look(), managers_look()})
      probes.push_back({host, look});
    probes.push_back({host, UnitLook{std::string(server_unit(Database::open_vswitch))}});
  }
  if (!placement.centrals.empty())
    for (const Database database : kClustered) probes.push_back({kCluster, connections_look(database)});
  return probes;
}

std::vector<Trouble> openings(const Context& context) {
  return Guard(context).all();
}

}  // namespace kiln::resources
