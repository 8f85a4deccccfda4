#include "config/decode.h"

#include "config/leaving.h"
#include "config/table_reader.h"

namespace kiln::config {
namespace {

/// What the file leaves to kiln and what depends on other tables.
void derive(Desired& desired) {
  for (auto& [name, node] : desired.nodes) {
    if (!node.stays()) take_out(node);
  }
  for (auto& [switch_name, on] : desired.switches)
    for (auto& [port_name, port] : on.ports) {
      port.switch_name = switch_name;
      if (port.nb_name.empty()) port.nb_name = switch_name + '-' + port_name;
    }
}

}  // namespace

Decoded decode(const Value& root, Diags& diags) {
  Decoded decoded;
  TableReader reader(root, "", root.span,
                     {.diags = diags, .references = decoded.references, .refused = decoded.refused}, nullptr);
  decoded.desired.cluster.places.self = root.span;  // where there is no [cluster], the file is to blame
  describe(reader, decoded.desired);
  reader.finish();
  derive(decoded.desired);
  return decoded;
}

}  // namespace kiln::config
