#pragma once

#include <string>

#include "base/error.h"

namespace kiln::ovsdb {

/// An `<error>` of RFC 7047, 3.1, as an ovsdb-server sends it for a request or for one operation of a
/// transaction.
struct ServerError {
  std::string tag;      ///< `error`: "constraint violation", "unknown database", …
  std::string details;  ///< for people; may be empty
  bool operator==(const ServerError&) const = default;

  /// By what the caller can do: see the table in server_error.cc.
  ErrorCode code() const;
  /// "tag: details".
  std::string text() const;
};

}  // namespace kiln::ovsdb
