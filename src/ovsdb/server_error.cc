#include "ovsdb/server_error.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kiln::ovsdb {
namespace {

struct Meaning {
  std::string_view tag;
  ErrorCode code;
};

// RFC 7047, 4.1.3 and 5.2, and what ovsdb-server(7) and its sources add. Every other tag is `failed`.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"timed out", ErrorCode::precondition},  // a `wait`: all of ours have timeout 0
    {"duplicate uuid", ErrorCode::precondition},
    {"constraint violation", ErrorCode::precondition},
    {"referential integrity violation", ErrorCode::precondition},
    {"not owner", ErrorCode::unreachable},
    {"not leader", ErrorCode::unreachable},
    {"cluster error", ErrorCode::unreachable},           // details: "not leader", "lost leadership", …
    {"database not available", ErrorCode::unreachable},  // it has not joined its cluster yet
    {"canceled", ErrorCode::unreachable},                // the database was taken out of the server meanwhile
    {"permission error", ErrorCode::denied},             // RBAC
    {"not allowed", ErrorCode::denied},                  // a read-only server, or `_Server`
    {"unknown database", ErrorCode::not_found},
});

}  // namespace

ErrorCode ServerError::code() const {
  const auto* found = std::ranges::find(kMeanings, tag, &Meaning::tag);
  return found == kMeanings.end() ? ErrorCode::failed : found->code;
}

std::string ServerError::text() const {
  return details.empty() ? tag : tag + ": " + details;
}

}  // namespace kiln::ovsdb
