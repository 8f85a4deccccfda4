#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/fact.h"
#include "model/plan.h"
#include "model/state.h"

namespace kiln::resources {

/// One daemon of OVN's packages as kiln runs it: its unit, the options that kiln gives to ovn-ctl(8) by an
/// EnvironmentFile of its own, and what must then be seen on the running process's command line. The last is
/// what is compared, so that a daemon that still runs with older options is found.
struct Daemon {
  std::string unit;
  std::string environment_path;
  std::vector<std::string> options;  ///< OVN_CTL_OPTS; no white space and no quotes in them
  std::string stop_command;          ///< ExecStop= in the place of the package's, or ""
  std::set<std::string> arguments;   ///< each must be an argument of the running process
  std::vector<std::string> watched;  ///< no other argument may begin so, such as "--n-threads="
  bool drained = false;              ///< its node is in maintenance: stopped and masked, its files are kept
  std::string cluster;
  std::string resource;  ///< for the files' headers

  std::string environment() const;  ///< content of the EnvironmentFile
  std::string drop_in() const;      ///< content of the drop-in
  std::vector<Probe> probes(const HostName& host) const;
  void add_wanted(State& state) const;
  /// Adds what was seen; an Unknown fact's reason comes back and nothing is added.
  std::optional<std::string> add_observed(const Facts& facts, const HostName& host, State& state) const;
  /// Nothing of kiln's is there and the unit neither runs nor refuses to: a daemon to create, not to change.
  bool untouched(const State& seen) const;
  /// Files that differ, and a reload where systemd has to read them.
  std::vector<Action> configure(const Change& change) const;
  /// Unmask, start or restart; stop and mask one that is drained: what the change asks for.
  std::vector<Action> run(const Change& change) const;
};

/// It starts neither by itself nor when asked, after a reboot too.
bool is_masked(const UnitSeen* unit);

/// Adds "<unit>: enabled" to what is wanted and seen.
void add_enabled(State& wanted, const std::string& unit);
std::optional<std::string> add_enabled_seen(const Facts& facts, const HostName& host, const std::string& unit,
                                            State& observed);

/// The file as one attribute: "current", "differs", or not there.
void add_file_wanted(State& wanted, const std::string& path);
std::optional<std::string> add_file_seen(const Facts& facts, const HostName& host, const std::string& path,
                                         const std::string& content, State& observed);

/// The same of a unit that is wholly kiln's: "not loaded" where systemd still knows an older file.
std::optional<std::string> add_unit_file_seen(const Facts& facts, const HostName& host,
                                              const std::string& unit, const std::string& content,
                                              State& observed);

/// Why a change asks for a step, one line for each attribute.
std::vector<std::string> reasons(const Change& change);

}  // namespace kiln::resources
