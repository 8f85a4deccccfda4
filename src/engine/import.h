#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"

/// What hosts run, as a file would say it: `kiln import`.

namespace kiln::engine {

/// Comments by table: "cluster", "central", "ca", "nodes.n1", "switches.ls1"; "" for the end of the file.
using ImportNotes = std::map<std::string, std::vector<std::string>>;

struct Imported {
  Desired desired;  ///< what is there; a member that holds its default need not be written
  ImportNotes notes;
};

/// Looks at the hosts of `hosts`, whose names are their addresses, and says what they run. `names`: those
/// that are given, by address; the others are the chassis' own. `cluster`: its name, "" = that of kiln's
/// marks, else "imported". A host that does not answer is an error: what it has would be missing.
Result<Imported> import_hosts(const Desired& hosts, const std::map<std::string, std::string>& names,
                              const std::string& cluster, Seams& seams, const Limits& limits);

/// A host tree of MicroOVN, as it was recorded: folders data/env, data/pki and data/central/db, and
/// microovn-status.txt (what `microovn status` printed) of one host; or a folder of such for each host, named
/// for it. `ca_certificate` becomes the text of its CA certificate.
Result<Imported> import_microovn(const std::string& tree, const std::string& cluster, const FileIo& files,
                                 std::string& ca_certificate);

/// What import_hosts() makes of what it has seen. Pure.
struct ImportSource;
Imported imported_from(const ImportSource& source, const std::string& cluster);

/// Parts of it.
struct ImportSource {
  const Desired& hosts;
  const Facts& facts;
  std::map<std::string, std::string> names;  ///< of nodes, by address
};
/// The deployment whose marks the hosts hold, or "".
std::string marked_cluster(const ImportSource& source);
void import_nodes(const ImportSource& source, Imported& to);
/// That the deployment's name is one.
void note_guess(Imported& to);
/// Logical switches and their ports; what else the northbound holds becomes a note.
void import_network(const Facts& facts, Imported& to);
RowsLook port_types_look();
void import_workloads(const ImportSource& source, Imported& to);

/// What import_hosts() looks at, and then for what it has found.
std::vector<Probe> import_probes(const Desired& hosts);
std::vector<Probe> import_unit_probes(const ImportSource& source);

}  // namespace kiln::engine
