#include "resources/host/authority.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/text.h"
#include "resources/context.h"
#include "resources/nb/deployment.h"
#include "resources/paths.h"

namespace kiln::resources {
namespace {

using Certificates = std::vector<pki::Certificate>;

Certificates trusted_in(const FileSeen* file) {
  return file ? certificates_in(file->content) : Certificates{};
}

/// What such a host takes for the issuing authority is that one: kiln writes it first, and what is trusted
/// besides behind it. An intermediate may be a new one of a root that the host trusts.
bool stands_for(const Certificates& trusted, const pki::Certificate& issuing) {
  return trusted.front().public_key == issuing.public_key ||
         std::ranges::any_of(trusted, [&](const pki::Certificate& certificate) {
           return issuing.is_authority && certificate.public_key != issuing.public_key &&
                  pki::verify_issued_by(issuing, certificate,
                                        std::max(issuing.not_before, certificate.not_before));
         });
}

bool knows(const Certificates& trusted, const pki::Certificate& certificate) {
  return std::ranges::find(trusted, certificate.public_key, &pki::Certificate::public_key) != trusted.end();
}

bool has_leaf_of(const pki::Certificate& authority, const HostName& host, const Facts& facts) {
  return std::ranges::any_of(daemons_with_certificate(), [&](const std::string& daemon) {
    const auto* file = facts.seen<FileSeen>(host, FileLook{certificate_path(daemon)});
    const auto leaf = file ? pki::read_certificate(file->content) : fail(ErrorCode::not_found, "no file");
    return leaf && pki::verify_issued_by(*leaf, authority, std::max(leaf->not_before, authority.not_before));
  });
}

/// Hosts that trust others than the authority in [ca] dir.
struct Others {
  std::vector<HostName> hosts;  ///< those that trust what most of them do
  std::string pem;
  std::string fingerprint;
};

std::optional<Others> most_of(const std::map<std::string, std::vector<HostName>>& by_pem) {
  const auto most = std::ranges::max_element(by_pem, {}, [](const auto& of) { return of.second.size(); });
  if (most == by_pem.end()) return std::nullopt;
  const auto first = pki::read_certificate(most->first);
  return Others{most->second, most->first, first ? first->fingerprint : ""};
}

std::string why_elsewhere(const Others& others, const std::string& dir, const FileSeen* own,
                          const Certificates& in_dir, const Facts& facts) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> names = others.hosts;
  names.resize(std::min(kShown, names.size()));
  if (others.hosts.size() > kShown) names.push_back(std::to_string(others.hosts.size() - kShown) + " more");
  const std::string made_at = authority_record(facts);
  const bool one = others.hosts.size() == 1;
  std::string text = join(names, ", ") + (one ? " trusts" : " trust") +
                     " the authority with the SHA-256 fingerprint " + others.fingerprint +
                     (made_at.empty() ? "" : ", made at " + made_at) + ", and " + dir;
  if (in_dir.empty())
    text += own ? " has a ca.pem that cannot be read" : " has no ca.pem";
  else
    text += " has another one, " + in_dir.front().fingerprint;
  return text + ": " + kSignsNothing + "; bring its ca.pem and ca.key to " + dir +
         ", or replace it: kiln apply --new-authority";
}

/// Why it cannot sign, though it is in [ca] dir; or nothing is there and kiln may make nothing.
std::string why_not_ready(const CaSpec& ca, const FileSeen* own, const Facts& facts) {
  if (!own)
    return ca.mode == "provided"
               ? "`[ca] mode` is provided, and " + ca.dir + " has no ca.pem: " + kSignsNothing
               : "";
  if (!facts.absent(kController, authority_key_look(ca))) return "";
  return ca.dir + " has ca.pem but no ca.key: " + kSignsNothing +
         "; put the key back, or, if it is lost, move ca.pem away and replace the authority: kiln apply "
         "--new-authority";
}

/// Of what hosts trust besides the authority in [ca] dir.
class Besides {
 public:
  /// `silent`: some node has not said whom it trusts, and what its daemons have may be of any of them.
  Besides(const Desired& desired, const Facts& facts, const Certificates& in_dir, bool silent) {
    for (const NodeSpec* node : desired.nodes_in_file_order()) {
      const auto* file = facts.seen<FileSeen>(node->name, FileLook{kTrustPath});
      if (file) ++hosts_;
      Certificates more = trusted_in(file);
      for (const pki::Certificate& certificate : more) ++trusting_[certificate.fingerprint];
      // The same key made anew, for a longer life, is the same authority.
      std::erase_if(more, [&](const pki::Certificate& certificate) { return knows(in_dir, certificate); });
      for (const pki::Certificate& certificate : more) {
        const auto [of, first] = used_.emplace(certificate.fingerprint, silent);
        if (first && !silent)
          of->second = std::ranges::any_of(
              desired.nodes, [&](const auto& other) { return has_leaf_of(certificate, other.first, facts); });
      }
      of_.emplace_back(node->name, std::move(more));
    }
  }

