#include "engine/lease.h"

#include <algorithm>
#include <condition_variable>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "base/text.h"
#include "engine/cluster.h"
#include "engine/runner.h"
#include "transport/lease_rows.h"

namespace kiln::engine {
namespace {

using transport::LeasePlace;

constexpr const char* kLeaseKeyText = "external_ids:kiln-lease of NB_Global";

/// Between two looks of who waits for another run.
constexpr Duration kLookAgain{2000};
/// How often a claim is begun anew because somebody else was quicker somewhere.
constexpr int kMostTries = 5;

FileLook database_file(Database database) {
  return {std::string(file_path(database)), false};
}

bool holds_database(const HostName& host, const Facts& facts) {
  return std::ranges::any_of(kClustered, [&](Database database) {
    return facts.seen<FileSeen>(host, database_file(database)) != nullptr;
  });
}

/// Everybody's file has the same addresses, whatever its nodes are called and in whatever order they are.
void sort_by_address(std::vector<HostName>& hosts, const Desired& desired) {
  std::ranges::sort(hosts, {},
                    [&](const HostName& host) { return std::pair(desired.nodes.at(host).address, host); });
}

/// Tasks end when they are waited for.
class InlineRunner : public Runner {
 public:
  void start(std::size_t id, std::function<void()> task) override {
    task();
    ended_.push_back(id);
  }
  std::size_t wait_for_one() override {
    KILN_ASSERT(!ended_.empty());
    const std::size_t id = ended_.back();
    ended_.pop_back();
    return id;
  }

