#include "support/fake_network.h"

#include <algorithm>

#include "base/text.h"
#include "support/fake_daemon.h"

namespace kiln::test {
namespace {

using ovsdb::Value;

constexpr const char* kNorthdUnit = "ovn-northd.service";
constexpr const char* kControllerUnit = "ovn-controller.service";

const FakeUnit* unit_of(const FakeHost& host, const std::string& name) {
  const auto found = host.units.find(name);
  return found == host.units.end() ? nullptr : &found->second;
}

bool listens(const FakeDatabase& data, Database database) {
  const std::string prefix = "pssl:" + std::to_string(client_port(database));
  return std::ranges::any_of(data.table("Connection"), [&](const auto& entry) {
    return column(entry.second, "target").as_string().value_or("").starts_with(prefix);
  });
}

std::string external_id(const FakeHost& host, const std::string& key) {
  if (!host.switch_database || host.switch_database->table("Open_vSwitch").empty()) return {};
  const ovsdb::Row& row = host.switch_database->table("Open_vSwitch").begin()->second;
  return column(row, "external_ids").at(key).value_or("");
}

}  // namespace

bool FakeNetwork::reaches(const FakeHost& host, const std::string& remotes, const std::string& certificate,
                          Database database) const {
  for (const std::string& remote : split(remotes, ','))
    for (const auto& [name, server] : hosts_) {
      const FakeRaft::Cluster* cluster = raft(database).cluster_of(name);
      const std::string port = ':' + std::to_string(client_port(database));
      if (!cluster || !raft(database).connected(name) || !listens(cluster->data, database)) continue;
      if (!remote.starts_with("ssl:") || !remote.ends_with(port)) continue;
      std::string address = remote.substr(4, remote.size() - 4 - port.size());
      std::erase_if(address, [](char c) { return c == '[' || c == ']'; });
      if (!server.has_address(address)) continue;
      const FakeUnit* unit = unit_of(server, std::string(server_unit(database)));
      if (unit && tls_works(server, unit->certificate, host, certificate)) return true;
    }
  return false;
}

void FakeNetwork::tick() {
  for (auto& [name, host] : hosts_) sync_bridge_links(host);
  run_northd();
  for (auto& [name, host] : hosts_) run_controller(host);
  bind_ports();
}

Fact FakeNetwork::northd_status(const HostName& host) const {
  if (freeze_northd || !hosts_.at(host).running(kNorthdUnit)) return Absent{};
  return TextSeen{active_northd_ == host ? "Status: active\n" : "Status: standby\n"};
}

void FakeNetwork::run_northd() {
  const auto works = [&](const FakeHost& host) {
    const FakeUnit* unit = unit_of(host, kNorthdUnit);
    return unit && host.running(kNorthdUnit) &&
           reaches(host, argument(*unit, "--ovnnb-db"), unit->certificate, Database::northbound) &&
           reaches(host, argument(*unit, "--ovnsb-db"), unit->certificate, Database::southbound);
  };
  if (!hosts_.contains(active_northd_) || !works(hosts_.at(active_northd_))) {
    const auto next = std::ranges::find_if(hosts_, [&](const auto& entry) { return works(entry.second); });
    active_northd_ = next == hosts_.end() ? HostName() : next->first;
  }
  if (active_northd_.empty()) return;
  FakeDatabase& nb = *northbound_.data();
  FakeDatabase& sb = *southbound_.data();
  if (nb.table("NB_Global").empty())
    static_cast<void>(nb.transact({ovsdb::Insert{"NB_Global", {}, std::nullopt, {}}}, random_));
  if (sb.table("SB_Global").empty())
    static_cast<void>(sb.transact({ovsdb::Insert{"SB_Global", {}, std::nullopt, {}}}, random_));
  ovsdb::Transaction bindings;
  for (const auto& [uuid, row] : nb.table("Logical_Switch_Port")) {
    const std::string name = column(row, "name").as_string().value_or("");
    if (!sb.find("Port_Binding", "logical_port", name))
      bindings.push_back(ovsdb::Insert{"Port_Binding", {{"logical_port", name}}, std::nullopt, {}});
  }
  for (const auto& [uuid, row] : sb.table("Port_Binding"))
    if (!nb.find("Logical_Switch_Port", "name", column(row, "logical_port").as_string().value_or("")))
      bindings.push_back(ovsdb::Delete{"Port_Binding", ovsdb::by_uuid(uuid)});
  static_cast<void>(sb.transact(bindings, random_));
}

std::string FakeNetwork::system_id(const FakeHost& host) const {
  return external_id(host, "system-id");
}

void FakeNetwork::run_controller(FakeHost& host) {
  const FakeUnit* unit = unit_of(host, kControllerUnit);
  if (!unit || !host.running(kControllerUnit) || !host.running("ovsdb-server.service")) return;
  const std::string id = system_id(host);
  const std::string type = external_id(host, "ovn-encap-type");
  const std::string ip = external_id(host, "ovn-encap-ip");
  if (id.empty() || type.empty() || ip.empty() || freeze_chassis) return;
  if (!knows_southbound(host)) return;
  register_chassis(host, id, type, ip);
  make_tunnels(host, id);
}

void FakeNetwork::make_tunnels(FakeHost& host, const std::string& name, bool none) {
  FakeDatabase& ovs = *host.switch_database;
  const auto bridge = ovs.uuid_of("Bridge", "name", "br-int");
  if (!bridge) return;
  std::map<std::string, std::pair<std::string, std::string>> wanted;  // type and address, by ovn-chassis-id
  for (const auto& [uuid, row] : none ? ovsdb::Table{} : southbound_.data()->table("Chassis")) {
    const std::string other = column(row, "name").as_string().value_or("");
    if (other == name) continue;
    for (const Uuid& uuid_of_encap : column(row, "encaps").as_uuids()) {
      const ovsdb::Row& encap = southbound_.data()->table("Encap").at(uuid_of_encap);
      const std::string ip = column(encap, "ip").as_string().value_or("");
      wanted.emplace(other + '@' + ip, std::pair(column(encap, "type").as_string().value_or(""), ip));
    }
  }
  ovsdb::Transaction transaction;
  for (const auto& [uuid, row] : ovs.table("Port"))
    if (const auto id = column(row, "external_ids").at("ovn-chassis-id"); id && wanted.erase(*id) == 0)
      transaction.push_back(
          ovsdb::Mutate{"Bridge", ovsdb::by_uuid(*bridge), {{"ports", "delete", ovsdb::Value(uuid)}}});
  for (const auto& [id, of] : wanted) {
    const ovsdb::NamedUuid interface{"i" + std::to_string(transaction.size())};
    const ovsdb::NamedUuid port{"p" + std::to_string(transaction.size())};
    transaction.push_back(
        ovsdb::Insert{"Interface",
                      {{"name", "ovn-" + id},
                       {"type", of.first},
                       {"options", Value::strings({{"key", "flow"}, {"remote_ip", of.second}})}},
                      std::nullopt,
                      interface.name});
    transaction.push_back(ovsdb::Insert{"Port",
                                        {{"name", "ovn-" + id},
                                         {"interfaces", Value(interface)},
                                         {"external_ids", Value::string_map({{"ovn-chassis-id", id}})}},
                                        std::nullopt,
                                        port.name});
    transaction.push_back(
        ovsdb::Mutate{"Bridge", ovsdb::by_uuid(*bridge), {{"ports", "insert", Value(port)}}});
  }
  if (!transaction.empty()) static_cast<void>(ovs.transact(transaction, random_));
}

bool FakeNetwork::knows_southbound(const FakeHost& host) const {
  const FakeUnit* unit = unit_of(host, kControllerUnit);
  return unit && reaches(host, external_id(host, "ovn-remote"), unit->certificate, Database::southbound);
}

void FakeNetwork::chassis_exits(FakeHost& host) {
  if (!host.switch_database || !southbound_.data() || !knows_southbound(host)) return;
  make_tunnels(host, system_id(host), true);
  for (const char* table : {"Chassis", "Chassis_Private"})
    if (const auto uuid = southbound_.data()->uuid_of(table, "name", system_id(host)))
      static_cast<void>(southbound_.data()->transact({ovsdb::Delete{table, ovsdb::by_uuid(*uuid)}}, random_));
}

void FakeNetwork::register_chassis(FakeHost& host, const std::string& name, const std::string& type,
                                   const std::string& ip) {
  FakeDatabase& sb = *southbound_.data();
  std::vector<std::pair<std::string, std::string>> wanted;
  for (const std::string& one : split(type, ','))
    for (const std::string& at : split(ip, ',')) wanted.emplace_back(one, at);
  const auto uuid = sb.uuid_of("Chassis", "name", name);
  if (uuid) {
    std::vector<std::pair<std::string, std::string>> there;
    for (const Uuid& encap : column(sb.table("Chassis").at(*uuid), "encaps").as_uuids()) {
      const ovsdb::Row& row = sb.table("Encap").at(encap);
      there.emplace_back(column(row, "type").as_string().value_or(""),
                         column(row, "ip").as_string().value_or(""));
    }
    if (std::ranges::is_permutation(there, wanted)) return;
  }
  ovsdb::Transaction transaction;
  std::vector<ovsdb::Atom> encaps;
  for (const auto& [one, at] : wanted) {
    const std::string made = "e" + std::to_string(encaps.size());
    encaps.emplace_back(ovsdb::NamedUuid{made});
    transaction.push_back(
        ovsdb::Insert{"Encap", {{"type", one}, {"ip", at}, {"chassis_name", name}}, std::nullopt, made});
  }
  if (uuid)
    transaction.push_back(ovsdb::Update{"Chassis", ovsdb::by_uuid(*uuid), {{"encaps", Value::set(encaps)}}});
  else
    transaction.push_back(
        ovsdb::Insert{"Chassis",
                      {{"name", name}, {"hostname", host.name}, {"encaps", Value::set(encaps)}},
                      std::nullopt,
                      {}});
  if (!sb.uuid_of("Chassis_Private", "name", name))
    transaction.push_back(ovsdb::Insert{"Chassis_Private", {{"name", name}}, std::nullopt, {}});
  static_cast<void>(sb.transact(transaction, random_));
}

bool FakeNetwork::plugged(const FakeHost& host, const std::string& iface_id) const {
  if (!host.running("ovs-vswitchd.service") || !host.switch_database) return false;
  for (const auto& [uuid, row] : host.switch_database->table("Interface"))
    if (column(row, "external_ids").at("iface-id") == iface_id &&
        host.links.contains(column(row, "name").as_string().value_or("")))
      return true;
  return false;
}

HostName FakeNetwork::holder_of(const std::string& iface_id) {
  HostName holder;
  for (const auto& [name, host] : hosts_) {
    if (!host.running(kControllerUnit) || !plugged(host, iface_id)) continue;
    if (!southbound_.data() || !southbound_.data()->find("Chassis", "name", system_id(host))) continue;
    if (!holder.empty()) conflict_ = iface_id + " on " + holder + " and " + name;
    holder = name;
  }
  return holder;
}

void FakeNetwork::bind_ports() {
  if (!southbound_.data() || !northbound_.data() || freeze_ports) return;
  FakeDatabase& sb = *southbound_.data();
  FakeDatabase& nb = *northbound_.data();
  ovsdb::Transaction bindings;
  ovsdb::Transaction ports;
  for (const auto& [uuid, row] : sb.table("Port_Binding")) {
    const std::string port = column(row, "logical_port").as_string().value_or("");
    const HostName holder = holder_of(port);
    const auto chassis =
        holder.empty() ? std::nullopt : sb.uuid_of("Chassis", "name", system_id(hosts_.at(holder)));
    const Value value = chassis ? Value(*chassis) : Value();
    if (!(column(row, "chassis") == value))
      bindings.push_back(ovsdb::Update{"Port_Binding", ovsdb::by_uuid(uuid), {{"chassis", value}}});
    const ovsdb::Row* logical = nb.find("Logical_Switch_Port", "name", port);
    // Bound is up, whether or not it is enabled (ovn-nb(5)).
    const bool up = chassis.has_value();
    if (logical && column(*logical, "up").as_bool() != up && !active_northd_.empty())
      ports.push_back(ovsdb::Update{"Logical_Switch_Port", {{"name", "==", Value(port)}}, {{"up", up}}});
  }
  static_cast<void>(sb.transact(bindings, random_));
  static_cast<void>(nb.transact(ports, random_));
}

/// The tunnel endpoint that the chassis registered is on a link of its host.
bool FakeNetwork::tunnels(const FakeHost& host) const {
  return host.running(kControllerUnit) &&
         std::ranges::all_of(split(external_id(host, "ovn-encap-ip"), ','),
                             [&](const std::string& ip) { return host.has_address(ip); });
}

Fact FakeNetwork::ping(const HostName& host, const PingLook& look) const {
  const FakeHost& from = hosts_.at(host);
  if (!from.namespaces.contains(look.network_namespace))
    return Unknown{"Cannot open network namespace \"" + look.network_namespace + "\""};
  PingSeen seen{.sent = look.count, .received = 0};
  const auto up = [&](const FakeHost& on, const std::string& space) {
    for (const auto& [name, link] : on.links) {
      if (link.peer_namespace != space || !link.seen.up || !on.switch_database) continue;
      const ovsdb::Row* row = on.switch_database->find("Interface", "name", name);
      const auto port = row ? column(*row, "external_ids").at("iface-id") : std::nullopt;
      const ovsdb::Row* logical = port && northbound_.data()
                                      ? northbound_.data()->find("Logical_Switch_Port", "name", *port)
                                      : nullptr;
      if (logical && column(*logical, "up").as_bool() == true &&
          column(*logical, "enabled").as_bool() != false)
        return true;
    }
    return false;
  };
  for (const auto& [name, to] : hosts_)
    for (const auto& [space, links] : to.namespaces)
      for (const auto& [inner, link] : links)
        for (const std::string& address : link.seen.addresses) {
          if (address.substr(0, address.find('/')) != look.target || !link.seen.up) continue;
          const bool path = name == host || (tunnels(from) && tunnels(to));
          if (path && up(from, look.network_namespace) && up(to, space)) seen.received = look.count;
        }
  return seen;
}

Fact FakeNetwork::served_certificate(const ServedCertificateLook& look) const {
  for (const auto& [name, host] : hosts_) {
    if (freeze_listeners || !host.powered || !host.has_address(look.address)) continue;
    for (const Database database : {Database::northbound, Database::southbound}) {
      const FakeRaft::Cluster* cluster = raft(database).cluster_of(name);
      if (look.port != client_port(database) || !raft(database).connected(name) || !cluster ||
          !listens(cluster->data, database))
        continue;
      const FakeUnit* unit = unit_of(host, std::string(server_unit(database)));
      if (unit && !unit->certificate.empty()) return CertificateSeen{unit->certificate};
    }
  }
  return Absent{};
}

}  // namespace kiln::test
