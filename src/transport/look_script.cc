#include "transport/look_script.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "model/logging.h"
#include "transport/parse.h"
#include "transport/quote.h"

namespace kiln::transport {
namespace {

constexpr std::string_view kAbsentSection = "\n44";

/// Collects sections: each is a shell snippet whose output and exit code are read by a function.
class Builder {
 public:
  Builder(HostName host, std::string nonce) : host_(std::move(host)), nonce_(std::move(nonce)) {}

  void add(const std::string& snippet, LookScript::Read read) {
    const std::string number = std::to_string(script_.sections.size());
    script_.text += "printf '%s ' " + nonce_ + ' ' + number + "\n{\n( " + snippet +
                    "\n) </dev/null 2>&1\nprintf '\\n%s' \"$?\"\n} | base64 -w0\necho\n";
    script_.sections.push_back(std::move(read));
  }

  /// One look, one section; `read` says what the fact is.
  void add_look(const Look& look, const std::string& snippet, Fact (*read)(const std::string&, int)) {
    add(snippet, [probe = Probe{host_, look}, read](const std::string& output, int code, Facts& facts) {
      facts.set(probe, read(output, code));
    });
  }

  /// The shell's own tests say that a file is not there, which most are not, without a process.
  void add_file(const FileLook& look) {
    paths_ += ' ' + quote(look.path);
    files_ += "file " + std::to_string(script_.sections.size()) + (look.content ? " 1 " : " 0 ") +
              quote(look.path) + '\n';
    script_.sections.push_back(
        [probe = Probe{host_, look}](const std::string& output, int code, Facts& facts) {
          facts.set(probe, read_file(output, code));
        });
  }

  LookScript take(std::vector<Look> looks) {
    script_.looks = std::move(looks);
    // Read whole before anything runs: a connection that is cut leaves nothing half done.
    script_.text = std::string("{\n") + kPrologue + script_.text + files() + "exit 0\n}\n";
    return std::move(script_);
  }

  const HostName& host() const { return host_; }

 private:
  /// One stat for all. Then file SECTION CONTENT PATH: `<nonce> <section> 0 <mode> <owner> <group> <size>
  /// <base64>`, or a section of base64 that says why not.
  std::string files() const {
    if (files_.empty()) return {};
    const std::string section = "printf '%s %s ' " + nonce_ + " \"$1\"\n";
    return "newline='\n'\nseen=$newline$(stat -L -c '%n %a %U %G %s' --" + paths_ +
           " 2>/dev/null)$newline\nrefuse() {\n" + section +
           "printf '%s\\n\\n1' \"$2\" | base64 -w0\necho\n}\nfile() {\n"
           "s=${seen#*\"$newline$3 \"}\n"
           "if [ ! -e \"$3\" ]; then\n" +
           section + "echo " + encode_base64(kAbsentSection) +
           "\nelif [ ! -f \"$3\" ]; then refuse \"$1\" 'not a regular file'\n"
           "elif [ \"$s\" = \"$seen\" ]; then refuse \"$1\" \"$(stat -L -- \"$3\" 2>&1 >/dev/null)\"\n"
           "elif s=${s%%\"$newline\"*}; [ \"$2\" = 1 ] && [ \"${s##* }\" -gt 262144 ]; then\n"
           "refuse \"$1\" 'larger than 256 KiB'\n"
           "else\n" +
           section +
           "printf '0 %s ' \"$s\"\n[ \"$2\" = 0 ] || base64 -w0 <\"$3\" || printf ' unreadable'\necho\n"
           "fi\n}\n" +
           files_;
  }

