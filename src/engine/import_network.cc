#include <algorithm>
#include <set>
#include <utility>

#include "base/address.h"
#include "base/text.h"
#include "config/format.h"
#include "engine/import.h"
#include "resources/nb/rows.h"

// Logical switches and ports of `kiln import`: those that the file has words for. The others stay, and are
// named in a comment.

namespace kiln::engine {
namespace {

std::set<std::string> normal(const ovsdb::Value& addresses) {
  std::set<std::string> texts;
  for (const std::string& address : addresses.as_strings()) texts.insert(normal_words(address));
  return texts;
}

/// Why a port cannot be said in the file, or "".
std::string why_not(const ovsdb::Row& row, const std::string& type, const std::string& name) {
  if (!type.empty()) return "type " + type;
  if (!config::normal_text(Format::northbound_name, name)) return "a name that the file does not take";
  const std::set<std::string> addresses = normal(column(row, "addresses"));
  for (const std::string& address : addresses)
    if (!config::normal_text(Format::port_address, address)) return "the address `" + address + '`';
  const std::set<std::string> security = normal(column(row, "port_security"));
  if (!security.empty() && security != addresses) return "a port_security that is not its addresses";
  return "";
}

/// The port's key in the file, if its name does not hold the switch's: "vm1" of "ls1-vm1".
std::string key_of(const std::string& switch_name, const std::string& nb_name) {
  const std::string start = switch_name + '-';
  return nb_name.starts_with(start) && nb_name.size() > start.size() ? nb_name.substr(start.size()) : nb_name;
}

class Network {
 public:
  Network(const Facts& facts, Imported& to)
      : to_(to),
        switches_(facts.seen<RowsSeen>(kCluster, resources::switches_look())),
        ports_(facts.seen<RowsSeen>(kCluster, resources::switch_ports_look())),
        types_(facts.seen<RowsSeen>(kCluster, port_types_look())) {}

  void read() {
    if (!switches_ || !ports_) return;
    for (const auto& [name, uuid] : switches_->names()) read_switch(name, switches_->rows().at(uuid));
  }

 private:
  const std::string& cluster() const { return to_.desired.cluster.name; }

  /// The name in the row's mark of this kind; "" for a row of nobody's; nothing for a row of others.
  std::optional<std::string> marked(const ovsdb::Row& row, const std::string& kind) const {
    const auto mark = column(row, "external_ids").at(kOwnerKey);
    if (!mark) return "";
    const std::string start = cluster() + ':' + kind + '/';
    return mark->starts_with(start) ? std::optional(mark->substr(start.size())) : std::nullopt;
  }

  void leave(const std::string& what, const std::string& why) {
    to_.notes[""].push_back("Stays as it is, and is not in this file: " + what + " (" + why + ").");
  }

  void read_switch(const std::string& nb_name, const ovsdb::Row& row) {
    const auto mark = marked(row, "logical-switch");
    const std::string name = mark && !mark->empty() ? *mark : nb_name;
    const std::string what = "logical switch `" + printable(nb_name) + '`';
    if (!mark) return leave(what, "it is " + *column(row, "external_ids").at(kOwnerKey));
    if (!config::normal_text(Format::network_name, name))
      return leave(what, "a name that the file does not take");
    if (switches_->names().count(nb_name) > 1) return leave(what, "there is more than one of that name");
    SwitchSpec& on = to_.desired.switches[name];
    on.name = name;
    on.protect = !resources::protection(row).empty();
    for (const Uuid& uuid : column(row, "ports").as_uuids())
      if (ports_->rows().contains(uuid)) read_port(on, uuid, ports_->rows().at(uuid));
  }

  void read_port(SwitchSpec& on, const Uuid& uuid, const ovsdb::Row& row) {
    const std::string nb_name = column(row, "name").as_string().value_or("");
    const auto mark = marked(row, "logical-switch-port");
    const std::string what = "port `" + printable(nb_name) + "` of " + on.name;
    if (!mark) return leave(what, "it is " + *column(row, "external_ids").at(kOwnerKey));
    const std::string type = types_ && types_->rows().contains(uuid)
                                 ? column(types_->rows().at(uuid), "type").as_string().value_or("")
                                 : "";
    if (const std::string why = why_not(row, type, nb_name); !why.empty()) return leave(what, why);
    const std::string key =
        mark->empty() ? key_of(on.name, nb_name) : mark->substr(std::min(mark->size(), on.name.size() + 1));
    if (!config::normal_text(Format::network_name, key) || on.ports.contains(key))
      return leave(what, "a name that the file does not take");
    // Two ports of one switch with one address are no valid file, however OVN takes it.
    const std::set<std::string> addresses = normal(column(row, "addresses"));
    std::set<std::string> words;
    for (const std::string& address : addresses)
      for (std::string& word : split(address, ' '))
        if (normal_mac(word) || IpAddress::parse(word)) words.insert(std::move(word));
    for (const std::string& word : words)
      if (taken_.contains({on.name, word})) return leave(what, "another port has " + word + " too");
    for (const std::string& word : words) taken_.emplace(on.name, word);
    PortSpec& port = on.ports[key];
    port.switch_name = on.name;
    port.name = key;
    port.nb_name = nb_name;
    port.addresses = {addresses.begin(), addresses.end()};
    port.port_security = !column(row, "port_security").as_strings().empty();
    port.enabled = column(row, "enabled").as_bool().value_or(true);
    port.protect = !resources::protection(row).empty();
  }

  /// A name goes into a comment: no line may end in it.
  static std::string printable(std::string text) {
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return text;
  }

  Imported& to_;
  const RowsSeen* switches_;
  const RowsSeen* ports_;
  const RowsSeen* types_;
  std::set<std::pair<std::string, std::string>> taken_;  ///< addresses, by switch
};

}  // namespace

RowsLook port_types_look() {
  return {Database::northbound, "Logical_Switch_Port", {"type"}};
}

void import_network(const Facts& facts, Imported& to) {
  Network(facts, to).read();
}

}  // namespace kiln::engine
