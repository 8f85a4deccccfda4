#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/doctor.h"
#include "engine/pending.h"
#include "resources/context.h"
#include "resources/works.h"

/// examine() in parts: what the checks look at, and what each makes of the facts. All are pure.

namespace kiln::engine {

/// What every check is made from.
struct Patient {
  const resources::Context& context;
  TimePoint now;  ///< of the controller's clock
  std::vector<Trouble> troubles = resources::troubles(context);
  std::set<HostName> foreign = resources::foreign_hosts(context.desired, context.facts);

  const Desired& desired() const { return context.desired; }
  const Facts& facts() const { return context.facts; }
  const resources::Placement& placement() const { return context.placement; }
};

using Judge = void (*)(const Patient& patient, Examination& found);

/// One line of the table of checks.
struct DoctorCheck {
  const char* slug;
  Judge judge;
  bool of_own_centrals;  ///< with [cluster] central-ips it is left out: those databases are somebody else's
};
const std::vector<DoctorCheck>& doctor_checks();

std::vector<Probe> doctor_probes(const Desired& desired);
Checkup judge_all(const Desired& desired, const Facts& facts, TimePoint now);

void judge_deployment(const Patient& patient, Examination& found);

void judge_quorum(const Patient& patient, Examination& found);
void judge_stranger_members(const Patient& patient, Examination& found);
void judge_joining_members(const Patient& patient, Examination& found);
void judge_member_addresses(const Patient& patient, Examination& found);
std::vector<Probe> doctor_member_probes(const Desired& desired);

void judge_stale_chassis(const Patient& patient, Examination& found);
void judge_duplicate_chassis(const Patient& patient, Examination& found);
std::vector<Probe> doctor_chassis_probes();

void judge_units(const Patient& patient, Examination& found);
void judge_endpoints(const Patient& patient, Examination& found);
void judge_inactivity_probes(const Patient& patient, Examination& found);
void judge_versions(const Patient& patient, Examination& found);
std::vector<Probe> doctor_daemon_probes(const Desired& desired);

void judge_iface_ids(const Patient& patient, Examination& found);
void judge_mtu(const Patient& patient, Examination& found);
std::vector<Probe> doctor_network_probes(const Desired& desired);

void judge_certificates(const Patient& patient, Examination& found);
/// `plan`, the last: what planning says of the same facts.
Examination judge_plan(const Pending& pending);

void judge_works(const Patient& patient, Examination& found);
void judge_disk(const Patient& patient, Examination& found);
void judge_database_files(const Patient& patient, Examination& found);
std::vector<Probe> doctor_host_probes(const Desired& desired);

/// What most findings are mended by.
inline constexpr const char* kApply = "`kiln apply`";

/// Rows of the host's own Open vSwitch, or null once it is said why they are not known: a database that does
/// not run tells nothing.
const RowsSeen* rows_on(const Patient& patient, const HostName& host, const RowsLook& look,
                        Examination& found);

/// Says that the look is not known, and why; true if so.
bool note_unknown(const Patient& patient, const HostName& host, const Look& look, Examination& found);

}  // namespace kiln::engine