  HostName host_;
  std::string nonce_;
  LookScript script_;
  std::string paths_;
  std::string files_;  ///< a call of file() for each
};

void add_units(Builder& builder, const std::vector<UnitLook>& units) {
  if (units.empty()) return;
  std::string words;
  for (const UnitLook& look : units) words += ' ' + quote(look.unit);
  // One call for all units; then each main process's command line, by process id.
  const std::string snippet =
      "shown=$(systemctl show --timestamp=us+utc -p "
      "Id,LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,"
      "ActiveEnterTimestampMonotonic,MainPID --" +
      words +
      ") || exit 1\n"
      "printf '%s\\n' \"$shown\"\nprintf '%s\\n' \"$shown\" | sed -n 's/^MainPID=//p' | sort -u | while read "
      "-r pid; do\n"
      "[ \"$pid\" != 0 ] && [ -r \"/proc/$pid/cmdline\" ] && printf 'CommandLine %s %s\\n' \"$pid\" "
      "\"$(base64 -w0 <\"/proc/$pid/cmdline\")\"\ndone\ntrue";
  builder.add(snippet, [host = builder.host(), units](const std::string& output, int code, Facts& facts) {
    read_units(host, units, output, code, facts);
  });
}

void add_packages(Builder& builder, const std::vector<PackageLook>& packages) {
  if (packages.empty()) return;
  std::string words;
  for (const PackageLook& look : packages) words += ' ' + quote(look.package);
  const std::string snippet =
      "command -v dpkg-query >/dev/null || exit 127\n"
      "said=$(mktemp)\ntrap 'rm -f \"$said\"' EXIT\n"
      "states=$(dpkg-query -W -f '${Package}|${db:Status-Want} ${db:Status-Eflag} "
      "${db:Status-Status}|${Version}\\n' "
      "--" +
      words +
      // 1: it does not know some.
      " 2>\"$said\")\ncode=$?\n[ $code -le 1 ] || { cat \"$said\"; exit $code; }\n"
      "printf '%s\\n' \"$states\"\n"
      // A package that is neither there nor not is either in the hands of a dpkg that runs, or was left.
      "if printf '%s\\n' \"$states\" | grep -qEv '^$|( ok installed|not-installed|config-files)[|]'; then\n"
      "if grep -qxE 'dpkg|apt|apt-get|aptitude|unattended-upgr' /proc/[0-9]*/comm 2>/dev/null\n"
      "then echo dpkg=busy; else echo dpkg=idle; fi\nfi";
  builder.add(snippet, [host = builder.host(), packages](const std::string& output, int code, Facts& facts) {
    read_packages(host, packages, output, code, facts);
  });
}

std::string host_snippet() {
  return "printf 'hostname=%s\\n' \"$(uname -n)\"\n"
         "(. /etc/os-release && printf 'os_id=%s\\nos_codename=%s\\n' \"${ID:-}\" "
         "\"${VERSION_CODENAME:-}\")\n"
         "printf 'time_ms=%s\\n' \"$(date +%s%3N)\"\n"
         "d=/var/lib/ovn\n[ -d \"$d\" ] || d=/var/lib\n"
         "printf 'free=%s\\n' \"$(df -P -k \"$d\" | awk 'NR==2{print $4}')\"\n"
         "printf 'boot_id=%s\\n' \"$(cat /proc/sys/kernel/random/boot_id)\"\n"
         "printf 'machine_id=%s\\n' \"$(cat /etc/machine-id 2>/dev/null)\"\n"
         "printf 'ssh=%s\\n' \"$kiln_ssh_connection\"\n"
         "printf 'links=%s\\n' \"$(ip -j addr)\"";
}

/// Ports that lead to another host are told by read_card; this asks about the card of every PCI port.
std::string card_snippet() {
  return "command -v devlink >/dev/null || exit 44\nports=$(devlink -j port show 2>/dev/null) || exit 44\n"
         "printf '%s\\n' \"$ports\" | tr -d '\\n'\necho\n"
         "printf '%s\\n' \"$ports\" | grep -o 'pci/[0-9A-Fa-f:.]*' | sort -u | while read -r port; do\n"
         "printf 'card %s\\n' \"${port#pci/}\"\nlspci -vvv -s \"${port#pci/}\"\ndone\ntrue";
}

/// The tables that hold rows in a database which nobody has used yet: ovn-northd and ovn-ctl make them.
std::string own_tables(Database database) {
  return database == Database::southbound
             ? "SB_Global|Connection|SSL|RBAC_Role|RBAC_Permission|DHCP_Options|DHCPv6_Options|Address_Set"
             : "NB_Global|Connection|SSL";
}

/// Of the file $f, with which no server runs: what one has said of it since it is as it is now, if it cannot
/// accept what it reads. (A log whose end is torn is accepted, without that end.) Other errors may pass: they
/// do not count.
std::string refused_snippet(Database database) {
  return "journalctl -q -o cat -u " + quote(server_unit(database)) +
         " --since \"@$(stat -c %Z \"$f\")\" 2>/dev/null | sed -n "
         "\"s#^.*failed to open database '$f': ovsdb error: #refused=#p; "
         "s#^.*failed to open database '$f': syntax #refused=syntax #p\" | tail -n 1";
}

std::string database_file_snippet(Database database) {
  return "f=" + quote(file_path(database)) +
         "\n[ -e \"$f\" ] || exit 44\ncommand -v ovsdb-tool >/dev/null || { echo 'ovsdb-tool is missing'; "
         "exit 1; }\n"
         // ovsdb(5), Clustered Format: the header is the first record, one line of JSON behind the line with
         // its length. ovsdb-tool tells it too, but takes a process for each word, and reads the snapshot
         // with each.
         "IFS= read -r magic <\"$f\" || true\ncase $magic in\n'OVSDB CLUSTER '*) echo clustered\n"
         "sed -n '2{p;q}' \"$f\" | grep -oE '\"(cluster_id|local_address|server_id)\":\"[^\"]*\"'\n"
         // A file that create-cluster or join-cluster made holds nothing but record 0 until a server runs,
         // and that holds rows only if it was made from a database with rows.
         "if (" +
         server_running_snippet(database) +
         "); then echo used=yes; else\n"
         "if ovsdb-tool -m show-log \"$f\" 2>/dev/null | grep -Eq '^record 1:|^[[:space:]]+table '; then "
         "echo used=yes; else echo used=no; fi\n" +
         refused_snippet(database) +
         "\nfi\n;;\n'OVSDB JSON '*) echo standalone\n"
         "{ ovsdb-tool -m show-log \"$f\" 2>/dev/null || echo broken; } | awk '$1 == \"broken\" { broken = 1 "
         "} "
         "$1 == \"table\" { ours = $2 ~ /^(" +
         own_tables(database) +
         ")$/ } "
         "$1 == \"table\" && $3 == \"insert\" && !ours { rows++ } "
         "$1 == \"delete\" && $2 == \"row\" && !ours { rows-- } "
         "END { print (broken || rows > 0) ? \"used=yes\" : \"used=no\" }'\n"
         ";;\n*) echo 'not a database'; exit 1;; esac";
}

/// Only lines that say how far it goes: a log may have a million records.
std::string database_log_snippet(Database database) {
  const std::string file(file_path(database));
  const std::size_t slash = file.rfind('/');
  return "f=" + quote(file) +
         "\n[ -e \"$f\" ] || exit 44\ncommand -v ovsdb-tool >/dev/null || { echo 'ovsdb-tool is missing'; "
         "exit 1; }\novsdb-tool db-is-clustered \"$f\" 2>/dev/null || exit 44\n"
         "ovsdb-tool show-log \"$f\" | awk '/^ prev_(index|term|servers): / { print } "
         "/^ term: / { term = $0 } /^ index: / { of = term; index_ = $0 } /^ servers: / { servers = $0 } "
         "/^ commit_index: / { committed = $0 } "
         "END { if (servers) print servers; if (index_) { print of; print index_ } "
         "if (committed) print committed }'\n"
         "own=$(ovsdb-tool db-cid \"$f\" 2>/dev/null)\n"
         "for old in " +
         quote(file.substr(0, slash)) + "/kiln-recover-*" + quote(file.substr(slash)) +
         "; do\n[ -e \"$old\" ] || continue\nid=$(ovsdb-tool db-cid \"$old\" 2>/dev/null) || continue\n"
         "[ \"$id\" = \"$own\" ] || printf 'replaced=%s\\n' \"$id\"\ndone\ntrue";
}

std::string raft_snippet(Database database) {
  return "[ -S " + quote(control_path(database)) + " ] || exit 44\n" + "(" +
         server_running_snippet(database) + ") || exit 44\ntimeout 5 ovn-appctl -t " +
         quote(control_path(database)) + " cluster/status " + quote(schema_name(database));
}

std::string appctl_snippet(const AppctlLook& look) {
  const bool by_path = look.target.starts_with('/');  // of its control socket, with the pid file beside it
  const bool of_ovn = look.target.starts_with("ovn-") || by_path;
  std::string words;
  for (const std::string& word : split(look.command, ' ')) words += ' ' + quote(word);
  const std::string pid_file =
      by_path ? look.target.substr(0, look.target.rfind('.')) + ".pid"
              : std::string(of_ovn ? "/run/ovn/" : "/run/openvswitch/") + look.target + ".pid";
  return "[ -e " + quote(pid_file) + " ] && kill -0 \"$(cat " + quote(pid_file) +
         ")\" 2>/dev/null || exit 44\ntimeout 5 " + (of_ovn ? "ovn-appctl" : "ovs-appctl") + " -t " +
         quote(look.target) + words;
}

std::string served_snippet(const ServedCertificateLook& look) {
  const bool v6 = look.address.find(':') != std::string::npos;
  const std::string to = (v6 ? '[' + look.address + ']' : look.address) + ':' + std::to_string(look.port);
  // The server shows its certificate before it asks for ours.
  return "timeout 5 openssl s_client -connect " + quote(to) + " -showcerts 2>&1";
}

std::string ping_snippet(const PingLook& look) {
  return "timeout " + std::to_string(look.count + 5) + " ip netns exec " + quote(look.network_namespace) +
         " ping -n -q -i 0.2 -W 1 -c " + std::to_string(look.count) + ' ' + quote(look.target);
}

std::string log_snippet(const LogLook& look) {
  const LoggedDaemon* const daemon = find_logged_daemon(look.daemon);
  if (!daemon) return "echo 'no such daemon'; exit 1";
  std::string journal =
      "timeout 15 journalctl -q --no-pager -o json --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER -n " +
      std::to_string(look.most) + " -u " + quote(daemon->unit);
  if (look.since_ms > 0) journal += " --since=@" + std::to_string(look.since_ms / 1000);
  if (!look.journal_cursor.empty()) journal += " --after-cursor=" + quote(look.journal_cursor);
  const std::size_t colon = look.file_cursor.find(':');
  const std::string inode = look.file_cursor.substr(0, colon);
  const std::string offset = colon == std::string::npos ? "0" : look.file_cursor.substr(colon + 1);
  return journal + " || exit 1\nf=" + quote(daemon->file) + "\ni=" + quote(inode) + "\no=" + quote(offset) +
         "\n"
         "is() { [ -f \"$1\" ] && [ \"$(stat -L -c %i -- \"$1\")\" = \"$i\" ]; }\n"
         "part() { [ -f \"$1\" ] || return 0\nprintf 'file %s %s ' \"$(stat -L -c %i -- \"$1\")\" \"$2\"\n"
         "tail -c \"+$(($2 + 1))\" -- \"$1\" | head -c 1048576 | base64 -w0\necho\n}\n"
         "s=$(stat -L -c %s -- \"$f\" 2>/dev/null) || s=0\n"
         "if [ -z \"$i\" ]; then\nif [ \"$s\" -gt 1048576 ]; then o=$((s - 1048576)); fi\npart \"$f\" "
         "\"$o\"\n"
         "elif is \"$f\"; then\nif [ \"$s\" -lt \"$o\" ]; then o=0; fi\npart \"$f\" \"$o\"\n"
         // logrotate(8) has renamed it: first what is left of the old one, where it is not compressed yet.
         "else\nif is \"$f.1\"; then part \"$f.1\" \"$o\"; fi\npart \"$f\" 0\nfi";
}

void add_look(Builder& builder, const Look& look) {
  if (const auto* file = std::get_if<FileLook>(&look)) builder.add_file(*file);
  if (std::holds_alternative<HostLook>(look)) builder.add_look(look, host_snippet(), read_host);
  if (std::holds_alternative<CardLook>(look)) builder.add_look(look, card_snippet(), read_card);
  if (const auto* file = std::get_if<DatabaseFileLook>(&look))
    builder.add_look(look, database_file_snippet(file->database), read_database_file);
  if (const auto* log = std::get_if<DatabaseLogLook>(&look))
    builder.add_look(look, database_log_snippet(log->database), read_database_log);
  if (const auto* raft = std::get_if<RaftLook>(&look))
    builder.add_look(look, raft_snippet(raft->database), read_raft);
  if (const auto* appctl = std::get_if<AppctlLook>(&look))
    builder.add_look(look, appctl_snippet(*appctl), read_text);
  if (const auto* name = std::get_if<NamespaceLook>(&look))
    builder.add_look(
        look,
        "[ -e /run/netns/" + quote(name->name) + " ] || exit 44\nip -n " + quote(name->name) + " -j addr",
        read_namespace);
  if (const auto* served = std::get_if<ServedCertificateLook>(&look))
    builder.add_look(look, served_snippet(*served), read_served);
  if (const auto* log = std::get_if<LogLook>(&look))
    builder.add(log_snippet(*log), [probe = Probe{builder.host(), look}, log = *log](
                                       const std::string& output, int code, Facts& facts) {
      facts.set(probe, read_log(log, output, code));
    });
  if (const auto* ping = std::get_if<PingLook>(&look)) builder.add_look(look, ping_snippet(*ping), read_ping);
}

}  // namespace

std::string server_running_snippet(Database database) {
  const std::string pid_file = database == Database::northbound   ? "/run/ovn/ovnnb_db.pid"
                               : database == Database::southbound ? "/run/ovn/ovnsb_db.pid"
                                                                  : "/run/openvswitch/ovsdb-server.pid";
  return "[ -S " + quote(socket_path(database)) + " ] && [ -e " + quote(pid_file) + " ] && kill -0 \"$(cat " +
         quote(pid_file) + ")\" 2>/dev/null";
}

LookScript make_look_script(const HostName& host, const std::vector<Look>& looks, const std::string& nonce) {
  Builder builder(host, nonce);
  std::vector<UnitLook> units;
  std::vector<PackageLook> packages;
  std::vector<Look> answered;
  for (const Look& look : looks) {
    if (const auto* unit = std::get_if<UnitLook>(&look)) units.push_back(*unit);
    if (const auto* package = std::get_if<PackageLook>(&look)) packages.push_back(*package);
    const bool by_client =
        std::holds_alternative<DatabaseLook>(look) || std::holds_alternative<RowsLook>(look);
    if (by_client) continue;
    answered.push_back(look);
    add_look(builder, look);
  }
  add_units(builder, units);
  add_packages(builder, packages);
  return builder.take(std::move(answered));
}

Facts read_look_output(const HostName& host, const LookScript& script, const std::string& nonce,
                       const std::string& output) {
  Facts facts;
  for (const Look& look : script.looks) facts.set({host, look}, Unknown{"the host's answer was cut"});
  // What stands behind the last newline was cut.
  for (const std::string& line : split(output.substr(0, output.rfind('\n') + 1), '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    const bool is_file = words.size() == 8;  // Builder::file_function
    if ((words.size() != 3 && !is_file) || words[0] != nonce) continue;
    std::size_t section = script.sections.size();
    std::from_chars(words[1].data(), words[1].data() + words[1].size(), section);
    if (section >= script.sections.size()) continue;
    const std::string content =
        is_file ? join({words.begin() + 3, words.begin() + 7}, " ") + '\n' + words[7] + '\n' + words[2]
                : decode_base64(words[2]);
    const std::size_t last_line = content.rfind('\n');
    if (last_line == std::string::npos) continue;
    int code = -1;
    const char* const end = content.data() + content.size();
    const auto read = std::from_chars(content.data() + last_line + 1, end, code);
    if (read.ptr == end && code >= 0) script.sections[section](content.substr(0, last_line), code, facts);
  }
  return facts;
}

}  // namespace kiln::transport
