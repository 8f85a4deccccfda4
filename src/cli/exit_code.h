#pragma once

namespace kiln::cli {

/// What kiln's exit status means; stable. Codes of rolled-back steps (8, 9) come with the commands that need
/// them.
enum class ExitCode {
  done = 0,          ///< nothing to do, or all applied and verified
  failed = 1,        ///< an error not listed below; of doctor: a WARN or UNKNOWN
  pending = 2,       ///< changes pending, only with --detailed-exitcode
  check_failed = 2,  ///< of doctor: a FAIL
  invalid = 3,       ///< the configuration is invalid
  gate_closed = 4,   ///< approval was not given, more would be deleted than may, or what is lost may return
  stale = 5,         ///< the facts that a saved plan rests on changed, or while somebody was asked
  lease_held = 6,    ///< another run holds the lease
  partly = 7,        ///< partly applied or interrupted; a re-run continues
  rolled_back = 8,   ///< a step failed and was rolled back, verified
  roll_back_failed = 9,
  usage = 64,  ///< sysexits(3) EX_USAGE
};

}  // namespace kiln::cli
