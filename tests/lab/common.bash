# shellcheck shell=bash disable=SC2154 # bats sets its own
# What every suite on real hosts needs: a lab of its own, ways to talk to its hosts, conditions
# with deadlines, and the hosts' journals when a test has failed. A suite says
#
#   load common
#   setup_file()    { lab_setup --nodes 3; }
#   teardown_file() { lab_teardown; }
#
# or `lab_deployed` for a lab on which the file of `deployment` is applied; it must not define teardown itself, or has
# to call lab_collect_if_failed in it.
#
# KILN            the binary under test (build/release/kiln)
# KILN_LAB_LOGS   where journals of failed tests go (/tmp/kiln-lab-logs)

bats_require_minimum_version 1.5.0

root=$(cd "${BATS_TEST_FILENAME%/*}/../.." && pwd)
KILN=${KILN:-build/release/kiln}
[[ $KILN == /* ]] || KILN=$root/$KILN
logs=${KILN_LAB_LOGS:-/tmp/kiln-lab-logs}

lab() { "$root/lab/lab" "$@"; }
kiln() { "$KILN" "$@"; }

# Brings up this file's lab; the arguments are those of `lab up`. From now on `lab` means it.
lab_setup() {
  lab_named
  lab up "$@" || { lab_collect setup_file; return 1; }
}

lab_named() {
  local file=${BATS_TEST_FILENAME##*/}
  [ "$EUID" = 0 ] || skip "labs need root"
  command -v mmdebstrap systemd-nspawn > /dev/null || skip "needs the packages in lab/packages.txt"
  export KILN_LAB_NAME=t-${file%.bats}-$$
}

# Three hosts as `deployment` describes them, in a few seconds: thawed from what `deployed_once` has frozen.
lab_deployed() {
  lab_named
  deployed_once
  lab thaw "$(deployed_image)" || { lab_collect setup_file; return 1; }
  deployment
  cp -a "$(deployed_files)/pki" .
  awake
  assert_converged
}

# The first suite of this kiln that comes here applies the file to fresh hosts and freezes them; the others wait for it.
# deployed_files holds what the machine that kiln runs on has of it, and its end_state.
deployed_once() {
  local lock new
  mkdir -p "$root/build/lab"
  exec {lock}> "$root/build/lab/deployed.lock"
  flock "$lock"
  if [ ! -d "$(deployed_files)" ] || ! lab frozen "$(deployed_image)" > /dev/null 2>&1; then
    lab up --nodes 3 || { lab_collect setup_file; return 1; }
    deployment
    deployed
    assert_converged
    new=$BATS_FILE_TMPDIR/deployed_files
    mkdir "$new"
    cp -a pki "$new/"
    end_state > "$new/end_state"
    lab freeze "$(deployed_image)"
    mv -T "$new" "$(deployed_files)" 2> /dev/null || { rm -rf "$(deployed_files)"; mv -T "$new" "$(deployed_files)"; }
    lab down
    rm -rf pki
  fi
  exec {lock}>&-
}
deployed_files() { echo "$root/build/lab/$(deployed_image)"; }

# awake: the daemons have found each other after a boot of all hosts. Those that were told "not the leader" while there was
# none wait up to 8 s before they ask again (ovsdb_cs); started anew, they ask everybody at once.
awake() {
  local node pids=()
  for node in n1 n2 n3; do eventually 60 on "$node" bash -c 'for db in nb:OVN_Northbound sb:OVN_Southbound; do
    ovn-appctl -t "/run/ovn/ovn${db%:*}_db.ctl" cluster/status "${db#*:}" | grep -Eq "^Leader: (self|[0-9a-f]{4})\$" || exit; done'; done
  for node in n1 n2 n3; do on "$node" systemctl restart ovn-northd ovn-controller & pids+=($!); done
  for node in "${pids[@]}"; do wait "$node"; done
  eventually 120 on n1 ovn-nbctl --timeout=10 --wait=hv sync
}

# Of this checkout, this kiln, these hosts and this file.
deployed_image() {
  printf 't-%s-%s\n' "$(sha256sum <<< "$root" | cut -c1-8)" \
    "$({ sha256sum < "$KILN"; cat "$root"/lab/*.sh "$root/lab/lab" "$root/tests/lab/common.bash"; } | sha256sum | cut -c1-12)"
}

lab_teardown() {
  [ -z "${KILN_LAB_NAME:-}" ] || lab down
}

teardown() { lab_collect_if_failed; }

lab_collect_if_failed() {
  [ -n "${BATS_TEST_COMPLETED:-}" ] || [ -n "${BATS_TEST_SKIPPED:-}" ] || lab_collect "$BATS_TEST_DESCRIPTION"
}

