# shellcheck shell=bash disable=SC2016,SC2154
#
# What the daemons log: levels of the file are set without a restart, outlive one, are mended and taken back; and
# `kiln logs` shows the logs of all hosts side by side, also of what happens while it runs and while a host is dead.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
  cp "$file" base.toml
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# logging [LINE...]: the file is the deployment with these lines before its nodes.
logging() {
  printf '%s\n' "$@" > logging.toml
  cat logging.toml base.toml > "$file"
}

appctl() { # NODE DAEMON WORD...
  local node=$1 tool=ovn-appctl target=$2
  shift 2
  case $target in
    nb | sb) target=/run/ovn/ovn${target}_db.ctl ;;
    ovs*) tool=ovs-appctl ;;
  esac
  on "$node" "$tool" -t "$target" "$@"
}

# levels NODE DAEMON: "CONSOLE SYSLOG FILE" and how many modules have it, or of one MODULE.
levels() { appctl "$1" "$2" vlog/list | awk -v module="${3:-}" 'NR > 2 && (module == "" || $1 == module) { print $2, $3, $4 }' | sort | uniq -c | awk '{ $1 = ""; print substr($0, 2) }'; }
is_level() { [ "$(levels "$1" "$2" "${4:-}")" = "$3" ] || { levels "$1" "$2" "${4:-}"; return 1; }; }

units=(ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovn-northd ovn-controller ovsdb-server ovs-vswitchd)
# processes: when the process of every daemon began, and which it is.
processes() {
  local node unit
  for node in n1 n2 n3; do
    for unit in "${units[@]}"; do echo "$node $unit $(on "$node" systemctl show -p MainPID -p ExecMainStartTimestampMonotonic --value "$unit" | tr '\n' ' ')"; done
  done
}

all_levels() {
  logging '[logging.nb]' 'levels = ["raft:file:dbg"]' '[logging.sb]' 'levels = ["any:file:warn", "raft:file:info"]' \
    '[logging.ovn-northd]' 'levels = ["any:syslog:info"]' \
    '[logging.ovn-controller]' 'levels = ["any:syslog:info", "pinctrl:dbg"]' \
    '[logging.ovsdb-server]' 'levels = ["console:off", "any:syslog:warn"]' \
    '[logging.ovs-vswitchd]' 'levels = ["bridge:file:dbg"]'
}
have_all_levels() { # NODE
  is_level "$1" nb 'OFF INFO DBG' raft && is_level "$1" nb 'OFF INFO INFO' ovsdb_server &&
    is_level "$1" sb 'OFF INFO INFO' raft && is_level "$1" sb 'OFF INFO WARN' ovsdb_server &&
    is_level "$1" ovn-northd 'OFF INFO INFO' &&
    is_level "$1" ovn-controller 'DBG DBG DBG' pinctrl && is_level "$1" ovn-controller 'OFF INFO INFO' binding &&
    is_level "$1" ovsdb-server 'OFF WARN INFO' &&
    is_level "$1" ovs-vswitchd 'OFF ERR DBG' bridge && is_level "$1" ovs-vswitchd 'OFF ERR INFO' ofproto
}
have_default_levels() { # NODE
  local daemon
  for daemon in nb sb; do is_level "$1" "$daemon" 'OFF INFO INFO' || return; done
  for daemon in ovn-northd ovn-controller ovsdb-server ovs-vswitchd; do is_level "$1" "$daemon" 'OFF ERR INFO' || return; done
}

@test "without [logging] nothing is set, and the packages' levels are what the how-to says" {
  local node
  for node in n1 n2 n3; do
    have_default_levels "$node"
    run on "$node" bash -c 'ls /etc/systemd/system/*.d/60-kiln-logging.conf /etc/kiln/log-*.env 2> /dev/null'
    [ -z "$output" ]
  done
}

@test "levels are set on every node, and no daemon is restarted" {
  processes > before
  all_levels
  run -0 apply
  for node in n1 n2 n3; do have_all_levels "$node"; done
  processes > after
  diff before after
  assert_converged
  diff before <(processes)
}

