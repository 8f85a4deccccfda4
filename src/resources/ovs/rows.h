#pragma once

#include "model/look.h"

namespace kiln::resources {

/// The looks at a host's Open_vSwitch database that several kinds share, so that they are one read.
inline RowsLook open_vswitch_look() {
  return {Database::open_vswitch, "Open_vSwitch", {"external_ids"}};
}
inline RowsLook bridges_look() {
  return {Database::open_vswitch, "Bridge", {"datapath_type", "external_ids", "fail_mode", "name", "ports"}};
}
inline RowsLook ports_look() {
  return {Database::open_vswitch, "Port", {"external_ids", "interfaces", "name"}};
}
inline RowsLook interfaces_look() {
  return {Database::open_vswitch, "Interface", {"external_ids", "name"}};
}

}  // namespace kiln::resources
