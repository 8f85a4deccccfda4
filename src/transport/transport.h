#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/action.h"
#include "model/fact.h"
#include "model/lease.h"
#include "model/spec.h"

namespace kiln::transport {

/// What an action did.
struct Outcome {
  bool changed = true;  ///< false: it was done already (a guard said so)
  std::string detail;   ///< for the journal, without secrets; may be empty
  bool operator==(const Outcome&) const = default;
};

/// Counted where things leave kiln.
struct Counters {
  std::uint64_t connections = 0;  ///< SSH connections opened
  std::uint64_t sessions = 0;     ///< commands run over them
  std::uint64_t looks = 0;
  std::uint64_t mutations = 0;  ///< actions sent to a host, whether or not they were answered
  bool operator==(const Counters&) const = default;
};

/// A copy of a database, as the host that made it describes it.
struct DatabaseCopy {
  std::string schema_version;  ///< "7.11.0"
  std::string sha256;          ///< of the file, lower-case hexadecimal
  std::int64_t bytes = 0;
  bool operator==(const DatabaseCopy&) const = default;
};

/// Where a lease is written down: kLeasePath on a host, or kLeaseKey in the northbound. In the southbound
/// only its fence is, whatever was expected.
enum class LeasePlace { host, northbound, southbound };

/// What a host says to an action under a fence that is not its claim's.
inline constexpr const char* kFencedWords = "the lease is another's";
inline bool is_fenced(const Error& error) {
  return error.code() == ErrorCode::denied && error.message().find(kFencedWords) != std::string::npos;
}

/// How kiln reaches hosts: one of the five seams. Calls block until answered or `timeout` has passed and
/// may come from several threads at once. kController is a host too; kCluster is not (the engine resolves
/// it).
class Transport {
 public:
  virtual ~Transport() = default;

  /// One Fact for each look. A host that does not answer yields Unknown for each, never Absent. Everything
  /// but databases takes one round trip.
  virtual Facts look(const HostName& host, const std::vector<Look>& looks, Duration timeout) = 0;

  /// Carries out one action. unreachable or timed_out: it may or may not have happened; send it again.
  virtual Result<Outcome> act(const HostName& host, const Action& action, Duration timeout) = 0;

  /// A consistent copy of what the host's server serves of a database: a standalone file, as `ovsdb-client
  /// backup` makes it, which ovsdb-tool(1) has read whole on the host. It goes to `path` on this machine
  /// (0600, must not be there yet) as it comes, whatever its size, and is on the disk when this returns.
  virtual Result<DatabaseCopy> copy_database(const HostName& host, Database database, const std::string& path,
                                             Duration timeout) = 0;

  /// The same from the file of a database, as ovsdb-tool(1) reads it: what its log holds, whether or not a
  /// majority ever had it, and whether or not its server runs.
  virtual Result<DatabaseCopy> copy_file(const HostName& /*host*/, Database /*database*/,
                                         const std::string& /*path*/, Duration /*timeout*/) {
    return fail(ErrorCode::failed, "its files cannot be copied");
  }

  /// Looks, and transactions (which a database without a majority does not answer), end with timed_out soon
  /// after this was set. It outlives the calls; null: never. Not while other calls run.
  virtual void give_up_on(const std::atomic<bool>* /*interrupted*/) {}

  virtual Counters counters() const = 0;

  /// From now on every action is done under this fence: a host whose claim is another, or is not there,
  /// refuses it (denied, is_fenced()), and so do the databases of the cluster. An action holds the host's
  /// lock while it runs and waits for what an earlier run has begun there. Not while other calls run.
  virtual void carry(const std::optional<Fence>& /*fence*/) {}

  /// Compares and swaps the lease that is written down at `place`: `wanted` is there, on the disk, if
  /// `expected` was ("": none). Returns what is there now, either way; beside other calls to the host,
  /// whatever they wait for. Of kCluster's rows: `host` is a member that answers for NB_Global.
  virtual Result<std::string> swap_lease(const HostName& /*host*/, LeasePlace /*place*/,
                                         const std::string& /*expected*/, const std::string& /*wanted*/,
                                         Duration /*timeout*/) {
    return fail(ErrorCode::failed, "no lease can be kept there");
  }

  /// A node that was not among those of the file: from now on it is reached too. Before anybody asks it; not
  /// while other calls run.
  virtual void add(const NodeSpec& /*node*/) {}
};

/// The certificate authority, as the transport needs it: implemented by the engine, on the controller.
class Signer {
 public:
  virtual ~Signer() = default;
  /// PEM of the leaf (and chain) for a CSR that a host made; the shape decides everything but the key.
  virtual Result<std::string> sign(const std::string& request_pem, const pki::CertificateShape& shape) = 0;
  /// PEM of what hosts are to trust.
  virtual Result<std::string> trust() = 0;
  /// Makes the authority unless it is there; false if it was.
  virtual Result<bool> create(const CreateAuthority& action) = 0;
};

}  // namespace kiln::transport
