#include "base/address.h"
#include "base/text.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/ovs/cms_options.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"
#include "resources/trusted.h"

// Kind `chassis/<node>`: ovn-controller, and the external_ids of Open_vSwitch by which it is told who it is,
// where the southbound database is and where its tunnels end (ovn-controller(8)).

namespace kiln::resources {
namespace {

constexpr const char* kSouthbound = "southbound";
constexpr const char* kSystemId = "system-id";
const std::string kKeyPrefix = "external_ids:";

Daemon controller_daemon(const Context& context, const NodeSpec& node) {
  Daemon daemon;
  daemon.unit = kControllerUnit;
  daemon.environment_path = controller_environment_path();
  daemon.cluster = context.desired.cluster.name;
  daemon.resource = chassis_id(node.name).text();
  daemon.drained = node.drained();
  daemon.options = {"--ovn-controller-ssl-key=" + key_path(kControllerName),
                    "--ovn-controller-ssl-cert=" + certificate_path(kControllerName),
                    std::string("--ovn-controller-ssl-ca-cert=") + kTrustPath};
  daemon.arguments = {"--private-key=" + key_path(kControllerName),
                      "--certificate=" + certificate_path(kControllerName),
                      std::string("--ca-cert=") + kTrustPath};
  return daemon;
}

const std::string kCard = kKeyPrefix + "ovn-cms-options card-serial-number";
constexpr const char* kKernelDatapath = "system";  // the default, and never written

/// A list of one is that one.
AttributeValue compared(const std::string& text) {
  std::set<std::string> elements = elements_of(text);
  if (elements.empty()) return std::string();
  if (elements.size() == 1) return *elements.begin();
  return elements;
}

class Chassis : public Resource {
 public:
  Chassis(const Context& context, const NodeSpec& node)
      : Resource(chassis_id(node.name), node.name, node.places.self),
        places_(node.places),
        daemon_(controller_daemon(context, node)),
        registered_{node.name, node.encap_ips(), node.encap.types},
        foreign_centrals_(context.desired.cluster.central_ips),
        authority_look_(authority_look(context.desired.ca)),
        authority_(context.authority) {
    keys_ = {{kSystemId, node.name},
             {"ovn-remote", context.endpoints(Database::southbound)},
             {"ovn-encap-type", join(node.encap.types, ",")},
             {"ovn-encap-ip", join(node.encap_ips(), ",")},
             {"ovn-remote-probe-interval", std::to_string(context.desired.central.inactivity_probe_ms)},
             {kDatapathType, node.integration_datapath()}};
    const bool one_of_several = !node.encap.ip.empty() && !node.encap.ips.empty();
    if (one_of_several || !external_id(context.facts, kEncapDefault).empty())
      keys_[kEncapDefault] = one_of_several ? node.encap.ip : "";
    const bool of_others = !foreign_centrals_.empty();
    if (of_others || !external_id(context.facts, kCentralsKey).empty())
      keys_[kCentralsKey] = of_others ? kOfOthers : "";
    card_ = wanted_card(context.facts);
    const std::string before = external_id(context.facts, "ovn-remote");
    moves_ = !before.empty() && context.is_at_a_node(before) != foreign_centrals_.empty();
    named_like_another_ = context.desired.nodes.contains(external_id(context.facts, kSystemId));
    needs_ = context.needs_of_members(Database::southbound, "ovn-remote names every member");
    needs_.push_back({listener_id(Database::southbound), "it connects by TLS"});
    needs_.push_back(
        {certificate_id(node.name, kControllerName), "files are there before ovn-remote is set"});
    needs_.push_back({bridge_id(node.name, "br-int"), "it programs the integration bridge"});
    for (const auto& [name, bridge] : node.bridges)
      needs_.push_back({bridge_id(node.name, name), "the tunnel endpoint is there first"});
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes = daemon_.probes(host());
    probes.push_back({host(), UnitLook{kHostUnit}});
    probes.push_back({host(), open_vswitch_look()});
    probes.push_back({host(), CardLook{}});
    if (!foreign_centrals_.empty())
      probes.insert(probes.end(), {{kController, authority_look_}, {host(), HostLook{}}});
    for (const std::string& ip : foreign_centrals_) probes.push_back({host(), served_look(ip)});
    if (foreign_centrals_.empty())
      probes.insert(probes.end(), {{kCluster, chassis_look()}, {kCluster, chassis_private_look()}});
    return probes;
  }

