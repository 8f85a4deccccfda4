#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "engine/doctor_parts.h"
#include "engine/status_parts.h"
#include "pki/certificate.h"
#include "resources/paths.h"

// Checks of `kiln doctor`: certificates, and room for the databases.

namespace kiln::engine {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

std::int64_t days_until(TimePoint then, TimePoint now) {
  return std::chrono::floor<std::chrono::days>(then - now).count();
}

/// The soonest end of any certificate that is well.
struct Soonest {
  std::optional<std::int64_t> days;
  void add(std::int64_t more) { days = std::min(days.value_or(more), more); }
};

void judge_leaf(const pki::Certificate& leaf, const HostName& host, const std::string& what, TimePoint now,
                Examination& found, Soonest& soonest) {
  const std::int64_t days = days_until(leaf.not_after, now);
  if (leaf.not_after < now)
    found.fail(host, fmt::format("{} expired {} days ago", what, -days), kApply);
  else if (pki::due_for_renewal(leaf, now))
    found.warn(host, fmt::format("{} expires in {} days, and is due for renewal", what, days), kApply);
  else
    soonest.add(days);
}

/// The certificate in a daemon's file, or nothing once that is said.
std::optional<pki::Certificate> read_file(const Patient& patient, const HostName& host, const FileLook& look,
                                          Examination& found) {
  if (note_unknown(patient, host, look, found)) return std::nullopt;
  const auto* file = patient.facts().seen<FileSeen>(host, look);
  if (!file) {
    found.fail(host, look.path + " is not there", kApply);
    return std::nullopt;
  }
  auto certificate = pki::read_certificate(file->content);
  if (certificate) return *certificate;
  found.fail(host, look.path + ": " + certificate.error().text(), kApply);
  return std::nullopt;
}

ServedCertificateLook served_look(const NodeSpec& node, Database database) {
  return {node.address, client_port(database)};
}

/// What a database's server shows to those who connect, beside what is in its file.
void judge_served(const Patient& patient, const NodeSpec& node, Database database,
                  const std::optional<pki::Certificate>& file, Examination& found, Soonest& soonest) {
  const ServedCertificateLook look = served_look(node, database);
  const auto* unit = patient.facts().seen<UnitSeen>(node.name, UnitLook{std::string(server_unit(database))});
  if (unit && unit->active_state != "active") return;  // another check
  if (note_unknown(patient, node.name, look, found)) return;
  const std::string at = resources::ssl_address(node.address, look.port);
  const auto* seen = patient.facts().seen<CertificateSeen>(node.name, look);
  const auto served = seen ? pki::read_certificate(seen->pem) : fail(ErrorCode::not_found, "nobody answers");
  if (!served) {
    found.fail(node.name, at + ": " + served.error().text(), kApply);
    return;
  }
  // The same as in the file is judged there.
  if (file && file->fingerprint == served->fingerprint) return;
  judge_leaf(*served, node.name, "the certificate served at " + at, patient.now, found, soonest);
  if (file)
    found.warn(node.name,
               fmt::format("the certificate served at {} is not the one in its file (serial {}, not {})", at,
                           served->serial, file->serial),
               fmt::format("`systemctl restart {}` there, one host at a time", server_unit(database)));
}

void judge_authority(const Patient& patient, Examination& found) {
  // Where [ca] dir lacks it, what the hosts trust tells as much.
  const resources::KnownAuthority& known = *patient.context.authority;
  std::optional<pki::Certificate> authority;
  if (auto read = known.certificate(); !known.elsewhere.empty() && read)
    authority = *read;
  else
    authority = read_file(patient, kController, resources::authority_look(patient.desired().ca), found);
  if (!authority) return;
  const std::int64_t days = days_until(authority->not_after, patient.now);
  const std::string mend =
      "replace it while all nodes answer: move ca.pem and ca.key away, then `kiln apply --new-authority`";
  if (authority->not_after < patient.now)
    found.fail(kController, fmt::format("the authority expired {} days ago", -days), mend);
  else if (days < patient.desired().ca.leaf_lifetime_days)
    found.warn(kController,
               fmt::format("the authority expires in {} days; certificates that it issues now ({} days) "
                           "would outlive it",
                           days, patient.desired().ca.leaf_lifetime_days),
               mend);
}

}  // namespace

