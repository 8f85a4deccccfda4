#pragma once

#include <string>

#include "base/seams.h"
#include "model/lease.h"

/// The host's side of the lease. Two locks in /run: one is held by whatever changes the host while it runs,
/// the other by whoever rewrites the claim, so that a claim never waits for an action that takes minutes.

namespace kiln::transport {

/// Exit codes of what these scripts refuse.
inline constexpr int kBusy = 75;    ///< somebody else has the lock
inline constexpr int kFenced = 76;  ///< the claim is another, or none is there; it is on stderr

/// `script` under the fence: once the lock is had and if the host's claim has this fence and is held.
std::string fenced_script(const Fence& fence, const std::string& script, Duration patience);

/// Compare and swap of kLeasePath; prints what is there in the end. A claim that is given back goes wholly
/// where nothing else of kiln's is.
std::string swap_script(const std::string& expected, const std::string& wanted);

/// One transaction of Open_vSwitch by ovsdb-client(1), `argument` as it takes it; prints the results.
std::string transact_script(const std::string& argument, Duration timeout);
/// As long as an argument may be (execve(2), MAX_ARG_STRLEN), with room to spare.
inline constexpr std::size_t kLongestArgument = 100'000;

}  // namespace kiln::transport
