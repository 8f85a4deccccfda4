#include "engine/verdict.h"

namespace kiln::engine {

Verdict holds(std::string seen) {
  return {Verdict::Kind::holds, std::move(seen)};
}
Verdict not_yet(std::string seen) {
  return {Verdict::Kind::not_yet, std::move(seen)};
}
Verdict never(std::string seen) {
  return {Verdict::Kind::never, std::move(seen)};
}

std::optional<Verdict> unit_trouble(const HostName& host, const std::string& unit, const Facts& facts) {
  const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit});
  if (!seen) return std::nullopt;
  if (seen->load_state == "masked") return never(unit + " is masked");
  if (seen->active_state != "failed") return std::nullopt;
  return never(unit + " has failed" + (seen->sub_state.empty() ? "" : " (" + seen->sub_state + ')') +
               ": see `journalctl -u " + unit + "` on " + host);
}

Verdict not_seen(const HostName& host, const Look& look, const Facts& facts, const std::string& absent) {
  if (auto why = facts.unknown(host, look)) return not_yet(std::move(*why));
  return not_yet(absent);
}

}  // namespace kiln::engine
