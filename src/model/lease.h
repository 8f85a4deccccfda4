#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/id.h"

/// One run at a time: what a run writes down, on hosts and in the northbound, before it changes anything
/// (docs/decisions/0020-the-lease.md).

namespace kiln {

/// Of all that kiln leaves: the lease, the roster, the marks. A kiln that meets a higher one than its own
/// changes nothing.
inline constexpr int kLeftFormat = 1;

/// Where the claim on a host is: one line, Lease::text().
inline constexpr const char* kLeasePath = "/var/lib/kiln/lease";
/// The same in external_ids of NB_Global.
inline constexpr const char* kLeaseKey = "kiln-lease";
/// external_ids of NB_Global and of SB_Global: the fence of whoever may write there (Fence::text()).
inline constexpr const char* kFenceKey = "kiln-fence";

/// By what everybody tells a run that may change things from one that no longer may: a number that only
/// grows, and the run's own id, so that two runs with one number are never taken for each other.
struct Fence {
  /// The highest that is one: whoever finds it begins with 1 again, and it keeps nobody out.
  static constexpr std::int64_t kMost = 1'000'000'000'000'000;
  std::int64_t token = 0;
  std::string run;

  std::string text() const { return std::to_string(token) + '/' + run; }
  bool operator==(const Fence&) const = default;
};
/// malformed unless it is a Fence::text().
Result<Fence> read_fence(std::string_view text);

/// A lease as it is written down. Words hold no blanks: whatever else is in them becomes `_`.
struct Lease {
  int format = kLeftFormat;
  Fence fence;
  bool held = false;         ///< false: given back, or broken
  std::int64_t renewed = 0;  ///< one more each time its holder says that it lives
  std::string kiln;          ///< the version
  std::string command;       ///< "apply"
  std::string user;
  std::string host;
  std::int64_t pid = 0;
  std::string boot;           ///< id of the machine's boot
  std::string pid_namespace;  ///< inode of the namespace that `pid` is of
  std::string started;        ///< of the process, in ticks since the boot (proc(5), stat, field 22)
  std::string plan;
  std::string commit;  ///< may be empty
  std::string since;   ///< UTC by the holder's clock, for people only
  std::string reason;  ///< of who broke it; else empty

  /// One line.
  std::string text() const;
  /// For people: "kiln apply by me@laptop, pid 4711, since 2026-11-30T10:00:00Z, plan 5f1c".
  std::string holder() const;
  bool operator==(const Lease&) const = default;
};
/// Of a newer format only that, and the version of the kiln that wrote it. malformed: it is none of kiln's.
Result<Lease> read_lease(std::string_view text);

}  // namespace kiln
