#include "base/text.h"
#include "base/uuid.h"
#include "transport/parse.h"

// `cluster/status` is meant for people, and is the only place where a member tells its role, its leader and
// how far it has got.

namespace kiln::transport {
namespace {

/// "6a07 (6a07b5c0-…)" → the part in parentheses.
std::string in_parentheses(const std::string& text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return text;
  return text.substr(open + 1, close - open - 1);
}

std::optional<std::int64_t> value_of(const std::string& line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return std::nullopt;
  return integer(std::string_view(line).substr(at + key.size()));
}

bool is_short_id(std::string_view text) {
  return text.size() >= 4 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// "    19d8 (19d8 at ssl:10.251.0.11:6643) (self) next_index=3 match_index=4 last msg 12 ms ago"
/// Nothing else than that: half of a line would make another server of it.
std::optional<RaftServerSeen> server_from(const std::string& line) {
  RaftServerSeen server;
  const std::string_view text = trim(line);
  server.server_id = text.substr(0, text.find(' '));
  const std::size_t at = line.find(" at ");
  const std::size_t end = at == std::string::npos ? at : line.find(')', at);
  if (end == std::string::npos || !is_short_id(server.server_id)) return std::nullopt;
  server.address = line.substr(at + 4, end - at - 4);
  if (server.address.find(':') == std::string::npos) return std::nullopt;
  server.self = line.find("(self)") != std::string::npos;
  server.match_index = value_of(line, "match_index=");
  server.last_message_ms = value_of(line, "last msg ");
  return server;
}

void read_line(const std::string& key, const std::string& value, RaftSeen& seen) {
  if (key == "Cluster ID") seen.cluster_id = in_parentheses(value);
  if (key == "Server ID") seen.server_id = in_parentheses(value);
  if (key == "Address") seen.address = value;
  if (key == "Status") seen.status = value;
  if (key == "Role") seen.role = value;
  if (key == "Term") seen.term = integer(value);
  if (key == "Leader") seen.leader = value;
  if (key == "Election timer") seen.election_timer_ms = integer(value);
  if (key == "Entries not yet committed") seen.not_committed = integer(value);
  if (key == "Entries not yet applied") seen.not_applied = integer(value);
  if (key == "Log" && value.starts_with('[')) {
    seen.log_first = integer(std::string_view(value).substr(1));
    const std::size_t comma = value.find(", ");
    if (comma != std::string::npos) seen.log_next = integer(std::string_view(value).substr(comma + 2));
  }
}

/// "1a2b("ssl:10.0.0.1:6643"), …" → ids by address; nothing if any of it reads otherwise.
std::optional<std::map<std::string, std::string>> servers_in(const std::string& text) {
  std::map<std::string, std::string> ids;
  for (const std::string& part : split(text, ',')) {
    const std::string_view server = trim(part);
    const std::size_t open = server.find("(\"");
    if (open == std::string_view::npos || !server.ends_with("\")") || !is_short_id(server.substr(0, open)))
      return std::nullopt;
    const std::string address(server.substr(open + 2, server.size() - open - 4));
    if (address.find(':') == std::string::npos) return std::nullopt;
    ids[address] = server.substr(0, open);
  }
  return ids;
}

}  // namespace

Result<DatabaseLogSeen> parse_log(const std::string& text) {
  DatabaseLogSeen seen;
  std::int64_t term = 0;  // of the record at hand; one of an entry has an index too
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with("replaced=") && Uuid::parse(line.substr(9))) seen.replaced.insert(line.substr(9));
    const std::size_t colon = line.find(": ");
    if (!line.starts_with(' ') || colon == std::string::npos) continue;
    const std::string key = line.substr(1, colon - 1);
    const std::string value = line.substr(colon + 2);
    if (key == "prev_index") seen.index = seen.committed = integer(value);
    if (key == "prev_term") seen.term = integer(value);
    if (key == "term") term = integer(value);
    if (key == "prev_servers" || key == "servers") {
      auto ids = servers_in(value);
      if (!ids) return fail(ErrorCode::malformed, "expected the servers of a RAFT log, found: " + value);
      seen.ids = std::move(*ids);
      seen.members.clear();
      for (const auto& [address, id] : seen.ids) seen.members.insert(address);
    }
    if (key == "commit_index") seen.committed = integer(value);
    if (key != "index") continue;
    // An entry that others replaced is followed by theirs, under the same index: what comes last holds.
    seen.index = integer(value);
    seen.term = term;
  }
  if (seen.index == 0 || seen.members.empty())
    return fail(ErrorCode::malformed, "expected the log of a RAFT member, found: " + last_line(text));
  return seen;
}

Result<RaftSeen> parse_cluster_status(const std::string& text) {
  RaftSeen seen;
  bool in_servers = false;
  bool whole = false;  // the list of servers comes last
  for (const std::string& line : split(text, '\n')) {
    if (line == "Servers:") {
      in_servers = whole = true;
      continue;
    }
    if (in_servers && line.starts_with(' ')) {
      const auto server = server_from(line);
      if (!server) return fail(ErrorCode::malformed, "expected a server of cluster/status, found: " + line);
      seen.servers.push_back(*server);
      continue;
    }
    in_servers = false;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) read_line(line.substr(0, colon), line.substr(colon + 2), seen);
  }
  if (seen.server_id.empty() || seen.status.empty() || seen.role.empty() || !whole)
    return fail(ErrorCode::malformed, "expected the output of cluster/status, found: " + last_line(text));
  return seen;
}

}  // namespace kiln::transport
