#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// An IPv4 or IPv6 address in its normal form (RFC 5952 for IPv6: lower case, shortest).
struct IpAddress {
  std::string text;
  bool v6 = false;

  /// "[…]" around IPv6, as in `ssl:[2001:db8::1]:6641`.
  std::string bracketed() const { return v6 ? '[' + text + ']' : text; }
  static std::optional<IpAddress> parse(std::string_view text);
  /// From 4 or 16 octets in network order.
  static std::optional<IpAddress> from_octets(std::string_view octets);
  auto operator<=>(const IpAddress&) const = default;
};

/// An address with the length of its network, "10.0.0.1/24"; host bits are kept.
struct IpInterface {
  IpAddress address;
  int prefix_length = 0;

  std::string text() const { return address.text + '/' + std::to_string(prefix_length); }
  static std::optional<IpInterface> parse(std::string_view text);
  /// True if `other` lies in this network.
  bool contains(const IpAddress& other) const;
  auto operator<=>(const IpInterface&) const = default;
};

/// Six octets, lower case with colons; nothing if `text` is not a MAC address.
std::optional<std::string> normal_mac(std::string_view text);

/// A list as OVN's columns hold it: MAC and IP addresses among the words in their normal forms, one space
/// between words. Other words stay as they are.
std::string normal_words(std::string_view text);

/// Of "ssl:192.0.2.11:6642,tcp:[2001:db8::1]:6642" (ovsdb(7), Connection Methods) the addresses in their
/// normal forms. What has no address between two colons is left out.
std::vector<std::string> addresses_in(std::string_view endpoints);

}  // namespace kiln
