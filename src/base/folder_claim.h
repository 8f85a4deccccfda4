#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kiln {

/// Says that a folder is in use, until the object or its process ends, however that ends (flock(2)).
class FolderClaim {
 public:
  /// Nothing if another process has it, if it is not of this user, or cannot be claimed where it is.
  static std::optional<FolderClaim> take(const std::string& path);
  ~FolderClaim();
  FolderClaim(FolderClaim&& other) noexcept;
  FolderClaim& operator=(FolderClaim&& other) noexcept;

 private:
  explicit FolderClaim(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Removes folders of this user in `parent` whose names say what they are, and that no process claims: a run
/// that made them was killed.
void remove_unclaimed(const std::string& parent, const std::function<bool(std::string_view name)>& is_one);

}  // namespace kiln
