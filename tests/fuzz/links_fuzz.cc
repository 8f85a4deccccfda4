// `ip -j addr`. What was read has addresses in their normal form, and is read again from what ip would print
// for it.

#include <nlohmann/json.hpp>

#include "base/address.h"
#include "base/assert.h"
#include "fuzz.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

nlohmann::json printed(const LinkSeen& link) {
  nlohmann::json addresses = nlohmann::json::array();
  for (const std::string& text : link.addresses) {
    const auto interface = IpInterface::parse(text);
    KILN_ASSERT(interface);
    addresses.push_back({{"local", interface->address.text}, {"prefixlen", interface->prefix_length}});
  }
  nlohmann::json flags = nlohmann::json::array();
  if (link.up) flags.push_back("UP");
  return {{"ifname", link.name},
          {"address", link.mac},
          {"mtu", link.mtu},
          {"flags", std::move(flags)},
          {"addr_info", std::move(addresses)}};
}

void check_round_trip(const std::vector<LinkSeen>& links) {
  nlohmann::json list = nlohmann::json::array();
  for (const LinkSeen& link : links) list.push_back(printed(link));
  const auto again = parse_links(list.dump());
  KILN_ASSERT(again && *again == links);
}

}  // namespace
}  // namespace kiln::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::transport;
  const auto links = parse_links(kiln::fuzz::text_of(data, size));
  if (links) check_round_trip(*links);
  return 0;
}
