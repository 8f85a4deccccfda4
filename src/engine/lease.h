#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/waiter.h"
#include "model/lease.h"
#include "transport/through.h"

/// One run at a time: claims on the hosts and the northbound's lease (docs/decisions/0020-the-lease.md).
///
///     free ──take──▶ held ──give_back──▶ free
///                     │ ▲
///        not renewed  │ │ renewed with the same token
///        for 40 s     ▼ │
///                   starts nothing ──somebody took it──▶ lost, for ever

namespace kiln::engine {

/// What tells one run from another, and whether it still lives.
struct LeaseSelf {
  std::string run;     ///< an id that nobody else has
  Lease lease;         ///< who it is, and what is run; the rest comes with taking it
  std::string reason;  ///< why it is taken from somebody, once it is given back
  /// Whether the holder was a process of this machine, by its boot and pid namespace, that is no more.
  std::function<bool(const Lease&)> is_gone = [](const Lease&) { return false; };
};

/// Where a run claims.
struct LeaseParties {
  /// Decide who is first: one after the other in this order, which does not depend on the file's.
  std::vector<HostName> electors;
  std::vector<HostName> others;
};
/// Centrals that the hosts themselves list or hold files of; without any, every node that may become one, or
/// all nodes. By address.
LeaseParties lease_parties(const Desired& desired, const Facts& facts);
/// The line in the file at kLeasePath; "" without one.
std::string lease_text(const FileSeen* file);
/// Whether the run that holds it has ended, as other places tell: it gave back what it could there, or
/// somebody took over after it. A place that did not answer then shows it for ever.
bool has_ended(const Lease& held, const std::vector<Lease>& everywhere);
/// What lease_parties() looks at.
std::vector<Probe> lease_probes(const Desired& desired);

/// How an action is refused once somebody else has the lease; their name follows.
inline constexpr const char* kLostWords = "nothing more is done, as the lease was taken over by ";

/// Why there is no lease.
struct LeaseRefusal {
  enum class Why {
    held,    ///< by another run
    newer,   ///< what is there was left by a newer kiln
    failed,  ///< no host could be claimed, or what is there cannot be read
    stopped  ///< interrupted while waiting
  };
  Why why{};
  std::string text;
  Lease holder{};  ///< where it is held or newer
  std::string where;
};

/// The lease of one run. Any thread; what it works with outlives it.
class HeldLease {
 public:
  /// Unchanged for so long on one's own clock, a lease may be taken over.
  static constexpr Duration kTakeOver{60000};
  static constexpr Duration kRenewEvery{10000};
  /// Not renewed for so long, nothing new is begun.
  static constexpr Duration kGoesOn{40000};

  struct Means {
    transport::Transport& transport;
    const Clock& clock;
    Waiter& waiter;
    std::size_t parallel_hosts = 16;  ///< 1: no threads
    Duration timeout{10000};
  };

  HeldLease(LeaseSelf self, const Desired& desired, const Means& means);
  ~HeldLease();  ///< gives it back
  HeldLease(const HeldLease&) = delete;
  HeldLease& operator=(const HeldLease&) = delete;

  /// Takes it; waits for others up to `patience`. From then on the transport carries its fence. `waiting` is
  /// told once for whom. `force`: from whoever has it.
  std::optional<LeaseRefusal> take(Duration patience, const std::atomic<bool>& interrupted,
                                   const std::function<void(const Lease&)>& waiting = {}, bool force = false);
  /// Says that this run lives, wherever it has a claim; learns whether somebody has taken it.
  void renew();
  /// Whether something new may be begun on the host, which is claimed now if it was not.
  Result<> check(const HostName& host);
  void give_back();

  /// Whether another run was there between the look that gave these facts (plan_probes()) and this lease, or
  /// was at work at that time: what they say may no longer be so.
  bool moved_since(const Facts& facts) const;

  const Fence& fence() const { return lease_.fence; }
  std::vector<HostName> claimed() const;
  /// Who took it over or broke it, and why; "" while that is not known.
  std::string lost_to() const;
  /// "n3: does not answer", of each place that may still have a claim of somebody else.
  std::vector<std::string> not_reached() const;
  bool in_northbound() const;

 private:
  struct Place {
    HostName host;
    transport::LeasePlace place{};
    std::string text{};     ///< as it is there, as far as is known
    std::string before{};   ///< as it was before the claim
    std::string unknown{};  ///< why it is not known
    bool answers = false;   ///< and yet the host told other things
    bool elector = false;
    bool ours = false;
    bool claimed = false;  ///< it was ours
  };
  enum class Claimed { none, some, all };

  static std::string where(const Place& place);
  void for_all(const std::vector<Place*>& places, const std::function<void(Place&)>& work) const;
  void look();
  void look_at_rows(Database database);
  std::optional<LeaseRefusal> unreadable(bool force) const;
  std::vector<const Place*> blockers();
  Claimed claim_all();
  Result<std::string> swap(Place& place, const std::string& wanted);
  bool claim(Place& place, const std::string& wanted) const;
  void unclaim();
  void renew_now();
  bool renew_place(Place& place, const std::string& wanted);
  void lose(const std::string& text);
  Result<> refuse_if_lost() const;
  Result<> claim_late(const HostName& host);

  LeaseSelf self_;
  Desired desired_;  ///< of the plan that it was taken for; rounds after it have others
  Means means_;
  std::mutex renewing_;       ///< whoever asks hosts; taken before the other one
  mutable std::mutex mutex_;  ///< what follows, which everybody reads
  std::vector<Place> places_;
  std::vector<HostName> holders_;     ///< hosts with a file of a database
  std::set<std::string> superseded_;  ///< runs whose claims may be taken
  Lease lease_;
  std::int64_t highest_ = 0;  ///< token that was seen
  Duration renewed_at_{};
  bool held_ = false;
  std::string lost_;  ///< to whom
  /// By run: what was seen of it everywhere, and since when that is so.
  std::map<std::string, std::pair<std::string, Duration>> watched_;
};

/// Lets an action pass only while the lease is held. `inner` and `lease` outlive it.
class LeasedTransport : public transport::Through {
 public:
  LeasedTransport(transport::Transport& inner, HeldLease& lease) : Through(inner), lease_(lease) {}
  Result<transport::Outcome> act(const HostName& host, const Action& action, Duration timeout) override;

 private:
  HeldLease& lease_;
};

/// Renews a lease from a thread of its own while it lives.
class LeaseRenewal {
 public:
  explicit LeaseRenewal(HeldLease& lease);
  ~LeaseRenewal();

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace kiln::engine
