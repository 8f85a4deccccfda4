#pragma once

#include <string>

#include "model/state.h"
#include "ovsdb/operation.h"

namespace kiln::resources {

/// Columns of Port (ovs-vswitchd.conf.db(5)) that kiln leaves empty on ports with its mark: what somebody
/// sets there keeps packets from them, and is put back. They are attributes `PREFIX tag`, `PREFIX trunks` and
/// `PREFIX vlan_mode` of the resource that the port is of.
void add_port_columns_seen(const ovsdb::Row& port, const std::string& prefix, State& state);

/// Appends the operation that empties those of them that the change is about.
void empty_port_columns(const Change& change, const Uuid& port, const std::string& prefix,
                        ovsdb::Transaction& transaction);

/// Whether the change is about one of them.
bool touches_port_columns(const Change& change, const std::string& prefix);

}  // namespace kiln::resources