 private:
  std::vector<std::size_t> ended_;
};

std::string newer_text(const std::string& where, const Lease& lease, const std::string& kiln) {
  return where + " was last changed by kiln " + lease.kiln + ", which leaves format " +
         std::to_string(lease.format) + "; this is kiln " + kiln + ", which knows format " +
         std::to_string(kLeftFormat) + " and would misread it: use that kiln or a later one";
}

}  // namespace

std::string lease_text(const FileSeen* file) {
  constexpr std::size_t kMost = 4096;  // as a host's script reads it
  std::string text = file ? file->content.substr(0, kMost) : "";
  std::erase(text, '\0');  // as the shell does
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

bool has_ended(const Lease& held, const std::vector<Lease>& everywhere) {
  return std::ranges::any_of(everywhere, [&](const Lease& other) {
    return (!other.held && other.fence == held.fence) || other.fence.token > held.fence.token;
  });
}

std::vector<Probe> lease_probes(const Desired& desired) {
  std::vector<Probe> probes;
  for (const auto& [name, node] : desired.nodes) {
    probes.push_back({name, FileLook{kLeasePath, true}});
    for (const Database database : kClustered) probes.push_back({name, database_file(database)});
  }
  return probes;
}

LeaseParties lease_parties(const Desired& desired, const Facts& facts) {
  LeaseParties parties;
  for (const auto& [name, node] : desired.nodes)
    if (holds_database(name, facts)) parties.electors.push_back(name);
  if (parties.electors.empty()) parties.electors = possible_centrals(desired);
  if (parties.electors.empty())
    for (const auto& [name, node] : desired.nodes) parties.electors.push_back(name);
  sort_by_address(parties.electors, desired);
  for (const auto& [name, node] : desired.nodes)
    if (std::ranges::find(parties.electors, name) == parties.electors.end()) parties.others.push_back(name);
  sort_by_address(parties.others, desired);
  return parties;
}

HeldLease::HeldLease(LeaseSelf self, const Desired& desired, const Means& means)
    : self_(std::move(self)), desired_(desired), means_(means), lease_(self_.lease) {
  lease_.since = format_utc(means_.clock.now());
  lease_.held = true;
  std::erase_if(desired_.nodes, [](const auto& named) { return named.second.out_of_reach; });
}

HeldLease::~HeldLease() {
  give_back();
}

void HeldLease::for_all(const std::vector<Place*>& places, const std::function<void(Place&)>& work) const {
  const auto one = [&](std::size_t at) { work(*places[at]); };
  if (means_.parallel_hosts > 1) {
    ThreadRunner runner;
    return for_each(runner, places.size(), means_.parallel_hosts, one);
  }
  InlineRunner runner;
  for_each(runner, places.size(), 1, one);
}

// What is there ------------------------------------------------------------------------------------------

void HeldLease::look() {
  std::map<HostName, std::vector<Look>> looks;
  for (const Probe& probe : lease_probes(desired_)) looks[probe.host].push_back(probe.look);
  std::vector<Place> hosts;
  for (const auto& [name, wanted] : looks) hosts.push_back({.host = name});
  std::vector<Place*> all;
  for (Place& place : hosts) all.push_back(&place);
  Facts facts;
  std::mutex mutex;
  for_all(all, [&](Place& place) {
    Facts seen = means_.transport.look(place.host, looks.at(place.host), means_.timeout);
    const std::lock_guard lock(mutex);
    facts.merge(std::move(seen));
  });
  const LeaseParties parties = lease_parties(desired_, facts);
  places_.clear();
  for (const auto* names : {&parties.electors, &parties.others})
    for (const HostName& name : *names) {
      Place place{.host = name, .elector = names == &parties.electors};
      const FileLook look{kLeasePath, true};
      place.text = place.before = lease_text(facts.seen<FileSeen>(name, look));
      place.unknown = facts.unknown(name, look).value_or("");
      place.answers = !facts.unknown(name, database_file(Database::northbound));
      places_.push_back(std::move(place));
    }
  highest_ = 0;
  holders_.clear();  // those of a node that is to leave, too
  for (const auto& [name, node] : desired_.nodes)
    if (holds_database(name, facts)) holders_.push_back(name);
  for (const Database database : kClustered)
    if (std::ranges::any_of(desired_.nodes, [&](const auto& node) {
          return facts.seen<FileSeen>(node.first, database_file(database)) != nullptr;
        }))
      look_at_rows(database);
  for (const Place& place : places_)
    if (const auto lease = read_lease(place.text)) highest_ = std::max(highest_, lease->fence.token);
}

/// Compares and swaps; where the member that was asked has left meanwhile, at another one.
Result<std::string> HeldLease::swap(Place& place, const std::string& wanted) {
  auto now = means_.transport.swap_lease(place.host, place.place, place.text, wanted, means_.timeout);
  if (now || place.place == LeasePlace::host || transport::is_fenced(now.error())) return now;
  Cluster cluster(desired_, means_.transport, means_.timeout, holders_);
  const Members members =
      cluster.find(place.place == LeasePlace::northbound ? Database::northbound : Database::southbound);
  const auto other =
      std::ranges::find_if(members.usable, [&](const HostName& host) { return host != place.host; });
  if (other == members.usable.end()) return now;
  {
    const std::lock_guard lock(mutex_);
    place.host = *other;
  }
  return means_.transport.swap_lease(place.host, place.place, place.text, wanted, means_.timeout);
}

/// Of a member that knows a leader: what it says can be committed.
void HeldLease::look_at_rows(Database database) {
  Cluster cluster(desired_, means_.transport, means_.timeout, holders_);
  const Members members = cluster.find(database);
  const RowsLook look{database, global_table(database), {"external_ids"}};
  for (const HostName& host : members.usable) {
    const Facts facts = means_.transport.look(host, {look}, means_.timeout);
    const auto* rows = facts.seen<RowsSeen>(host, look);
    if (!rows) continue;
    const ovsdb::Value none;
    // A database that was just made has no such row yet: the claim makes it.
    const ovsdb::Value& ids =
        rows->rows().empty() ? none : ovsdb::column(rows->rows().begin()->second, "external_ids");
    if (const auto fence = read_fence(ids.at(kFenceKey).value_or("")))
      highest_ = std::max(highest_, fence->token);
    const bool nb = database == Database::northbound;
    places_.push_back({.host = host,
                       .place = nb ? LeasePlace::northbound : LeasePlace::southbound,
                       .text = nb ? transport::lease_in(ids) : ""});
    return;
  }
}

std::string HeldLease::where(const Place& place) {
  if (place.place == LeasePlace::host) return place.host;
  return place.place == LeasePlace::northbound ? "the northbound" : "the southbound";
}

/// What is there and cannot be understood: nothing is begun over it.
std::optional<LeaseRefusal> HeldLease::unreadable(bool force) const {
  for (const Place& place : places_) {
    if (!place.unknown.empty() && place.answers)
      return LeaseRefusal{LeaseRefusal::Why::failed,
                          where(place) + ": " + place.unknown + ": if no kiln runs, remove it there",
                          {},
                          where(place)};
    if (place.text.empty()) continue;
    const auto lease = read_lease(place.text);
    if (!lease && !force)
      return LeaseRefusal{LeaseRefusal::Why::failed,
                          where(place) + ": " +
                              (place.place == LeasePlace::host ? kLeasePath : kLeaseKeyText) + ": " +
                              lease.error().text() + "; if no kiln runs, `kiln lock break` writes it anew",
                          {},
                          where(place)};
    if (lease && lease->format > kLeftFormat)
      return LeaseRefusal{LeaseRefusal::Why::newer, newer_text(where(place), *lease, self_.lease.kiln),
                          *lease, where(place)};
  }
  return std::nullopt;
}

/// Leases of others that are held, and whose holders may live.
std::vector<const HeldLease::Place*> HeldLease::blockers() {
  std::map<std::string, std::string> now;  // by run: what is seen of it
  std::vector<std::pair<const Place*, Lease>> held;
  std::vector<Lease> everywhere;
  for (const Place& place : places_)
    if (const auto lease = read_lease(place.text)) everywhere.push_back(*lease);
  for (const Place& place : places_) {
    const auto lease = read_lease(place.text);
    if (!lease || !lease->held || lease->fence.run == self_.run) continue;  // the southbound tells nothing
    if (has_ended(*lease, everywhere) || lease->fence.token < highest_) {
      superseded_.insert(lease->fence.run);
      continue;
    }
    if (self_.is_gone(*lease)) superseded_.insert(lease->fence.run);
    now[lease->fence.run] += where(place) + ' ' + place.text + '\n';
    held.emplace_back(&place, *lease);
  }
  const Duration time = means_.clock.since_boot();
  for (const auto& [run, seen] : now) {
    auto& [before, since] = watched_[run];
    if (before != seen) {
      before = seen;
      since = time;
    } else if (time - since >= kTakeOver) {
      superseded_.insert(run);
    }
  }
  std::vector<const Place*> blocking;
  for (const auto& [place, lease] : held)
    if (!superseded_.contains(lease.fence.run)) blocking.push_back(place);
  return blocking;
}

// Taking -------------------------------------------------------------------------------------------------

std::optional<LeaseRefusal> HeldLease::take(Duration patience, const std::atomic<bool>& interrupted,
                                            const std::function<void(const Lease&)>& waiting, bool force) {
  const std::lock_guard renewing(renewing_);
  const Duration start = means_.clock.since_boot();
  bool told = false;
  for (int tries = 0;;) {
    look();
    if (auto refusal = unreadable(force)) return refusal;
    const std::vector<const Place*> blocking = blockers();
    if (blocking.empty() || force) {
      const Duration begun = means_.clock.since_boot();
      const Claimed claimed = claim_all();
      if (claimed == Claimed::all) {
        const std::lock_guard lock(mutex_);
        renewed_at_ = begun;
        held_ = true;
        means_.transport.carry(lease_.fence);
        return std::nullopt;
      }
      unclaim();
      if (claimed == Claimed::none)
        return LeaseRefusal{
            LeaseRefusal::Why::failed, "no host can be claimed: " + join(not_reached(), "; "), {}, {}};
      if (++tries < kMostTries) continue;
      return LeaseRefusal{LeaseRefusal::Why::failed, "others were quicker, again and again", {}, {}};
    }
    const auto lease = read_lease(blocking.front()->text);
    if (interrupted.load() || means_.clock.since_boot() - start >= patience)
      return LeaseRefusal{interrupted.load() ? LeaseRefusal::Why::stopped : LeaseRefusal::Why::held,
                          lease->holder(), *lease, where(*blocking.front())};
    if (!told && waiting) waiting(*lease);
    told = true;
    means_.waiter.sleep(kLookAgain);
  }
}

/// Electors one after the other: whoever has the first has all. Then the rest at once.
HeldLease::Claimed HeldLease::claim_all() {
  // Whoever may write there may have written the highest of all: it is begun anew.
  lease_.fence = {highest_ < Fence::kMost ? highest_ + 1 : 1, self_.run};
  const std::string wanted = lease_.text();
  std::vector<Place*> others;
  for (Place& place : places_) {
    if (!place.elector) {
      others.push_back(&place);
    } else if (!claim(place, wanted)) {
      return Claimed::some;
    }
  }
  std::atomic<bool> all = true;
  for_all(others, [&](Place& place) {
    if (!claim(place, wanted)) all = false;
  });
  if (!all) return Claimed::some;
  return std::ranges::any_of(places_, [](const Place& place) { return place.ours; }) ? Claimed::all
                                                                                     : Claimed::none;
}

/// False: somebody else was quicker. A place that does not answer is left out, and nothing is done there.
bool HeldLease::claim(Place& place, const std::string& wanted) const {
  if (!place.unknown.empty()) return true;
  const auto now = means_.transport.swap_lease(place.host, place.place, place.text, wanted, means_.timeout);
  if (!now && transport::is_fenced(now.error())) return false;
  if (!now) {
    place.unknown = now.error().text();
    place.text = wanted;  // it may be there
    return true;
  }
  place.text = *now;
  place.ours = place.claimed = *now == wanted;
  return place.ours;
}

/// Whatever is ours, or may be.
void HeldLease::unclaim() {
  Lease free = lease_;
  free.held = false;
  free.reason = self_.reason;
  const std::string wanted = free.text();
  std::vector<Place*> ours;
  for (Place& place : places_)
    if (const auto lease = read_lease(place.text);
        place.place != LeasePlace::southbound && lease && lease->held && lease->fence == lease_.fence)
      ours.push_back(&place);
  for_all(ours, [&](Place& place) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto now = swap(place, wanted);
      // A renewal whose answer was lost has come before this.
      const auto lease = now ? read_lease(*now) : read_lease("");
      if (!lease || !lease->held || !(lease->fence == lease_.fence)) break;
      place.text = *now;
    }
    place.ours = false;
  });
}

