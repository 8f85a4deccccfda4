#include <algorithm>

#include "base/text.h"
#include "support/fake_host.h"

namespace kiln::test {
namespace {

using Links = std::map<std::string, FakeLink>;
using Words = std::vector<std::string>;

/// The word after `key`, or "".
std::string after(const Words& words, const std::string& key) {
  const auto found = std::ranges::find(words, key);
  return found == words.end() || std::next(found) == words.end() ? std::string() : *std::next(found);
}

std::unexpected<Error> no_link(const std::string& name) {
  return fail(ErrorCode::failed, "Cannot find device \"" + name + '"');
}

Result<> delete_link(FakeHost& host, const std::string& name) {
  const auto found = host.links.find(name);
  if (found == host.links.end()) return no_link(name);
  const auto space = host.namespaces.find(found->second.peer_namespace);
  if (space != host.namespaces.end()) space->second.erase(found->second.peer);
  host.links.erase(found);
  return {};
}

Result<> add_veth(FakeHost& host, const Words& words) {
  const std::string name = words[2];
  const std::string peer = words.size() > 7 ? words[7] : "";
  const auto space = host.namespaces.find(after(words, "netns"));
  if (words[3] != "type" || words[4] != "veth" || peer.empty())
    return fail(ErrorCode::failed, "the fake's ip(8) does not know this: " + join(words, " "));
  if (space == host.namespaces.end()) return fail(ErrorCode::failed, "Invalid \"netns\" value");
  if (host.links.contains(name) || space->second.contains(peer))
    return fail(ErrorCode::failed, "RTNETLINK answers: File exists");
  FakeLink outer;
  outer.seen.name = name;
  outer.seen.mtu = 1500;
  outer.peer_namespace = space->first;
  outer.peer = peer;
  FakeLink inner;
  inner.seen.name = peer;
  inner.seen.mtu = 1500;
  inner.seen.mac = after(words, "address");
  host.links[name] = outer;
  space->second[peer] = inner;
  return {};
}

Result<> set_link(Links& links, const Words& words) {
  const std::string device = after(words, "dev");
  const auto found = links.find(device);
  if (found == links.end()) return no_link(device);
  if (const std::string mtu = after(words, "mtu"); !mtu.empty()) found->second.seen.mtu = std::stoi(mtu);
  if (words.back() == "up") found->second.seen.up = true;
  return {};
}

Result<> replace_address(Links& links, const Words& words) {
  const std::string device = after(words, "dev");
  const auto found = links.find(device);
  if (found == links.end()) return no_link(device);
  std::vector<std::string>& addresses = found->second.seen.addresses;
  if (std::ranges::find(addresses, words[2]) == addresses.end()) addresses.push_back(words[2]);
  return {};
}

Result<> change_namespace(FakeHost& host, const std::string& verb, const std::string& name) {
  const bool there = host.namespaces.contains(name);
  if (verb == "add") {
    if (there) return fail(ErrorCode::failed, "Cannot create namespace file: File exists");
    FakeLink lo;
    lo.seen.name = "lo";
    host.namespaces[name]["lo"] = lo;
    return {};
  }
  if (!there) return fail(ErrorCode::failed, "Cannot remove namespace file: No such file or directory");
  std::erase_if(host.links, [&](const auto& entry) { return entry.second.peer_namespace == name; });
  host.namespaces.erase(name);
  return {};
}

}  // namespace

Result<> run_ip(FakeHost& host, const std::string& arguments) {
  if (!host.packages.contains("iproute2")) return fail(ErrorCode::failed, "/usr/sbin/ip: not found");
  Words words = split(arguments, ' ');
  Links* links = &host.links;
  if (words.size() > 2 && words[0] == "-n") {
    const auto space = host.namespaces.find(words[1]);
    if (space == host.namespaces.end()) return fail(ErrorCode::failed, "no such network namespace");
    links = &space->second;
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.size() < 3) return fail(ErrorCode::failed, "the fake's ip(8) does not know this: " + arguments);
  if (words[0] == "link" && words[1] == "delete") return delete_link(host, words[2]);
  if (words[0] == "link" && words[1] == "add" && words.size() > 7) return add_veth(host, words);
  if (words[0] == "link" && words[1] == "set") return set_link(*links, words);
  if (words[0] == "address" && words[1] == "replace") return replace_address(*links, words);
  if (words[0] == "netns" && words[1] != "exec") return change_namespace(host, words[1], words[2]);
  if (words[0] == "netns" && words[3] == "/usr/sbin/ethtool")
    return host.packages.contains("ethtool") ? Result<>() : fail(ErrorCode::failed, "ethtool: not found");
  return fail(ErrorCode::failed, "the fake's ip(8) does not know this: " + arguments);
}

}  // namespace kiln::test
