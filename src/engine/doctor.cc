#include "engine/doctor.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/doctor_parts.h"
#include "engine/settle.h"
#include "engine/status_parts.h"
#include "resources/central/trace.h"
#include "resources/host/mark.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

constexpr const char* kSubject = "deployment";  ///< of what is no single node's

/// The file no longer has the nodes with the members, as far as hosts and file tell. What else is seen is
/// judged by a file that is not the deployment's. False if it has them.
bool has_lost_centrals(const Patient& patient, Examination& found) {
  const auto centrals = patient.context.nodes_with("central");
  if (centrals.empty()) return false;
  std::vector<std::string> lost;
  std::string first;
  for (const Database database : kClustered) {
    const bool is_held = std::ranges::any_of(centrals, [&](const NodeSpec* node) {
      return !patient.facts().absent(node->name, DatabaseFileLook{database});
    });
    const std::string trace = is_held ? "" : resources::trace_of(patient.context, database);
    if (trace.empty()) continue;
    if (lost.empty()) first = trace;
    lost.emplace_back(schema_name(database));
  }
  if (lost.empty()) return false;
  found.fail(kSubject,
             "no node of the file holds " + join(lost, " or ") + ", which the deployment has: " + first,
             resources::kPutBack);
  return true;
}

}  // namespace

const char* to_string(Health health) {
  switch (health) {
    case Health::pass:
      return "PASS";
    case Health::warn:
      return "WARN";
    case Health::unknown:
      return "UNKNOWN";
    case Health::fail:
      return "FAIL";
  }
  return "UNKNOWN";
}

void Examination::fail(std::string subject, std::string evidence, std::string mend) {
  findings.push_back({Health::fail, std::move(subject), std::move(evidence), std::move(mend)});
}
void Examination::warn(std::string subject, std::string evidence, std::string mend) {
  findings.push_back({Health::warn, std::move(subject), std::move(evidence), std::move(mend)});
}
void Examination::unknown(std::string subject, std::string why) {
  Finding finding{Health::unknown, std::move(subject), std::move(why),
                  "make it answer, then ask again: until then nothing is known of it"};
  // Several looks at a host that does not answer are one finding.
  if (std::ranges::find(findings, finding) == findings.end()) findings.push_back(std::move(finding));
}

