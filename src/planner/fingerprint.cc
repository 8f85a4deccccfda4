#include "planner/fingerprint.h"

#include <fmt/format.h>

#include <cstdint>

#include "planner/canonical.h"

namespace kiln::planner {

std::string fingerprint(std::string_view text) {
  __extension__ using Wide = unsigned __int128;
  constexpr Wide kPrime = (Wide{1} << 88) + 0x13b;
  Wide hash = (Wide{0x6c62272e07bb0142ULL} << 64) + 0x62b821756295c58dULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return fmt::format("{:016x}", static_cast<std::uint64_t>(hash >> 64)).substr(0, 12);
}

std::string fingerprint(const Plan& plan) {
  Canonical canonical;
  canonical.add(plan.cluster).add(plan.part).add_all(plan.changes).add_all(plan.steps).add_all(plan.warnings);
  return fingerprint(canonical.text());
}

}  // namespace kiln::planner
