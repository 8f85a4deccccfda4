#include <gtest/gtest.h>

#include "base/address.h"
#include "base/spelling_for_test.h"

// What means the same has one normal form, and what means something else has another.

namespace kiln {
namespace {

constexpr int kValues = 20'000;

TEST(AddressProperty, ipv6_has_one_form_however_it_is_spelled) {
  Speller speller(1);
  for (int i = 0; i < kValues; ++i) {
    const Ipv6Octets octets = speller.ipv6_octets();
    const std::string one = speller.ipv6(octets);
    const std::string two = speller.ipv6(octets);
    const auto address = IpAddress::parse(one);
    ASSERT_TRUE(address) << one;
    EXPECT_TRUE(address->v6);
    EXPECT_EQ(address, IpAddress::parse(two)) << one << " and " << two;
    EXPECT_EQ(address, IpAddress::parse(address->text)) << "a normal form is its own normal form";
    EXPECT_EQ(address, IpAddress::from_octets({reinterpret_cast<const char*>(octets.data()), octets.size()}));
    const std::string other = speller.ipv6(speller.other_than(octets));
    EXPECT_NE(address, IpAddress::parse(other)) << one << " and " << other;
  }
}

TEST(AddressProperty, interfaces_differ_by_address_or_length_only) {
  Speller speller(2);
  for (int i = 0; i < kValues; ++i) {
    const Ipv6Octets octets = speller.ipv6_octets();
    const std::string length = '/' + std::to_string(speller.below(128));
    const auto interface = IpInterface::parse(speller.ipv6(octets) + length);
    ASSERT_TRUE(interface);
    EXPECT_EQ(interface, IpInterface::parse(speller.ipv6(octets) + length));
    EXPECT_EQ(interface, IpInterface::parse(interface->text()));
    EXPECT_NE(interface, IpInterface::parse(speller.ipv6(octets) + "/128"));
    EXPECT_NE(interface, IpInterface::parse(speller.ipv6(speller.other_than(octets)) + length));
  }
}

TEST(AddressProperty, mac_has_one_form_in_either_case) {
  Speller speller(3);
  for (int i = 0; i < kValues; ++i) {
    const MacOctets octets = speller.mac_octets();
    const std::string one = speller.mac(octets);
    const auto normal = normal_mac(one);
    ASSERT_TRUE(normal) << one;
    EXPECT_EQ(normal, normal_mac(speller.mac(octets))) << one;
    EXPECT_EQ(normal, normal_mac(*normal)) << "a normal form is its own normal form";
    EXPECT_NE(normal, normal_mac(speller.mac(speller.other_than(octets)))) << one;
  }
}

}  // namespace
}  // namespace kiln
