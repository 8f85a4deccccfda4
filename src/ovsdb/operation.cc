#include "ovsdb/operation.h"

namespace kiln::ovsdb {

Where by_uuid(const Uuid& uuid) { return {{.column = "_uuid", .function = "==", .value = Value(uuid)}}; }

}  // namespace kiln::ovsdb
