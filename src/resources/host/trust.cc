#include <set>

#include "base/text.h"
#include "pki/certificate.h"
#include "resources/context.h"
#include "resources/host/authority.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kinds `authority/<cluster>` (on the controller) and `trust/<node>`: what every daemon of OVN trusts.

namespace kiln::resources {
namespace {

class AuthorityResource : public Resource {
 public:
  AuthorityResource(const Desired& desired)
      : Resource(authority_id(desired.cluster.name), kController, desired.ca.places.self),
        ca_(desired.ca),
        cluster_(desired.cluster.name) {}

  std::vector<Probe> probes() const override {
    return {{kController, authority_look(ca_)}, {kController, authority_key_look(ca_)}};
  }
  std::optional<State> wanted() const override {
    return State{{"certificate", std::string("of an authority")}, {"key", std::string("there")}};
  }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(kController, probe.look)) return Unknown{*why};
    const auto* certificate = facts.seen<FileSeen>(kController, authority_look(ca_));
    const auto* key = facts.seen<FileSeen>(kController, authority_key_look(ca_));
    if (!certificate && !key) return Absent{};
    State state;
    if (key) state["key"] = std::string("there");
    if (!certificate) return state;
    if (const std::string why = why_unfit(certificate->content, facts); !why.empty())
      return Foreign{authority_look(ca_).path + ": " + why + ": " + kSignsNothing};
    state["certificate"] = std::string("of an authority");
    return state;
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    if (ca_.mode == "provided")
      return fail(ErrorCode::failed, "`[ca] mode` is provided, but " + ca_.dir + " lacks ca.pem or ca.key");
    if (change.verb == Verb::update && change.touches("key"))
      return fail(ErrorCode::failed,
                  ca_.dir +
                      " has ca.pem but no ca.key: put the key back; a new authority would cut "
                      "off every daemon that trusts this one");
    Step step = make_step(change, "create", "create the certificate authority in " + ca_.dir);
    step.actions.push_back(CreateAuthority{.name = cluster_, .lifetime_days = ca_.lifetime_days});
    return std::vector<Step>{step};
  }
  Span span_of(const std::string&) const override { return ca_.places.at("mode"); }

 private:
  CaSpec ca_;
  std::string cluster_;
};

/// The authority, and in a few letters of their fingerprints those that are trusted besides.
std::string with_others(const std::string& cluster, const std::vector<pki::Certificate>& others) {
  std::set<std::string> names;
  for (const pki::Certificate& other : others) names.insert(other.fingerprint.substr(0, 16));
  return "the authority of " + cluster +
         (names.empty() ? "" : ", and " + join({names.begin(), names.end()}, ", "));
}

std::string also_on(const KnownAuthority& authority, const HostName& host) {
  const auto found = authority.also.find(host);
  return found == authority.also.end() ? "" : found->second;
}

class Trust : public Resource {
 public:
  Trust(const Context& context, const NodeSpec& node)
      : Resource(trust_id(node.name), node.name, node.places.self),
        authority_look_{kController, authority_look(context.desired.ca)},
        authority_(context.authority),
        also_(also_on(*context.authority, node.name)),
        cluster_(context.desired.cluster.name) {}

  std::vector<Probe> probes() const override { return {authority_look_, {host(), FileLook{kTrustPath}}}; }
  std::optional<State> wanted() const override {
    return State{{"trusted authority", with_others(cluster_, certificates_in(also_))}};
  }
  std::vector<Need> needs() const override {
    return {{packages_id(host()), "the packages bring openssl"},
            {authority_id(cluster_), "its certificate is what is written"}};
  }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(probe.host, probe.look)) return Unknown{*why};
    const auto* trusted = facts.seen<FileSeen>(host(), FileLook{kTrustPath});
    if (!trusted) return Absent{};
    return State{{"trusted authority", told(trusted->content)}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    if (!authority_->elsewhere.empty()) return fail(ErrorCode::precondition, authority_->elsewhere);
    if (!authority_->silent.empty())
      return fail(
          ErrorCode::unreachable,
          authority_->silent +
              " has not said whom it trusts, and no host trusts this authority yet: bring it back; one that "
              "was never there is left out of the file for now");
    Step step = make_step(change, "write",
                          "trust the authority of " + cluster_ +
                              (also_.empty() ? "" : ", and the one that signed the certificates of now"));
    step.actions.push_back(WriteTrust{kTrustPath, also_});
    step.risk = authority_->rotates() ? Risk::quorum : Risk::control_plane;
    return std::vector<Step>{step};
  }

 private:
  std::string told(const std::string& trusted) const {
    if (!authority_->pem.empty() && trusted == pki::bundle(authority_->pem, also_))
      return with_others(cluster_, certificates_in(also_));
    std::vector<pki::Certificate> others = certificates_in(trusted);
    for (const pki::Certificate& own : certificates_in(authority_->pem))
      if (std::erase_if(others, [&](const auto& other) { return other.fingerprint == own.fingerprint; }) == 0)
        return "another authority";
    return authority_->pem.empty() || others.empty() ? "another authority" : with_others(cluster_, others);
  }

  Probe authority_look_;
  std::shared_ptr<const KnownAuthority> authority_;
  std::string also_;
  std::string cluster_;
};

/// Of a node that is to leave, as the last thing there. One that does not answer is put off by this.
class LostTrust : public Resource {
 public:
  explicit LostTrust(const NodeSpec& node)
      : Resource(trust_id(node.name), node.name, place_of_services(node)) {}
  std::vector<Probe> probes() const override { return {{host(), FileLook{kTrustPath}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override {
    std::vector<Need> needs;
    for (const std::string& daemon : daemons_with_certificate())
      needs.push_back({certificate_id(host(), daemon), "it goes after the certificates"});
    return needs;
  }
  Observation observe(const Facts& facts) const override {
    if (auto why = facts.unknown(host(), FileLook{kTrustPath})) return Unknown{*why};
    if (facts.absent(host(), FileLook{kTrustPath})) return Absent{};
    return State{{"trusted authority", std::string("one")}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "remove", "trust nobody");
    step.actions.push_back(RemoveFile{kTrustPath});
    return std::vector<Step>{step};
  }
};

}  // namespace

void make_authority(const Context& context, Resources& resources) {
  // What hosts trust is never replaced; whoever would sign with it says so.
  if (!context.authority->elsewhere.empty()) return;
  resources.push_back(std::make_unique<AuthorityResource>(context.desired));
}

void make_trust(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order())
    if (node->stays())
      resources.push_back(std::make_unique<Trust>(context, *node));
    else if (!context.facts.absent(node->name, FileLook{kTrustPath}))
      resources.push_back(std::make_unique<LostTrust>(*node));
}

}  // namespace kiln::resources
