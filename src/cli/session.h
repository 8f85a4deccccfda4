#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/interrupt.h"
#include "cli/screen.h"
#include "engine/authority_store.h"
#include "engine/engine.h"
#include "engine/journal.h"
#include "engine/lease.h"
#include "engine/runner.h"
#include "model/spec.h"
#include "render/plan_summary.h"

namespace kiln::cli {

/// Everything that a command needs to work on the hosts of one file. `desired` and `world` outlive it.
class Session {
 public:
  Session(const Desired& desired, World& world, const Arguments& arguments, Screen& screen);

  engine::Seams& seams() { return seams_; }
  const engine::Limits& limits() const { return limits_; }
  engine::AuthorityStore& authority() { return authority_; }
  render::Progress& progress() { return progress_; }
  transport::Transport& transport() { return *transport_; }

  /// The lease of this run, once it is taken; null before. It is renewed while the session lives, and given
  /// back when it ends.
  engine::HeldLease* lease() { return lease_.get(); }
  std::optional<engine::LeaseRefusal> take_lease(engine::LeaseSelf self, const Desired& desired,
                                                 Duration patience,
                                                 const std::function<void(const Lease&)>& waiting,
                                                 bool force = false);
  /// Asks of each node that is out of reach, once, whether it may be contacted; true if one more may.
  bool ask_for_ways(const Desired& planned, Screen& screen);
  /// The same with a way to those that may, as [ssh] says.
  Desired with_ways(Desired desired) const;

  /// Whether SIGINT or SIGTERM came while the lease was held: it is given back, and nothing more is begun.
  bool interrupted() const { return interrupts_ && interrupts_->asked(); }
  /// What changes hosts: under the lease, if there is one.
  transport::Transport& acting() { return leased_ ? *leased_ : *transport_; }
  /// seams(), with that.
  engine::Seams under_lease() { return {acting(), seams_.clock, seams_.random, seams_.events}; }

  /// Where the run is written down; an error says why it cannot be.
  Result<std::unique_ptr<engine::Journal>> open_journal() const;

 private:
  const Desired& desired_;
  World& world_;
  engine::AuthorityStore authority_;
  std::unique_ptr<transport::Transport> transport_;
  render::Progress progress_;
  engine::Limits limits_;
  engine::Seams seams_;
  bool live_;
  engine::ThreadWaiter waiter_;
  std::unique_ptr<Interrupts> interrupts_;  ///< until the lease is given back
  std::unique_ptr<engine::HeldLease> lease_;
  std::unique_ptr<engine::LeasedTransport> leased_;
  std::unique_ptr<engine::LeaseRenewal> renewal_;  ///< ends first
  std::map<std::string, bool> may_contact_;        ///< by address: what was answered
};

/// What the file says, and its text for the findings that come later.
struct Wanted {
  Desired desired;
  std::map<std::string, std::string> sources;
};
/// The file, read and checked: findings are shown, and nothing is returned if one is an error.
std::optional<Wanted> load_wanted(const Arguments& arguments, World& world, Screen& screen);

/// What the journal of this machine tells of the deployment is told from then on, when somebody asks.
void ask_the_journal(Desired& desired, const World& world);

/// The journal of the deployment on this machine; it need not be there.
std::string journal_of(const Desired& desired, const World& world);

/// Which nodes gave at least one answer.
render::Answers answers_of(const Desired& desired, const Facts& facts);

}  // namespace kiln::cli
