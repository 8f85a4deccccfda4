#include "config/load.h"

#include "config/check.h"
#include "config/decode.h"
#include "config/include.h"
#include "config/paths.h"
#include "config/range.h"

namespace kiln::config {

Loaded load(const std::string& path, const FileIo& files) {
  Loaded loaded;
  Document document = read_document(path, files, loaded.diags);
  // Every file was parsed, and no name is defined twice, or an error says so.
  if (document.root) {
    Decoded decoded = decode(*document.root, loaded.diags);
    // Every key is known and every value has its normal form, or an error says so.
    Desired& desired = decoded.desired;
    if (!desired.ca.places.has("dir")) desired.ca.dir = absolute_path(desired.ca.dir, path);
    check(decoded, loaded.diags);
    // The tables fit each other, or an error says so.
    desired.files = document.files;
    desired.includes = document.includes;
    std::erase_if(desired.nodes, [&](const auto& named) {
      const bool dead = named.second.state == "dead";
      if (dead) desired.dead.insert(named);
      return dead;
    });
    // Nobody is asked on a node that is dead, but whether it is.
    if (!loaded.diags.has_errors()) loaded.desired = std::move(desired);
  }
  say_once(document.ranges, loaded.diags);
  loaded.sources = std::move(document.sources);
  loaded.diags.sort();
  return loaded;
}

}  // namespace kiln::config
