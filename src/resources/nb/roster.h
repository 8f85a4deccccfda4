#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/fact.h"
#include "model/spec.h"

/// Which nodes there are and at what address, kept in the northbound: NB_Global.external_ids
/// `kiln-node-<name>`. It is there so that a node which the file no longer has can still be asked to leave.
/// How it is reached is in no database: whoever may write there may have written it.

namespace kiln::resources {

struct Context;

/// "192.0.2.14 port=2222 user=admin": the address, and what is not as in [ssh]. Never a key's file.
struct RosterEntry {
  std::string address;
  std::map<std::string, std::string> ssh;  ///< by key of the file: host, port, user, become, jump, host-key
  bool operator==(const RosterEntry&) const = default;

  std::string text() const;
  std::string ssh_text() const;  ///< "port=2222 user=admin", or ""
};
RosterEntry read_entry(const std::string& text);

/// How the node is reached. Of this only the address is in the northbound; all of it is in the journal.
RosterEntry entry_of(const NodeSpec& node, const SshSpec& defaults);

RowsLook roster_look();
/// external_ids of NB_Global, which has one row. Null if it is not known or not there.
const ovsdb::Value* global_ids(const Facts& facts);
/// By node; empty where there is none, or where it is not known.
std::map<std::string, RosterEntry> roster(const Facts& facts);
/// The node's own, likewise.
std::optional<RosterEntry> entry_for(const Facts& facts, const std::string& node);

/// Whether the node gets into the roster before anything is done on it, so that a run that is killed leaves
/// nothing that nobody knows of. Not where there is no northbound of kiln's yet, or the node is in it.
enum class NotedFirst {
  no,
  yes,
  unknown  ///< there is one, and it cannot be read: whether the node is in it decides whether it is touched
};
NotedFirst noted_first(const Context& context, const std::string& node);

}  // namespace kiln::resources
