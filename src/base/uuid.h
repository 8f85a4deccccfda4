#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kiln {

/// An RFC 4122 UUID, as OVSDB names rows with (RFC 7047, 3.1 `<uuid>`).
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// 8-4-4-4-12 lower-case hexadecimal digits.
  std::string text() const;
  /// Nothing unless `text` has exactly that form (either case).
  static std::optional<Uuid> parse(std::string_view text);

  auto operator<=>(const Uuid&) const = default;
};

}  // namespace kiln

template <>
struct std::hash<kiln::Uuid> {
  std::size_t operator()(const kiln::Uuid& uuid) const noexcept;
};
