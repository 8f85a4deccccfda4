#include "config/paths.h"

#include <cstdlib>
#include <filesystem>

namespace kiln::config {

std::string absolute_path(const std::string& path, const std::string& of_file) {
  if (path == "~" || path.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    if (home && *home) return std::filesystem::path(home + path.substr(1)).lexically_normal().string();
  }
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(beside(path, of_file), error);
  return error ? path : absolute.lexically_normal().string();
}

std::string beside(const std::string& path, const std::string& of_file) {
  return (std::filesystem::path(of_file).parent_path() / path).lexically_normal().string();
}

}  // namespace kiln::config
