# shellcheck shell=bash disable=SC2154 # bats sets its own
# What every suite on real hosts needs: a lab of its own, ways to talk to its hosts, conditions
# with deadlines, and the hosts' journals when a test has failed. A suite says
#
#   load common
#   setup_file()    { lab_setup --nodes 3; }
#   teardown_file() { lab_teardown; }
#
# and must not define teardown itself, or has to call lab_collect_if_failed in it.
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
  local file=${BATS_TEST_FILENAME##*/}
  [ "$EUID" = 0 ] || skip "labs need root"
  command -v mmdebstrap systemd-nspawn > /dev/null || skip "needs the packages in lab/packages.txt"
  export KILN_LAB_NAME=t-${file%.bats}-$$
  lab up "$@" || { lab_collect setup_file; return 1; }
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

# eventually SECONDS CMD...: asks until CMD succeeds; says what it said last if it never does.
eventually() {
  local seconds=$1 end said
  shift
  end=$((${EPOCHREALTIME/./} + seconds * 1000000))
  until said=$("$@" 2>&1); do
    if ((${EPOCHREALTIME/./} >= end)); then
      printf 'not within %s s: %s\n%s\n' "$seconds" "$*" "$said" >&2
      return 1
    fi
    sleep 0.05
  done
}

# reachable ADDRESS [PORT]: whether somebody answers the machine there (ssh unless said).
# shellcheck disable=SC2016
reachable() { timeout 2 bash -c 'exec 3<> "/dev/tcp/$1/$2"' - "$1" "${2:-22}"; }
unreachable() { ! reachable "$@" 2>/dev/null; }

# address NODE: where the lab's own table says it is.
address() { lab status | awk -v node="$1" '$1 == node { print $3 }'; }
