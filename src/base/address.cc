#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace kiln {
namespace {

using Octets = std::array<unsigned char, 16>;

Octets octets_of(const IpAddress& address) {
  Octets octets{};
  inet_pton(address.v6 ? AF_INET6 : AF_INET, address.text.c_str(), octets.data());
  return octets;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text);
  Octets octets{};
  char normal[INET6_ADDRSTRLEN];
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, copy.c_str(), octets.data()) != 1) continue;
    inet_ntop(family, octets.data(), normal, sizeof normal);
    return IpAddress{.text = normal, .v6 = family == AF_INET6};
  }
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::from_octets(std::string_view octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  const bool v6 = octets.size() == 16;
  char normal[INET6_ADDRSTRLEN];
  inet_ntop(v6 ? AF_INET6 : AF_INET, octets.data(), normal, sizeof normal);
  return IpAddress{.text = normal, .v6 = v6};
}

std::optional<IpInterface> IpInterface::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const std::string_view length = text.substr(slash + 1);
  int prefix_length = -1;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), prefix_length);
  if (!address || error != std::errc{} || end != length.data() + length.size()) return std::nullopt;
  if (prefix_length < 0 || prefix_length > (address->v6 ? 128 : 32)) return std::nullopt;
  return IpInterface{.address = *address, .prefix_length = prefix_length};
}

bool IpInterface::contains(const IpAddress& other) const {
  if (other.v6 != address.v6) return false;
  const Octets ours = octets_of(address);
  const Octets theirs = octets_of(other);
  for (int bit = 0; bit < prefix_length; ++bit) {
    const auto octet = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((ours[octet] & mask) != (theirs[octet] & mask)) return false;
  }
  return true;
}

std::optional<std::string> normal_mac(std::string_view text) {
  std::string mac(text);
  std::ranges::transform(mac, mac.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::vector<std::string> octets = split(mac, ':');
  const bool well_formed =
      octets.size() == 6 && std::ranges::all_of(octets, [](const std::string& octet) {
        return octet.size() == 2 && octet.find_first_not_of("0123456789abcdef") == std::string::npos;
      });
  if (!well_formed) return std::nullopt;
  return mac;
}

std::string normal_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (const auto mac = normal_mac(word))
      words.push_back(*mac);
    else if (const auto address = IpAddress::parse(word))
      words.push_back(address->text);
    else
      words.push_back(word);
  }
  return join(words, " ");
}

std::vector<std::string> addresses_in(std::string_view endpoints) {
  std::vector<std::string> addresses;
  for (const std::string& endpoint : split(endpoints, ',')) {
    const std::size_t first = endpoint.find(':');
    const std::size_t last = endpoint.rfind(':');
    if (first >= last) continue;
    std::string_view host = std::string_view(endpoint).substr(first + 1, last - first - 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (const auto address = IpAddress::parse(host)) addresses.push_back(address->text);
  }
  return addresses;
}

}  // namespace kiln
