#pragma once

#include <string>

#include "model/database.h"
#include "model/lease.h"
#include "ovsdb/operation.h"

/// The cluster's side of the lease: keys in the one row of NB_Global and of SB_Global. Rows of Open_vSwitch
/// need none, as scripts on the host write them.

namespace kiln::transport {

/// The transaction under a guard, which is its first operation: it fails unless the fence there is this one.
/// The token alone counts, never who holds it or when it was renewed.
ovsdb::Transaction guarded(Database database, const ovsdb::Transaction& transaction, const Fence& fence);
/// The same for a database whose global row is still to be made, which then has the fence from the start; it
/// has one more operation at its end.
ovsdb::Transaction guarded_first(Database database, const ovsdb::Transaction& transaction,
                                 const Fence& fence);
/// Whether that first operation is what failed.
bool guard_failed(const Error& error, const ovsdb::Transaction& guarded);

/// Writes the fence where `external_ids` is what the row holds; fails (precondition) if it has changed. What
/// holds a fence of somebody who came later is refused (denied, is_fenced()).
Result<ovsdb::Transaction> raise_fence(Database database, const ovsdb::Value& external_ids,
                                       const Fence& fence);

/// Writes the lease and its fence into NB_Global; errors as raise_fence.
Result<ovsdb::Transaction> write_lease(const ovsdb::Value& external_ids, const std::string& lease);

/// The same for a database whose global row is still to be made, by the lease itself (ovn-northd would take
/// it as it finds it): whoever came first there is kept out like anywhere else.
ovsdb::Transaction first_lease(Database database, const Lease& lease);

/// kLeaseKey there, or "".
std::string lease_in(const ovsdb::Value& external_ids);

}  // namespace kiln::transport
