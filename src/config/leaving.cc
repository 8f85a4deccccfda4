#include "config/leaving.h"

#include <limits>

namespace kiln::config {

void take_out(NodeSpec& node) {
  node.auto_services = false;
  node.services.clear();
  node.client.reset();
  node.bridges.clear();
}

Desired taken_out(Desired desired) {
  desired.checks.clear();
  desired.workloads.clear();
  desired.switches.clear();
  desired.safety.allow_last_central_removal = true;
  desired.safety.max_delete = std::numeric_limits<int>::max();
  for (auto& [name, node] : desired.nodes) {
    node.state = "absent";
    take_out(node);
  }
  return desired;
}

}  // namespace kiln::config
