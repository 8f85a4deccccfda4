#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact.h"
#include "transport/transport.h"

/// What programs on a host print, as facts. Pure functions of the text; what cannot be read is Unknown and
/// says what the program said. Exit code 44 of a snippet means that the thing is not there.

namespace kiln::transport {

inline constexpr int kNotThere = 44;

/// Whether there is a regular file; what it is like is told elsewhere (look_script.h).
Fact read_file(const std::string& output, int code);
/// Of a file whose content is all that there is to it.
Fact read_made_up_file(const std::string& output, int code);
Fact read_host(const std::string& output, int code);
/// `devlink -j port show` (devlink-port(8)) on one line, then for each card a line "card <pci address>" and
/// what `lspci -vvv` says of it. Unknown where a port leads to another host and the card tells no serial
/// number.
Fact read_card(const std::string& output, int code);
Fact read_database_file(const std::string& output, int code);
Fact read_database_log(const std::string& output, int code);
Fact read_raft(const std::string& output, int code);
Fact read_text(const std::string& output, int code);
Fact read_namespace(const std::string& output, int code);
Fact read_served(const std::string& output, int code);
Fact read_ping(const std::string& output, int code);
/// Lines "listens DAEMON ADDRESS:PORT" and "remote DAEMON TARGET". Unknown if one is another.
Fact read_listeners(const std::string& output, int code);
/// Somewhere "flow_count=N", and lines "flow FLOW" and "port PORT FLAGS". Unknown without a number.
Fact read_flows(const std::string& output, int code);
/// Entries from the look's cursors on; the new cursors are behind the last whole line.
Fact read_log(const LogLook& look, const std::string& output, int code);

void read_units(const HostName& host, const std::vector<UnitLook>& looks, const std::string& output, int code,
                Facts& facts);
void read_packages(const HostName& host, const std::vector<PackageLook>& looks, const std::string& output,
                   int code, Facts& facts);

/// `ip -j addr` (ip-address(8)). malformed if it is not that.
Result<std::vector<LinkSeen>> parse_links(const std::string& json);
/// `show-log` of a RAFT member's file (ovsdb-tool(1)), of which only the lines of the last state are needed,
/// and lines "replaced=<cluster id>".
Result<DatabaseLogSeen> parse_log(const std::string& text);
/// `cluster/status` (ovsdb-server(1)).
Result<RaftSeen> parse_cluster_status(const std::string& text);

/// "kiln-copy VERSION SHA256 BYTES": what `copy_script` says in the end.
Result<DatabaseCopy> read_copied(const std::string& line);

/// The last line of a text that says something, for messages.
std::string last_line(const std::string& text);
/// The number that a text begins with; 0 without one.
std::int64_t integer(std::string_view text);

}  // namespace kiln::transport
