#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/fact.h"
#include "model/spec.h"
#include "pki/certificate.h"

namespace kiln::resources {

/// Part of why a change is put off that needs a signature, or would change what a host trusts.
inline constexpr const char* kSignsNothing = "nothing is signed, and nobody's trust is changed";

/// The deployment's authority, as `[ca] dir` and the hosts show it.
struct KnownAuthority {
  /// What every host is to trust: ca.pem of [ca] dir or, where that lacks it, what most hosts trust. "" where
  /// nobody knows any.
  std::string pem;
  /// Why kiln can sign nothing here: hosts trust an authority that [ca] dir lacks. "" if they do not.
  std::string elsewhere;
  /// What a host is to trust besides, as PEM: other authorities, one of which some daemon's certificate is
  /// still of, or may be. Only hosts that are to trust any.
  std::map<HostName, std::string> also;
  /// The one that hosts trust is being replaced by the one in [ca] dir: whoever starts the run says so.
  bool replaces = false;
  /// A node that has not said whom it trusts while none trusts this one: it may have another. "" if there is
  /// none.
  HostName silent;
  /// Some host that trusts others does not trust it yet: no certificate is issued before every node does.
  bool unknown_to_some = false;

  bool rotates() const { return replaces || !also.empty(); }
  /// The one that issues; not_found where there is none.
  Result<pki::Certificate> certificate() const;
};

/// Nothing where no certificate can be read: whoever has that trusts nobody.
std::vector<pki::Certificate> certificates_in(const std::string& pem);

/// The certificate of the authority in [ca] dir, at kController.
FileLook authority_look(const CaSpec& ca);

/// Whether its key is there: nobody looks into it.
FileLook authority_key_look(const CaSpec& ca);

/// What known_authority() looks at besides authority_look().
std::vector<Probe> probes_of_trust(const Desired& desired);

/// An authority is lacking where hosts trust others and no more of them trust the one in [ca] dir: a folder
/// without it, or with one that was made by mistake, is no reason to replace what they trust. Hosts whose
/// trust, or whose certificates, are of the one in [ca] dir stand for it; those that say nothing count for
/// none. What a host trusts besides it goes on to trust while a certificate is of it, and so do all others
/// what more than half of them trust; one host alone makes no other trust anybody.
KnownAuthority known_authority(const Desired& desired, const Facts& facts);

/// Why no host may be told to trust what is in `pem`, or "": each certificate has to be of an authority, and
/// to be valid by this machine's clock, where that is known.
std::string why_unfit(const std::string& pem, const Facts& facts);

}  // namespace kiln::resources
