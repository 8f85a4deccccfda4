// `cluster/status` of a RAFT member. Read is only what names the member, its state and the servers; a command
// that failed is never a member that is absent.

#include "base/assert.h"
#include "fuzz.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

void check_seen(const std::string& text, const RaftSeen& seen) {
  KILN_ASSERT(!seen.server_id.empty() && !seen.status.empty() && !seen.role.empty());
  KILN_ASSERT(std::get<Seen>(read_raft(text, 0)) == Seen(seen));
  // A later release of OVN may say more.
  const auto longer = parse_cluster_status(text + "\nOf a later release: 1\n");
  KILN_ASSERT(longer && *longer == seen);
}

void check_unknown(const Fact& fact) {
  const Unknown* unknown = std::get_if<Unknown>(&fact);
  KILN_ASSERT(unknown && !unknown->why.empty());
}

}  // namespace
}  // namespace kiln::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::transport;
  const std::string text = kiln::fuzz::text_of(data, size);
  const auto seen = parse_cluster_status(text);
  if (seen)
    check_seen(text, *seen);
  else
    check_unknown(read_raft(text, 0));
  check_unknown(read_raft(text, 1));
  return 0;
}
