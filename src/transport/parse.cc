#include "transport/parse.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/address.h"
#include "base/quote.h"
#include "base/text.h"

namespace kiln::transport {
namespace {

/// timeout(1), and the shell of what SIGALRM ended: `-T` of ovs-appctl(8), `-t` of ovs-ofctl(8).
constexpr int kTimedOut = 124;
constexpr int kAlarmed = 128 + 14;

Fact unknown(const std::string& output, int code) {
  if (code == kTimedOut || code == kAlarmed) return Unknown{"no answer in time"};
  const std::string said = last_line(output);
  return Unknown{said.empty() ? "exit code " + std::to_string(code) : said};
}

/// As many bytes as can be counted; a host may say anything.
std::int64_t bytes_of_kib(std::int64_t kib) {
  return std::clamp<std::int64_t>(kib, 0, std::numeric_limits<std::int64_t>::max() / 1024) * 1024;
}

std::map<std::string, std::string> key_values(const std::string& text) {
  std::map<std::string, std::string> pairs;
  for (const std::string& line : split(text, '\n'))
    if (const std::size_t equals = line.find('='); equals != std::string::npos)
      pairs.emplace(line.substr(0, equals), line.substr(equals + 1));
  return pairs;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::string& word : split(text, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::unexpected<Error> wrong_links(const std::string& seen) {
  return fail(ErrorCode::malformed, "`ip -j addr`: " + seen);
}

/// A number of ip's, or 0 without one. nlohmann would cut what an int does not hold.
Result<int> number_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  const std::int64_t number = found->is_number_integer() ? found->get<std::int64_t>() : -1;
  if (number < 0 || number > std::numeric_limits<int>::max())
    return wrong_links(std::string("expected a number for ") + key);
  return static_cast<int>(number);
}

Result<LinkSeen> link_from(const nlohmann::json& json) {
  LinkSeen link;
  link.name = json.value("ifname", "");
  link.mac = json.value("address", "");
  if (const auto mac = normal_mac(link.mac)) link.mac = *mac;
  KILN_TRY_ASSIGN(link.mtu, number_at(json, "mtu"));
  link.master = json.value("master", "");
  link.lower = json.value("link", "");
  for (const auto& flag : json.value("flags", nlohmann::json::array())) {
    link.up = link.up || flag == "UP";
    link.carrier = link.carrier && flag != "NO-CARRIER";
  }
  for (const auto& address : json.value("addr_info", nlohmann::json::array())) {
    if (address.value("scope", "") == "link") continue;
    const auto normal = IpAddress::parse(address.value("local", ""));
    if (!normal) continue;
    KILN_TRY_ASSIGN(const int length, number_at(address, "prefixlen"));
    std::string text = normal->text + '/' + std::to_string(length);
    if (!IpInterface::parse(text)) return wrong_links("expected an address, found " + text);
    link.addresses.push_back(std::move(text));
  }
  return link;
}

/// JSON, or `discarded`. What ip prints is five levels deep; nlohmann copies as many stack frames as there
/// are levels.
nlohmann::json parse_shallow(const std::string& text) {
  constexpr int kDeepest = 16;
  bool deep = false;
  auto parsed = nlohmann::json::parse(
      text,
      [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        deep = deep || depth > kDeepest;
        return !deep;
      },
      false);
  return deep ? nlohmann::json(nlohmann::json::value_t::discarded) : parsed;
}

}  // namespace

std::int64_t integer(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string last_line(const std::string& text) {
  std::string last;
  for (const std::string& line : split(text, '\n'))
    if (!trim(line).empty()) last = trim(line);
  return last;
}

Fact read_file(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0 || !output.empty()) return unknown(output, code);
  return FileSeen{};
}

Fact read_made_up_file(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  FileSeen seen;
  seen.content = output;
  seen.size = std::ssize(output);
  return seen;
}

Fact read_host(const std::string& output, int code) {
  auto pairs = key_values(output);
  auto links = parse_links(pairs["links"]);
  if (code != 0 || !links) return links ? unknown(output, code) : Fact(Unknown{links.error().text()});
  HostSeen seen;
  seen.hostname = pairs["hostname"];
  seen.os_id = pairs["os_id"];
  seen.os_codename = pairs["os_codename"];
  seen.time_ms = integer(pairs["time_ms"]);
  seen.free_bytes = bytes_of_kib(integer(pairs["free"]));
  seen.boot_id = pairs["boot_id"];
  seen.machine_id = pairs["machine_id"];
  for (const char* word : {"loaded", "loadable", "missing"})
    if (pairs["kernel_datapath"] == word) seen.kernel_datapath = word;
  seen.links = std::move(*links);
  const std::vector<std::string> connection = split(pairs["ssh"], ' ');  // ssh(1), SSH_CONNECTION
  if (connection.size() == 4) seen.ssh_address = connection[2];
  return seen;
}

Fact read_database_file(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  const std::string kind = output.substr(0, output.find('\n'));
  if (code != 0 || (kind != "clustered" && kind != "standalone")) return unknown(output, code);
  DatabaseFileSeen seen;
  seen.clustered = kind == "clustered";
  auto pairs = key_values(output);
  seen.used = pairs["used"] != "no";
  seen.refused = pairs["refused"];
  if (!seen.clustered) return seen;
  // Before its first contact a joining member's file has no cluster's id.
  const auto of_header = [&](const std::string& key) {
    const std::string start = "\n\"" + key + "\":\"";
    const std::size_t at = output.find(start);
    if (at == std::string::npos) return std::string();
    const std::size_t from = at + start.size();
    const std::size_t end = output.find('"', from);
    return end == std::string::npos ? std::string() : output.substr(from, end - from);
  };
  seen.cluster_id = of_header("cluster_id");
  seen.server_id = of_header("server_id");
  seen.local_address = of_header("local_address");
  constexpr std::string_view kReplaced = "replaced=\"cluster_id\":\"";
  for (const std::string& line : split(output, '\n'))
    if (line.starts_with(kReplaced))
      if (const auto id = Uuid::parse(line.substr(kReplaced.size(), line.rfind('"') - kReplaced.size())))
        seen.replaced.insert(id->text());
  if (!Uuid::parse(seen.server_id) || seen.local_address.empty())
    return Unknown{"its header does not say whose it is"};
  return seen;
}

Fact read_database_log(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  auto seen = parse_log(output);
  if (!seen) return Unknown{seen.error().text()};
  return *seen;
}

Fact read_raft(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  auto seen = parse_cluster_status(output);
  if (!seen) return Unknown{seen.error().text()};
  return *seen;
}

Fact read_text(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  return TextSeen{std::string(trim(output))};
}

Fact read_namespace(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  auto links = parse_links(output);
  if (!links) return Unknown{links.error().text()};
  return NamespaceSeen{std::move(*links)};
}

Fact read_served(const std::string& output, int code) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  const std::size_t begin = output.find(kBegin);
  const std::size_t end = output.find(kEnd);
  if (begin != std::string::npos && end != std::string::npos && begin < end)
    return CertificateSeen{output.substr(begin, end - begin + kEnd.size()) + '\n'};
  if (output.find("onnection refused") != std::string::npos) return Absent{};
  return unknown(output, code);
}

namespace {

/// Of "0.0.0.0:6641" or "[::]:6641": what stands before the last colon, and the port; false if it is none.
bool read_socket(const std::string& text, std::string& address, int& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  address = text.substr(0, colon);
  const std::string digits = text.substr(colon + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return !digits.empty() && read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && port > 0 &&
         port <= 65535;
}

std::optional<OtherServerSeen> read_other_server(const std::vector<std::string>& words) {
  OtherServerSeen other;
  const std::string& pid = words[1];
  const auto read = std::from_chars(pid.data(), pid.data() + pid.size(), other.pid);
  if (read.ec != std::errc{} || read.ptr != pid.data() + pid.size() || other.pid < 1) return std::nullopt;
  if (!read_socket(words[2], other.address, other.port)) return std::nullopt;
  if (words[3] == "-") return other;
  for (std::string& name : split(words[3], ','))
    if (!name.empty()) other.databases.push_back(std::move(name));
  return other;
}

}  // namespace

Fact read_listeners(const std::string& output, int code) {
  constexpr std::size_t kMost = 4096;  // of a host that says anything
  if (code != 0) return unknown(output, code);
  ListenersSeen seen;
  for (const std::string& line : split(output, '\n')) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    if (seen.sockets.size() + seen.remotes.size() + seen.others.size() == kMost)
      return Unknown{"too many listening sockets"};
    if (words[0] == "remote" && words.size() == 3) {
      seen.remotes.push_back({words[1], words[2]});
    } else if (words[0] == "listens" && words.size() == 3) {
      ListenerSeen& socket = seen.sockets.emplace_back(words[1], "", 0);
      if (!read_socket(words[2], socket.address, socket.port)) return Unknown{"no port in " + words[2]};
    } else if (words[0] == "other" && words.size() == 4) {
      auto other = read_other_server(words);
      if (!other) return Unknown{"it says: " + line};
      seen.others.push_back(*std::move(other));
    } else {
      return Unknown{"it says: " + line};
    }
  }
  return seen;
}

Fact read_flows(const std::string& output, int code) {
  constexpr std::size_t kMost = 4096;  // of a host that says anything
  constexpr std::string_view kCount = "flow_count=";
  if (code == kNotThere) return Absent{};
  if (code != 0) return unknown(output, code);
  FlowsSeen seen;
  bool counted = false;
  for (const std::string& line : split(output, '\n')) {
    if (line.starts_with("flow ")) {
      if (seen.flows.size() < kMost) seen.flows.push_back(line.substr(5));
    } else if (line.starts_with("port ")) {
      const std::size_t blank = line.find(' ', 5);
      if (blank != std::string::npos && seen.stopped.size() < kMost)
        seen.stopped.emplace(line.substr(5, blank - 5), trim(line.substr(blank)));
    } else if (const std::size_t at = line.find(kCount); at != std::string::npos) {
      const char* const begin = line.data() + at + kCount.size();
      counted = std::from_chars(begin, line.data() + line.size(), seen.count).ec == std::errc{};
    }
  }
  return counted && seen.count >= 0 ? Fact(seen) : unknown(output, code);
}

Fact read_ping(const std::string& output, int code) {
  PingSeen seen;
  bool counted = false;
  for (const std::string& line : split(output, '\n')) {
    // "3 packets transmitted, 3 received, 0% packet loss, time 402ms"
    if (line.find("packets transmitted") == std::string::npos) continue;
    const std::vector<std::string> words = words_of(line);
    seen.sent = static_cast<int>(integer(words[0]));
    for (std::size_t i = 1; i < words.size(); ++i)
      if (words[i].starts_with("received")) {
        seen.received = static_cast<int>(integer(words[i - 1]));
        counted = true;
      }
  }
  return counted && seen.sent > 0 ? Fact(seen) : unknown(output, code);
}

namespace {

/// Of each of these processes, once: `/proc/PID/cmdline`, NUL, and each of its words with its NUL.
std::map<std::string, std::vector<std::string>> read_command_lines(std::string_view said,
                                                                   std::set<std::string> processes) {
  std::map<std::string, std::vector<std::string>> found;
  std::vector<std::string>* words = nullptr;
  for (std::string& word : split(said, '\0')) {
    const bool name = word.starts_with("/proc/") && word.ends_with("/cmdline");
    const std::string process = name ? word.substr(6, word.size() - 14) : std::string();
    if (name && processes.erase(process) != 0)
      words = &found[process];
    else if (words)
      words->push_back(std::move(word));
  }
  return found;
}

}  // namespace

void read_units(const HostName& host, const std::vector<UnitLook>& looks, const std::string& output, int code,
                Facts& facts) {
  std::map<std::string, std::vector<std::string>> command_lines;
  std::vector<std::map<std::string, std::string>> blocks(1);
  for (const std::string& line : split(output, '\n')) {
    if (line.empty() && !blocks.back().empty()) blocks.emplace_back();
    if (line.starts_with("CommandLines ")) {
      std::set<std::string> processes;
      for (auto& block : blocks) processes.insert(block["MainPID"]);
      command_lines =
          read_command_lines(decode_base64(line.substr(line.find(' ') + 1)), std::move(processes));
      continue;
    }
    if (const std::size_t equals = line.find('='); equals != std::string::npos)
      blocks.back()[line.substr(0, equals)] = line.substr(equals + 1);
  }
  std::map<std::string, std::map<std::string, std::string>*> named;
  for (auto& block : blocks)
    for (std::string& name : split(block["Names"], ' ')) named.emplace(std::move(name), &block);
  for (const UnitLook& look : looks) {
    const Probe probe{host, look};
    const auto found = named.find(look.unit);
    if (code != 0 || found == named.end() || !found->second->contains("LoadState")) {
      facts.set(probe, unknown(output, code));
      continue;
    }
    auto& block = *found->second;
    if (block["LoadState"] == "not-found") {
      facts.set(probe, Absent{});
      continue;
    }
    UnitSeen seen{.load_state = block["LoadState"],
                  .active_state = block["ActiveState"],
                  .sub_state = block["SubState"],
                  .file_state = block["UnitFileState"],
                  .needs_reload = block["NeedDaemonReload"] == "yes",
                  .active_since_us = integer(block["ActiveEnterTimestampMonotonic"]),
                  .command_line = {}};
    if (const auto words = command_lines.find(block["MainPID"]); words != command_lines.end())
      for (const std::string& argument : words->second)
        if (!argument.empty()) seen.command_line.push_back(argument);
    facts.set(probe, std::move(seen));
  }
}

void read_packages(const HostName& host, const std::vector<PackageLook>& looks, const std::string& output,
                   int code, Facts& facts) {
  std::map<std::string, std::vector<std::string>> lines;
  bool idle = false;  // nobody is at work on packages
  for (const std::string& line : split(output, '\n')) {
    idle = idle || line == "dpkg=idle";
    if (auto parts = split(line, '|'); parts.size() == 3) {
      // One line for each architecture: what is installed counts.
      auto& kept = lines[parts[0]];
      if (kept.empty() || parts[1].ends_with(" ok installed")) kept = parts;
    }
  }
  for (const PackageLook& look : looks) {
    const Probe probe{host, look};
    const auto found = lines.find(look.package);
    if (code != 0) {
      facts.set(probe,
                code == 127 ? Unknown{"dpkg-query is missing: not a Debian host"} : unknown(output, code));
    } else if (found != lines.end() && found->second[1].ends_with(" ok installed")) {
      facts.set(probe, PackageSeen{found->second[2]});
    } else if (idle || found == lines.end() || found->second[1].ends_with("not-installed") ||
               found->second[1].ends_with("config-files")) {
      facts.set(probe, Absent{});  // or half of it was left, when the power went: it is installed again
    } else {
      facts.set(probe, Unknown{"dpkg is at work there, and says " + found->second[1]});
    }
  }
}

Result<DatabaseCopy> read_copied(const std::string& line) {
  const std::vector<std::string> words = split(line, ' ');
  DatabaseCopy copy;
  if (words.size() == 4 && words[0] == "kiln-copy" && words[2].size() == 64) {
    const auto [end, error] = std::from_chars(words[3].data(), words[3].data() + words[3].size(), copy.bytes);
    copy.schema_version = words[1];
    copy.sha256 = words[2];
    if (error == std::errc() && end == words[3].data() + words[3].size()) return copy;
  }
  return fail(ErrorCode::malformed, "expected what the copy is, found: " + line);
}

Result<std::vector<LinkSeen>> parse_links(const std::string& json) {
  const auto parsed = parse_shallow(json);
  if (!parsed.is_array())
    return fail(ErrorCode::malformed, "`ip -j addr` did not print a list: " + last_line(json));
  std::vector<LinkSeen> links;
  try {
    for (const auto& json_link : parsed) {
      if (!json_link.is_object() || json_link.empty()) continue;
      KILN_TRY_ASSIGN(LinkSeen link, link_from(json_link));
      links.push_back(std::move(link));
    }
  } catch (const nlohmann::json::exception& error) {
    return wrong_links(error.what());
  }
  return links;
}

}  // namespace kiln::transport
