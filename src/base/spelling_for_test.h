#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// The many ways to write one value, chosen by a seed: what means the same must have one normal form.

namespace kiln {

using Ipv6Octets = std::array<unsigned char, 16>;
using MacOctets = std::array<unsigned char, 6>;

class Speller {
 public:
  explicit Speller(std::uint64_t seed) : engine_(seed) {}

  /// 0 … below - 1.
  std::size_t below(std::size_t below) { return static_cast<std::size_t>(engine_() % below); }
  bool coin() { return below(2) == 0; }
  unsigned char octet() { return static_cast<unsigned char>(below(256)); }

  template <typename T>
  std::vector<T> shuffled(std::vector<T> list) {
    std::ranges::shuffle(list, engine_);
    return list;
  }

  /// Many groups are zero, or small.
  Ipv6Octets ipv6_octets() {
    Ipv6Octets octets{};
    for (std::size_t i = 0; i < octets.size(); i += 2) {
      if (below(5) < 3) continue;
      octets[i] = coin() ? 0 : octet();
      octets[i + 1] = octet();
    }
    return octets;
  }
  /// RFC 4291, 2.2: leading zeros, either case, "::" for any run of zero groups or for none, the last four
  /// octets with dots.
  std::string ipv6(const Ipv6Octets& octets) {
    std::vector<std::string> groups;
    std::vector<bool> zero;
    const bool dotted = below(4) == 0;
    for (std::size_t i = 0; i < (dotted ? 12U : 16U); i += 2) {
      const unsigned number = static_cast<unsigned>(octets[i]) << 8U | octets[i + 1];
      groups.push_back(in_any_case(fmt::format("{:0{}x}", number, 1 + below(4))));
      zero.push_back(number == 0);
    }
    std::size_t from = below(zero.size());
    std::size_t to = from;
    if (coin())
      while (to < zero.size() && zero[to] && (to == from || below(4) != 0)) ++to;
    std::string text;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (from < to && i == from) text += i == 0 ? "::" : ":";
      if (from <= i && i < to) continue;
      text += groups[i] + (i + 1 < groups.size() || dotted ? ":" : "");
    }
    if (dotted) text += fmt::format("{}.{}.{}.{}", octets[12], octets[13], octets[14], octets[15]);
    return text;
  }

  MacOctets mac_octets() {
    MacOctets octets{};
    for (unsigned char& one : octets) one = octet();
    return octets;
  }
  std::string mac(const MacOctets& octets) {
    std::string text;
    for (const unsigned char one : octets)
      text += (text.empty() ? "" : ":") + in_any_case(fmt::format("{:02x}", one));
    return text;
  }

  /// Another value: one bit is the other way round, none of the first octet's.
  template <typename Octets>
  Octets other_than(Octets octets) {
    octets[1 + below(octets.size() - 1)] ^= static_cast<unsigned char>(1U << below(8));
    return octets;
  }

 private:
  std::string in_any_case(std::string text) {
    for (char& c : text)
      if (c >= 'a' && c <= 'f' && coin()) c = static_cast<char>(c - 'a' + 'A');
    return text;
  }

  std::mt19937_64 engine_;
};

}  // namespace kiln