void judge_certificates(const Patient& patient, Examination& found) {
  Soonest soonest;
  judge_authority(patient, found);
  for (const NodeSpec* node : patient.desired().nodes_in_file_order()) {
    std::map<std::string, std::optional<pki::Certificate>> files;
    std::vector<std::string> daemons = certified_daemons(patient.placement(), node->name);
    if (patient.facts().seen<FileSeen>(node->name, certificate_look(resources::kClientName)))
      daemons.emplace_back(resources::kClientName);
    for (const std::string& daemon : daemons) {
      files[daemon] = read_file(patient, node->name, certificate_look(daemon), found);
      if (files[daemon])
        judge_leaf(*files[daemon], node->name, "the certificate of " + daemon, patient.now, found, soonest);
    }
    if (!patient.placement().has(node->name, "central")) continue;
    for (const Database database : kClustered)
      judge_served(
          patient, *node, database,
          files[database == Database::northbound ? resources::kNorthboundName : resources::kSouthboundName],
          found, soonest);
  }
  found.passed = soonest.days ? fmt::format("the first expires in {} days", *soonest.days) : "there are none";
}

void judge_disk(const Patient& patient, Examination& found) {
  std::optional<std::int64_t> least;
  for (const HostName& host : patient.placement().centrals) {
    if (note_unknown(patient, host, HostLook{}, found)) continue;
    const auto* seen = patient.facts().seen<HostSeen>(host, HostLook{});
    if (!seen) continue;
    std::int64_t size = 0;
    for (const Database database : kClustered) {
      const FileLook file{std::string(file_path(database)), false};
      note_unknown(patient, host, file, found);
      if (const auto* there = patient.facts().seen<FileSeen>(host, file)) size += there->size;
    }
    least = std::min(least.value_or(seen->free_bytes), seen->free_bytes);
    // ovsdb-server compacts a database by writing it anew beside the old one.
    const std::string evidence = fmt::format("{} MiB are free for its databases of {} MiB",
                                             seen->free_bytes / kMiB, (size + kMiB - 1) / kMiB);
    const std::string mend = "make room below /var/lib/ovn; a server that cannot write its log stops";
    if (seen->free_bytes < std::max(64 * kMiB, size))
      found.fail(host, evidence, mend);
    else if (seen->free_bytes < std::max(512 * kMiB, 2 * size))
      found.warn(host, evidence, mend);
  }
  found.passed = fmt::format("at least {} MiB are free beside each database", least.value_or(0) / kMiB);
}

/// A hole that a full disk has left is found by nobody before a server reads the file.
void judge_database_files(const Patient& patient, Examination& found) {
  for (const HostName& host : patient.placement().centrals)
    for (const Database database : kClustered) {
      const DatabaseCheckLook look{database};
      if (note_unknown(patient, host, look, found)) continue;
      const auto* seen = patient.facts().seen<TextSeen>(host, look);
      const std::size_t line = seen ? seen->text.find('\n') : std::string::npos;
      if (line == std::string::npos) continue;
      const std::string said(trim(seen->text.substr(line)));
      if (said.empty()) continue;
      found.warn(host,
                 fmt::format("`ovsdb-tool check-cluster` says of a copy of {}: {}; its server has logged: {}",
                             file_path(database), said, trim(seen->text.substr(0, line))),
                 fmt::format("`ovn-appctl -t {} ovsdb-server/compact {}` there writes the file anew from "
                             "what the server has; before that server is stopped",
                             control_path(database), schema_name(database)));
    }
  found.passed = "no server has failed to write what the next one is to read";
}

std::vector<Probe> doctor_host_probes(const Desired& desired) {
  std::vector<Probe> probes = certificate_probes(desired);
  for (const auto& [name, node] : desired.nodes) {
    if (!node.auto_services && !node.has("central")) continue;
    for (const Database database : kClustered) {
      probes.push_back({name, served_look(node, database)});
      probes.push_back({name, FileLook{std::string(file_path(database)), false}});
      probes.push_back({name, DatabaseCheckLook{database}});
    }
  }
  return probes;
}

}  // namespace kiln::engine
