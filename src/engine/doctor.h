#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace kiln::engine {

/// How a check came out, from well to worst.
enum class Health {
  pass,
  warn,     ///< works now; the next fault or the next change will hurt
  unknown,  ///< could not be looked at: never taken for well
  fail,     ///< something does not work
};
/// "PASS", "WARN", "UNKNOWN", "FAIL".
const char* to_string(Health health);

/// One thing that is not well, or not known.
struct Finding {
  Health verdict{};
  std::string subject;   ///< the node, or what it is of: "n2", "OVN_Southbound"
  std::string evidence;  ///< what was seen
  std::string mend;      ///< what would mend it
  bool operator==(const Finding&) const = default;
};

/// One check of `kiln doctor`.
struct Examination {
  std::string check;              ///< its slug, "stale-chassis"
  std::string passed;             ///< what was looked at and found well; shown if nothing was found
  std::vector<Finding> findings;  ///< none: PASS

  void fail(std::string subject, std::string evidence, std::string mend);
  void warn(std::string subject, std::string evidence, std::string mend);
  void unknown(std::string subject, std::string why);
  /// The worst of its findings.
  Health verdict() const;
};

struct Checkup {
  std::string cluster;
  std::vector<Examination> checks;
  Health verdict() const;
};

/// Reads the hosts and judges what it sees. Changes nothing.
Checkup examine(const Desired& desired, Seams& seams, const Limits& limits);

}  // namespace kiln::engine
