#include "base/secret.h"

#include <cstring>
#include <utility>

namespace kiln {

// Moving a short string copies its bytes, so the source is wiped as well.
Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  value_ = std::move(other.value_);
  other.wipe();
  return *this;
}

Secret::~Secret() {
  wipe();
}

// explicit_bzero may not be optimised away (bzero(3)); clear() alone would leave the bytes.
void Secret::wipe() {
  explicit_bzero(value_.data(), value_.capacity());
  value_.clear();
}

}  // namespace kiln
