#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "config/format.h"
#include "engine/import.h"

// A deployment of MicroOVN, from what was recorded of its hosts: its snap's `data` folder, in which ovn.env
// says where the databases are, and what `microovn status` prints.

namespace kiln::engine {
namespace {

constexpr const char* kStatus = "microovn-status.txt";
constexpr const char* kEnvironment = "data/env/ovn.env";
constexpr int kElectionTimerMs = 16000;  // with which it makes its databases

/// KEY="value" of each line.
std::map<std::string, std::string> variables_in(const std::string& text) {
  std::map<std::string, std::string> variables;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    std::string value = line.substr(equals + 1);
    std::erase(value, '"');
    variables[line.substr(0, equals)] = std::string(trim(value));
  }
  return variables;
}

std::string bare(std::string ip) {
  std::erase_if(ip, [](char c) { return c == '[' || c == ']'; });
  const auto address = IpAddress::parse(trim(ip));
  return address ? address->text : "";
}

struct Member {
  std::string name;
  std::string ip;
  std::vector<std::string> services;
};

/// "- node1 (192.0.2.11)" and below it, indented, "Services: central, chassis, switch".
std::vector<Member> members_in(const std::string& status) {
  std::vector<Member> members;
  for (const std::string& line : split(status, '\n')) {
    const std::string text(trim(line));
    const std::size_t open = text.rfind(" (");
    if (text.starts_with("- ") && open != std::string::npos && text.ends_with(')')) {
      members.push_back({text.substr(2, open - 2), bare(text.substr(open + 2, text.size() - open - 3)), {}});
      continue;
    }
    constexpr std::string_view kServices = "Services:";
    if (!text.starts_with(kServices) || members.empty()) continue;
    for (const std::string& service : split(text.substr(kServices.size()), ','))
      if (!trim(service).empty()) members.back().services.emplace_back(trim(service));
  }
  return members;
}

class Tree {
 public:
  Tree(std::string path, const FileIo& files) : path_(std::move(path)), files_(files) {
    while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  }

  /// The folders of the hosts in it, by their name; the tree itself where it is of one host.
  std::vector<std::string> hosts() const {
    if (files_.read(path_ + '/' + kEnvironment)) return {path_};
    std::vector<std::string> found;
    for (const std::string& file : files_.match(path_ + "/*/" + kEnvironment))
      found.push_back(file.substr(0, file.size() - std::string(kEnvironment).size() - 1));
    return found;
  }
  /// What `microovn status` said: it knows all members, whichever host it was asked on.
  std::string status() const {
    for (const std::string& file : files_.match(path_ + '/' + kStatus))
      if (const auto text = files_.read(file)) return *text;
    for (const std::string& file : files_.match(path_ + "/*/" + kStatus))
      if (const auto text = files_.read(file)) return *text;
    return "";
  }

 private:
  std::string path_;
  const FileIo& files_;
};

bool is_there(const FileIo& files, const std::string& path) {
  return !files.match(path).empty();
}

/// Without its word: who holds a database is a central, who has a controller's certificate is a chassis.
Member member_of(const std::string& folder, const std::map<std::string, std::string>& variables,
                 const FileIo& files) {
  Member member{folder.substr(folder.rfind('/') + 1), "", {}};
  const auto local = variables.find("OVN_LOCAL_IP");
  if (local != variables.end()) member.ip = bare(local->second);
  if (is_there(files, folder + "/data/central/db/ovnnb_db.db")) member.services.emplace_back("central");
  if (is_there(files, folder + "/data/pki/ovn-controller-cert.pem"))
    member.services.insert(member.services.end(), {"chassis", "switch"});
  return member;
}

void add_node(const Member& member, int order, Imported& to) {
  NodeSpec& node = to.desired.nodes[member.name];
  node.name = member.name;
  node.order = order;
  node.address = member.ip;
  node.auto_services = false;
  std::vector<std::string>& notes = to.notes["nodes." + member.name];
  for (const std::string& service : member.services)
    if (service == "central" || service == "chassis" || service == "switch")
      node.services.push_back(service);
    else
      notes.push_back("TODO: kiln has no word for its service " + service + " yet.");
  std::ranges::sort(node.services);
}

void add_authority(const std::vector<std::string>& hosts, const FileIo& files, Imported& to,
                   std::string& ca_certificate) {
  for (const std::string& host : hosts)
    if (const auto pem = files.read(host + "/data/pki/cacert.pem"); pem && !pem->empty()) {
      ca_certificate = *pem;
      break;
    }
  std::vector<std::string>& notes = to.notes["ca"];
  if (ca_certificate.empty()) {
    notes.push_back(
        "No CA certificate was recorded (data/pki/cacert.pem): kiln makes an authority of its own.");
    return;
  }
  to.desired.ca.mode = "provided";
  notes.push_back(
      "ca.pem is the copy of MicroOVN's CA certificate. Its key is in no file of a host: MicroOVN "
      "keeps it in its own database, as row `ca_key` of the table config.");
  notes.push_back("TODO: put the key beside it as ca.key, or take `mode` out: then kiln makes an authority.");
}

}  // namespace

Result<Imported> import_microovn(const std::string& tree, const std::string& cluster, const FileIo& files,
                                 std::string& ca_certificate) {
  const Tree recorded(tree, files);
  const std::vector<std::string> hosts = recorded.hosts();
  if (hosts.empty())
    return fail(ErrorCode::not_found, "neither " + tree + " nor a folder in it holds " + kEnvironment);
  Imported to;
  to.desired.cluster.name = cluster.empty() ? "imported" : cluster;
  to.desired.cluster.adopt = true;
  to.desired.central.election_timer_ms = kElectionTimerMs;
  if (cluster.empty()) note_guess(to);

  std::map<std::string, std::string> variables;
  std::vector<Member> members = members_in(recorded.status());
  const bool told = !members.empty();
  for (const std::string& host : hosts) {
    const auto text = files.read(host + '/' + kEnvironment);
    if (!text) return std::unexpected(text.error());
    const auto of_host = variables_in(*text);
    if (!told) members.push_back(member_of(host, of_host, files));
    if (variables.empty() || variables["OVN_NB_CONNECT"].empty()) variables = of_host;
  }
  if (!told)
    to.notes[""].push_back(std::string("There is no ") + kStatus +
                           ": names are those of the folders, services a guess from the files there.");
  for (const Member& member : members) {
    if (!config::is_normal(Format::label, member.name))
      return fail(ErrorCode::failed, "`" + member.name + "` cannot be a node's name");
    if (member.ip.empty()) return fail(ErrorCode::failed, member.name + " has no address in " + tree);
    add_node(member, static_cast<int>(to.desired.nodes.size()), to);
  }

  const std::vector<std::string> centrals = addresses_in(variables["OVN_SB_CONNECT"]);
  const auto ours = [&](const std::string& ip) {
    return std::ranges::any_of(to.desired.nodes,
                               [&](const auto& named) { return named.second.address == ip; });
  };
  if (!centrals.empty() && std::ranges::none_of(centrals, ours)) {
    to.desired.cluster.central_ips = centrals;
    to.notes["cluster"].push_back("Its ovn.central-ips: the databases are not on its members.");
  }
  add_authority(hosts, files, to, ca_certificate);
  to.notes[""].push_back(
      "Of a recording: what is in the databases was not read. MicroOVN's own packages have to go from a host "
      "before kiln works there.");
  return to;
}

}  // namespace kiln::engine
