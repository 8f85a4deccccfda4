#include <map>
#include <set>

#include "pki/certificate.h"
#include "support/fake_daemon.h"
#include "support/fake_systemd.h"
#include "support/lab.h"

namespace kiln::test {
namespace {

using Labels = std::map<Uuid, std::string>;

/// What a row is called among people: its name, or the column that tells it from others.
Labels labels_of(const ovsdb::Tables& tables) {
  Labels labels;
  for (const auto& [table, rows] : tables)
    for (const auto& [uuid, row] : rows) {
      std::string label = table;
      for (const char* column : {"name", "target", "logical_port", "chassis_name", "type", "ip"})
        label += ' ' + ovsdb::column(row, column).as_string().value_or("");
      labels[uuid] = label;
    }
  return labels;
}

std::string text_of(const ovsdb::Atom& atom, const Labels& labels) {
  if (const auto* uuid = std::get_if<Uuid>(&atom)) {
    const auto label = labels.find(*uuid);
    return '<' + (label == labels.end() ? "nothing" : label->second) + '>';
  }
  if (const auto* text = std::get_if<std::string>(&atom)) return *text;
  if (const auto* boolean = std::get_if<bool>(&atom)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&atom)) return std::to_string(*integer);
  return "?";
}

std::string text_of(const ovsdb::Tables& tables) {
  const Labels labels = labels_of(tables);
  const auto is_drawn = [](const ovsdb::Atom& key) {
    const auto* text = std::get_if<std::string>(&key);
    return text && *text == "kiln-deployment";
  };
  std::multiset<std::string> lines;
  for (const auto& [table, rows] : tables)
    for (const auto& [uuid, row] : rows) {
      std::string line = "    " + labels.at(uuid) + ':';
      for (const auto& [name, value] : row) {
        if (value.empty()) continue;
        std::set<std::string> parts;
        for (const ovsdb::Atom& atom : value.atoms()) parts.insert(text_of(atom, labels));
        for (const auto& [key, mapped] : value.pairs())
          parts.insert(text_of(key, labels) + '=' + (is_drawn(key) ? "a uuid" : text_of(mapped, labels)));
        line += ' ' + name + "={";
        for (const std::string& part : parts) line += part + ',';
        line += '}';
      }
      lines.insert(line + '\n');
    }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

/// Reading a certificate is dear, and there are few of them.
std::string text_of(const FakeFile& file) {
  static std::map<std::string, std::string> known;
  const std::string drawn = "KILN_DEPLOYMENT=";
  if (const std::size_t at = file.content.find(drawn); at != std::string::npos)
    return file.content.substr(0, at + drawn.size()) + "a uuid\n";
  if (!file.content.starts_with("-----BEGIN CERTIFICATE")) return file.content;
  std::string& text = known[file.content];
  if (!text.empty()) return text;
  const auto certificate = pki::read_certificate(file.content);
  if (!certificate) return text = file.content;
  return text = "certificate of " + certificate->shape.common_name + " by " + certificate->issuer_name + '\n';
}

std::string text_of(const LinkSeen& link) {
  std::string text =
      "    " + link.name + ' ' + link.mac + (link.up ? " up " : " down ") + std::to_string(link.mtu);
  for (const std::string& address : link.addresses) text += ' ' + address;
  return text + '\n';
}

std::string text_of(const FakeHost& host) {
  std::string text = "host " + host.name + "\n";
  for (const auto& [path, file] : host.files)
    if (!path.ends_with(".kiln-new") && path.find(".0011/") == std::string::npos)
      text += "  file " + path + ' ' + std::to_string(file.mode) + ' ' + file.owner + '\n' + text_of(file);
  for (const auto& [name, version] : host.packages) text += "  package " + name + ' ' + version + '\n';
  for (const auto& [name, unit] : host.units) {
    const Fact fact = see_unit(host, name);
    const auto* seen = std::get_if<Seen>(&fact);
    if (!seen) continue;
    const auto& of = std::get<UnitSeen>(*seen);
    text += "  unit " + name + ' ' + of.load_state + ' ' + of.active_state + ' ' + of.file_state +
            (of.needs_reload ? " stale" : "") + '\n';
    for (const std::string& word : of.command_line) text += "    " + word + '\n';
    for (const LoggedDaemon& daemon : logged_daemons())
      if (name == daemon.unit && host.running(name)) text += list_levels(daemon, unit);
  }
  for (const auto& [name, link] : host.links) text += text_of(link.seen);
  for (const auto& [space, links] : host.namespaces) {
    text += "  namespace " + space + '\n';
    for (const auto& [name, link] : links) text += text_of(link.seen);
  }
  if (host.switch_database) text += "  Open_vSwitch\n" + text_of(host.switch_database->tables());
  return text;
}

}  // namespace

std::string end_state(const FakeCluster& cluster) {
  std::string text;
  for (const auto& [name, host] : cluster.hosts()) text += text_of(host);
  for (const Database database : {Database::northbound, Database::southbound}) {
    for (const auto& [id, of] : cluster.raft(database).clusters()) {
      text += "cluster " + std::string(schema_name(database)) + ", election timer " +
              std::to_string(of.election_timer_ms) + '\n';
      std::set<std::string> members;
      for (const FakeRaft::Member& member : of.members) members.insert(member.host + ' ' + member.address);
      for (const std::string& member : members) text += "  member " + member + '\n';
      text += text_of(of.data.tables());
    }
  }
  return text;
}

}  // namespace kiln::test