// Holding ------------------------------------------------------------------------------------------------

void HeldLease::renew() {
  const std::lock_guard renewing(renewing_);
  renew_now();
}

void HeldLease::renew_now() {
  {
    const std::lock_guard lock(mutex_);
    if (!held_ || !lost_.empty()) return;
  }
  const Duration begun = means_.clock.since_boot();
  ++lease_.renewed;
  const std::string wanted = lease_.text();
  std::vector<Place*> ours;
  for (Place& place : places_)
    if (place.ours && place.place != LeasePlace::southbound) ours.push_back(&place);
  std::atomic<std::size_t> electors = 0;
  std::atomic<bool> committed = false;
  for_all(ours, [&](Place& place) {
    if (!renew_place(place, wanted)) return;
    if (place.place == LeasePlace::northbound) committed = true;
    if (place.elector) ++electors;
  });
  const auto all = static_cast<std::size_t>(
      std::ranges::count_if(places_, [](const Place& place) { return place.elector && place.claimed; }));
  const std::lock_guard lock(mutex_);
  if (committed || 2 * electors > all) renewed_at_ = begun;
}

/// True if it says that this run lives.
bool HeldLease::renew_place(Place& place, const std::string& wanted) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto now = swap(place, wanted);
    if (!now && transport::is_fenced(now.error())) {
      lose("somebody: " + now.error().text());
      return false;
    }
    if (!now) return false;
    if (*now == wanted) {
      place.text = wanted;
      return true;
    }
    const auto lease = read_lease(*now);
    if (lease && lease->format == kLeftFormat && lease->fence == lease_.fence && lease->held) {
      place.text = *now;  // an answer was lost
      continue;
    }
    if (lease && (lease->format > kLeftFormat || lease->fence.token >= lease_.fence.token)) {
      const bool broken = lease->format == kLeftFormat && !lease->held && !lease->reason.empty();
      lose(broken ? lease->user + '@' + lease->host + ", who broke it: " + lease->reason : lease->holder());
    }
    // Else the host was restored, or made anew: it takes nothing more from this run.
    const std::lock_guard lock(mutex_);
    place.ours = false;
    return false;
  }
  return false;
}