# Saves the journal and console of every host under the name of what failed.
lab_collect() {
  local to node
  to=$logs/${BATS_TEST_FILENAME##*/}/$(tr -cs '[:alnum:]\n' - <<< "$1")
  mkdir -p "$to"
  lab status > "$to/status" 2>&1 || return 0
  for node in $(lab status | awk 'NR > 1 { print $1 }'); do
    lab journal "$node" -o short-precise > "$to/$node.journal" 2>&1 || true
    cp "$(lab path)/nodes/$node/console.log" "$to/$node.console" 2>/dev/null || true
  done
  echo "# journals of the hosts: $to" >&2
}

# on NODE CMD...: as root in a host, without ssh.
on() {
  local node=$1
  shift
  lab exec "$node" -- "$@"
}

# shows PATTERN: $output has it (bash(1), Pattern Matching), folded for the terminal as it may be.
shows() {
  # shellcheck disable=SC2053,SC2154
  [[ $(tr -s '\n ' '  ' <<< "$output") == *$1* ]] || { echo "not shown: $1"; return 1; }
}

# eventually SECONDS CMD...: asks until CMD succeeds; says what it said last if it never does. Deadlines are long:
# they are for machines that are busy with other labs too, so whoever asks takes a ninth of the time, or 3 s between.
eventually() {
  local seconds=$1 now end began said pause
  shift
  now=${EPOCHREALTIME/./}
  end=$((now + seconds * 1000000))
  until began=$now; said=$("$@" 2>&1); do
    now=${EPOCHREALTIME/./}
    if ((now >= end)); then
      printf 'not within %s s: %s\n%s\n' "$seconds" "$*" "$said" >&2
      return 1
    fi
    pause=$(((now - began) * 8))
    pause=$((pause < 200000 ? 200000 : pause > 3000000 ? 3000000 : pause))
    case $1 in grep | logged | test) pause=50000 ;; esac # they ask no host
    sleep "$(printf '%d.%06d' $((pause / 1000000)) $((pause % 1000000)))"
    now=${EPOCHREALTIME/./}
  done
}

# reachable ADDRESS [PORT]: whether somebody answers the machine there (ssh unless said).
# shellcheck disable=SC2016
reachable() { timeout 2 bash -c 'exec 3<> "/dev/tcp/$1/$2"' - "$1" "${2:-22}"; }
unreachable() { ! reachable "$@" 2>/dev/null; }

# address NODE: where the lab's own table says it is.
address() { lab status | awk -v node="$1" '$1 == node { print $3 }'; }

# What the scenarios deploy, unless they say otherwise: three centrals, one switch, two workloads on n1 and n2.
# deployment [LAB-TOML-OPTION...] writes the file.
deployment() {
  the_file
  {
    cat <<'TOML'
[cluster]
name = "lab"

[central]
election-timer-ms = 4000

[ca]
dir = "pki"
passphrase = { env = "KILN_CA_PASSPHRASE" }

[switches.ls1.ports.vm1]
addresses = ["02:ac:10:ff:00:11 172.16.255.11"]
port-security = true

[switches.ls1.ports.vm2]
addresses = ["02:ac:10:ff:00:22 172.16.255.22"]
port-security = true

[workloads.vm1]
node = "n1"
port = "ls1/vm1"
ip = "172.16.255.11/24"

[workloads.vm2]
node = "n2"
port = "ls1/vm2"
ip = "172.16.255.22/24"

[[checks]]
ping = { from = "vm1", to = "vm2" }

TOML
    lab toml "$@"
  } > "$file"
}

# Where an operator would be: beside the file. (Variables that setup_file sets do not reach the tests.)
the_file() {
  cd "$BATS_FILE_TMPDIR" || return
  file=kiln.toml
  export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state # the journal
  export KILN_CA_PASSPHRASE=not-a-secret-of-anybody
}

# deployed: makes the deployment in setup_file, or what a suite has added to it.
deployed() {
  the_file
  apply > apply.log 2>&1 || { cat apply.log >&2; return 1; }
}

# four_nodes: the same with n1 to n3 as centrals and n4 a chassis alone; the file stays as base.toml too.
four_nodes() {
  local node
  lab_deployed
  lab up --nodes 4
  deployment
  for node in n1 n2 n3; do key "$node" 'services = ["central", "chassis", "switch"]'; done
  key n4 'services = ["chassis", "switch"]'
  cp "$file" base.toml
  deployed
}

# key NODE LINE: the node's table has this line; a line of the same key is replaced.
key() {
  sed -i "/^\[nodes\.$1\]\$/,/^\$/{/^${2%% *} = /d}; s/^\[nodes\.$1\]\$/&\n$2/" "$file"
}

# Undoes what a test that failed has left, so that it fails alone.
mended() { kiln plan "$file" --detailed-exitcode > plan.log 2>&1 || apply > apply.log 2>&1 || { cat apply.log >&2; return 1; }; }

