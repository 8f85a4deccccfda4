#pragma once

#include <mutex>

#include "base/seams.h"
#include "model/event.h"

namespace kiln::engine {

/// Events from several threads, one at a time and with the time of day.
class Announcer {
 public:
  Announcer(Events& events, const Clock& clock) : events_(events), clock_(clock) {}
  void say(const HostName& host, EventBody body);

 private:
  Events& events_;
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace kiln::engine
