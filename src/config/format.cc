#include "config/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/address.h"
#include "base/text.h"
#include "model/id.h"
#include "model/logging.h"

namespace kiln::config {
namespace {

using Normal = std::expected<std::string, TextProblem>;

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

std::unexpected<TextProblem> refuse(Format format, std::string slug, std::string why = {},
                                    std::string help = {}) {
  return std::unexpected(TextProblem{
      .slug = std::move(slug), .wanted = wanted(format), .why = std::move(why), .help = std::move(help)});
}

bool only(std::string_view text, std::initializer_list<std::string_view> allowed) {
  return std::ranges::all_of(text, [&](char c) {
    return std::ranges::any_of(allowed,
                               [&](std::string_view set) { return set.find(c) != std::string_view::npos; });
  });
}

/// Unicode code points of well-formed UTF-8.
std::vector<char32_t> decode(std::string_view text) {
  std::vector<char32_t> points;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet & 0xc0) == 0x80 && !points.empty())
      points.back() = points.back() << 6 | (octet & 0x3f);
    else
      points.push_back(octet < 0x80 ? octet : octet & (octet >= 0xf0 ? 0x07 : octet >= 0xe0 ? 0x0f : 0x1f));
  }
  return points;
}

bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}
bool is_space(char32_t point) {
  return point == ' ' || point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
         point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}
bool printable(std::string_view text) {
  return !text.empty() && std::ranges::none_of(decode(text), is_control);
}
bool without_space(std::string_view text) {
  return std::ranges::none_of(decode(text), is_space);
}

Normal label(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= 63 && only(text, {kLower, kDigits, "-"}) &&
                    text.front() != '-' && text.back() != '-';
  if (!fits) return refuse(Format::label, "bad-name");
  if (text == kController || text == kCluster)
    return refuse(Format::label, "reserved-name",
                  fmt::format("`{}` is what kiln calls {} in its plans", text,
                              text == kController ? "the machine that it runs on" : "the databases' leader"));
  return std::string(text);
}

Normal name(Format format, std::string_view text, std::size_t longest, bool slash) {
  if (printable(text) && without_space(text) && text.size() <= longest && text.front() != '-' &&
      (slash || text.find('/') == std::string_view::npos))
    return std::string(text);
  return refuse(format, "bad-name");
}

bool is_link_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && only(text, {kLower, kUpper, kDigits, "_.-"}) &&
         text.front() != '-' && text.front() != '.';
}

Normal workload_name(std::string_view text) {
  if (is_link_name(text, 13)) return std::string(text);
  return refuse(
      Format::workload_name, "bad-name",
      "it names a network namespace and the link `w-<name>`, and Linux takes 15 characters for that");
}

Normal link_name(Format format, std::string_view text) {
  if (!is_link_name(text, 15)) return refuse(format, "bad-name");
  constexpr std::array kTaken = {"br-int", "ovs-system", "ovs-netdev", "lo"};
  if (std::ranges::find(kTaken, text) != kTaken.end())
    return refuse(
        format, "reserved-name",
        text == "br-int" ? "br-int is OVN's integration bridge; kiln makes it on every chassis" : "");
  return std::string(text);
}

/// Of IPv4, as a number.
std::uint32_t number_of(const IpAddress& address) {
  std::uint32_t number = 0;
  for (const std::string& octet : split(address.text, '.'))
    number = number << 8 | static_cast<std::uint32_t>(std::stoul(octet));
  return number;
}

/// Not "any", multicast or broadcast.
bool is_host_address(const IpAddress& address) {
  if (address.v6)
    return address.text != "::" && !(address.text.starts_with("ff") && address.text.find(':') == 4);
  return number_of(address) >> 24 != 0 && number_of(address) >> 28 < 0xe;
}

Normal ip(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address)
    return refuse(Format::ip, "bad-address", {},
                  IpInterface::parse(text) ? "leave out the length of the network" : "");
  if (!is_host_address(*address))
    return refuse(Format::ip, "bad-address", "it is not the address of one host");
  return address->text;
}

