#pragma once

#include <string>

#include "engine/lease.h"

namespace kiln::engine {

/// This process, as its lease will say it: /proc/self, and the user who is logged in (SUDO_USER before the
/// user that sudo(8) made of them). `run`, `plan` and what was run are the caller's.
LeaseSelf this_process();

/// "ann@laptop".
std::string user_at_host();

/// The same machine, boot and pid namespace, and no process has the pid, or it began at another time.
bool is_gone(const Lease& holder, const Lease& here);

/// Field 22 of proc(5)'s stat, whatever the program is called; "" if it is not there.
std::string started_in(const std::string& stat);

}  // namespace kiln::engine
