#include "engine/former_nodes.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/format.h"
#include "config/leaving.h"
#include "resources/nb/roster.h"

namespace kiln::engine {
namespace {

using config::is_normal;
using resources::RosterEntry;

/// What an entry says has to be what a file could say.
bool set(SshSpec& ssh, const std::string& key, const std::string& value) {
  const auto take = [&](std::string& member, Format format, bool may_be_empty) {
    member = value;
    return value.empty() ? may_be_empty : is_normal(format, value);
  };
  if (key == "host") return take(ssh.host, Format::host, false);
  if (key == "host-key") return take(ssh.host_key, Format::host_key, false);
  if (key == "user") return take(ssh.user, Format::user, false);
  if (key == "jump") return take(ssh.jump, Format::jump, true);
  if (key == "become") {
    ssh.become = value;
    return value.empty() || value == "sudo";
  }
  if (key != "port") return true;  // of a later kiln
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), ssh.port);
  return error == std::errc{} && end == value.data() + value.size() && ssh.port > 0 && ssh.port < 65536;
}

std::optional<NodeSpec> former_node(const std::string& name, const RosterEntry& entry,
                                    const Desired& desired) {
  NodeSpec node;
  node.name = name;
  node.order = static_cast<int>(desired.nodes.size() + desired.waiting.size());
  node.address = entry.address;
  node.state = "absent";
  node.former = true;
  config::take_out(node);
  if (!is_normal(Format::label, name) || !is_normal(Format::ip, entry.address)) return std::nullopt;
  const std::optional<SshSpec> ssh = desired.way_to_former(name, entry.address);
  node.out_of_reach = !ssh;
  node.ssh = ssh.value_or(desired.ssh);
  return node;
}

/// Where ssh leads.
std::string machine_of(const NodeSpec& node) {
  const std::string& host = node.ssh.host.empty() ? node.address : node.ssh.host;
  return node.ssh.jump + ' ' + host + ' ' + std::to_string(node.ssh.port);
}

bool on_one_machine(const NodeSpec& left, const NodeSpec& right) {
  return left.address == right.address || machine_of(left) == machine_of(right);
}

}  // namespace

std::optional<SshSpec> ssh_of(const std::string& way, const SshSpec& defaults) {
  SshSpec ssh = defaults;
  for (const auto& [key, value] : resources::read_entry(way).ssh)
    if (!set(ssh, key, value)) return std::nullopt;
  return ssh;
}

Desired with_former_nodes(const Desired& desired, const Facts& facts) {
  Desired whole = desired;
  if (!desired.cluster.central_ips.empty()) return whole;
  const std::map<std::string, RosterEntry> roster = resources::roster(facts);
  for (const auto& [name, entry] : roster) {
    if (desired.nodes.contains(name) || desired.dead.contains(name)) continue;
    std::optional<NodeSpec> former = former_node(name, entry, whole);
    if (!former) continue;
    // Another name for the same machine: never both at once. One that has a place of its own already is left
    // alone; then the hosts tell who is there.
    const auto next = std::ranges::find_if(whole.nodes, [&](const auto& named) {
      return !roster.contains(named.first) && on_one_machine(named.second, *former);
    });
    if (next != whole.nodes.end()) {
      next->second.after = name;
      whole.waiting.insert(whole.nodes.extract(next));
    }
    whole.nodes.emplace(name, std::move(*former));
  }
  return whole;
}

bool has_more_nodes(const Desired& whole, const Desired& desired) {
  return std::ranges::any_of(whole.nodes,
                             [&](const auto& named) { return !desired.nodes.contains(named.first); });
}

void reach_former_nodes(const Desired& whole, transport::Transport& transport) {
  for (const auto& [name, node] : whole.nodes)
    if (node.former && !node.out_of_reach) transport.add(node);
}

Desired find_former_nodes(const Desired& desired, Seams& seams, const Limits& limits) {
  if (!desired.cluster.central_ips.empty()) return desired;
  Desired whole =
      with_former_nodes(desired, observe(desired, {{kCluster, resources::roster_look()}}, seams, limits));
  reach_former_nodes(whole, seams.transport);
  return whole;
}

}  // namespace kiln::engine