@test "levels outlive a restart of each daemon" {
  local unit
  for unit in ovn-northd ovn-controller ovn-ovsdb-server-nb ovn-ovsdb-server-sb; do on n3 systemctl restart "$unit"; done
  on n2 systemctl restart ovsdb-server ovs-vswitchd
  on n2 systemctl kill -s KILL ovn-controller
  eventually 120 have_all_levels n3
  eventually 120 have_all_levels n2
  eventually 120 assert_converged
}

@test "a level set by hand is drift and is mended; one that the file does not name is left alone" {
  appctl n1 ovn-controller vlog/set pinctrl:file:warn
  appctl n1 nb vlog/set ovsdb_server:file:dbg
  appctl n2 ovn-northd vlog/set ovn_northd:syslog:off
  appctl n3 ovs-vswitchd vlog/set bond:file:dbg
  run changes
  [ "$output" = 'logging/n1/ovn-controller pinctrl:file warn dbg
logging/n2/ovn-northd any:syslog info but ovn_northd off info' ]
  processes > before
  run -0 apply
  diff before <(processes)
  is_level n1 ovn-controller 'DBG DBG DBG' pinctrl
  is_level n2 ovn-northd 'OFF INFO INFO'
  is_level n1 nb 'OFF INFO DBG' ovsdb_server
  is_level n3 ovs-vswitchd 'OFF ERR DBG' bond
  assert_converged
  appctl n1 nb vlog/set ovsdb_server:file:info
  appctl n3 ovs-vswitchd vlog/set bond:file:info
}

@test "files that are edited or gone are mended" {
  path=/etc/systemd/system/ovs-vswitchd.service.d/60-kiln-logging.conf
  on n1 bash -c "echo '# by hand' >> $path; sed -i s/dbg/warn/ /etc/kiln/log-nb.env"
  on n2 rm "$path"
  on n3 rm /etc/kiln/log-sb.env
  run changes
  [ "$output" = "logging/n1/nb /etc/kiln/log-nb.env ['raft:file:warn'] ['raft:file:dbg']
logging/n1/ovs-vswitchd $path not loaded current
logging/n2/ovs-vswitchd $path None current
logging/n3/sb /etc/kiln/log-sb.env None ['any:file:warn', 'raft:file:info']" ]
  run -0 apply
  [ "$(on n1 systemctl show -p NeedDaemonReload --value ovs-vswitchd)" = no ]
  assert_converged
}

@test "a level that leaves the file goes back to the package's, the others stay" {
  logging '[logging.nb]' 'levels = ["raft:file:dbg"]' '[logging.ovn-controller]' 'levels = ["any:syslog:info"]'
  processes > before
  run -0 apply
  for node in n1 n2 n3; do
    is_level "$node" ovn-controller 'OFF INFO INFO'
    is_level "$node" nb 'OFF INFO DBG' raft
    for daemon in ovn-northd ovsdb-server ovs-vswitchd; do is_level "$node" "$daemon" 'OFF ERR INFO'; done
    is_level "$node" sb 'OFF INFO INFO'
  done
  diff before <(processes)
  assert_converged
}

@test "a module that a daemon does not have is told with a name like it, and the rest is done" {
  logging '[logging.ovn-controller]' 'levels = ["pinctl:file:dbg"]'
  run -7 apply
  [[ $output == *'ovn-controller of n1 has no module `pinctl` (vlog/list)'* ]]
  [[ $output == *'similar name: `pinctrl`'* ]]
}

@test "all levels leave with [logging], and nothing of it stays" {
  logging
  processes > before
  run -0 apply
  diff before <(processes)
  for node in n1 n2 n3; do
    have_default_levels "$node"
    run on "$node" bash -c 'ls /etc/systemd/system/*.d/60-kiln-logging.conf /etc/kiln/log-*.env 2> /dev/null'
    [ -z "$output" ]
  done
  assert_converged
}

# logs WORD...: kiln logs as JSON.
logs() { kiln logs "$@" --json 2> logs.err; }
# count KEY VALUE: how many lines of JSON on stdin have it.
values() { python3 -c '
import json, sys
print(*sorted({json.loads(line)[sys.argv[1]] for line in sys.stdin}))' "$1"; }

@test "logs of all nodes are by time, each line once" {
  logs --since 1d > lines
  [ "$(values node < lines)" = 'n1 n2 n3' ]
  [ "$(values daemon < lines)" = 'nb ovn-controller ovn-northd ovs-vswitchd ovsdb-server sb' ]
  [ "$(values level < lines)" != info ]
  python3 -c '
import collections, datetime, json
lines = [json.loads(line) for line in open("lines")]
times = [line["time"] for line in lines]
assert times == sorted(times)
own = [line for line in lines if line["text"][:5].isdigit()]
seen = collections.defaultdict(list)
for line in own: seen[line["node"], line["daemon"], line["text"]].append(datetime.datetime.fromisoformat(line["time"]))
# A daemon that is started again counts anew.
twice = [key for key, times in seen.items() for one, next in zip(times, times[1:]) if (next - one).total_seconds() < 0.5]
print(twice); assert not twice'
  # From the journal alone, and from the file alone.
  grep -q 'systemd: Started ovn-controller.service' lines
  grep -q '"daemon":"ovn-controller".*|INFO|' lines
}

@test "logs are of the nodes and daemons that are named" {
  [ "$(logs n2 ovn-controller | values node)" = n2 ]
  [ "$(logs n2 ovn-controller | values daemon)" = ovn-controller ]
  [ "$(logs n1 n3 central | values node)" = 'n1 n3' ]
  [ "$(logs central | values daemon)" = 'nb ovn-northd sb' ]
  [ "$(logs -n 7 | wc -l)" = 7 ]
  [ "$(logs n2 ovn-northd -n 5)" = "$(logs ovn-northd n2 kiln.toml -n 5)" ]
  run -64 kiln logs n2 ovn-contoller
  [[ $output == *'a similar name: `ovn-controller`'* ]]
  run -0 kiln logs n2 nb
  [[ $output == *Z\ n2\ nb\ 0* ]]
}

@test "logs of the last minutes begin there" {
  from=$(on n1 date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  on n1 systemctl restart ovn-northd
  eventually 120 has_line n1 ovn-northd "$from"
  logs --since "$from" > lines
  [ "$(python3 -c 'import json; print(min(json.loads(line)["time"] for line in open("lines")) >= "'"$from"'")')" = True ]
}
has_line() { logs "$1" "$2" --since "$3" | grep -q 'opened log file'; }

@test "-f shows what happens while it runs, in the file and in the journal, and ends when it is asked to" {
  "$KILN" logs -f -n 1 --json > follow.log 2> follow.err 3>&- &
  follower=$!
  eventually 120 test -s follow.log
  before=$(grep -c 'opened log file' follow.log || true)
  on n2 systemctl restart ovn-northd
  eventually 120 grep -q '"node":"n2".*systemd: Started ovn-northd.service' follow.log
  eventually 120 grep -q '"node":"n2".*|vlog|INFO|opened log file' follow.log
  [ "$before" = 0 ]
  # logrotate(8) renames the file and has the daemon open a new one; nothing of it is lost.
  on n3 mv /var/log/ovn/ovn-controller.log /var/log/ovn/ovn-controller.log.1
  appctl n3 ovn-controller vlog/reopen
  eventually 120 grep -q '"daemon":"ovn-controller".*"node":"n3".*opened log file' follow.log
  kill -INT "$follower"
  wait "$follower"
}

said_again() { grep -q '^kiln: n3 answers again' follow.err || { cat follow.err; return 1; }; }

@test "a host that is dead is told and does not stop the rest, also while logs are followed" {
  "$KILN" logs nb -f -n 1 --json > follow.log 2> follow.err 3>&- &
  follower=$!
  eventually 120 test -s follow.log
  lab kill n3
  run -1 kiln logs ovn-northd
  [[ $output == *'kiln: error: n3: '* ]]
  [[ $output == *'n1 ovn-northd'* ]]
  eventually 120 grep -q '^kiln: error: n3: ' follow.err
  : > follow.log
  on n1 systemctl restart ovn-ovsdb-server-nb
  eventually 120 grep -q '"node":"n1".*systemd: Started ovn-ovsdb-server-nb.service' follow.log
  lab start n3
  eventually 120 said_again
  [ "$(grep -c '^kiln: error: n3' follow.err)" = 1 ]
  kill -INT "$follower"
  wait "$follower"
}
