#include "engine/announcer.h"

#include <utility>

namespace kiln::engine {

void Announcer::say(const HostName& host, EventBody body) {
  const std::lock_guard lock(mutex_);
  events_.announce({clock_.now(), host, std::move(body)});
}

}  // namespace kiln::engine
