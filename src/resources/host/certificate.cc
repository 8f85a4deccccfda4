#include <algorithm>
#include <chrono>

#include "pki/certificate.h"
#include "resources/context.h"
#include "resources/host/authority.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `certificate/<node>/<daemon>`: one leaf for each daemon, its key made on the node.

namespace kiln::resources {
namespace {

/// OVS checks the chain and not the name, so the extended key usage is all that keeps a chassis from posing
/// as a database; database servers are clients of each other too (RAFT).
pki::CertificateShape shape_of(const Context& context, const NodeSpec& node, const std::string& daemon) {
  pki::CertificateShape shape;
  // ovn-controller's name must be its system-id (ovn-architecture(7), RBAC); the others have a dot, which no
  // node name has, so that none of them can be taken for a chassis.
  shape.common_name = daemon == kControllerName ? node.name : daemon + '.' + node.name;
  shape.organizational_unit = daemon;
  shape.dns_names = {node.name};
  shape.ip_addresses = {node.address};
  shape.usages = {pki::Usage::client};
  if (daemon == kNorthboundName || daemon == kSouthboundName)
    shape.usages = {pki::Usage::server, pki::Usage::client};
  shape.lifetime_days = context.desired.ca.leaf_lifetime_days;
  return shape;
}

std::string usage_names(const std::vector<pki::Usage>& usages) {
  std::string names;
  for (const pki::Usage usage : usages)
    names += std::string(names.empty() ? "" : " and ") + (usage == pki::Usage::server ? "server" : "client");
  return names;
}

class CertificateResource : public Resource {
 public:
  CertificateResource(const Context& context, const NodeSpec& node, const std::string& daemon,
                      std::string owner)
      : Resource(certificate_id(node.name, daemon), node.name, node.places.at("address")),
        daemon_(daemon),
        owner_(std::move(owner)),
        cluster_(context.desired.cluster.name),
        shape_(shape_of(context, node, daemon)),
        authority_look_{kController, authority_look(context.desired.ca)},
        authority_(context.authority) {
    if (!authority_->rotates() && !authority_->unknown_to_some) return;
    // Whoever it is shown to has to know its authority.
    for (const NodeSpec* other : context.desired.nodes_in_file_order())
      if (other->stays() && other->name != node.name) trusts_first_.push_back(trust_id(other->name));
  }

  std::vector<Probe> probes() const override {
    return {authority_look_,
            {host(), HostLook{}},
            {host(), FileLook{certificate_path(daemon_)}},
            {host(), FileLook{key_path(daemon_), false}}};
  }

  std::optional<State> wanted() const override {
    State state = describe(shape_);
    state["issuer"] = "the authority of " + cluster_;
    state["renewal"] = std::string("not due");
    state["key.pem"] = "0600 " + owner_;
    return state;
  }

  std::vector<Need> needs() const override {
    std::vector<Need> needs{
        {packages_id(host()), "openssl makes the key"},
        {authority_id(cluster_), "it signs the certificate"},
        {trust_id(host()), "a daemon loads what it trusts together with its certificate"}};
    for (const ResourceId& trust : trusts_first_)
      needs.push_back({trust, "everybody trusts the new authority"});
    return needs;
  }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(probe.host, probe.look)) return Unknown{*why};
    const auto* file = facts.seen<FileSeen>(host(), FileLook{certificate_path(daemon_)});
    const auto* key = facts.seen<FileSeen>(host(), FileLook{key_path(daemon_), false});
    if (!file || !key) return Absent{};
    const auto certificate = pki::read_certificate(file->content);
    if (!certificate) return State{{"issuer", "unreadable: " + certificate.error().text()}};
    State state = describe(certificate->shape);
    state["key.pem"] = mode_text(key->mode) + ' ' + key->owner;
    const auto* seen_host = facts.seen<HostSeen>(host(), HostLook{});
    if (!seen_host) return Unknown{host() + " has not told its time"};
    const TimePoint now{Duration{seen_host->time_ms}};
    state["renewal"] = renewal(*certificate, now);
    state["issuer"] = issuer(*certificate, now);
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    if (!authority_->elsewhere.empty()) return fail(ErrorCode::precondition, authority_->elsewhere);
    Step step = make_step(change, "issue",
                          "issue the certificate of " + daemon_ + " (" + usage_names(shape_.usages) + ")");
    step.actions.push_back(
        IssueCertificate{.directory = certificate_directory(daemon_), .shape = shape_, .owner = owner_});
    step.risk = change.verb == Verb::create ? Risk::none : Risk::control_plane;
    return std::vector<Step>{step};
  }

