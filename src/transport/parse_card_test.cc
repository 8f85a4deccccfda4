#include <gtest/gtest.h>

#include <string>

#include "transport/parse.h"

namespace kiln::transport {
namespace {

// devlink -j port show, on the Arm cores of a BlueField-2: uplinks, the host's physical functions as the card
// sees them, and a scalable function.
const std::string kPorts =
    R"({"port":{)"
    R"("pci/0000:03:00.0/65535":{"type":"eth","netdev":"p0","flavour":"physical","port":0,"splittable":false},)"
    R"("pci/0000:03:00.0/196608":{"type":"eth","netdev":"pf0hpf","flavour":"pcipf","controller":1,"pfnum":0,)"
    R"("external":true,"splittable":false,"function":{"hw_addr":"0c:42:a1:00:00:01"}},)"
    R"("pci/0000:03:00.0/229377":{"type":"eth","netdev":"en3f0pf0sf0","flavour":"pcisf","controller":0,)"
    R"("pfnum":0,"sfnum":0,"splittable":false}}})";

// lspci -vvv -s 0000:03:00.0, shortened to what stands around the vital product data.
const std::string kCard =
    "03:00.0 Ethernet controller: Mellanox Technologies MT42822 BlueField-2 integrated ConnectX-6 Dx\n"
    "\tSubsystem: Mellanox Technologies MT42822 BlueField-2 integrated ConnectX-6 Dx network controller\n"
    "\tCapabilities: [48] Vital Product Data\n"
    "\t\tProduct Name: BlueField-2 DPU 25GbE Dual-Port SFP56\n"
    "\t\tRead-only fields:\n"
    "\t\t\t[PN] Part number: MBF2H332A-AENOT\n"
    "\t\t\t[EC] Engineering changes: B1\n"
    "\t\t\t[SN] Serial number: MT2113X00000\n"
    "\t\t\t[V3] Vendor specific: 9644e3586190eb118000b8cef671bf3e\n"
    "\t\tEnd\n";

std::string output(const std::string& ports, const std::string& lspci = "",
                   const std::string& address = "0000:03:00.0") {
  return ports + "\ncard " + address + '\n' + lspci;
}

std::string why_unknown(const Fact& fact) {
  const auto* unknown = std::get_if<Unknown>(&fact);
  return unknown ? unknown->why : "";
}

const CardSeen kSeen{"0000:03:00.0", "MT2113X00000"};

TEST(Card, of_an_external_physical_function_tells_its_serial_number) {
  EXPECT_EQ(read_card(output(kPorts, kCard), 0), Fact(kSeen));
}

TEST(Card, of_a_virtual_function_does_too) {
  const std::string ports =
      R"({"port":{"pci/0000:03:00.0/1":{"type":"eth","netdev":"pf0vf0","flavour":"pcivf","pfnum":0,"vfnum":0}}})";
  EXPECT_EQ(read_card(output(ports, kCard), 0), Fact(kSeen));
}

TEST(Card, of_another_address_is_not_taken) {
  const std::string other = "\ncard 0000:04:00.0\n\t\t\t[SN] Serial number: OTHER\n";
  EXPECT_EQ(read_card(output(kPorts, kCard) + other, 0), Fact(kSeen));
  EXPECT_EQ(read_card(kPorts + other + output("", kCard), 0), Fact(kSeen));
}

TEST(Card, of_a_host_with_ordinary_ports_is_absent) {
  const std::string physical =
      R"({"port":{"pci/0000:03:00.0/65535":{"type":"eth","flavour":"physical","port":0},)"
      R"("pci/0000:03:00.0/2":{"type":"eth","flavour":"pcipf","controller":0},)"
      R"("auxiliary/mlx5_core.sf.4/1":{"type":"eth","flavour":"virtual"}}})";
  EXPECT_EQ(read_card(output(physical, kCard), 0), Fact(Absent{}));
  EXPECT_EQ(read_card("{\"port\":{}}\n", 0), Fact(Absent{}));
  EXPECT_EQ(read_card("{}\n", 0), Fact(Absent{}));
}

TEST(Card, without_devlink_is_absent) {
  EXPECT_EQ(read_card("", kNotThere), Fact(Absent{}));
}

TEST(Card, without_lspci_or_a_serial_number_is_unknown_and_says_what_to_do) {
  const std::string missing = why_unknown(read_card(output(kPorts, "sh: 12: lspci: not found\n"), 0));
  EXPECT_EQ(missing,
            "the host is a DPU, and its card at 0000:03:00.0 tells no serial number (lspci, of the package "
            "pciutils): sh: 12: lspci: not found");
  const std::string bare = "03:00.0 Ethernet controller: Mellanox Technologies MT42822\n";
  EXPECT_NE(why_unknown(read_card(output(kPorts, bare), 0)), "");
  EXPECT_NE(why_unknown(read_card(output(kPorts), 0)), "");
  EXPECT_NE(why_unknown(read_card(kPorts + '\n', 0)), "");
}

TEST(Card, that_is_no_json_is_unknown) {
  EXPECT_EQ(why_unknown(read_card("Segmentation fault\n", 139)), "devlink port show: Segmentation fault");
  EXPECT_NE(why_unknown(read_card("{\"port\":\n", 0)), "");
  EXPECT_EQ(read_card("{\"port\":[]}\n", 0), Fact(Absent{}));
  EXPECT_EQ(read_card("{\"port\":{\"pci/0000:03:00.0/1\":7}}\n", 0), Fact(Absent{}));
}

}  // namespace
}  // namespace kiln::transport
