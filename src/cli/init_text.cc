#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/init_answers.h"
#include "cli/toml_text.h"

namespace kiln::cli {
namespace {

/// How many nodes may hold the databases.
std::size_t possible_centrals(const InitAnswers& answers) {
  return static_cast<std::size_t>(std::ranges::count_if(answers.nodes, [](const InitNode& node) {
    return node.services.empty() || std::ranges::find(node.services, "central") != node.services.end();
  }));
}

std::string head_text(const InitAnswers& answers) {
  std::string text =
      "#:schema kiln.schema.json\n"
      "# An OVN deployment: `kiln plan` shows what differs from this, `kiln apply` makes it so.\n\n"
      "[cluster]\n# In the ownership mark of every row that is kiln's: choose it once.\n" +
      entry("name", answers.cluster) +
      "# Centrals that somebody else runs: then only Open vSwitch and ovn-controller run here.\n# "
      "central-ips = [\"10.0.0.1\", \"10.0.0.2\"]\n\n"
      "[ssh]\n# Another user than root needs become = \"sudo\".\n" +
      entry("user", answers.user.empty() ? "root" : answers.user) + entry("become", answers.become) +
      "# Without these two, what ssh finds by itself. No host is trusted at first sight.\n" +
      entry("identity-file", answers.identity, "\"~/.ssh/id_ed25519\"") +
      entry("known-hosts", answers.known_hosts, "\"known_hosts\"") + '\n';
  const std::size_t centrals = possible_centrals(answers);
  text +=
      "[central]\n# How many of the nodes with services = \"auto\" hold the databases: 3 survive the loss of "
      "one.\n";
  return text + (centrals >= 3 ? "count = 3\n\n" : "count = 1\n\n");
}

std::string ca_text(const InitAnswers& answers) {
  const bool provided = answers.ca == "provided";
  std::string text =
      provided ? "# ca.pem and ca.key are in `dir`, beside this file.\n[ca]\nmode = \"provided\"\n"
               : "# kiln makes an authority in `dir`, beside this file; its key is encrypted.\n[ca]\nmode "
                 "= \"self-signed\"\n";
  text += entry("dir", answers.ca_dir.empty() ? "pki" : answers.ca_dir);
  const auto& [source, which] = answers.passphrase;
  text += "# A reference: env, file or command. kiln takes no secret as text.\n";
  if (!source.empty()) return text + fmt::format("passphrase = {{ {} = {} }}\n\n", source, quoted(which));
  return text + (provided ? "# " : "") + "passphrase = { env = \"KILN_CA_PASSPHRASE\" }\n\n";
}

std::string node_text(const InitNode& node, const std::vector<InitBridge>& bridges) {
  std::string text = fmt::format("[nodes.{}]\n", as_key(node.name)) + entry("address", node.address);
  if (node.services.empty()) {
    text += "services = \"auto\"\n";
  } else {
    text += fmt::format("services = {}\n", list_of(node.services));
  }
  text += entry("zone", node.zone);
  if (!node.encap.empty()) text += fmt::format("encap = {{ ip = {} }}\n", quoted(node.encap));
  text += "# Not there yet: routing.\n# bgp = { interfaces = [\"eth1\", \"eth2\"] }\n\n";
  for (const InitBridge& bridge : bridges)
    if (bridge.node == node.name)
      text += fmt::format("[nodes.{}.bridges.{}]\n", as_key(node.name), as_key(bridge.name)) +
              entry("port", bridge.port) + entry("address", bridge.address) + '\n';
  return text;
}

}  // namespace

std::string init_text(const InitAnswers& answers) {
  std::string text =
      head_text(answers) + ca_text(answers) +
      "# Hosts. services = \"auto\" is Open vSwitch and ovn-controller, and the databases on [central]\n"
      "# `count` nodes. Tunnels end at `encap`, else at `address`.\n";
  for (const InitNode& node : answers.nodes) text += node_text(node, answers.bridges);
  return text +
         "# What runs on it, for example:\n"
         "# [switches.ls1.ports.\"vm[1-2]\"]\n"
         "# addresses = [\"02:ac:10:ff:00:{x} 172.16.255.{n+10}\"]\n"
         "# [workloads.\"vm[1-2]\"]\n"
         "# node = \"n{n}\"\n"
         "# port = \"ls1/{name}\"\n"
         "# ip = \"172.16.255.{n+10}/24\"\n"
         "# [[checks]]\n"
         "# ping = { from = \"vm1\", to = \"vm2\" }\n";
}

}  // namespace kiln::cli
