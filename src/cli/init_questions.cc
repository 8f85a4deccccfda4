#include "cli/init_questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <istream>
#include <optional>

#include "base/text.h"
#include "config/format.h"

namespace kiln::cli {
namespace {

/// What is wrong with an answer, or "".
using Check = std::function<std::string(const std::string&)>;

Check form(Format format) {
  return [format](const std::string& text) -> std::string {
    const auto normal = config::normal_text(format, text);
    if (normal) return "";
    return fmt::format("{} is not {}", config::in_backticks(text), normal.error().wanted);
  };
}

class Questions {
 public:
  Questions(InitAnswers& answers, World& world, Screen& screen)
      : answers_(answers), world_(world), screen_(screen) {}

  bool ask_all() {
    if (answers_.cluster.empty() &&
        !ask("name of the cluster", "edge", answers_.cluster, form(Format::label)))
      return false;
    if (answers_.nodes.empty() && !ask_nodes()) return false;
    return ask_authority() && ask_ssh();
  }

 private:
  /// "name of the cluster [edge]: "; an empty line is the default. False where the input ends.
  bool ask(const std::string& question, const std::string& preset, std::string& answer, const Check& check) {
    for (;;) {
      screen_.talk(question + (preset.empty() ? "" : " [" + preset + ']') + ": ");
      std::string line;
      if (!std::getline(world_.in, line)) {
        screen_.talk("\n");
        return false;
      }
      const std::string typed(trim(line));
      if (typed.empty() && preset.empty()) {
        screen_.talk("  an answer is needed\n");
        continue;
      }
      if (typed.empty() || typed == preset) {
        answer = preset == "none" ? "" : preset;
        return true;
      }
      const std::string wrong = check(typed);
      if (wrong.empty()) {
        answer = typed;
        return true;
      }
      screen_.talk("  " + wrong + '\n');
    }
  }

  bool ask_nodes() {
    for (;;) {
      std::string name;
      const std::string end = answers_.nodes.empty() ? "" : "none";
      const auto check = [this](const std::string& text) {
        const bool known = std::ranges::find(answers_.nodes, text, &InitNode::name) != answers_.nodes.end();
        return known ? "`" + text + "` is there already" : form(Format::label)(text);
      };
      if (!ask(fmt::format("node {}", answers_.nodes.size() + 1), end, name, check)) return false;
      if (name.empty()) return true;
      if (!ask_node({.name = name, .address = {}, .services = {}, .encap = {}, .zone = {}})) return false;
    }
  }

  bool ask_node(InitNode node) {
    const std::string whose = "  " + node.name + ": ";
    std::string services;
    std::string bridge;
    const auto check_services = [](const std::string& text) -> std::string {
      for (const std::string& service : split(text, '+'))
        if (service != "auto" && service != "central" && service != "chassis" && service != "switch")
          return fmt::format("`{}` is not one of central, chassis, switch", service);
      return "";
    };
    const auto check_bridge = [&node](const std::string& text) {
      InitAnswers scratch;
      const bool wrong = !take_bridge(scratch, node.name + ':' + text).empty();
      return wrong ? "`" + text + "` does not have the form BRIDGE=PORT[,ADDRESS/LENGTH]" : std::string();
    };
    if (!ask(whose + "address", "", node.address, form(Format::ip)) ||
        !ask(whose + "services, as central+chassis+switch", "auto", services, check_services) ||
        !ask(whose + "address that tunnels end at", node.address, node.encap, form(Format::ip)) ||
        !ask(whose + "zone", "none", node.zone, form(Format::text)) ||
        !ask(whose + "bridge, as br-phys=eth1,10.0.1.11/24", "none", bridge, check_bridge))
      return false;
    if (services != "auto") node.services = split(services, '+');
    if (node.encap == node.address) node.encap.clear();
    if (!bridge.empty()) take_bridge(answers_, node.name + ':' + bridge);
    answers_.nodes.push_back(std::move(node));
    return true;
  }

  bool ask_authority() {
    const auto check_ca = [](const std::string& text) {
      InitAnswers scratch;
      return take_ca(scratch, text);
    };
    const auto check_passphrase = [](const std::string& text) {
      InitAnswers scratch;
      return take_passphrase(scratch, text);
    };
    if (answers_.ca.empty() &&
        !ask("certificate authority, self-signed or provided", "self-signed", answers_.ca, check_ca))
      return false;
    if (answers_.ca_dir.empty() &&
        !ask("folder of the authority", "pki", answers_.ca_dir, form(Format::path)))
      return false;
    if (!answers_.passphrase.first.empty()) return true;
    std::string reference;
    const char* const preset = answers_.ca == "provided" ? "none" : "env:KILN_CA_PASSPHRASE";
    if (!ask("passphrase of its key, as env:NAME, file:PATH or command:COMMAND", preset, reference,
             check_passphrase))
      return false;
    if (!reference.empty()) take_passphrase(answers_, reference);
    return true;
  }

  bool ask_ssh() {
    const bool user_given = !answers_.user.empty();
    if (!user_given && !ask("user to log in as", "root", answers_.user, form(Format::user))) return false;
    if (!user_given && answers_.user != "root" && answers_.become.empty()) answers_.become = "sudo";
    if (answers_.identity.empty() &&
        !ask("private key to log in with", "none", answers_.identity, form(Format::path)))
      return false;
    return !answers_.known_hosts.empty() ||
           ask("file with the hosts' keys", "none", answers_.known_hosts, form(Format::path));
  }

  InitAnswers& answers_;
  World& world_;
  Screen& screen_;
};

}  // namespace

bool ask_answers(InitAnswers& answers, World& world, Screen& screen) {
  return Questions(answers, world, screen).ask_all();
}

}  // namespace kiln::cli