  /// One of all that are trusted is trusted by more than half of the hosts that trust anybody.
  bool any_of_most() const {
    return std::ranges::any_of(trusting_, [&](const auto& of) { return 2 * of.second > hosts_; });
  }

  std::map<HostName, std::string> kept() const {
    Certificates of_all;
    for (const auto& [host, more] : of_)
      if (is_needed(more))
        for (const pki::Certificate& certificate : more)
          if (2 * trusting_.at(certificate.fingerprint) > hosts_) add(certificate, of_all);
    std::map<HostName, std::string> kept;
    for (const auto& [host, more] : of_) {
      Certificates all = is_needed(more) ? more : Certificates{};
      for (const pki::Certificate& certificate : of_all) add(certificate, all);
      for (const pki::Certificate& certificate : all) kept[host] += certificate.pem;
    }
    return kept;
  }

 private:
  static void add(const pki::Certificate& certificate, Certificates& to) {
    if (std::ranges::find(to, certificate.fingerprint, &pki::Certificate::fingerprint) == to.end())
      to.push_back(certificate);
  }
  bool is_needed(const Certificates& authorities) const {
    return std::ranges::any_of(authorities, [&](const auto& of) { return used_.at(of.fingerprint); });
  }

  std::size_t hosts_ = 0;  ///< that trust anybody
  std::vector<std::pair<HostName, Certificates>> of_;
  std::map<std::string, std::size_t> trusting_;  ///< hosts, by fingerprint
  std::map<std::string, bool> used_;  ///< by fingerprint: some daemon's certificate is of it, or may be
};

/// For which authorities the hosts stand.
struct Standing {
  std::size_t ours = 0;
  std::size_t theirs = 0;
  std::map<std::string, std::vector<HostName>> others;  ///< by what they trust, as PEM
  HostName silent;                                      ///< the first that has not said, or ""
  bool differs = false;                                 ///< some host's file is not ca.pem's own text
  bool unknown_to_some = false;                         ///< KnownAuthority has it, too
};

/// `in_dir` is asked for only where a host's file is another one.
Standing standing_of(const Desired& desired, const Facts& facts, const FileSeen* own,
                     const std::function<const Certificates&()>& in_dir) {
  Standing standing;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const FileLook look{kTrustPath};
    const auto* file = facts.seen<FileSeen>(node->name, look);
    if (standing.silent.empty() && facts.unknown(node->name, look)) standing.silent = node->name;
    if (file && own && file->content == own->content) {
      ++standing.ours;
      continue;
    }
    const Certificates trusted = trusted_in(file);
    if (trusted.empty()) continue;
    standing.differs = true;
    const pki::Certificate* issuing = in_dir().empty() ? nullptr : &in_dir().front();
    const bool known = issuing && knows(trusted, *issuing);
    if (issuing && !known) standing.unknown_to_some = true;
    // One that trusts both, the other first, is being moved to the other.
    if (issuing && (stands_for(trusted, *issuing) || (!known && has_leaf_of(*issuing, node->name, facts)))) {
      ++standing.ours;
    } else {
      standing.others[file->content].push_back(node->name);
      ++standing.theirs;
    }
  }
  return standing;
}

