#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// What each NAME_fuzz.cc defines and libFuzzer, or replay.cc, calls with one input: it reads the input as
/// kiln would, and asserts with KILN_ASSERT what must hold of any. -1 keeps the input out of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace kiln::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace kiln::fuzz