Normal interface(std::string_view text) {
  const auto parsed = IpInterface::parse(text);
  if (!parsed) {
    const auto address = IpAddress::parse(text);
    return refuse(
        Format::interface, "bad-address", {},
        address ? fmt::format("add the length of its network: `{}/{}`", text, address->v6 ? 64 : 24) : "");
  }
  if (!is_host_address(parsed->address))
    return refuse(Format::interface, "bad-address", "it is not the address of one host");
  if (!parsed->address.v6 && parsed->prefix_length < 31) {
    const std::uint32_t host_bits = ~std::uint32_t{0} >> parsed->prefix_length;
    const std::uint32_t host = number_of(parsed->address) & host_bits;
    if (host == 0 || host == host_bits)
      return refuse(Format::interface, "bad-address",
                    host == 0 ? "it is the network itself" : "it is the broadcast address of its network");
  }
  return parsed->text();
}

/// ovn-nb(5): "router", "unknown", "dynamic [IP…]", "MAC dynamic", "MAC [IP…]".
Normal port_address(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  if (words.empty()) return refuse(Format::port_address, "bad-address");
  if (words.size() == 1 && (words[0] == "router" || words[0] == "unknown")) return words[0];
  if (words[0] != "dynamic") {
    const auto mac = normal_mac(words[0]);
    if (!mac)
      return refuse(Format::port_address, "bad-address",
                    fmt::format("{} is not a MAC address", in_backticks(words[0])));
    if (std::stoul(mac->substr(0, 2), nullptr, 16) % 2 == 1 || *mac == "00:00:00:00:00:00")
      return refuse(
          Format::port_address, "bad-address",
          fmt::format("`{}` is not the address of one interface: {}", *mac,
                      *mac == "00:00:00:00:00:00" ? "it is zero" : "its first octet is odd (multicast)"));
    words[0] = *mac;
    if (words.size() == 2 && words[1] == "dynamic") return join(words, " ");
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto address = ip(words[i]);
    if (!address)
      return refuse(Format::port_address, "bad-address",
                    fmt::format("{} is not the IP address of a host", in_backticks(words[i])));
    if (std::ranges::find(words.begin() + 1, words.begin() + static_cast<std::ptrdiff_t>(i), *address) !=
        words.begin() + static_cast<std::ptrdiff_t>(i))
      return refuse(Format::port_address, "bad-address", fmt::format("`{}` is there twice", *address));
    words[i] = *address;
  }
  return join(words, " ");
}

Normal release(std::string_view text) {
  const std::vector<std::string> parts = split(text, '.');
  const bool fits = (parts.size() == 2 || parts.size() == 3) && parts[0].size() == 2 &&
                    parts[1].size() == 2 && std::ranges::all_of(parts, [](const std::string& part) {
                      return !part.empty() && part.size() <= 3 && only(part, {kDigits});
                    });
  return fits ? Normal(std::string(text)) : refuse(Format::release, "bad-value");
}

Normal host_key(std::string_view text) {
  constexpr std::string_view kPrefix = "SHA256:";
  if (text.starts_with(kPrefix) && text.size() == kPrefix.size() + 43 &&
      only(text.substr(kPrefix.size()), {kLower, kUpper, kDigits, "+/"}))
    return std::string(text);
  return refuse(Format::host_key, "bad-value", {}, "`ssh-keygen -l -f` on the host's public key shows it");
}

Normal port_key(std::string_view text) {
  const std::vector<std::string> parts = split(text, '/');
  if (parts.size() == 2 && !parts[0].empty() && !parts[1].empty()) return std::string(text);
  return refuse(Format::port_key, "bad-value");
}

/// The word that was meant by one that is not in the list.
Normal no_log_word(const std::string& word, const std::string& what, const std::vector<std::string>& list) {
  const std::vector<std::string> near = near_names(word, list);
  return refuse(Format::log_level, "bad-value", fmt::format("`{}` is no {} of vlog", word, what),
                near.empty() ? fmt::format("a {} is one of {}", what, join(list, ", "))
                             : fmt::format("a {} with a similar name: `{}`", what, near.front()));
}

/// ovs-appctl(8) takes the words in any order; here it is one, so that a wrong one can be told.
Normal log_level(std::string_view text) {
  std::vector<std::string> words = split(text, ':');
  if (words.empty() || words.size() > 3) return refuse(Format::log_level, "bad-value");
  const std::vector<std::string>& levels = log_levels();
  const std::vector<std::string>& destinations = log_destinations();
  if (std::ranges::find(levels, words.back()) == levels.end())
    return no_log_word(words.back(), "level", levels);
  const auto is_destination = [&](const std::string& word) {
    return word == kAnyModule || std::ranges::find(destinations, word) != destinations.end();
  };
  if (words.size() == 3 && !is_destination(words[1]))
    return no_log_word(words[1], "destination", destinations);
  if (words.size() == 2) words.insert(words.begin() + (is_destination(words[0]) ? 0 : 1), "any");
  if (words.size() == 1) words.insert(words.begin(), 2, "any");
  if (words[0].empty() || words[0].size() > 63 || !only(words[0], {kLower, kDigits, "_"}))
    return refuse(Format::log_level, "bad-value",
                  "a module is a word such as `pinctrl`; `ovn-appctl vlog/list` shows a daemon's");
  return join(words, ":");
}