Health Examination::verdict() const {
  Health worst = Health::pass;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

Health Checkup::verdict() const {
  Health worst = Health::pass;
  for (const Examination& check : checks) worst = std::max(worst, check.verdict());
  return worst;
}

const std::vector<DoctorCheck>& doctor_checks() {
  static const std::vector<DoctorCheck> kChecks = {{"deployment", judge_deployment, false},
                                                   {"quorum", judge_quorum, true},
                                                   {"stranger-members", judge_stranger_members, true},
                                                   {"joining-members", judge_joining_members, true},
                                                   {"member-addresses", judge_member_addresses, true},
                                                   {"stale-chassis", judge_stale_chassis, true},
                                                   {"duplicate-chassis", judge_duplicate_chassis, true},
                                                   {"units", judge_units, false},
                                                   {"endpoints", judge_endpoints, false},
                                                   {"inactivity-probes", judge_inactivity_probes, false},
                                                   {"versions", judge_versions, false},
                                                   {"iface-ids", judge_iface_ids, false},
                                                   {"mtu", judge_mtu, false},
                                                   {"certificates", judge_certificates, false},
                                                   {"disk", judge_disk, true},
                                                   {"database-files", judge_database_files, true},
                                                   {"works", judge_works, false}};
  return kChecks;
}

std::vector<Probe> doctor_probes(const Desired& desired) {
  // What planning looks at tells who is central, what is wanted and what runs.
  std::vector<Probe> probes = plan_probes(desired);
  for (std::vector<Probe> more :
       {node_probes(desired), doctor_daemon_probes(desired), doctor_network_probes(desired),
        doctor_host_probes(desired), doctor_member_probes(desired), doctor_chassis_probes()})
    probes.insert(probes.end(), more.begin(), more.end());
  if (desired.cluster.central_ips.empty()) return probes;
  std::erase_if(probes, [](const Probe& probe) { return probe.host == kCluster; });
  return probes;
}

Checkup judge_all(const Desired& desired, const Facts& facts, TimePoint now) {
  std::vector<std::string> unplaced;  // every check says what it could not look at
  const resources::Placement placement = resources::place(desired, facts, unplaced);
  const resources::Context context(desired, placement, facts);
  const Patient patient{context, now};
  Checkup checkup{desired.cluster.name, {}};
  for (const DoctorCheck& check : doctor_checks()) {
    if (check.of_own_centrals && !desired.cluster.central_ips.empty()) continue;
    Examination found{check.slug, {}, {}};
    check.judge(patient, found);
    // What is amiss with a host of somebody else's is his affair: that it is his is the fault.
    if (check.judge != judge_deployment)
      std::erase_if(found.findings,
                    [&](const Finding& finding) { return patient.foreign.contains(finding.subject); });
    const bool ends = check.judge == judge_deployment && has_lost_centrals(patient, found);
    checkup.checks.push_back(std::move(found));
    if (ends) break;
  }
  return checkup;
}

Checkup examine(const Desired& desired, Seams& seams, const Limits& limits) {
  Facts facts = observe(desired, doctor_probes(desired), seams, limits);
  settle(desired, facts, seams, limits);
  // Everything that is judged is seen, absent or unknown.
  Checkup checkup = judge_all(desired, facts, seams.clock.now());
  const bool ended = checkup.checks.size() == 1;  // the file is not the deployment's
  Pending rest = ended ? Pending{} : pending(desired, facts, seams.random);
  const auto told = [&](const std::string& error) {
    return std::ranges::any_of(checkup.checks.front().findings,
                               [&](const Finding& finding) { return finding.evidence.starts_with(error); });
  };
  if (ended || std::erase_if(rest.errors, told) > 0)
    rest.unknown.emplace_back("nothing is planned before what `deployment` says is mended");
  checkup.checks.push_back(judge_plan(rest));
  return checkup;
}

Examination judge_plan(const Pending& pending) {
  Examination found{"plan", "the hosts are as the file says", {}};
  for (const std::string& error : pending.errors) found.fail(kSubject, error, "`kiln plan` shows its place");
  if (!pending.changes.empty())
    found.warn(kSubject, changes_in_short(pending), "`kiln plan` shows them, `kiln apply` makes them");
  if (!pending.unknown.empty()) found.unknown(kSubject, unknown_in_short(pending));
  return found;
}

/// An address that leads to a host of another deployment: everything else that is seen there follows from it.
void judge_deployment(const Patient& patient, Examination& found) {
  static const std::set<std::string> kOfWhom = {"host-of-another-deployment", "two-deployments"};
  Diags diags;
  resources::check_against_hosts(patient.desired(), patient.facts(), diags);
  for (const Diag& diag : diags.all()) {
    if (!kOfWhom.contains(diag.slug)) continue;
    std::string evidence = diag.message;
    for (const Note& note : diag.notes) evidence += "; " + note.text;
    found.fail(kSubject, std::move(evidence), diag.help);
  }
  for (const NodeSpec* node : patient.desired().nodes_in_file_order())
    note_unknown(patient, node->name, FileLook{resources::kMarkPath}, found);
  found.passed = "every host is one of `" + patient.desired().cluster.name + "`, or of nobody";
}

void judge_works(const Patient& patient, Examination& found) {
  for (const NodeSpec* node : patient.desired().nodes_in_file_order())
    note_unknown(patient, node->name, HostLook{}, found);
  for (const Trouble& trouble : patient.troubles)
    if (!resources::is_of_member(trouble))  // `quorum` tells of members
      found.fail(trouble.host == kCluster ? trouble.resource.text() : trouble.host, trouble.seen,
                 trouble.mend);
  found.passed = "ports and links are made, ovn-controller is connected, one ovn-northd is active";
}

bool note_unknown(const Patient& patient, const HostName& host, const Look& look, Examination& found) {
  const auto* unknown = std::get_if<Unknown>(&patient.facts().at({host, look}));
  if (!unknown) return false;
  const auto* rows = std::get_if<RowsLook>(&look);
  const auto* silent = std::get_if<Unknown>(&patient.facts().at({host, HostLook{}}));
  if (host == kCluster && rows)
    found.unknown(std::string(schema_name(rows->database)), unknown->why);
  else if (silent && host != kController)
    found.unknown(host, silent->why);  // that it does not answer at all is said once
  else
    found.unknown(host, describe(look) + ": " + unknown->why);
  return true;
}

const RowsSeen* rows_on(const Patient& patient, const HostName& host, const RowsLook& look,
                        Examination& found) {
  if (note_unknown(patient, host, look, found)) return nullptr;
  const auto* rows = patient.facts().seen<RowsSeen>(host, look);
  if (!rows) found.unknown(host, "its Open vSwitch database does not run");
  return rows;
}

}  // namespace kiln::engine
