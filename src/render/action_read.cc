#include "render/action_read.h"

#include <charconv>
#include <map>

#include "ovsdb/json.h"

namespace kiln::render {
namespace {

Database database_of(const Fields& fields) {
  const std::string name = fields.at("database").text();
  for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch})
    if (schema_name(database) == name) return database;
  fields.at("database").wrong("a database");
}

/// "0644"
unsigned mode_of(const Fields& fields) {
  const std::string text = fields.at("mode").text();
  unsigned mode = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (read.ptr != text.data() + text.size() || text.empty() || mode > 07777)
    fields.at("mode").wrong("a mode");
  return mode;
}

pki::CertificateShape read_shape(const Fields& fields) {
  pki::CertificateShape shape;
  shape.common_name = fields.at("common_name").text();
  shape.organizational_unit = fields.at("organizational_unit").text();
  shape.dns_names = fields.at("dns_names").texts();
  shape.ip_addresses = fields.at("ip_addresses").texts();
  shape.lifetime_days = fields.at("lifetime_days").number();
  shape.usages.clear();
  for (const Fields& usage : fields.at("extended_key_usage").items()) {
    if (usage.text() != "serverAuth" && usage.text() != "clientAuth") usage.wrong("serverAuth or clientAuth");
    shape.usages.push_back(usage.text() == "serverAuth" ? pki::Usage::server : pki::Usage::client);
  }
  return shape;
}

Action read_write_file(const Fields& fields) {
  return WriteFile{fields.at("path").text(), fields.at("content").text(), mode_of(fields)};
}
Action read_remove_file(const Fields& fields) {
  return RemoveFile{fields.at("path").text()};
}
Action read_remove_address(const Fields& fields) {
  return RemoveAddress{fields.at("link").text(), fields.at("address").text()};
}
Action read_unit(const Fields& fields) {
  using enum UnitVerb;
  return UnitAction{
      fields.at("unit").text(),
      fields.at("verb").word<UnitVerb>({start, stop, restart, enable, disable, mask, unmask, reset_failed})};
}
Action read_daemon_reload(const Fields&) {
  return DaemonReload{};
}
Action read_install_packages(const Fields& fields) {
  return InstallPackages{fields.at("packages").texts(), fields.at("hold").texts()};
}
Action read_create_authority(const Fields& fields) {
  return CreateAuthority{fields.at("name").text(), fields.at("lifetime_days").number()};
}
Action read_write_trust(const Fields& fields) {
  return WriteTrust{fields.at("path").text(), fields.has("also") ? fields.at("also").text() : ""};
}
Action read_issue_certificate(const Fields& fields) {
  return IssueCertificate{fields.at("directory").text(), read_shape(fields.at("shape")),
                          fields.at("owner").text()};
}
Action read_create_database(const Fields& fields) {
  return CreateDatabase{database_of(fields), fields.at("local_address").text(),
                        fields.at("election_timer_ms").number()};
}
Action read_adopt_database(const Fields& fields) {
  return AdoptDatabase{database_of(fields), fields.at("local_address").text(),
                       fields.at("election_timer_ms").number()};
}
Action read_remove_kept(const Fields&) {
  return RemoveKept{};
}
Action read_join_database(const Fields& fields) {
  return JoinDatabase{database_of(fields), fields.at("local_address").text(),
                      fields.at("remote_addresses").texts()};
}
Action read_leave_database(const Fields& fields) {
  return LeaveDatabase{database_of(fields)};
}
Action read_retire_database(const Fields& fields) {
  return RetireDatabase{database_of(fields)};
}
Action read_recreate_database(const Fields& fields) {
  return RecreateDatabase{database_of(fields), fields.at("cluster_id").text(),
                          fields.at("local_address").text(), fields.at("election_timer_ms").number()};
}
Action read_kick_member(const Fields& fields) {
  return KickMember{database_of(fields), fields.at("server_id").text(), fields.at("address").text()};
}
Action read_hand_over(const Fields& fields) {
  return HandOver{database_of(fields)};
}
Action read_reboot(const Fields& fields) {
  return Reboot{fields.at("boot_id").text()};
}
Action read_remove_certificate(const Fields& fields) {
  return RemoveCertificate{fields.at("directory").text()};
}
Action read_transact(const Fields& fields) {
  Transact transact{database_of(fields), {}};
  for (const Fields& operation : fields.at("operations").items()) {
    auto read = ovsdb::operation_from_json(operation.json());
    if (!read) throw Malformed(operation.place() + ": " + read.error().text());
    transact.transaction.push_back(std::move(*read));
  }
  return transact;
}
Action read_appctl(const Fields& fields) {
  return Appctl{fields.at("target").text(), fields.at("arguments").texts()};
}