  std::optional<State> wanted() const override {
    State state;
    daemon_.add_wanted(state);
    add_enabled(state, kHostUnit);
    state[kHostUnit] = std::string("active");
    for (const auto& [key, value] : keys_) state[kKeyPrefix + key] = compared(value);
    if (card_) state[kCard] = *card_;
    if (foreign_centrals_.empty())
      state[kSouthbound] = std::string(daemon_.drained ? "not registered" : "registered");
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    State state;
    if (auto why = daemon_.add_observed(facts, host(), state)) return Unknown{*why};
    if (auto why = add_enabled_seen(facts, host(), kHostUnit, state)) return Unknown{*why};
    if (auto why = facts.unknown(host(), open_vswitch_look())) return Unknown{*why};
    if (auto why = facts.unknown(host(), CardLook{})) return Unknown{*why};
    if (const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{kHostUnit}))
      state[kHostUnit] = unit->active_state;
    bool told = false;
    if (const ovsdb::Value* external_ids = switch_external_ids(facts, host())) {
      for (const auto& [key, value] : keys_)
        if (const auto seen = external_ids->at(key)) state[kKeyPrefix + key] = compared(*seen);
      if (card_) state[kCard] = serial_number_in(external_ids->at(kCmsOptions).value_or(""));
      // Without the key it is the kernel's (ovn-controller(8)).
      state.emplace(kKeyPrefix + kDatapathType, std::string(kKernelDatapath));
      told = external_ids->at("ovn-remote").has_value();
    }
    // While nobody can say who is registered, the rest is mended all the same.
    const auto* registered = facts.seen<RowsSeen>(kCluster, chassis_look());
    const bool there = registered && registered->names().contains(host());
    if (daemon_.drained)
      state[kSouthbound] = std::string(there ? "registered" : "not registered");
    else if (foreign_centrals_.empty() && (facts.unknown(kCluster, chassis_look()) || there))
      state[kSouthbound] = std::string("registered");
    if (!told && daemon_.untouched(state)) return Absent{};
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (!foreign_centrals_.empty() && change.touches(kKeyPrefix + "ovn-remote"))
      KILN_TRY(check_foreign_centrals(facts));
    std::vector<Step> steps;
    const std::string other = change.verb == Verb::replace ? external_id(facts, kSystemId) : "";
    if (!other.empty()) steps = leave_as(other, change, facts);
    Step configure = make_step(change, "configure", "options of " + daemon_.unit);
    configure.actions = daemon_.configure(change);
    add_step(steps, std::move(configure));

    // A controller that is told of another southbound leaves its rows in the one before; one that exits takes
    // them out (ovn-controller(8), exit).
    const bool leaves = moves_ && change.touches(kKeyPrefix + "ovn-remote");
    Step leave = make_step(change, "leave",
                           "stop ovn-controller, which takes itself out of the southbound of "
                           "another deployment");
    if (leaves) leave.actions.push_back(UnitAction{kControllerUnit, UnitVerb::stop});
    leave.risk = Risk::data_plane;
    add_step(steps, std::move(leave));

    Step keys = make_step(change, "external-ids", "tell ovn-controller who and where it is");
    ovsdb::Transaction transaction = set_keys(change);
    if (change.touches(kCard))
      transaction.emplace_back(set_serial_number(external_id(facts, kCmsOptions), *card_));
    if (!transaction.empty())
      keys.actions.push_back(Transact{Database::open_vswitch, std::move(transaction)});
    keys.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;

    if (daemon_.drained) {
      add_step(steps, std::move(keys));
      add_drain(change, facts, steps);
      return steps;
    }
    Step run = make_step(change, "run", "run ovn-controller");
    run.actions = daemon_.run(change);
    if ((leaves || !other.empty()) && run.actions.empty())
      run.actions.push_back(UnitAction{kControllerUnit, UnitVerb::start});
    const bool registers = !run.actions.empty() || !keys.actions.empty() || change.touches(kSouthbound);
    if (change.touches(std::string(kHostUnit) + " at boot"))
      run.actions.push_back(UnitAction{kHostUnit, UnitVerb::enable});
    if (change.touches(kHostUnit)) run.actions.push_back(UnitAction{kHostUnit, UnitVerb::start});
    // One that runs and is not registered may wait for a cluster that is no more, whose rows were newer than
    // any that the new one has (ovn-controller(8), sb-cluster-state-reset). It costs others nothing.
    if (change.touches(kSouthbound))
      run.actions.push_back(Appctl{"ovn-controller", {"sb-cluster-state-reset"}});
    // The southbound of others is not ours to read: there the controller itself is asked.
    if (registers && foreign_centrals_.empty())
      run.gates.push_back({host(), registered_, Duration{60000}});
    else if (registers)
      run.gates.push_back({host(), ControllerConnected{}, Duration{60000}});
    run.risk = change.verb == Verb::create ? Risk::none : Risk::data_plane;
    add_step(steps, std::move(keys));
    add_step(steps, std::move(run));
    return steps;
  }

  /// A chassis is its name: one that is registered under another leaves first, with its rows.
  bool replaces(const AttributeChange& attribute) const override {
    return attribute.path == kKeyPrefix + kSystemId && attribute.from;
  }

  Span span_of(const std::string& attribute) const override {
    if (daemon_.drained && (attribute == kControllerUnit || attribute == kSouthbound))
      return places_.at("state");
    if (attribute == kKeyPrefix + "ovn-encap-ip")
      for (const char* key : {"encap.ips", "encap.ip"})
        if (places_.has(key)) return places_.at(key);
    if (attribute.starts_with(kKeyPrefix + "ovn-encap-ip")) return places_.at("encap");
    if (attribute == kKeyPrefix + "ovn-encap-type") return places_.at("encap.types");
    return places_.self;
  }

