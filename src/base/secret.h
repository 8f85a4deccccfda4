#pragma once

#include <string>

namespace kiln {

/// A value that must not be shown: it cannot be streamed, formatted, compared or copied, and its bytes
/// are overwritten when it goes. `reveal` is the only way in; look for it when you review a leak.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  void wipe();
  std::string value_;
};

}  // namespace kiln