Condition read_chassis_registered(const Fields& fields) {
  return ChassisRegistered{fields.at("chassis").text(), fields.at("encap_ips").texts(),
                           fields.at("encap_types").texts()};
}
Condition read_member_gone(const Fields& fields) {
  return MemberGone{database_of(fields), fields.at("address").text()};
}
Condition read_election_timer(const Fields& fields) {
  return ElectionTimer{database_of(fields), fields.at("ms").number()};
}
Condition read_certificate_served(const Fields& fields) {
  return CertificateServed{fields.at("address").text(), fields.at("port").number(),
                           fields.at("common_name").text()};
}
Condition read_quorum_kept(const Fields& fields) {
  QuorumKept wait;
  wait.database = database_of(fields);
  for (const Fields& member : fields.at("members").items())
    wait.members.push_back({member.at("host").line(), member.at("address").text(), member.at("id").text(),
                            member.at("listed").flag()});
  wait.but = fields.at("but").texts();
  wait.gone = fields.at("gone").text();
  wait.silent = fields.at("silent").text();
  wait.mends = fields.at("mends").flag();
  return wait;
}
Condition read_no_database(const Fields& fields) {
  return NoDatabase{database_of(fields), fields.at("hosts").texts()};
}
Condition read_ping_answered(const Fields& fields) {
  return PingAnswered{fields.at("network_namespace").text(), fields.at("target").text()};
}

template <typename T>
T read_by_type(const std::map<std::string, T (*)(const Fields&)>& readers, const Fields& fields) {
  const auto found = readers.find(fields.at("type").text());
  if (found == readers.end()) fields.at("type").wrong("a type that this version knows");
  return found->second(fields);
}

}  // namespace

Action read_action(const Fields& fields) {
  static const std::map<std::string, Action (*)(const Fields&)> kReaders = {
      {"write-file", read_write_file},
      {"remove-file", read_remove_file},
      {"remove-address", read_remove_address},
      {"unit", read_unit},
      {"daemon-reload", read_daemon_reload},
      {"install-packages", read_install_packages},
      {"create-authority", read_create_authority},
      {"write-trust", read_write_trust},
      {"issue-certificate", read_issue_certificate},
      {"create-database", read_create_database},
      {"adopt-database", read_adopt_database},
      {"join-database", read_join_database},
      {"leave-database", read_leave_database},
      {"retire-database", read_retire_database},
      {"recreate-database", read_recreate_database},
      {"kick-member", read_kick_member},
      {"hand-over", read_hand_over},
      {"reboot", read_reboot},
      {"remove-kept", read_remove_kept},
      {"remove-certificate", read_remove_certificate},
      {"transact", read_transact},
      {"appctl", read_appctl}};
  return read_by_type(kReaders, fields);
}

Condition read_condition(const Fields& fields) {
  static const std::map<std::string, Condition (*)(const Fields&)> kReaders = {
      {"database-connected",
       [](const Fields& wait) -> Condition { return DatabaseConnected{database_of(wait)}; }},
      {"unit-active", [](const Fields& wait) -> Condition { return UnitActive{wait.at("unit").text()}; }},
      {"member-gone", read_member_gone},
      {"quorum-kept", read_quorum_kept},
      {"no-database", read_no_database},
      {"election-timer", read_election_timer},
      {"member-follows", [](const Fields& wait) -> Condition { return MemberFollows{database_of(wait)}; }},
      {"northd-active",
       [](const Fields& wait) -> Condition { return NorthdActive{wait.at("hosts").texts()}; }},
      {"chassis-gone",
       [](const Fields& wait) -> Condition { return ChassisGone{wait.at("chassis").text()}; }},
      {"rebooted", [](const Fields& wait) -> Condition { return Rebooted{wait.at("boot_id").text()}; }},
      {"link-present", [](const Fields& wait) -> Condition { return LinkPresent{wait.at("link").text()}; }},
      {"link-gone", [](const Fields& wait) -> Condition { return LinkGone{wait.at("link").text()}; }},
      {"chassis-registered", read_chassis_registered},
      {"northd-running", [](const Fields&) -> Condition { return NorthdRunning{}; }},
      {"controller-connected", [](const Fields&) -> Condition { return ControllerConnected{}; }},
      {"certificate-served", read_certificate_served},
      {"port-up", [](const Fields& wait) -> Condition { return PortUp{wait.at("port").text()}; }},
      {"ping-answered", read_ping_answered}};
  return read_by_type(kReaders, fields);
}

}  // namespace kiln::render
