#include "resources/central/trace.h"

#include <algorithm>

#include "base/text.h"
#include "resources/context.h"
#include "resources/nb/roster.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"

namespace kiln::resources {
namespace {

bool holds_member(const Context& context, const std::string& node, Database database) {
  const auto* file = context.facts.seen<DatabaseFileSeen>(node, DatabaseFileLook{database});
  return file && file->clustered;
}

/// A chassis is told of databases when every member of the southbound is there: while a bring-up is under way
/// one of its members is on a node of the file.
std::string told_chassis(const Context& context) {
  for (const auto& [name, node] : context.desired.nodes)
    if (holds_member(context, name, Database::northbound) ||
        holds_member(context, name, Database::southbound))
      return "";
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const auto* options = context.facts.seen<FileSeen>(node->name, FileLook{controller_environment_path()});
    const bool ours =
        options && options->content.find(file_mark(context.desired.cluster.name)) != std::string::npos;
    const ovsdb::Value* ids = switch_external_ids(context.facts, node->name);
    if (!ours || !ids || ids->at(kCentralsKey) == kOfOthers) continue;
    const auto remote = ids->at("ovn-remote");
    if (remote && !remote->empty()) return node->name + " is a chassis of the databases at " + *remote;
  }
  return "";
}

/// What this machine did to nodes that are gone from the file. One that is in it answers for itself: where it
/// has no file it was made anew.
std::string remembered_member(const Context& context, Database database) {
  for (const std::string& node : context.desired.remembered(database))
    if (!context.desired.nodes.contains(node))
      return "this machine's journal says that " + node + " became a member of " +
             std::string(schema_name(database)) + ", and it is no node of the file";
  return "";
}

}  // namespace

std::string trace_of(const Context& context, Database database) {
  std::string trace = remembered_member(context, database);
  if (trace.empty()) trace = told_chassis(context);
  if (trace.empty() && database == Database::northbound && !roster(context.facts).empty())
    trace = "its rows are served, and no node of the file has the file of a member";
  return trace;
}

std::string why_not_made_anew(const Context& context, Database database) {
  const std::string trace = context.desired.new_database ? "" : trace_of(context, database);
  if (trace.empty()) return "";
  return "no new " + std::string(schema_name(database)) + " is made, as " + kMadeBefore + ": " + trace +
         "; " + kPutBack;
}

}  // namespace kiln::resources
