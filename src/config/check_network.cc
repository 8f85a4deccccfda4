#include <fmt/format.h>

#include "base/address.h"
#include "base/text.h"
#include "config/check.h"
#include "config/first_use.h"

// Switches and their ports: what must be unique.

namespace kiln::config {
namespace {

void check_addresses(const PortSpec& port, FirstUse& used, Diags& diags) {
  const Span& place = port.places.at("addresses");
  for (const std::string& address : port.addresses)
    for (const std::string& word : split(address, ' ')) {
      const bool is_mac = normal_mac(word).has_value();
      if (!is_mac && !IpAddress::parse(word)) continue;
      const auto* first = used.claim(word, port.key(), place);
      // A port may have a MAC in several addresses.
      if (!first || first->by == port.key()) continue;
      report_twice(diags, is_mac ? "duplicate-mac" : "duplicate-ip", place,
                   fmt::format("ports `{}` and `{}` have the same {} {}", first->by, port.key(),
                               is_mac ? "MAC" : "IP", word),
                   *first);
    }
}

}  // namespace

void check_network(const Desired& desired, Diags& diags) {
  FirstUse northbound_names;
  for (const SwitchSpec* on : in_file_order(desired.switches)) {
    FirstUse used;
    for (const PortSpec* port : in_file_order(on->ports)) {
      check_addresses(*port, used, diags);
      const Span& place = port->places.at("name");
      const auto* first = northbound_names.claim(port->nb_name, port->key(), place);
      if (!first) continue;
      report_twice(
          diags, "duplicate-port-name", place,
          fmt::format("ports `{}` and `{}` would both be `{}` in OVN_Northbound; names of ports are unique "
                      "there",
                      first->by, port->key(), port->nb_name),
          *first)
          .help = "give one of them a `name` of its own";
    }
  }
}

}  // namespace kiln::config
