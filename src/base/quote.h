#pragma once

#include <string>
#include <string_view>

namespace kiln {

/// One word for a POSIX shell (IEEE 1003.1, 2.2.2), whatever is in it but NUL, which no argument can hold.
/// All quoting of kiln is here.
std::string quote(std::string_view word);

/// Standard base64 (RFC 4648, 4), as base64(1) reads and writes it.
std::string encode_base64(std::string_view bytes);
/// Up to the first character that is not of the alphabet.
std::string decode_base64(std::string_view text);

}  // namespace kiln
