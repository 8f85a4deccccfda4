#pragma once

#include <string>

#include "ovsdb/operation.h"

/// external_ids:ovn-cms-options of Open_vSwitch (ovn-controller(8)): a list to which others may add. kiln's
/// is one element, the serial number of the card that the host is.

namespace kiln::resources {

inline constexpr const char* kCmsOptions = "ovn-cms-options";

/// Of the element card-serial-number=… of the list; "" without it.
std::string serial_number_in(const std::string& cms_options);

/// The list with this number, "" for none, and what others wrote. Where somebody has changed the list since
/// it was read, nothing is done: the next round reads it again.
ovsdb::Mutate set_serial_number(const std::string& cms_options, const std::string& number);

}  // namespace kiln::resources
