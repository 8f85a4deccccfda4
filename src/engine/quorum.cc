#include "engine/quorum.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "engine/verdict.h"

namespace kiln::engine {
namespace {

std::string ms_text(std::int64_t ms) {
  return std::to_string(ms) + " ms";
}

class Quorum {
 public:
  Quorum(const QuorumKept& wait, const Facts& facts) : wait_(wait), facts_(facts) {}

  Verdict judge() {
    find_leader();
    if (!leader_) {
      if (wait_.mends && all_run()) return holds("nobody leads, and all run");
      return not_yet("no member says that it leads");
    }
    if (const std::string why = changed(); !why.empty()) return never(why);
    std::string down = not_connected();
    if (!down.empty() && wait_.mends && serves_nobody()) return holds("it serves nobody");
    if (down.empty()) down = still_there();
    return down.empty() ? holds("led by " + leader_host_) : not_yet(down);
  }

 private:
  const RaftSeen* raft_of(const PlannedMember& member) const {
    return member.host.empty() ? nullptr : facts_.seen<RaftSeen>(member.host, RaftLook{wait_.database});
  }
  bool spared(const std::string& address) const {
    return std::ranges::find(wait_.but, address) != wait_.but.end();
  }
  const PlannedMember* at(const std::string& address) const {
    const auto found = std::ranges::find(wait_.members, address, &PlannedMember::address);
    return found == wait_.members.end() ? nullptr : &*found;
  }
  std::string name_of(const std::string& address) const {
    const PlannedMember* member = at(address);
    return member && !member->host.empty() ? member->host + " (" + address + ')' : address;
  }

  /// Of two that say they lead, the one of the later term is right.
  void find_leader() {
    for (const PlannedMember& member : wait_.members) {
      const RaftSeen* raft = raft_of(member);
      if (!raft || raft->role != "leader" || !raft->is_member()) continue;
      if (leader_ && leader_->term >= raft->term) continue;
      leader_ = raft;
      leader_host_ = member.host;
    }
  }

  bool all_run() const {
    return std::ranges::all_of(wait_.members, [&](const PlannedMember& member) {
      return spared(member.address) || !member.listed || raft_of(member);
    });
  }

  /// What is no longer as it was when the plan was made, or "".
  std::string changed() const {
    for (const RaftServerSeen& server : leader_->servers) {
      if (spared(server.address)) continue;
      const PlannedMember* member = at(server.address);
      if (!member) return server.address + " is a member, and was none when the plan was made";
      if (!member->id.empty() && !member->id.starts_with(server.server_id))
        return name_of(server.address) + " is another server than when the plan was made";
    }
    for (const PlannedMember& member : wait_.members) {
      if (!member.listed || spared(member.address)) continue;
      if (std::ranges::find(leader_->servers, member.address, &RaftServerSeen::address) ==
          leader_->servers.end())
        return name_of(member.address) + " is no member any more";
    }
    return "";
  }

  /// Why one of the others does not count, or "".
  std::string not_connected() const {
    for (const RaftServerSeen& server : leader_->servers) {
      if (spared(server.address)) continue;
      const std::string name = name_of(server.address);
      if (!server.self && !server.last_message_ms)
        return "the leader on " + leader_host_ + " does not hear " + name;
      if (!server.self && *server.last_message_ms > leader_->election_timer_ms)
        return "the leader on " + leader_host_ + " has not heard " + name + " for " +
               ms_text(*server.last_message_ms);
      const PlannedMember& member = *at(server.address);
      if (member.host.empty()) continue;
      const RaftSeen* raft = raft_of(member);
      if (!raft)
        return name + " does not serve it" +
               (facts_.unknown(member.host, RaftLook{wait_.database})
                    ? ": " + *facts_.unknown(member.host, RaftLook{wait_.database})
                    : "");
      if (!raft->works()) return name + (raft->is_member() ? " knows no leader" : " is " + raft->status);
    }
    return "";
  }

  /// The server that the step restarts is none that the others count on.
  bool serves_nobody() const {
    return std::ranges::all_of(wait_.but, [&](const std::string& address) {
      const PlannedMember* member = at(address);
      const RaftSeen* raft = member ? raft_of(*member) : nullptr;
      return member && (!raft || !raft->works());
    });
  }

  /// The one that has to be gone is listed, or the one that has to be dead is heard; or "".
  std::string still_there() const {
    for (const RaftServerSeen& server : leader_->servers) {
      if (wait_.gone.empty() || server.server_id.empty() || !wait_.gone.starts_with(server.server_id))
        continue;
      // Two servers may share the four digits by which they are listed.
      const PlannedMember* member = at(server.address);
      if (!member || member->id.empty() || wait_.gone.starts_with(member->id))
        return name_of(server.address) + " is listed";
    }
    if (wait_.silent.empty()) return "";
    for (const PlannedMember& member : wait_.members) {
      const RaftSeen* raft = raft_of(member);
      if (!raft || member.address == wait_.silent) continue;
      for (const RaftServerSeen& server : raft->servers)
        if (server.address == wait_.silent && server.heard_within(2 * leader_->election_timer_ms))
          return member.host + " heard " + wait_.silent + ' ' + ms_text(*server.last_message_ms) + " ago";
    }
    return "";
  }

  const QuorumKept& wait_;
  const Facts& facts_;
  const RaftSeen* leader_ = nullptr;
  HostName leader_host_;
};

}  // namespace

std::vector<Probe> probes_of_quorum(const QuorumKept& wait) {
  std::vector<Probe> probes;
  for (const PlannedMember& member : wait.members)
    if (!member.host.empty()) probes.push_back({member.host, RaftLook{wait.database}});
  return probes;
}

Verdict judge_quorum(const QuorumKept& wait, const Facts& facts) {
  return Quorum(wait, facts).judge();
}

}  // namespace kiln::engine