/// What ssh or a shell would not take for an option or for several words.
Normal word(Format format, std::string_view text, std::string_view punctuation) {
  if (!text.empty() && text.size() <= 255 && only(text, {kLower, kUpper, kDigits, punctuation}) &&
      text.front() != '-')
    return std::string(text);
  return refuse(format, "bad-value");
}

}  // namespace

std::expected<std::string, TextProblem> normal_text(Format format, std::string_view text) {
  switch (format) {
    case Format::text:
      return printable(text) ? Normal(std::string(text)) : refuse(format, "bad-value");
    case Format::label:
      return label(text);
    case Format::network_name:
      return name(format, text, 63, false);
    case Format::northbound_name:
      return name(format, text, 127, true);
    case Format::workload_name:
      return workload_name(text);
    case Format::link_name:
    case Format::bridge_name:
      return link_name(format, text);
    case Format::ip:
      return ip(text);
    case Format::interface:
      return interface(text);
    case Format::port_address:
      return port_address(text);
    case Format::host:
      return word(format, text, "._:%-");
    case Format::jump:
      return word(format, text, "._:%-@,[]/");
    case Format::user:
      return text.size() <= 32 ? word(format, text, "._-") : refuse(format, "bad-value");
    case Format::path:
      if (printable(text) && (!text.starts_with('~') || text == "~" || text.starts_with("~/")))
        return std::string(text);
      return refuse(format, "bad-value");
    case Format::host_key:
      return host_key(text);
    case Format::release:
      return release(text);
    case Format::log_level:
      return log_level(text);
    case Format::port_key:
      return port_key(text);
  }
  return std::string(text);
}

bool is_normal(Format format, std::string_view text) {
  const auto normal = normal_text(format, text);
  return normal && *normal == text;
}

std::string once_in_a_list(Format format, const std::string& text) {
  return format == Format::log_level ? text.substr(0, text.rfind(':')) : text;
}

std::string wanted(Format format) {
  switch (format) {
    case Format::text:
      return "a printable text";
    case Format::label:
      return "a name of at most 63 lower-case letters, digits and inner hyphens";
    case Format::network_name:
      return "a printable name of at most 63 octets without white space, `/` and a leading hyphen";
    case Format::northbound_name:
      return "a printable name of at most 127 octets without white space and a leading hyphen";
    case Format::workload_name:
      return "a name of at most 13 letters, digits, `_`, `.` and `-` that starts with a letter, digit or `_`";
    case Format::link_name:
      return "an interface name of at most 15 letters, digits, `_`, `.` and `-`";
    case Format::bridge_name:
      return "a bridge name of at most 15 letters, digits, `_`, `.` and `-`";
    case Format::ip:
      return "the IP address of a host";
    case Format::interface:
      return "an address with the length of its network, such as `10.0.1.11/24`,";
    case Format::port_address:
      return "\"MAC [IP…]\", \"MAC dynamic\", \"dynamic\", \"unknown\" or \"router\"";
    case Format::host:
      return "a host name or an IP address";
    case Format::jump:
      return "a list of hosts to jump through, such as `admin@bastion:2222`,";
    case Format::user:
      return "a login name of letters, digits, `.`, `_` and `-`";
    case Format::path:
      return "a path, absolute, beside this file or below `~/`,";
    case Format::host_key:
      return "a fingerprint such as `SHA256:…` with 43 characters of base64";
    case Format::release:
      return "a release of OVN such as `25.03`";
    case Format::log_level:
      return "`module:destination:level`, such as `pinctrl:file:dbg`,";
    case Format::port_key:
      return "`<switch>/<port>`";
  }
  return "";
}

std::string in_backticks(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  if (text.size() <= kLongest) return fmt::format("`{}`", text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return fmt::format("`{}…`", text.substr(0, end));
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace kiln::config
