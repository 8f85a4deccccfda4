#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "model/fact.h"
#include "model/spec.h"

/// Nodes that the file no longer has: the roster in the northbound says where they are.

namespace kiln::engine {

/// The same with each node that the roster names and the file has not, as `state = "absent"`; one that
/// Desired::way_to_former knows no way to is out of reach. A node of the
/// file that is on the machine of one of them waits (Desired::waiting) until that one has left. Pure. Entries
/// that could be no node of a file are left alone.
Desired with_former_nodes(const Desired& desired, const Facts& facts);

/// How a node is reached by an entry of the journal, "192.0.2.14 port=2222", and [ssh]; nothing where a file
/// could not say that.
std::optional<SshSpec> ssh_of(const std::string& way, const SshSpec& defaults);

/// The same after a look at the roster alone; the transport knows how to reach them from then on.
Desired find_former_nodes(const Desired& desired, Seams& seams, const Limits& limits);

/// True if nodes were added.
bool has_more_nodes(const Desired& whole, const Desired& desired);

/// The nodes that `whole` has and the file has not, to the transport.
void reach_former_nodes(const Desired& whole, transport::Transport& transport);

}  // namespace kiln::engine
