#pragma once

#include <compare>
#include <string>

namespace kiln {

/// A node of the file, by its name there, or one of the two below.
using HostName = std::string;

/// The machine that kiln runs on: the certificate authority lives there.
inline constexpr const char* kController = "controller";
/// Whichever central is the best to ask for a clustered database: its leader, else a connected member.
inline constexpr const char* kCluster = "cluster";

/// What a resource is called in plans and in ownership marks: "logical-switch/ls1", "database/n1/nb".
struct ResourceId {
  std::string kind;
  std::string name;

  std::string text() const { return kind + '/' + name; }
  auto operator<=>(const ResourceId&) const = default;
};

/// The key in `external_ids` of rows that are kiln's. It is for ever: do not rename it.
inline constexpr const char* kOwnerKey = "kiln-owner";
/// external_ids:kiln-protect = "true": kiln does not delete the row.
inline constexpr const char* kProtectKey = "kiln-protect";

/// The value of the mark: "<cluster>:<kind>/<name>".
inline std::string owner_mark(const std::string& cluster, const ResourceId& id) {
  return cluster + ':' + id.text();
}

}  // namespace kiln
