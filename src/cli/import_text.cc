#include "cli/import_text.h"

#include <algorithm>

#include "base/text.h"
#include "cli/toml_text.h"
#include "model/logging.h"

namespace kiln::cli {
namespace {

/// What others have written must not end a comment.
std::string comments(const engine::ImportNotes& notes, const std::string& table) {
  const auto found = notes.find(table);
  std::string text;
  for (std::string note : found == notes.end() ? std::vector<std::string>{} : found->second) {
    std::ranges::replace_if(
        note, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    text += "# " + note + '\n';
  }
  return text;
}

std::string head_text(const engine::Imported& imported, const InitAnswers& ssh) {
  const Desired& desired = imported.desired;
  std::string text =
      "# Written by `kiln import`: what was there. `kiln plan` shows what apply would change.\n\n";
  text += comments(imported.notes, "cluster") + "[cluster]\n" + entry("name", desired.cluster.name);
  if (!desired.cluster.central_ips.empty())
    text += "central-ips = " + list_of(desired.cluster.central_ips) + '\n';
  if (desired.cluster.adopt)
    text +=
        "# What is there and in this file becomes kiln's with what it holds. Not needed after that.\n"
        "adopt = true\n";
  text += "\n[ssh]\n" + entry("user", ssh.user.empty() ? "root" : ssh.user) + entry("become", ssh.become) +
          entry("identity-file", ssh.identity) + entry("known-hosts", ssh.known_hosts);
  return text + '\n';
}

std::string central_text(const engine::Imported& imported) {
  const CentralSpec& central = imported.desired.central;
  const CentralSpec otherwise;
  const std::string text =
      entry("election-timer-ms", central.election_timer_ms, otherwise.election_timer_ms) +
      entry("inactivity-probe-ms", central.inactivity_probe_ms, otherwise.inactivity_probe_ms) +
      entry("northd-threads", central.northd_threads, otherwise.northd_threads);
  return text.empty() ? "" : "[central]\n" + text + '\n';
}

std::string ca_text(const engine::Imported& imported) {
  const CaSpec& ca = imported.desired.ca;
  std::string text = comments(imported.notes, "ca");
  text += imported.desired.cluster.adopt && ca.mode == "self-signed"
              ? "# kiln makes an authority in `dir`, beside this file. To keep the one that is there: "
                "mode = \"provided\",\n# with its ca.pem and ca.key in `dir`.\n"
              : "# ca.pem and ca.key are in `dir`, beside this file.\n";
  text += "[ca]\n" + (ca.mode == "provided" ? entry("mode", ca.mode) : "") + entry("dir", ca.dir);
  text += "# A reference: env, file or command. A guess: hosts do not know it.\n";
  return text + (ca.mode == "provided" ? "# " : "") + "passphrase = { env = \"KILN_CA_PASSPHRASE\" }\n\n";
}

std::string logging_text(const LoggingSpec& logging) {
  std::string text;
  for (const LoggedDaemon& daemon : logged_daemons())
    if (const auto& levels = logging.of(daemon.name).levels; !levels.empty())
      text += "[logging." + std::string(daemon.name) + "]\nlevels = " + list_of(levels) + "\n\n";
  return text;
}

std::string encap_text(const NodeSpec& node) {
  std::vector<std::string> keys;
  if (!node.encap.ip.empty()) keys.push_back("ip = " + quoted(node.encap.ip));
  if (!node.encap.ips.empty()) keys.push_back("ips = " + list_of(node.encap.ips));
  if (node.encap.types != EncapSpec{}.types) keys.push_back("types = " + list_of(node.encap.types));
  return keys.empty() ? "" : "encap = { " + join(keys, ", ") + " }\n";
}

std::string node_text(const NodeSpec& node, const engine::ImportNotes& notes) {
  std::string text = comments(notes, "nodes." + node.name) + "[nodes." + as_key(node.name) + "]\n" +
                     entry("address", node.address);
  if (!node.ssh.host.empty()) text += "ssh = { host = " + quoted(node.ssh.host) + " }\n";
  text += "services = " + list_of(node.services) + '\n' + encap_text(node) + entry("datapath", node.datapath);
  if (node.client) text += entry("client", *node.client);
  text += '\n';
  for (const auto& [name, bridge] : node.bridges)
    text += "[nodes." + as_key(node.name) + ".bridges." + as_key(name) + "]\n" +
            (bridge.datapath == "system" ? "" : entry("datapath", bridge.datapath)) +
            entry("port", bridge.port) + entry("address", bridge.address) + '\n';
  return text;
}

std::string switch_text(const SwitchSpec& on) {
  std::string text;
  if (on.ports.empty() || on.protect)
    text += "[switches." + as_key(on.name) + "]\n" + entry("protect", on.protect, false) + '\n';
  for (const auto& [key, port] : on.ports) {
    text += "[switches." + as_key(on.name) + ".ports." + as_key(key) + "]\n";
    if (port.nb_name != on.name + '-' + key) text += entry("name", port.nb_name);
    if (!port.addresses.empty()) text += "addresses = " + list_of(port.addresses) + '\n';
    text += entry("port-security", port.port_security, false) + entry("enabled", port.enabled, true) +
            entry("protect", port.protect, false) + '\n';
  }
  return text;
}

std::string workload_text(const WorkloadSpec& workload) {
  return "[workloads." + as_key(workload.name) + "]\n" + entry("node", workload.node) +
         entry("port", workload.port) + entry("ip", workload.ip) +
         entry("mtu", workload.mtu, WorkloadSpec{}.mtu) + entry("protect", workload.protect, false) + '\n';
}

}  // namespace

std::string import_text(const engine::Imported& imported, const InitAnswers& ssh) {
  const Desired& desired = imported.desired;
  std::string text =
      head_text(imported, ssh) + central_text(imported) + ca_text(imported) + logging_text(desired.logging);
  for (const NodeSpec* node : desired.nodes_in_file_order()) text += node_text(*node, imported.notes);
  for (const auto& [name, on] : desired.switches) text += switch_text(on);
  for (const auto& [name, workload] : desired.workloads) text += workload_text(workload);
  return text + comments(imported.notes, "");
}

}  // namespace kiln::cli