void HeldLease::lose(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (lost_.empty()) lost_ = text;
}

Result<> HeldLease::refuse_if_lost() const {
  if (!held_) return fail(ErrorCode::denied, "no lease is held");
  if (!lost_.empty()) return fail(ErrorCode::denied, std::string(kLostWords) + lost_);
  return {};
}

Result<> HeldLease::check(const HostName& host) {
  const auto fresh = [&] { return means_.clock.since_boot() - renewed_at_ < kGoesOn; };
  const auto claimed = [&] {
    return host == kController || std::ranges::any_of(places_, [&](const Place& place) {
             return place.host == host && place.place == LeasePlace::host && place.ours;
           });
  };
  {
    const std::lock_guard lock(mutex_);
    KILN_TRY(refuse_if_lost());
    if (fresh() && claimed()) return {};
  }
  const std::lock_guard renewing(renewing_);
  const auto is_fresh = [&] {
    const std::lock_guard lock(mutex_);
    return fresh();
  };
  if (!is_fresh()) renew_now();
  const bool renewed = is_fresh();
  {
    const std::lock_guard lock(mutex_);
    KILN_TRY(refuse_if_lost());
  }
  KILN_TRY(claim_late(host));
  const std::lock_guard lock(mutex_);
  KILN_TRY(refuse_if_lost());
  if (!renewed)
    return fail(ErrorCode::failed, "the lease could not be renewed for " +
                                       std::to_string(kGoesOn.count() / 1000) +
                                       " s, so that nothing new is begun");
  if (!claimed()) return fail(ErrorCode::denied, host + " could not be claimed");
  return {};
}