/// Why the one that hosts trust is not replaced now, though somebody wants it, or "".
std::string why_not_replaced(const Desired& desired, const Facts& facts, const FileSeen* own,
                             const HostName& silent, const Besides& besides) {
  if (!silent.empty())
    return silent + " has not said whom it trusts, and would be cut off: " + kSignsNothing +
           "; bring it back before --new-authority";
  if (std::string unready = why_not_ready(desired.ca, own, facts); !unready.empty()) return unready;
  if (const std::string unfit = own ? why_unfit(own->content, facts) : ""; !unfit.empty())
    return authority_look(desired.ca).path + ": " + unfit + ": " + kSignsNothing;
  if (besides.any_of_most()) return "";
  return "no authority is trusted by more than half of the hosts: " + std::string(kSignsNothing) + "; put " +
         kTrustPath + " right on those where it was changed";
}

}  // namespace

Result<pki::Certificate> KnownAuthority::certificate() const {
  if (pem.empty()) return fail(ErrorCode::not_found, "there is no authority in [ca] dir yet");
  return pki::read_certificate(pem);
}

FileLook authority_look(const CaSpec& ca) {
  return FileLook{ca.dir + "/ca.pem"};
}

FileLook authority_key_look(const CaSpec& ca) {
  return FileLook{ca.dir + "/ca.key", false};
}

std::vector<Probe> probes_of_trust(const Desired& desired) {
  std::vector<Probe> probes{{kController, authority_key_look(desired.ca)}};
  for (const auto& [name, node] : desired.nodes) {
    probes.push_back({name, FileLook{kTrustPath}});
    for (const std::string& daemon : daemons_with_certificate())
      probes.push_back({name, FileLook{certificate_path(daemon)}});
  }
  return probes;
}

KnownAuthority known_authority(const Desired& desired, const Facts& facts) {
  KnownAuthority known;
  const FileLook look = authority_look(desired.ca);
  if (facts.unknown(kController, look)) return known;
  const auto* own = facts.seen<FileSeen>(kController, look);
  if (own) known.pem = own->content;
  std::optional<Certificates> read;
  const auto in_dir = [&]() -> const Certificates& {
    if (!read) read = trusted_in(own);
    return *read;
  };
  const Standing standing = standing_of(desired, facts, own, in_dir);
  known.unknown_to_some = standing.unknown_to_some;
  if (standing.ours == 0) known.silent = standing.silent;
  const auto most = most_of(standing.others);
  const bool lacking = most && standing.ours <= standing.theirs;
  if (!lacking && (standing.ours > 0 || most)) known.elsewhere = why_not_ready(desired.ca, own, facts);
  if (!standing.differs) return known;
  const Besides besides(desired, facts, in_dir(), !standing.silent.empty());
  if (lacking)
    known.elsewhere = desired.new_authority ? why_not_replaced(desired, facts, own, standing.silent, besides)
                                            : why_elsewhere(*most, desired.ca.dir, own, in_dir(), facts);
  known.replaces = lacking && known.elsewhere.empty();
  if (lacking && !known.replaces)
    known.pem = most->pem;
  else
    known.also = besides.kept();
  return known;
}

std::vector<pki::Certificate> certificates_in(const std::string& pem) {
  auto read = pki::read_certificates(pem);
  return read ? std::move(*read) : Certificates{};
}

std::string why_unfit(const std::string& pem, const Facts& facts) {
  const auto certificates = pki::read_certificates(pem);
  if (!certificates) return certificates.error().text();
  const auto* here = facts.seen<HostSeen>(kController, HostLook{});
  for (const pki::Certificate& certificate : *certificates) {
    if (!certificate.is_authority)
      return '`' + certificate.shape.common_name + "` is not the certificate of an authority";
    if (!here) continue;
    if (const Result<> valid = pki::valid_at(certificate, TimePoint{Duration{here->time_ms}}); !valid)
      return valid.error().text();
  }
  return "";
}

}  // namespace kiln::resources