 private:
  static ServedCertificateLook served_look(const std::string& ip) {
    return {ip, client_port(Database::southbound)};
  }

  /// Its exit takes its rows out of the southbound (ovn-controller(8), exit), by which its peers and the
  /// other chassis of its gateways know. What it was told stays.
  void add_drain(const Change& change, const Facts& facts, std::vector<Step>& steps) const {
    Step drain = make_step(change, "drain", "stop ovn-controller, also after a reboot");
    drain.actions = daemon_.run(change);
    if (change.touches(std::string(kHostUnit) + " at boot"))
      drain.actions.push_back(UnitAction{kHostUnit, UnitVerb::enable});
    if (change.touches(kHostUnit)) drain.actions.push_back(UnitAction{kHostUnit, UnitVerb::start});
    drain.risk = Risk::data_plane;
    add_step(steps, std::move(drain));
    if (!foreign_centrals_.empty()) return;
    Step forget = forget_step(change, facts, host());
    forget.gates.push_back({kCluster, ChassisGone{host()}, kAgreement});
    steps.push_back(std::move(forget));
  }

  /// ovn-controller takes its rows with it when it exits, under the name that it still has; what is left of
  /// them is deleted, unless they are of the node of that name.
  std::vector<Step> leave_as(const std::string& name, const Change& change, const Facts& facts) const {
    Step exit = make_step(change, "exit", "stop ovn-controller, which is registered as " + name);
    exit.actions.push_back(UnitAction{kControllerUnit, UnitVerb::stop});
    exit.risk = Risk::data_plane;
    std::vector<Step> steps{std::move(exit)};
    if (foreign_centrals_.empty() && !named_like_another_) add_step(steps, forget_step(change, facts, name));
    return steps;
  }

  /// Before a chassis is sent to the centrals of others, one of them at least has shown a certificate that
  /// the chassis will accept.
  Result<> check_foreign_centrals(const Facts& facts) const {
    KILN_TRY_ASSIGN(const auto authority, authority_->certificate());
    std::vector<std::string> problems;
    for (const std::string& ip : foreign_centrals_) {
      const Result<> trusted = check_served(facts, host(), served_look(ip), authority);
      if (trusted) return {};
      problems.push_back(ssl_address(ip, client_port(Database::southbound)) + ": " + trusted.error().text());
    }
    return fail(ErrorCode::failed, "no central of [cluster] central-ips can be used from " + host() + ": " +
                                       join(problems, "; "));
  }

  /// The serial number of the card that the host is (a DPU), so that a CMS finds the chassis of the machine
  /// which the card is in. "" where the key holds one and the host is none; nothing where neither is.
  std::optional<std::string> wanted_card(const Facts& facts) const {
    if (const auto* card = facts.seen<CardSeen>(host(), CardLook{})) return card->serial_number;
    return serial_number_in(external_id(facts, kCmsOptions)).empty() ? std::nullopt
                                                                     : std::optional<std::string>("");
  }

  std::string external_id(const Facts& facts, const std::string& key) const {
    const ovsdb::Value* external_ids = switch_external_ids(facts, host());
    return external_ids ? external_ids->at(key).value_or("") : "";
  }

  /// Key by key: other writers' keys of the same map survive. What is not to be there has no value.
  ovsdb::Transaction set_keys(const Change& change) const {
    std::vector<ovsdb::Atom> replaced;
    std::map<std::string, std::string> pairs;
    for (const auto& [key, value] : keys_) {
      if (!change.touches(kKeyPrefix + key)) continue;
      replaced.emplace_back(key);
      const bool without = value.empty() || (key == kDatapathType && value == kKernelDatapath);
      if (!without) pairs[key] = value;
    }
    if (replaced.empty()) return {};
    return {ovsdb::Mutate{"Open_vSwitch",
                          {},
                          {{"external_ids", "delete", ovsdb::Value::set(replaced)},
                           {"external_ids", "insert", ovsdb::Value::strings(pairs)}}}};
  }

  Places places_;
  Daemon daemon_;
  ChassisRegistered registered_;
  std::vector<std::string> foreign_centrals_;
  bool moves_ = false;               ///< from the centrals of others to ours, or the other way
  bool named_like_another_ = false;  ///< its system-id is the name of a node
  FileLook authority_look_;
  std::shared_ptr<const KnownAuthority> authority_;
  std::map<std::string, std::string> keys_;
  std::optional<std::string> card_;  ///< the wanted serial number, "" for none; unset: nothing to say
  std::vector<Need> needs_;
};

}  // namespace

std::set<std::string> elements_of(const std::string& text) {
  std::set<std::string> elements;
  for (const std::string& element : split(text, ',')) elements.insert(normal_words(element));
  return elements;
}

void make_chassis(const Context& context, Resources& resources) {
  make_lost_chassis(context, resources);
  if (context.nodes_with("central").empty() && context.desired.cluster.central_ips.empty()) return;
  for (const NodeSpec* node : context.nodes_with("chassis"))
    resources.push_back(std::make_unique<Chassis>(context, *node));
}

}  // namespace kiln::resources