apply() { kiln apply "$file" --auto-approve "$@"; }

# Every scenario's last word: the file is what the hosts are, and saying so again does nothing.
assert_converged() {
  local report said
  report=$(apply --json) || { echo "$report" >&2; return 1; }
  for said in '"mutations":0,' '"remaining":[],' '"result":"nothing-to-do",' '"steps":[],'; do
    [[ ${report//[[:space:]]/} == *"$said"* ]] || { echo "$report" >&2; return 1; }
  done
}

# field PATH: one value of the JSON on stdin; names and numbers joined by dots.
field() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = value[int(key)] if isinstance(value, list) else value[key]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# What a bring-up leaves, but for what is different each time: uuids, ids of servers and clusters, keys, times, and the
# network, as other labs may have taken the one that the lab before had.
end_state() {
  local node network
  network=$(address n1)
  network=${network%.*}
  what_is_left "$network" | sed "s/${network//./\\.}\\./NETWORK./g"
}
what_is_left() {
  local node network=$1
  for node in n1 n2 n3; do
    echo "$node"
    on "$node" bash -c 'find /etc/kiln /etc/openvswitch/system-id.conf /etc/systemd/system -name "*pem*" -prune -o -path /etc/kiln/deployment -prune -o -type f -print0 |
      sort -z | while IFS= read -r -d "" f; do echo "$(sed "s/$1[.]/NETWORK./g" "$f" | sha256sum) $f"; done; find /etc/kiln/pki -name "*.pem" | sed "s/[.][0-9a-f]\{16\}//" | sort
      systemctl list-unit-files --state=enabled,disabled,masked --no-legend "ovn*" "openvswitch*" "ovs*" "ovsdb*" "kiln*" | sort
      systemctl list-units --no-legend --plain "ovn*" "ovs*" "kiln*" | awk "{ print \$1, \$3 }" | sort
      ovs-vsctl get open . external-ids; ovs-vsctl list-ports br-phys; ovs-vsctl list-ports br-int | sort' - "$network"
  done
  on n1 ovn-nbctl show | sed 's/^switch [^ ]* /switch /' | sort
  on n1 ovn-sbctl --bare --columns=name,hostname list Chassis | sort
  on n1 sh -c 'for db in nb:OVN_Northbound sb:OVN_Southbound; do
    ovn-appctl -t "/run/ovn/ovn${db%:*}_db.ctl" cluster/status "${db#*:}" | sed -n "s/.* at \(ssl:[^ ]*\).*/\1/p" | sort -u; done'
}

# changes: "resource attribute from to" of each attribute that `plan` wants changed; "resource verb" if it has none.
changes() {
  kiln plan "$file" --json 2>/dev/null | python3 -c '
import json, sys
for change in json.load(sys.stdin)["changes"]:
    if change["verb"] == "unchanged": continue
    for a in change["attributes"] or [None]:
        print(change["resource"], *([change["verb"]] if a is None else [a["path"], a.get("from"), a.get("to")]))'
}

# Who is registered, and whom the northbound remembers, as n1 sees it.
chassis() { on n1 ovn-sbctl --bare --columns=name list Chassis | sort | xargs; }
private_chassis() { on n1 ovn-sbctl --bare --columns=name list Chassis_Private | sort | xargs; }
encap_chassis() { on n1 ovn-sbctl --bare --columns=chassis_name list Encap | sort | xargs; }
roster() { on n1 ovn-nbctl get NB_Global . external_ids | grep -o 'kiln-node-[a-z0-9]*' | xargs; }

# dumped NODE nb|sb SCHEMA TABLE [COLUMN...]: the rows that the server there has, sorted.
dumped() { on "$1" ovsdb-client --no-leader-only -f csv dump "unix:/run/ovn/ovn$2_db.sock" "${@:3}" | sort; }

ping_works() { on "$1" ip netns exec "$2" ping -n -q -c 1 -W 1 "$3"; }
ping_fails() { ! ping_works "$@"; }

# ping_begins NODE WORKLOAD ADDRESS   ten times a second from now on, until ping_ends NODE: nothing is lost. The last one may be
# on its way when ping is told to end.
ping_begins() {
  on "$1" ip netns exec "$2" ping -n -i 0.1 "$3" > ping.log &
  pinging=$!
}
ping_ends() {
  on "$1" pkill -INT -x ping
  wait "$pinging" || true
  none_lost ping.log || { cat ping.log; return 1; }
}
none_lost() {
  awk '
    match($0, /icmp_seq=[0-9]+/) && / time=/ { n = substr($0, RSTART + 9, RLENGTH - 9) + 0; if (!seen[n]++) { back++; if (n > last) last = n } }
    / packets transmitted/ { sent = $1 }
    END { exit !(back > 0 && back == last && sent - last <= 1) }' "$1"
}
