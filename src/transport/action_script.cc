#include "transport/action_script.h"

#include "base/assert.h"
#include "base/quote.h"
#include "transport/look_script.h"

namespace kiln::transport {
namespace {

/// The whole script is one group, so that the shell has read all of it before it does anything.
std::string script(const std::string& body) {
  return std::string("{\n") + kPrologue + "set -eu\n" + body + "\nexit 0\n}\n";
}

std::string octal(unsigned mode) {
  std::string text;
  for (int shift = 9; shift >= 0; shift -= 3) text += static_cast<char>('0' + ((mode >> shift) & 7));
  return text;
}

/// Folders that kiln has made go with the last thing in them.
std::string remove_empty_folder(const std::string& variable) {
  return "d=$(dirname -- \"" + variable +
         "\")\ncase $d in /etc/kiln|/etc/kiln/*|/etc/systemd/system/*.service.d)\n"
         "rmdir -- \"$d\" 2>/dev/null || true\n"
         "[ \"$d\" != /etc/kiln/pki ] || rmdir -- /etc/kiln 2>/dev/null || true ;;\nesac";
}

std::string remove_file(const RemoveFile& action) {
  return "f=" + quote(action.path) + "\n[ -e \"$f\" ] || [ -L \"$f\" ] || exit 10\nrm -f -- \"$f\"\n" +
         remove_empty_folder("$f");
}

std::string remove_address(const RemoveAddress& action) {
  return "l=" + quote(action.link) + "\na=" + quote(action.address) +
         "\n[ -e \"/sys/class/net/$l\" ] || exit 10\n"
         "ip -o address show dev \"$l\" | awk -v a=\"$a\" '$4 == a { there = 1 } END { exit !there }' || "
         "exit "
         "10\nip address delete \"$a\" dev \"$l\"";
}

std::string unit_action(const UnitAction& action) {
  const std::string unit = quote(action.unit);
  const std::string verb(to_string(action.verb));
  const bool runs = action.verb == UnitVerb::start || action.verb == UnitVerb::restart;
  std::string body;
  // A condition that does not hold makes `start` succeed without starting anything: say so.
  if (action.verb == UnitVerb::stop)
    body = "[ \"$(systemctl show -p LoadState --value -- " + unit + ")\" != not-found ] || exit 10\n";
  if (action.verb == UnitVerb::disable)  // its file may have gone in a run before
    body = "[ -n \"$(systemctl list-unit-files --no-legend -- " + unit + ")\" ] || exit 10\n";
  if (!runs) return body + "systemctl --quiet " + verb + " -- " + unit;
  body = "if ! systemctl " + verb + " -- " + unit + "; then\nsystemctl --no-pager --lines=0 status -- " +
         unit + " >&2 || true\njournalctl --no-pager -q -n 5 -o cat -u " + unit +
         " >&2 || true\nexit 1\nfi\n";
  return body + "if [ \"$(systemctl show -p ActiveState --value -- " + unit +
         ")\" = inactive ] && [ \"$(systemctl show -p ConditionResult --value -- " + unit +
         ")\" = no ]; then echo 'a condition of the unit does not hold, so that it was not started' >&2; "
         "exit 1; fi";
}

std::string install_packages(const InstallPackages& action) {
  KILN_ASSERT(!action.hold.empty());  // `systemctl mask` wants one
  std::string packages;
  for (const std::string& package : action.packages) packages += ' ' + quote(package);
  std::string units;
  for (const std::string& unit : action.hold) units += ' ' + quote(unit);
  // Output goes to a file: apt-get must not die of a closed pipe when the connection is cut.
  return "log=$(mktemp)\nrelease() { systemctl --quiet unmask --runtime --" + units +
         " >/dev/null 2>&1 || true; }\ntrap 'release; rm -f \"$log\"' EXIT\n"
         "systemctl --quiet mask --runtime --" +
         units +
         " >/dev/null 2>&1\n"
         "export DEBIAN_FRONTEND=noninteractive\n"
         "apt() { apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold -o "
         "DPkg::Lock::Timeout=60 \"$@\" </dev/null >\"$log\" 2>&1; }\n"
         "configure() { dpkg --force-confold --configure -a </dev/null >\"$log\" 2>&1; }\n"
         // Lists may be old or missing: try with fresh ones before giving up.
         "apt_or_fresh() { apt \"$@\" || { apt-get -q update </dev/null >\"$log\" 2>&1 && apt \"$@\"; }; }\n"
         // What an interrupted run left half configured is finished first, or apt-get refuses. What lost its
         // power while it was unpacked cannot be, and apt-get takes it for the newest version: it is unpacked
         // anew (dpkg(1), package states and flags).
         "configure || true\n"
         "broken=$(dpkg-query -W -f='${Package} ${Status}\\n' 2>/dev/null | sed -n -e "
         "'s/ [^ ]* reinstreq [^ ]*$//p' -e 's/ [^ ]* [^ ]* half-installed$//p')\n"
         "[ -z \"$broken\" ] || apt_or_fresh --reinstall install $broken || true\n"
         "configure || { tail -n 5 \"$log\" >&2; exit 1; }\n"
         "apt_or_fresh install" +
         packages + " || { tail -n 5 \"$log\" >&2; exit 1; }\nrelease\nsystemctl daemon-reload";
}

/// ovsdb-tool writes beside, then the file appears whole; a file that is there is never touched.
std::string make_database(Database database, const std::string& tool_words) {
  const std::string file(file_path(database));
  return "f=" + quote(file) + "\n[ -e \"$f\" ] && exit 10\nmkdir -p -m 0755 " +
         quote(file.substr(0, file.rfind('/'))) +
         "\nrm -f \"$f.kiln-new\" \"$f.kiln-new.~lock~\"\numask 027\novsdb-tool -vconsole:off " + tool_words +
         "\nsync \"$f.kiln-new\"\nmv -n -- \"$f.kiln-new\" \"$f\"\nrm -f \"$f.kiln-new.~lock~\" "
         "\"$(dirname \"$f\")/.$(basename \"$f\").kiln-new.~lock~\"";
}

std::string create_database(const CreateDatabase& action) {
  return make_database(action.database, "--election-timer=" + std::to_string(action.election_timer_ms) +
                                            " create-cluster \"$f.kiln-new\" " +
                                            quote(schema_path(action.database)) + ' ' +
                                            quote(action.local_address));
}

std::string join_database(const JoinDatabase& action) {
  std::string words = "join-cluster \"$f.kiln-new\" " + quote(schema_name(action.database)) + ' ' +
                      quote(action.local_address);
  for (const std::string& remote : action.remote_addresses) words += ' ' + quote(remote);
  return make_database(action.database, words);
}

/// A server that has left no longer knows the database; `removed` is waited for in ovsdb-client(1).
std::string leave_database(const LeaveDatabase& action) {
  const std::string name = quote(schema_name(action.database));
  return "c=" + quote(control_path(action.database)) + "\n[ -e " + quote(file_path(action.database)) +
         " ] || exit 10\nask() { timeout 30 ovn-appctl -t \"$c\" \"$@\"; }\n"
         "if ! status=$(ask cluster/status " +
         name +
         " 2>&1); then\ncase $status in *'no database named'*|*'unknown cluster'*) exit 10 ;; esac\n"
         "printf '%s\\n' \"$status\" >&2; exit 1\nfi\n"
         "if ! printf '%s\\n' \"$status\" | grep -q '^Status: leaving'; then\n"
         "[ \"$(printf '%s\\n' \"$status\" | sed '1,/^Servers:/d' | grep -c ' at ')\" -gt 1 ] || "
         "{ echo 'it is the only member, and would never finish to leave' >&2; exit 1; }\n"
         // A leader that leaves asks itself, steps down, and asks again one election timer later. First it
         // hands over.
         "if printf '%s\\n' \"$status\" | grep -q '^Role: leader'; then\n"
         "ask cluster/failure-test transfer-leadership >/dev/null 2>&1 || true\n"
         "i=0; while [ $i -lt 50 ] && ask cluster/status " +
         name +
         " | grep -Eq '^Leader: (self|unknown)'; do i=$((i + 1)); sleep 0.1; done\nfi\n"
         "ask cluster/leave " +
         name +
         " >/dev/null\nfi\ntimeout 60 ovsdb-client -t 60 wait unix:" + quote(socket_path(action.database)) +
         ' ' + name + " removed";
}

/// Asked again until another one leads: one that knows no other connected member keeps the leadership.
std::string hand_over(const HandOver& action) {
  const std::string name = quote(schema_name(action.database));
  return "c=" + quote(control_path(action.database)) +
         "\nask() { timeout 30 ovn-appctl -t \"$c\" \"$@\"; }\n"
         "leads() { ask cluster/status " +
         name + " | grep -q '^Role: leader'; }\nask cluster/status " + name +
         " >/dev/null\nleads || exit 10\ni=0\n"
         "while leads; do\n[ $i -lt 50 ] || { echo 'no other member takes the leadership' >&2; exit 1; }\n"
         "ask cluster/failure-test transfer-leadership >/dev/null || true\ni=$((i + 1)); sleep 0.2\ndone";
}

/// A second one on its way down is the same one.
std::string reboot(const Reboot& action) {
  return "[ \"$(cat /proc/sys/kernel/random/boot_id)\" = " + quote(action.boot_id) +
         " ] || exit 10\nsystemctl reboot";
}

std::string retire_database(const RetireDatabase& action) {
  const std::string file(file_path(action.database));
  return "f=" + quote(file) + "\n[ -e \"$f\" ] || exit 10\nif " + server_running_snippet(action.database) +
         "; then echo 'its server runs' >&2; exit 1; fi\n"
         "d=$(dirname \"$f\")/kiln-left-$(date -u +%Y%m%dT%H%M%SZ)\nmkdir -p -m 0700 \"$d\"\n"
         "mv -- \"$f\" \"$d/\"\nrm -f -- \"$(dirname \"$f\")/.$(basename \"$f\").~lock~\"\nsync \"$d\"";
}

std::string remove_kept() {
  const std::string file(file_path(Database::northbound));
  return "d=" + quote(file.substr(0, file.rfind('/'))) +
         "\nfound=\nfor kept in \"$d\"/kiln-left-* \"$d\"/kiln-recover-*; do\n[ -e \"$kept\" ] || continue\n"
         "found=1\nrm -rf -- \"$kept\"\ndone\n[ -n \"$found\" ] || exit 10";
}

/// The old file is in place until the new one takes its name at once, and has a second name by then.
/// Makes a cluster of one from the standalone file `rows` (a shell word), which takes $f's name at once; what
/// had it before goes into the folder `aside`.
std::string cluster_from(const std::string& rows, const std::string& aside, int election_timer_ms,
                         const std::string& local_address) {
  return "ovsdb-tool -vconsole:off --election-timer=" + std::to_string(election_timer_ms) +
         " create-cluster \"$f.kiln-new\" " + rows + ' ' + quote(local_address) +
         "\nsync \"$f.kiln-new\"\n"
         "d=$(dirname \"$f\")/" +
         aside +
         "-$(date -u +%Y%m%dT%H%M%SZ)\nmkdir -p -m 0700 \"$d\"\n"
         "ln -- \"$f\" \"$d/\" || [ \"$f\" -ef \"$d/$(basename \"$f\")\" ]\nsync \"$d\"\n"
         "mv -fT -- \"$f.kiln-new\" \"$f\"\nsync \"$(dirname \"$f\")\"\n";
}

std::string recreate_database(const RecreateDatabase& action) {
  const std::string file(file_path(action.database));
  return "f=" + quote(file) + "\nid=" + quote(action.cluster_id) +
         "\nnow=$(ovsdb-tool db-cid \"$f\")\n[ \"$now\" = \"$id\" ] || exit 10\nif " +
         server_running_snippet(action.database) +
         "; then echo 'its server runs' >&2; exit 1; fi\n"
         "rm -f -- \"$f.kiln-rows\" \"$f.kiln-new\" \"$(dirname \"$f\")/.$(basename \"$f\")\".kiln-*\n"
         "umask 027\novsdb-tool -vconsole:off cluster-to-standalone \"$f.kiln-rows\" \"$f\"\n" +
         cluster_from("\"$f.kiln-rows\"", "kiln-recover", action.election_timer_ms, action.local_address) +
         "rm -f -- \"$f.kiln-rows\" \"$(dirname \"$f\")/.$(basename \"$f\")\".kiln-*";
}

std::string adopt_database(const AdoptDatabase& action) {
  const std::string file(file_path(action.database));
  return "f=" + quote(file) +
         "\n[ -e \"$f\" ] || { echo \"$f is not there\" >&2; exit 1; }\n"
         "! ovsdb-tool db-is-clustered \"$f\" 2>/dev/null || exit 10\nif " +
         server_running_snippet(action.database) +
         "; then echo 'its server runs' >&2; exit 1; fi\n"
         "rm -f -- \"$f.kiln-new\" \"$(dirname \"$f\")/.$(basename \"$f\")\".kiln-*\n"
         "umask 027\n" +
         cluster_from("\"$f\"", "kiln-left", action.election_timer_ms, action.local_address) +
         "rm -f -- \"$(dirname \"$f\")/.$(basename \"$f\")\".kiln-*";
}

std::string kick_member(const KickMember& action) {
  const std::string name = quote(schema_name(action.database));
  // Ids are printed by their first four digits: where two servers share them, the address tells which.
  return "c=" + quote(control_path(action.database)) + "\nid=" + quote(action.server_id) +
         "\nat=" + quote(action.address) +
         "\nask() { timeout 30 ovn-appctl -t \"$c\" \"$@\"; }\nstatus=$(ask cluster/status " + name +
         ")\nservers=$(printf '%s\\n' \"$status\" | sed '1,/^Servers:/d')\n"
         "printf '%s\\n' \"$servers\" | grep -qF \"($id at $at)\" || exit 10\n"
         "[ \"$(printf '%s\\n' \"$servers\" | grep -cF \"($id at \")\" = 1 ] || id=$at\n"
         "ask cluster/kick " +
         name + " \"$id\" >/dev/null";
}

std::string remove_certificate(const RemoveCertificate& action) {
  return "d=" + quote(action.directory) +
         "\n[ -e \"$d\" ] || [ -L \"$d\" ] || exit 10\n"
         // The link goes last: by it a killed run is found.
         "for old in \"$d\".*; do rm -rf -- \"$old\"; done\nrm -rf -- \"$d\"";
}

std::string appctl(const Appctl& action) {
  std::string words;
  for (const std::string& argument : action.arguments) words += ' ' + quote(argument);
  const bool of_ovn = action.target.starts_with("ovn-") || action.target.starts_with("/run/ovn/");
  return std::string("timeout 30 ") + (of_ovn ? "ovn-appctl" : "ovs-appctl") + " -t " + quote(action.target) +
         words;
}

std::string write_body(const std::string& path, const std::string& content, unsigned mode) {
  const std::string expected_mode = mode == 0 ? "0" : octal(mode).substr(octal(mode).find_first_not_of('0'));
  return "f=" + quote(path) + "\nmode=" + octal(mode) + "\ncontent=" + quote(encode_base64(content)) +
         "\n[ -d \"$f\" ] && [ ! -L \"$f\" ] && { echo \"$f is a directory\" >&2; exit 1; }\n"
         "if [ -f \"$f\" ] && [ ! -L \"$f\" ] && [ \"$(stat -c %a -- \"$f\")\" = " +
         expected_mode +
         " ] && printf %s \"$content\" | base64 -d | cmp -s - \"$f\"; then exit 10; fi\n"
         "(umask 022; mkdir -p -- \"$(dirname -- \"$f\")\")\nrm -rf -- \"$f.kiln-new\"\n"
         "printf %s \"$content\" | base64 -d >\"$f.kiln-new\"\nchmod \"$mode\" \"$f.kiln-new\"\nsync "
         "\"$f.kiln-new\"\n"
         "mv -fT -- \"$f.kiln-new\" \"$f\"";
}

}  // namespace

std::string write_script(const std::string& path, const std::string& content, unsigned mode) {
  return script(write_body(path, content, mode));
}

std::string action_script(const Action& action) {
  struct Text {
    std::string operator()(const WriteFile& act) const { return write_body(act.path, act.content, act.mode); }
    std::string operator()(const RemoveFile& act) const { return remove_file(act); }
    std::string operator()(const RemoveAddress& act) const { return remove_address(act); }
    std::string operator()(const UnitAction& act) const { return unit_action(act); }
    std::string operator()(const DaemonReload&) const { return "systemctl daemon-reload"; }
    std::string operator()(const InstallPackages& act) const { return install_packages(act); }
    std::string operator()(const CreateDatabase& act) const { return create_database(act); }
    std::string operator()(const AdoptDatabase& act) const { return adopt_database(act); }
    std::string operator()(const JoinDatabase& act) const { return join_database(act); }
    std::string operator()(const LeaveDatabase& act) const { return leave_database(act); }
    std::string operator()(const RetireDatabase& act) const { return retire_database(act); }
    std::string operator()(const KickMember& act) const { return kick_member(act); }
    std::string operator()(const HandOver& act) const { return hand_over(act); }
    std::string operator()(const Reboot& act) const { return reboot(act); }
    std::string operator()(const RemoveKept&) const { return remove_kept(); }
    std::string operator()(const RecreateDatabase& act) const { return recreate_database(act); }
    std::string operator()(const RemoveCertificate& act) const { return remove_certificate(act); }
    std::string operator()(const Appctl& act) const { return appctl(act); }
    std::string operator()(const CreateAuthority&) const { return {}; }
    std::string operator()(const WriteTrust&) const { return {}; }
    std::string operator()(const IssueCertificate&) const { return {}; }
    std::string operator()(const Transact&) const { return {}; }
  };
  const std::string body = std::visit(Text{}, action);
  KILN_ASSERT(!body.empty());
  return script(body);
}

namespace {

/// `copy` makes $d/copy, in a folder that goes away again.
std::string copied(Database database, const std::string& copy) {
  const std::string folder(file_path(database).substr(0, file_path(database).rfind('/')));
  const std::string name(schema_name(database));
  return script(
      "v=" + quote(folder) +
      // What a host that lost its power in here has left; never one that is being made.
      "\nfind \"$v\" -maxdepth 1 -name '.kiln-copy-*' -mmin +1440 -exec rm -rf -- {} + 2>/dev/null || "
      "true\nd=$(mktemp -d \"$v/.kiln-copy-XXXXXX\")\ntrap 'rm -rf -- \"$d\"' EXIT\n"
      "trap 'exit 1' HUP INT TERM PIPE\n" +
      copy +
      // It reads the file whole, and every record's checksum with it.
      "ovsdb-tool -vconsole:off query \"$d/copy\" " + quote("[\"" + name + "\"]") +
      " >/dev/null\n"
      "cat -- \"$d/copy\"\n"
      "printf 'kiln-copy %s %s %s\\n' \"$(ovsdb-tool db-version \"$d/copy\")\" \"$(sha256sum "
      "<\"$d/copy\" | cut -d' ' -f1)\" \"$(stat -c %s \"$d/copy\")\" >&2");
}

}  // namespace

std::string copy_script(Database database, int timeout_s) {
  return copied(database, "ovsdb-client -t " + std::to_string(timeout_s) +
                              " --no-leader-only backup unix:" + quote(socket_path(database)) + ' ' +
                              quote(schema_name(database)) + " >\"$d/copy\"\n");
}

std::string copy_file_script(Database database) {
  // Its server may go on to write: what is read is of one moment.
  return copied(database, "cp -- " + quote(file_path(database)) +
                              " \"$d/file\"\nif ovsdb-tool db-is-clustered \"$d/file\"; then\n"
                              "ovsdb-tool -vconsole:off cluster-to-standalone \"$d/copy\" \"$d/file\"\n"
                              "else mv -- \"$d/file\" \"$d/copy\"; fi\n");
}

std::string request_script(const IssueCertificate& action, const std::string& suffix) {
  // openssl-req(1), -subj: a slash or a plus ends a value and a backslash escapes.
  std::string subject = "/CN=";
  for (const char c : action.shape.common_name)
    subject += (c == '/' || c == '+' || c == '\\' ? std::string("\\") : std::string()) + c;
  return script(
      "d=" + quote(action.directory) + "\nn=\"$d\"." + quote(suffix) +
      "\n(umask 022; mkdir -p -- \"$(dirname -- \"$d\")\"; mkdir -p -- \"$n\")\n"
      "umask 077\nopenssl req -new -sha384 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout "
      "\"$n/key.pem\" -subj " +
      quote(subject) + "\nchmod 0600 \"$n/key.pem\"\nchown -- " + quote(action.owner) + " \"$n/key.pem\"");
}

std::string install_script(const IssueCertificate& action, const std::string& suffix,
                           const std::string& certificate_pem) {
  return script(
      "d=" + quote(action.directory) + "\nn=\"$d\"." + quote(suffix) + "\n[ -s \"$n/key.pem\" ]\nprintf %s " +
      quote(encode_base64(certificate_pem)) +
      " | base64 -d >\"$n/cert.pem\"\nchmod 0644 \"$n/cert.pem\"\nsync \"$n/cert.pem\" \"$n/key.pem\"\n"
      // One rename changes both names at once: OVS re-reads only when key and certificate have changed.
      "ln -sfn -- \"$(basename -- \"$n\")\" \"$d.kiln-new\"\nmv -fT -- \"$d.kiln-new\" \"$d\"\n"
      "for old in \"$d\".*; do [ \"$old\" = \"$n\" ] || rm -rf -- \"$old\"; done");
}

}  // namespace kiln::transport
