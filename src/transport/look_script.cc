#include "transport/look_script.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/quote.h"
#include "base/text.h"
#include "model/logging.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

constexpr const char* kCut = "the host's answer was cut";

/// Whoever asks a daemon waits for `$patience` seconds. Once one has not answered in time (parse.cc) the
/// others get less: a host with many that hang answers within a look's time all the same.
constexpr const char* kEnds =
    "exec 2>/dev/null\npatience=5\nends() { code=$?; case $code in 124|142) patience=1 ;; esac; printf "
    "'\\n%s ends %s\\n' "
    "\"$1\" "
    "\"$code\"; }\n";

/// The largest file whose content is read.
constexpr int kMostBytes = 262144;

/// Collects sections: each is a shell snippet whose output and exit code are read by a function.
class Builder {
 public:
  Builder(HostName host, std::string nonce) : host_(std::move(host)), nonce_(std::move(nonce)) {}

  void add(const std::string& snippet, LookScript::Read read) {
    const std::string section = nonce_ + ' ' + std::to_string(script_.sections.size());
    script_.text += "echo '" + section + "'\n( " + snippet + "\n) </dev/null 2>&1\nends '" + section + "'\n";
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
    const std::string path = quote(look.path);
    // stat(1) tells no size of what the kernel makes up while it is read (proc(5)): only the content is seen.
    if (look.path.starts_with("/proc/")) {
      const std::string most = std::to_string(kMostBytes);
      return add_look(look, "[ -e " + path + " ] || exit 44\nhead -c " + most + " -- " + path,
                      read_made_up_file);
    }
    paths_ += ' ' + path;
    files_ += "file " + std::to_string(script_.sections.size()) + ' ' + path;
    files_ += look.content ? " && set -- \"$@\" " + path + '\n' : "\n";
    script_.files.push_back(look);
    script_.sections.push_back(
        [probe = Probe{host_, look}](const std::string& output, int code, Facts& facts) {
          facts.set(probe, read_file(output, code));
        });
  }

  LookScript take(std::vector<Look> looks) {
    script_.looks = std::move(looks);
    // Read whole before anything runs: a connection that is cut leaves nothing half done.
    script_.text = std::string("{\n") + kPrologue + kEnds + script_.text + files() + "exit 0\n}\n";
    return std::move(script_);
  }

  const HostName& host() const { return host_; }

