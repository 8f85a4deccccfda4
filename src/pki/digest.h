#pragma once

#include <string>

#include "base/error.h"

namespace kiln::pki {

/// Lower-case hexadecimal SHA-256 of a file on this machine, of any size, read a piece at a time.
Result<std::string> sha256_of_file(const std::string& path);

}  // namespace kiln::pki
