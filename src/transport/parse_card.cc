#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

/// The PCI address of the first port, by name, that leads to the host which the card is in: a virtual
/// function, or a physical one of an external controller (devlink-port(7), flavours). "" if none does.
std::string host_facing_card(const nlohmann::json& told) {
  const auto ports = told.find("port");
  if (ports == told.end() || !ports->is_object()) return "";
  for (const auto& [name, port] : ports->items()) {  // sorted by name
    const std::vector<std::string> parts = split(name, '/');
    if (parts.size() < 2 || parts[0] != "pci" || !port.is_object()) continue;
    const std::string flavour = port.value("flavour", "");
    if (flavour == "pcivf" || (flavour == "pcipf" && port.value("controller", 0) == 1)) return parts[1];
  }
  return "";
}

/// "[SN] Serial number: MT2146X00123" of the vital product data, as lspci(8) prints it; "" without one.
std::string serial_number(const std::string& lines) {
  constexpr std::string_view kSerialNumber = "[SN] Serial number:";
  for (const std::string& line : split(lines, '\n'))
    if (const std::string_view text = trim(line); text.starts_with(kSerialNumber))
      return std::string(trim(text.substr(kSerialNumber.size())));
  return "";
}

}  // namespace

Fact read_card(const std::string& output, int code) {
  if (code == kNotThere) return Absent{};
  const std::size_t end = output.find('\n');
  const nlohmann::json told = nlohmann::json::parse(output.substr(0, end), nullptr, false);
  if (code != 0 || told.is_discarded()) return Unknown{"devlink port show: " + last_line(output)};
  const std::string address = host_facing_card(told);
  if (address.empty()) return Absent{};
  const std::string head = "\ncard " + address + '\n';
  const std::size_t begin = output.find(head);
  const std::string of_card = begin == std::string::npos ? "" : output.substr(begin + head.size() - 1);
  const std::string lines = of_card.substr(0, of_card.find("\ncard "));
  std::string number = serial_number(lines);
  if (!number.empty()) return CardSeen{address, std::move(number)};
  const std::string_view said = trim(lines);
  return Unknown{"the host is a DPU, and its card at " + address +
                 " tells no serial number (lspci, of the package pciutils): " +
                 (said.empty() ? "no word of it" : last_line(std::string(said)))};
}

}  // namespace kiln::transport
