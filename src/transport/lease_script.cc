#include "transport/lease_script.h"

#include <algorithm>
#include <chrono>

#include "base/quote.h"
#include "model/database.h"
#include "transport/look_script.h"

namespace kiln::transport {
namespace {

/// Of a claim's one line no more is ever read.
constexpr const char* kReadLease = "head -c 4096 -- \"$f\" 2>/dev/null || true";
constexpr int kClaimPatience_s = 5;

std::string seconds(Duration duration) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(duration).count()));
}

/// Locks `name` of /run/kiln on descriptor 9; it is gone with the last process that has it.
std::string lock(const std::string& name, const std::string& patience) {
  return "mkdir -p -m 0755 /run/kiln\nexec 9>>/run/kiln/" + name + "\nflock -w " + patience +
         " 9 || { echo 'what another run has begun still runs on this host' >&2; exit " +
         std::to_string(kBusy) + "; }\n";
}

}  // namespace

std::string fenced_script(const Fence& fence, const std::string& script, Duration patience) {
  return std::string("{\n") + kPrologue + lock("action.lock", seconds(patience)) + "f=" + quote(kLeasePath) +
         "\nlease=$(" + kReadLease + ")\ncase $lease in *" +
         quote(" fence=" + fence.text() + " state=held ") +
         "*) ;; *) printf '%s\\n' \"${lease:-no claim is there}\" >&2; exit " + std::to_string(kFenced) +
         " ;; esac\n}\n" + script;
}

std::string swap_script(const std::string& expected, const std::string& wanted) {
  return std::string("{\n") + kPrologue + "set -eu\n" + lock("lease.lock", std::to_string(kClaimPatience_s)) +
         "f=" + quote(kLeasePath) + "\nlease=$(" + kReadLease + ")\nif [ \"$lease\" != " + quote(expected) +
         " ]; then printf '%s\\n' \"$lease\"; exit 0; fi\nwanted=" + quote(wanted) +
         // Nothing of kiln's is left behind where it has nothing to keep.
         "\ncase $wanted in *' state=free '*) if [ ! -e /etc/kiln ]; then rm -f -- \"$f\"; "
         "rmdir -- \"${f%/*}\" 2>/dev/null || true; exit 0; fi ;; esac\n"
         "write() {\n(umask 022; mkdir -p -- \"${f%/*}\") && printf '%s\\n' \"$wanted\" >\"$f.kiln-new\" && "
         "chmod 0644 \"$f.kiln-new\" && sync \"$f.kiln-new\" && mv -fT -- \"$f.kiln-new\" \"$f\" && "
         "sync \"${f%/*}\"\n}\n"
         // What the shell says of it does not name the file.
         "why=$(write 2>&1) || {\nrm -f -- \"$f.kiln-new\" 2>/dev/null || true\n"
         "set -- $(stat -f -c '%a %S' -- \"${f%/*}\" 2>/dev/null)\n"
         "printf '%s could not be written (%s MiB are free there): %s\\n' \"$f\" "
         "$((${1:-0} * ${2:-0} / 1048576)) \"$(printf %s \"$why\" | tail -n 1)\" >&2\nexit 1\n}\n"
         "printf '%s\\n' \"$wanted\"\nexit 0\n}\n";
}

std::string transact_script(const std::string& argument, Duration timeout) {
  return std::string("{\n") + kPrologue + "set -eu\nargument=$(printf %s " + quote(encode_base64(argument)) +
         " | base64 -d)\novsdb-client -t " + seconds(timeout) + " transact " +
         quote("unix:" + std::string(socket_path(Database::open_vswitch))) + " \"$argument\"\nexit 0\n}\n";
}

}  // namespace kiln::transport
