#include "cli/init_answers.h"

#include <fmt/format.h>

#include <tuple>

#include "base/address.h"
#include "base/text.h"

namespace kiln::cli {
namespace {

/// What is in front of the first `separator`, and what is behind it; "" where there is none.
std::pair<std::string, std::string> cut(const std::string& text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string form_of(const std::string& text, const char* form) {
  return fmt::format("`{}` does not have the form {}", text, form);
}

}  // namespace

std::string take_node(InitAnswers& answers, const std::string& text) {
  constexpr const char* kForm = "NAME=ADDRESS[,services=A+B][,encap=IP][,zone=Z]";
  const std::vector<std::string> parts = split(text, ',');
  InitNode node;
  std::tie(node.name, node.address) = cut(parts.empty() ? "" : parts.front(), '=');
  if (node.name.empty() || node.address.empty()) return form_of(text, kForm);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto [key, value] = cut(parts[i], '=');
    if (value.empty()) return form_of(text, kForm);
    if (key == "services") {
      if (value != "auto") node.services = split(value, '+');
    } else if (key == "encap") {
      node.encap = value;
    } else if (key == "zone") {
      node.zone = value;
    } else {
      return fmt::format("`{}` is not one of services, encap, zone", key);
    }
  }
  answers.nodes.push_back(std::move(node));
  return "";
}

std::string take_host(InitAnswers& answers, const std::string& text) {
  InitNode host;
  std::tie(host.address, host.name) = cut(text, '=');
  const auto address = IpAddress::parse(host.address);
  if (!address || (text.find('=') != std::string::npos && host.name.empty()))
    return form_of(text, "ADDRESS[=NAME]");
  host.address = address->text;
  answers.nodes.push_back(std::move(host));
  return "";
}

std::string take_bridge(InitAnswers& answers, const std::string& text) {
  InitBridge bridge;
  std::string rest;
  std::tie(bridge.node, rest) = cut(text, ':');
  std::tie(bridge.name, rest) = cut(rest, '=');
  std::tie(bridge.port, bridge.address) = cut(rest, ',');
  if (bridge.node.empty() || bridge.name.empty() || bridge.port.empty())
    return form_of(text, "NODE:BRIDGE=PORT[,ADDRESS/LENGTH]");
  answers.bridges.push_back(std::move(bridge));
  return "";
}

std::string take_passphrase(InitAnswers& answers, const std::string& text) {
  const auto [source, which] = cut(text, ':');
  // What else was typed may be the secret itself: it is not shown.
  if ((source != "env" && source != "file" && source != "command") || which.empty())
    return "a passphrase is given by reference only: env:NAME, file:PATH or command:COMMAND";
  answers.passphrase = {source, which};
  return "";
}

std::string take_ca(InitAnswers& answers, const std::string& text) {
  if (text != "self-signed" && text != "provided")
    return fmt::format("`{}` is not one of self-signed, provided", text);
  answers.ca = text;
  return "";
}

}  // namespace kiln::cli