 private:
  static State describe(const pki::CertificateShape& shape) {
    std::set<std::string> names(shape.dns_names.begin(), shape.dns_names.end());
    names.insert(shape.ip_addresses.begin(), shape.ip_addresses.end());
    return {{"common name", shape.common_name},
            {"organizational unit", shape.organizational_unit},
            {"subject alternative names", names},
            {"extended key usage", usage_names(shape.usages)}};
  }

  static std::string mode_text(unsigned mode) {
    std::string text = "0000";
    for (std::size_t digit = 0; digit < 4; ++digit)
      text[3 - digit] = static_cast<char>('0' + ((mode >> (3 * digit)) & 7));
    return text;
  }

  static std::string renewal(const pki::Certificate& certificate, TimePoint now) {
    if (!pki::due_for_renewal(certificate, now)) return "not due";
    const auto days = std::chrono::floor<std::chrono::days>(certificate.not_after - now).count();
    return days < 0 ? "due: expired" : "due: " + std::to_string(days) + " days left";
  }

  std::string issuer(const pki::Certificate& certificate, TimePoint now) const {
    const auto authority = authority_->certificate();
    if (!authority) return "another authority";
    const Result<> issued =
        pki::verify_issued_by(certificate, *authority, std::min(now, certificate.not_after));
    return issued ? "the authority of " + cluster_ : "another authority";
  }

  std::string daemon_;
  std::string owner_;
  std::string cluster_;
  pki::CertificateShape shape_;
  Probe authority_look_;
  std::shared_ptr<const KnownAuthority> authority_;
  std::vector<ResourceId> trusts_first_;
};

/// Of a daemon that the node no longer has: nothing that can be used stays behind.
class LostCertificate : public Resource {
 public:
  LostCertificate(const NodeSpec& node, std::string daemon)
      : Resource(certificate_id(node.name, daemon), node.name, place_of_services(node)),
        daemon_(std::move(daemon)) {}
  std::vector<Probe> probes() const override { return {{host(), FileLook{certificate_path(daemon_)}}}; }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override {
    const std::string reason = "the daemon is gone before its certificate";
    return {{database_id(host(), Database::northbound), reason},
            {database_id(host(), Database::southbound), reason},
            {northd_id(host()), reason},
            {chassis_id(host()), reason},
            {client_id(host()), reason}};
  }
  Observation observe(const Facts& facts) const override {
    const FileLook look{certificate_path(daemon_)};
    if (auto why = facts.unknown(host(), look)) return Unknown{*why};
    if (facts.absent(host(), look)) return Absent{};
    return State{{"certificate", daemon_}};
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    Step step = make_step(change, "remove", "remove key and certificate of " + daemon_);
    step.actions.push_back(RemoveCertificate{certificate_directory(daemon_)});
    return std::vector<Step>{step};
  }

 private:
  std::string daemon_;
};

/// Daemons of the node that have a certificate, and whose the key is.
std::map<std::string, std::string> daemons_of(const Context& context, const NodeSpec& node) {
  std::map<std::string, std::string> owners;
  if (context.placement.has(node.name, "central"))
    for (const char* daemon : {kNorthboundName, kSouthboundName, kNorthdName}) owners[daemon] = "root";
  if (context.placement.has(node.name, "chassis")) owners[kControllerName] = "root";
  if (context.placement.has(node.name, "central") || node.client)
    owners[kClientName] = node.client.value_or("root");
  return owners;
}

}  // namespace

std::vector<std::string> daemons_with_certificate() {
  return {kNorthboundName, kSouthboundName, kNorthdName, kControllerName, kClientName};
}

void make_certificates(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const std::map<std::string, std::string> owners = daemons_of(context, *node);
    for (const auto& [daemon, owner] : owners)
      resources.push_back(std::make_unique<CertificateResource>(context, *node, daemon, owner));
    for (const std::string& daemon : daemons_with_certificate()) {
      // With central-ips, databases of our own that are there are left as they are.
      const bool left_alone = !context.desired.cluster.central_ips.empty() && daemon != kControllerName;
      if (!owners.contains(daemon) && !left_alone &&
          context.facts.seen<FileSeen>(node->name, FileLook{certificate_path(daemon)}))
        resources.push_back(std::make_unique<LostCertificate>(*node, daemon));
    }
  }
}

}  // namespace kiln::resources
