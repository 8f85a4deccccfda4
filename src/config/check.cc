#include "config/check.h"

#include <algorithm>

namespace kiln::config {

void check(const Decoded& decoded, Diags& diags) {
  const bool readable = !diags.has_errors();
  Diags found;
  check_references(decoded, found);
  check_central(decoded.desired, found);
  check_trust(decoded.desired, found);
  check_nodes(decoded.desired, found);
  check_maintenance(decoded.desired, found);
  check_underlay(decoded.desired, found);
  check_network(decoded.desired, found);
  check_workloads(decoded.desired, found);

  // What rests on a value that was refused, or on the number of nodes while some could not be read, is no
  // finding.
  const auto refused = [&](const Span& span) { return decoded.refused.contains(span); };
  for (const Diag& diag : found.all()) {
    if (diag.severity == Severity::warning && !readable) continue;
    if (refused(diag.span) || std::ranges::any_of(diag.notes, refused, &Note::span)) continue;
    diags.add(diag);
  }
}

}  // namespace kiln::config
