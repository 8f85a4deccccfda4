#pragma once

#include <string>

namespace kiln::config {

/// The JSON Schema of the file (draft 4, the latest that taplo reads), made from model/describe.h: two spaces
/// deep, with a line end.
std::string json_schema();

}  // namespace kiln::config
