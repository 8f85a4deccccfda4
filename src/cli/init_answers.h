#pragma once

#include <string>
#include <utility>
#include <vector>

/// What `kiln init` has to know, from options or from questions, and the file that it makes of that.

namespace kiln::cli {

struct InitBridge {
  std::string node;
  std::string name;
  std::string port;
  std::string address;  ///< "" = none
};

struct InitNode {
  std::string name;
  std::string address;
  std::vector<std::string> services;  ///< empty = auto
  std::string encap;
  std::string zone;
};

/// What is "" is left out of the file.
struct InitAnswers {
  std::string cluster;
  std::vector<InitNode> nodes;
  std::vector<InitBridge> bridges;
  std::string ca;  ///< "self-signed" or "provided"
  std::string ca_dir;
  std::pair<std::string, std::string> passphrase;  ///< "env", "file" or "command", and which
  std::string user;
  std::string become;
  std::string identity;
  std::string known_hosts;
};

// Each takes what was typed, or says what is wrong with it and takes nothing.

/// "n1=192.0.2.11,services=central+chassis+switch,encap=10.0.1.11,zone=rack1"
std::string take_node(InitAnswers& answers, const std::string& text);
/// Of import: "192.0.2.11" or "192.0.2.11=n1"
std::string take_host(InitAnswers& answers, const std::string& text);
/// "n1:br-phys=eth1,10.0.1.11/24"
std::string take_bridge(InitAnswers& answers, const std::string& text);
/// "env:NAME", "file:PATH", "command:COMMAND"
std::string take_passphrase(InitAnswers& answers, const std::string& text);
/// "self-signed" or "provided"
std::string take_ca(InitAnswers& answers, const std::string& text);

/// The file, with a comment on everything that is in it and hints of what may be.
std::string init_text(const InitAnswers& answers);

}  // namespace kiln::cli