 private:
  /// file SECTION PATH prints the section, and succeeds if the content may be read: of what is no regular
  /// file it could be endless. Then one stat(1) for all, and one head(1).
  std::string files() const {
    if (files_.empty()) return {};
    return "file() {\nif [ ! -e \"$2\" ]; then set -- \"$1\" 44 ''\n"
           "elif [ ! -f \"$2\" ]; then set -- \"$1\" 1 'not a regular file'\nelse set -- \"$1\" 0 "
           "''\nfi\n"
           "printf '%s %s\\n%s\\n%s %s ends %s\\n' " +
           nonce_ + " \"$1\" \"$3\" " + nonce_ + " \"$1\" \"$2\"\nreturn \"$2\"\n}\nset --\n" + files_ +
           "printf '%s files ' " + nonce_ + "\n{\nstat -L --printf '%n\\0%a\\0%U\\0%G\\0%s\\0' --" + paths_ +
           "\nprintf '\\0'\n[ $# = 0 ] || head -v -c " + std::to_string(kMostBytes) +
           " -- \"$@\"\n} 2>/dev/null | base64 -w0\necho\n";
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
  // One call for all units. Then the command lines of their main processes: /proc/PID/cmdline (proc(5)), each
  // behind its name, every word with its NUL.
  const std::string snippet =
      "shown=$(systemctl show --timestamp=us+utc -p "
      "Names,LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,"
      "ActiveEnterTimestampMonotonic,MainPID --" +
      words +
      ") || { printf '%s\\n' \"$shown\"; exit 1; }\n"
      "printf '%s\\n' \"$shown\"\nset --\nwhile read -r line; do case $line in MainPID=[1-9]*) "
      "set -- \"$@\" \"/proc/${line#MainPID=}/cmdline\";; esac\ndone <<SHOWN\n$shown\nSHOWN\n"
      "[ $# = 0 ] || printf 'CommandLines %s\\n' \"$(sed -s -z 1F -- \"$@\" 2>/dev/null | base64 "
      "-w0)\"\ntrue";
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
      "ask() { dpkg-query -W -f '${Package}|${db:Status-Want} ${db:Status-Eflag} "
      "${db:Status-Status}|${Version}\\n' "
      "--" +
      words +
      // 1: it does not know some, and says so of each.
      "; }\nstates=$(ask 2>/dev/null)\ncode=$?\n[ $code -le 1 ] || { ask 2>&1 >/dev/null; exit $code; }\n"
      "printf '%s\\n' \"$states\"\n"
      // A package that is neither there nor not is either in the hands of a dpkg that runs, or was left.
      "half=\nwhile IFS='|' read -r name state version; do case $state in ''|*' ok "
      "installed'|*not-installed|*config-files) ;; *) half=$name;; esac; done <<STATES\n$states\nSTATES\n"
      "if [ -n \"$half\" ]; then\nif grep -qxE 'dpkg|apt|apt-get|aptitude|unattended-upgr' /proc/[0-9]*/comm "
      "2>/dev/null\n"
      "then echo dpkg=busy; else echo dpkg=idle; fi\nfi";
  builder.add(snippet, [host = builder.host(), packages](const std::string& output, int code, Facts& facts) {
    read_packages(host, packages, output, code, facts);
  });
}

std::string host_snippet() {
  return "known() { word=\nread -r word <\"$1\" || true\nprintf '%s=%s\\n' \"$2\" \"$word\"; }\n"
         "known /proc/sys/kernel/hostname hostname\n"
         "(. /etc/os-release && printf 'os_id=%s\\nos_codename=%s\\n' \"${ID:-}\" "
         "\"${VERSION_CODENAME:-}\")\n"
         "printf 'time_ms=%s\\n' \"$(date +%s%3N)\"\n"
         "d=/var/lib/ovn\n[ -d \"$d\" ] || d=/var/lib\n"
         "set -- $(stat -f -c '%a %S' -- \"$d\")\nprintf 'free=%s\\n' $((${1:-0} * ${2:-0} / 1024))\n"
         "known /proc/sys/kernel/random/boot_id boot_id\n"
         // modprobe(8): -n only looks, -q says nothing.
         "if [ -d /sys/module/openvswitch ]; then echo kernel_datapath=loaded\n"
         "elif ! command -v modprobe >/dev/null; then :\n"
         "elif modprobe -qn openvswitch 2>/dev/null; then echo kernel_datapath=loadable\n"
         "else echo kernel_datapath=missing; fi\n"
         "[ ! -r /etc/machine-id ] || known /etc/machine-id machine_id\n"
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

/// Whether the standalone file $f has rows that somebody put there. Nobody asks that of Open vSwitch's, whose
/// log is long.
std::string rows_snippet(Database database) {
  if (database == Database::open_vswitch) return "";
  return "{ ovsdb-tool -m show-log \"$f\" 2>/dev/null || echo broken; } | awk '$1 == \"broken\" { broken = 1 "
         "} "
         "$1 == \"table\" { ours = $2 ~ /^(" +
         own_tables(database) +
         ")$/ } "
         "$1 == \"table\" && $3 == \"insert\" && !ours { rows++ } "
         "$1 == \"delete\" && $2 == \"row\" && !ours { rows-- } "
         "END { print (broken || rows > 0) ? \"used=yes\" : \"used=no\" }'\n";
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
         // Of those that kiln recover has put aside, too.
         "for old in \"${f%/*}\"/kiln-recover-*/\"${f##*/}\"; do [ ! -e \"$old\" ] || "
         "sed -n '2{p;q}' \"$old\" | grep -oE '\"cluster_id\":\"[^\"]*\"' | sed 's/^/replaced=/'; done\n"
         // A file that create-cluster or join-cluster made holds nothing but record 0 until a server runs,
         // and that holds rows only if it was made from a database with rows.
         "if (" +
         server_running_snippet(database) +
         "); then echo used=yes; else\n"
         "if ovsdb-tool -m show-log \"$f\" 2>/dev/null | grep -Eq '^record 1:|^[[:space:]]+table '; then "
         "echo used=yes; else echo used=no; fi\n" +
         refused_snippet(database) + "\nfi\n;;\n'OVSDB JSON '*) echo standalone\n" + rows_snippet(database) +
         ";;\n*) echo 'not a database'; exit 1;; esac";
}

std::string pid_path(Database database) {
  return database == Database::northbound   ? "/run/ovn/ovnnb_db.pid"
         : database == Database::southbound ? "/run/ovn/ovnsb_db.pid"
                                            : "/run/openvswitch/ovsdb-server.pid";
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

/// The line of the log, and what check-cluster says of the file's copy: nothing if it is well. A server that
/// writes while the file is copied tears the copy's end: only what two copies show is true. All of it has to
/// end within a look's time.
std::string database_check_snippet(Database database) {
  const LoggedDaemon& daemon = *find_logged_daemon(database == Database::northbound ? "nb" : "sb");
  const std::string low = "timeout 4 nice -n 19 ionice -c 3 ";
  return "f=" + quote(file_path(database)) + "\nlog=" + quote(daemon.file) +
         "\n[ -e \"$f\" ] || exit 44\nIFS= read -r magic <\"$f\" || true\n"
         "case $magic in 'OVSDB CLUSTER '*) ;; *) exit 44;; esac\n" +
         server_running_snippet(database) + " || exit 44\nstart=$(stat -c %Y " + quote(pid_path(database)) +
         ")\nsince=$(date -u -d \"@$start\" +%Y-%m-%dT%H:%M:%S)\n"
         "why=$({ for l in \"$log.1\" \"$log\"; do [ ! -r \"$l\" ] || tail -c 4194304 \"$l\"; done | "
         "awk -v since=\"$since\" 'substr($0, 1, 19) >= since'\n"
         "timeout 4 journalctl -q -o cat -n 10000 -u " +
         quote(daemon.unit) +
         " --since \"@$start\" 2>/dev/null; } | grep -aE 'write failed|No space left on device|Input/output "
         "error|Read-only file system' | tail -n 1 | cut -c1-300)\n[ -n \"$why\" ] || exit 44\n"
         "command -v ovsdb-tool >/dev/null || { echo 'ovsdb-tool is missing'; exit 1; }\n"
         "size=$(stat -c %s \"$f\")\n[ \"$size\" -le 268435456 ] || { echo \"$f is too large to be copied: "
         "$size bytes\"; exit 1; }\n"
         // Room is left to others, as this one may be what the disk is full of.
         "set -- $(stat -f -c '%a %S' /var/tmp)\n[ $((${1:-0} * ${2:-0})) -ge $((size + 268435456)) ] || { "
         "echo \"/var/tmp has no room for a copy of $f\"; exit 1; }\n"
         "d=$(umask 077; mktemp -d /var/tmp/kiln-check.XXXXXX) || exit 1\ntrap 'rm -rf \"$d\"' EXIT\n"
         "trap 'exit 1' HUP INT TERM\n"
         "check() { " +
         low + "cp \"$f\" \"$d/db\" || return 1\n" + low +
         "ovsdb-tool check-cluster \"$d/db\" >\"$d/said\" 2>&1 && return 0\n"
         "[ $? != 124 ] && [ -s \"$d/said\" ] || return 1\n"
         "sed \"s#^ovsdb-tool: ##; s#$d/db#$f#g\" \"$d/said\" | head -c 600 | tail -n 3\n}\n"
         "said=$(check) || { echo \"a copy of $f could not be checked\"; exit 1; }\n"
         "if [ -n \"$said\" ]; then sleep 1; [ \"$(check)\" = \"$said\" ] || { echo \"$f changes while it is "
         "copied\"; exit 1; }; fi\nprintf '%s\\n%s\\n' \"$why\" \"$said\"";
}

std::string raft_snippet(Database database) {
  return "[ -S " + quote(control_path(database)) + " ] || exit 44\n" + "(" +
         server_running_snippet(database) + ") || exit 44\novn-appctl -T \"$patience\" -t " +
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
  return "[ -e " + quote(pid_file) + " ] && read -r pid <" + quote(pid_file) +
         " && kill -0 \"$pid\" 2>/dev/null || exit 44\n" + (of_ovn ? "ovn-appctl" : "ovs-appctl") +
         " -T \"$patience\" -t " + quote(look.target) + words;
}

std::string served_snippet(const ServedCertificateLook& look) {
  const bool v6 = look.address.find(':') != std::string::npos;
  const std::string to = (v6 ? '[' + look.address + ']' : look.address) + ':' + std::to_string(look.port);
  // The server shows its certificate before it asks for ours.
  return "timeout \"$patience\" openssl s_client -connect " + quote(to) + " -showcerts 2>&1";
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

/// ovs-ofctl(8). The integration bridge's flows are OVN's: their number tells enough, and is asked for alone.
/// OpenFlow 1.0 alone tells NO_FLOOD, which concerns bridges that forward as a switch does.
std::string flows_snippet(const FlowsLook& look) {
  const std::string bridge = quote(look.bridge);
  const std::string ask = "ovs-ofctl -t \"$patience\" -O ";
  const std::string any = "OpenFlow10,OpenFlow13,OpenFlow15 ";
  const auto kept = [](const std::string& name, const std::string& command) {
    return name + "=$(" + command + ") || { code=$?; printf '%s\\n' \"$" + name + "\"; exit $code; }\n";
  };
  const std::string ports = ask + any + "dump-ports-desc " + bridge;
  return "[ -S " + quote("/run/openvswitch/" + look.bridge + ".mgmt") + " ] || exit 44\n" +
         kept("flows", ask + any + (look.every ? "--no-stats dump-flows " : "dump-aggregate ") + bridge) +
         kept("ports", look.every ? ask + "OpenFlow10 dump-ports-desc " + bridge + " 2>/dev/null || " + ports
                                  : ports) +
         "printf '%s\\n' \"$flows\" \"$ports\" | awk '"
         "/flow_count=/ { print; next } "
         "/ actions=/ { flows++; if (flows <= 8) { sub(/^ */, \"\"); print \"flow \" substr($0, 1, 160) } } "
         "/^ *[0-9A-Z]+[(].*[)]: addr:/ { port = $0; sub(/^[^(]*[(]/, \"\", port); sub(/[)]: addr:.*/, \"\", "
         "port) } "
         "/^ *config:/ && /NO_FWD|NO_RECV|NO_FLOOD/ { sub(/^ *config: */, \"\"); print \"port \" port \" \" "
         "$0 }" +
         (look.every ? " END { print \"flow_count=\" flows + 0 }'" : "'");
}

/// Sockets that listen, by whose they are: of the daemons of the pid files, and of servers of OVSDB that no
/// unit of the packages runs, with the databases that they serve by their own word (ovsdb-server(1),
/// ovsdb-server/list-dbs).
std::string listeners_snippet() {
  // ss(8) -H: no heading, -l: listening, -t: TCP, -n: numbers, -p: whose. A server that hangs is told of by
  // others, and costs no more here than it has to.
  std::string text =
      "command -v ss >/dev/null || { echo 'ss is missing'; exit 1; }\n"
      "sockets=$(ss -Hltnp) || exit 1\n"
      // The shell says of a server that has not answered in time that it got an alarm.
      "exec 2>/dev/null\nknown=\nquick=$((patience < 2 ? patience : 2))\n"
      "runs() { [ -e \"$2\" ] && read -r pid <\"$2\" && kill -0 \"$pid\" 2>/dev/null && known=\"$known "
      "$1=$pid\"; }\n"
      "remotes() { name=$1\nshift\n\"$@\" ovsdb-server/list-remotes 2>/dev/null | "
      "while read -r line; do printf 'remote %s %s\\n' \"$name\" \"$line\"; done; }\n";
  for (const Database database : kClustered) {
    const std::string name(short_name(database));
    const std::string control(control_path(database));
    text += "if runs " + name + ' ' + quote(control.substr(0, control.rfind('.')) + ".pid") +
            "; then remotes " + name + " ovn-appctl -T \"$quick\" -t " + quote(control) + "; fi\n";
  }
  text +=
      "if runs ovsdb-server /run/openvswitch/ovsdb-server.pid; then remotes ovsdb-server ovs-appctl -T "
      "\"$quick\" -t ovsdb-server; fi\n"
      "runs ovs-vswitchd /run/openvswitch/ovs-vswitchd.pid\n"
      "others=$(printf '%s\\n' \"$sockets\" | awk -v known=\"$known\" '"
      "BEGIN { count = split(known, words, \" \"); for (i = 1; i <= count; i++) { at = index(words[i], "
      "\"=\"); "
      "name[substr(words[i], at + 1)] = substr(words[i], 1, at - 1) } } "
      "{ rest = $0; while (match(rest, /\"[^\"]*\",pid=[0-9]+,/)) { user = substr(rest, RSTART, RLENGTH - "
      "1); "
      "rest = substr(rest, RSTART + RLENGTH); pid = user; sub(/.*,pid=/, \"\", pid); "
      "if ((pid, $4) in told) continue; told[pid, $4]; "
      "if (pid in name) print \"listens \" name[pid] \" \" $4; "
      "else if (user ~ /^\"ovsdb-server\"/) print \"other \" pid \" \" $4 } }')\n"
      "printf '%s\\n' \"$others\" | while read -r what pid at; do\n"
      "[ \"$what\" = other ] || { printf '%s\\n' \"$what $pid $at\"; continue; }\n"
      "ctl=$(tr '\\0' '\\n' <\"/proc/$pid/cmdline\" | sed -n -e 's/^--unixctl=//p' -e '/^--unixctl$/{n;p;}' "
      "| "
      "tail -n 1)\n"
      "[ -n \"$ctl\" ] || ctl=ovsdb-server.$pid.ctl\n"
      "case $ctl in /*) ;; *) ctl=/run/openvswitch/$ctl ;; esac\nserves=\n"
      // The path is one of its own file system, as in a container.
      "[ \"$(readlink \"/proc/$pid/ns/mnt\")\" != \"$(readlink /proc/self/ns/mnt)\" ] || "
      "serves=$(ovs-appctl -T \"$quick\" -t \"$ctl\" ovsdb-server/list-dbs 2>/dev/null | head -c 4096 | "
      "grep -xE '[A-Za-z][A-Za-z0-9_]*' | tr '\\n' ',')\n"
      "printf 'other %s %s %s\\n' \"$pid\" \"$at\" \"${serves:--}\"\ndone\ntrue";
  return text;
}

void add_look(Builder& builder, const Look& look) {
  if (const auto* file = std::get_if<FileLook>(&look)) builder.add_file(*file);
  if (std::holds_alternative<HostLook>(look)) builder.add_look(look, host_snippet(), read_host);
  if (std::holds_alternative<CardLook>(look)) builder.add_look(look, card_snippet(), read_card);
  if (const auto* file = std::get_if<DatabaseFileLook>(&look))
    builder.add_look(look, database_file_snippet(file->database), read_database_file);
  if (const auto* log = std::get_if<DatabaseLogLook>(&look))
    builder.add_look(look, database_log_snippet(log->database), read_database_log);
  if (const auto* check = std::get_if<DatabaseCheckLook>(&look))
    builder.add_look(look, database_check_snippet(check->database), read_text);
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
  if (const auto* flows = std::get_if<FlowsLook>(&look))
    builder.add_look(look, flows_snippet(*flows), read_flows);
  if (std::holds_alternative<ListenersLook>(look))
    builder.add_look(look, listeners_snippet(), read_listeners);
  if (const auto* ping = std::get_if<PingLook>(&look)) builder.add_look(look, ping_snippet(*ping), read_ping);
}

}  // namespace

std::string server_running_snippet(Database database) {
  const std::string pid_file = pid_path(database);
  return "[ -S " + quote(socket_path(database)) + " ] && [ -e " + quote(pid_file) + " ] && read -r pid <" +
         quote(pid_file) + " && kill -0 \"$pid\" 2>/dev/null";
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

namespace {

template <typename Number>
bool read_number(const std::string& text, Number& number, int base) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

/// Takes what stands before the next NUL; nothing is left where there is none.
std::string take_word(std::string_view& said) {
  const std::size_t end = said.find('\0');
  const std::string word(said.substr(0, end));
  said.remove_prefix(end == std::string_view::npos ? said.size() : end + 1);
  return word;
}

/// Of stat(1): the octal mode, owner, group and size, each with its NUL.
std::optional<FileSeen> take_stat(std::string_view& said) {
  FileSeen seen;
  const std::string mode = take_word(said);
  seen.owner = take_word(said);
  seen.group = take_word(said);
  const std::string size = take_word(said);
  if (!read_number(mode, seen.mode, 8) || !read_number(size, seen.size, 10) || seen.size < 0)
    return std::nullopt;
  return seen;
}

using Told = std::vector<std::pair<FileLook, FileSeen>>;

/// Of those that stat(1) has told of, in their order, each behind its path: then a NUL. Nothing if it is not
/// so. Of what is not `there`, such as a folder in a file's place, it tells, too.
std::optional<Told> take_stats(const std::vector<FileLook>& looks, const std::set<FileLook>& there,
                               std::string_view& said) {
  Told told;
  for (const FileLook& look : looks) {
    if (!said.starts_with(look.path + '\0')) continue;
    take_word(said);
    std::optional<FileSeen> seen = take_stat(said);
    if (!seen) return std::nullopt;
    if (there.contains(look)) told.emplace_back(look, std::move(*seen));
  }
  if (!said.starts_with('\0')) return std::nullopt;
  said.remove_prefix(1);
  return told;
}

/// Of head(1) -v: `==> PATH <==`, a newline, and as many bytes as stat told; a newline before the next; none
/// of what it could not read. Where a file has changed in between, only what they hold could tell where the
/// others begin: then nothing, so that no byte of one passes for another's. What could not be read is taken
/// out of `told`.
bool take_contents(Told& told, std::string_view said) {
  bool first = true;
  std::erase_if(told, [&](auto& file) {
    auto& [look, seen] = file;
    if (!look.content) return false;
    const std::string begin = (first ? "==> " : "\n==> ") + look.path + " <==\n";
    if (!said.starts_with(begin)) return true;
    first = false;
    said.remove_prefix(begin.size());
    const auto size = static_cast<std::size_t>(std::min<std::int64_t>(seen.size, kMostBytes));
    seen.content = said.substr(0, size);
    said.remove_prefix(std::min(size, said.size()));
    return false;
  });
  return said.empty() && std::ranges::all_of(told, [](const auto& file) {
           const auto& [look, seen] = file;
           return !look.content || std::ssize(seen.content) == std::min<std::int64_t>(seen.size, kMostBytes);
         });
}

void read_files(const HostName& host, const std::vector<FileLook>& looks, std::string_view said,
                Facts& facts) {
  std::set<FileLook> there;  // not absent, and a file
  for (const FileLook& look : looks)
    if (facts.seen<FileSeen>(host, look)) there.insert(look);
  for (const FileLook& look : there)
    facts.set({host, look}, Unknown{"it could not be read, or files changed meanwhile"});
  std::optional<Told> told = take_stats(looks, there, said);
  if (!told || !take_contents(*told, said)) return;
  for (auto& [look, seen] : *told)
    facts.set({host, look}, look.content && seen.size > kMostBytes ? Fact(Unknown{"larger than 256 KiB"})
                                                                   : Fact(std::move(seen)));
}

}  // namespace

Facts read_look_output(const HostName& host, const LookScript& script, const std::string& nonce,
                       const std::string& output) {
  Facts facts;
  for (const Look& look : script.looks) facts.set({host, look}, Unknown{kCut});
  std::optional<std::string> files;
  // What stands behind the last newline was cut.
  for (std::size_t at = 0, end = 0; (end = output.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::vector<std::string> words = split(output.substr(at, end - at), ' ');
    if (words.empty() || words[0] != nonce) continue;
    if (words.size() == 3 && words[1] == "files") files = decode_base64(words[2]);
    std::size_t section = script.sections.size();
    if (words.size() == 2) std::from_chars(words[1].data(), words[1].data() + words[1].size(), section);
    if (section >= script.sections.size()) continue;
    const std::string ends = '\n' + nonce + ' ' + words[1] + " ends ";
    const std::size_t last = output.find(ends, end + 1);
    const std::size_t line_end = last == std::string::npos ? last : output.find('\n', last + ends.size());
    if (line_end == std::string::npos) break;
    int code = -1;
    const char* const code_end = output.data() + line_end;
    const auto read = std::from_chars(output.data() + last + ends.size(), code_end, code);
    if (read.ptr == code_end && code >= 0)
      script.sections[section](output.substr(end + 1, last - end - 1), code, facts);
    end = line_end;
  }
  if (files) {
    read_files(host, script.files, *files, facts);
    return facts;
  }
  for (const FileLook& look : script.files)
    if (facts.seen<FileSeen>(host, look)) facts.set({host, look}, Unknown{kCut});
  return facts;
}

}  // namespace kiln::transport
