#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/uuid.h"

/// The seams to the machine that kiln runs on; Transport and Events are the other two. Everything else
/// is a function of values, so that tests can replay a run from a seed.

namespace kiln {

using TimePoint = std::chrono::system_clock::time_point;
using Duration = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock, UTC: for certificates and reports.
  virtual TimePoint now() const = 0;
  /// Monotonic, from an arbitrary start: for deadlines.
  virtual Duration monotonic() const = 0;
  /// Monotonic too, and goes on while the machine sleeps: for how long nothing was heard of somebody.
  virtual Duration since_boot() const { return monotonic(); }
};

class Random {
 public:
  virtual ~Random() = default;
  /// `count` bytes fit for keys and serial numbers.
  virtual std::string bytes(std::size_t count) = 0;
  /// A version 4 UUID made from `bytes`.
  Uuid uuid();
};

/// Files on the machine that kiln runs on.
class FileIo {
 public:
  virtual ~FileIo() = default;
  /// not_found when there is no such file.
  virtual Result<std::string> read(const std::string& path) const = 0;
  /// Whole or not at all: written beside, fsynced and renamed; parents made with 0755.
  virtual Result<> write(const std::string& path, const std::string& content, unsigned mode) = 0;
  /// Paths that a pattern means (glob(7)), sorted.
  virtual std::vector<std::string> match(const std::string& pattern) const;
};

class SystemClock : public Clock {
 public:
  TimePoint now() const override;
  Duration monotonic() const override;
  Duration since_boot() const override;  ///< clock_gettime(2), CLOCK_BOOTTIME
};

class SystemRandom : public Random {
 public:
  std::string bytes(std::size_t count) override;
};

class SystemFileIo : public FileIo {
 public:
  Result<std::string> read(const std::string& path) const override;
  Result<> write(const std::string& path, const std::string& content, unsigned mode) override;
};

/// Of this machine (gethostname(2)), or "".
std::string host_name();

/// RFC 3339 in UTC with seconds: "2026-11-21T03:52:26Z".
std::string format_utc(TimePoint time);

}  // namespace kiln