/// A host that did not answer before.
Result<> HeldLease::claim_late(const HostName& host) {
  auto place = std::ranges::find_if(
      places_, [&](const Place& one) { return one.host == host && one.place == LeasePlace::host; });
  if (host == kController || (place != places_.end() && place->ours)) return {};
  if (place != places_.end() && place->claimed)
    return fail(ErrorCode::denied, host + " has lost this run's claim: it was restored, or made anew");
  if (place == places_.end()) {  // it came with a later round of this run
    const std::lock_guard lock(mutex_);
    places_.push_back({.host = host});
    place = places_.end() - 1;
  }
  const FileLook look{kLeasePath, true};
  const Facts facts = means_.transport.look(host, {look}, means_.timeout);
  if (const auto why = facts.unknown(host, look)) return fail(ErrorCode::unreachable, *why);
  const std::string text = lease_text(facts.seen<FileSeen>(host, look));
  const auto there = read_lease(text);
  if (!text.empty() && !there) return fail(ErrorCode::denied, host + ": " + there.error().text());
  const bool free = !there || (there->format == kLeftFormat &&
                               (!there->held || there->fence == lease_.fence ||
                                (superseded_.contains(there->fence.run) || self_.is_gone(*there))));
  if (!free || (there && there->fence.token > lease_.fence.token && there->fence.token < Fence::kMost))
    return fail(ErrorCode::denied, host + " is held by " + there->holder());
  const std::string wanted = lease_.text();
  KILN_TRY_ASSIGN(const std::string now,
                  means_.transport.swap_lease(host, LeasePlace::host, text, wanted, means_.timeout));
  const std::lock_guard lock(mutex_);
  place->text = now;
  place->unknown.clear();
  place->ours = place->claimed = now == wanted;
  return {};
}

void HeldLease::give_back() {
  const std::lock_guard renewing(renewing_);
  {
    const std::lock_guard lock(mutex_);
    if (!held_) return;
    held_ = false;
  }
  unclaim();
  means_.transport.carry(std::nullopt);
}

bool HeldLease::moved_since(const Facts& facts) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(places_, [&](const Place& place) {
    const auto* file = facts.seen<FileSeen>(place.host, FileLook{kLeasePath});
    if (place.place != LeasePlace::host) return false;
    const auto before = read_lease(place.before);
    return place.before != lease_text(file) || (before && before->held && before->fence.run != self_.run);
  });
}

std::vector<std::string> HeldLease::not_reached() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> places;
  for (const Place& place : places_)
    if (!place.unknown.empty()) places.push_back(where(place) + ": " + place.unknown);
  return places;
}

std::string HeldLease::lost_to() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::vector<HostName> HeldLease::claimed() const {
  const std::lock_guard lock(mutex_);
  std::vector<HostName> names;
  for (const Place& place : places_)
    if (place.ours && place.place == LeasePlace::host) names.push_back(place.host);
  return names;
}

bool HeldLease::in_northbound() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(
      places_, [](const Place& place) { return place.ours && place.place == LeasePlace::northbound; });
}

// For the engine -----------------------------------------------------------------------------------------

Result<transport::Outcome> LeasedTransport::act(const HostName& host, const Action& action,
                                                Duration timeout) {
  KILN_TRY(lease_.check(host));
  Result<transport::Outcome> outcome = Through::act(host, action, timeout);
  if (!outcome && transport::is_fenced(outcome.error())) lease_.renew();  // which says whose it is
  return outcome;
}

class LeaseRenewal::Thread {
 public:
  explicit Thread(HeldLease& lease) : thread_([this, &lease] { run(lease); }) {}
  ~Thread() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    end_.notify_one();
    thread_.join();
  }

 private:
  void run(HeldLease& lease) {
    std::unique_lock lock(mutex_);
    while (!end_.wait_for(lock, HeldLease::kRenewEvery, [this] { return ended_; })) {
      lock.unlock();
      lease.renew();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;
};

LeaseRenewal::LeaseRenewal(HeldLease& lease) : thread_(std::make_unique<Thread>(lease)) {}
LeaseRenewal::~LeaseRenewal() = default;

}  // namespace kiln::engine
