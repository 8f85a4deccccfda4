# shellcheck shell=bash disable=SC2016,SC2154
#
# An ovsdb-server refuses its own file: a leader had it drop entries that it knew to be committed (OVS 3.5.0 can elect
# such a leader when all centrals start at once), or it crashed while it joined. Here the files are made so by hand. One
# of three joins anew; of two the third one's rows are kept.

# shellcheck source=common.bash
load common
# shellcheck source=recovery.bash
load recovery

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

gave_up() { [ "$(on "$1" systemctl show -P ActiveState ovn-ovsdb-server-sb)" = failed ]; }
# led NODE...: one of them leads, which takes an election if the one that is spoilt did.
led() {
  local node
  for node; do
    ! on "$node" ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | grep -qx 'Leader: self' || return 0
  done
  return 1
}
# spoilt NODE SCRIPT: on the stopped southbound's file there; `record JSON` appends one (ovsdb(5), File Formats).
spoilt() {
  on "$1" systemctl stop ovn-ovsdb-server-sb
  on "$1" bash -ec '
    file=/var/lib/ovn/ovnsb_db.db
    record() { printf "OVSDB CLUSTER %s %s\n%s\n" $((${#1} + 1)) "$(sha1sum <<< "$1" | cut -c1-40)" "$1" >> "$file"; }
    '"$2"
  on "$1" systemctl start ovn-ovsdb-server-sb || true
  eventually 60 gave_up "$1"
}
# An entry of a new term comes in the place of one that was committed.
truncated='
    committed=$(grep -ao "^{\"commit_index\":[0-9]*}" "$file" | tail -n 1 | tr -dc 0-9)
    record "{\"term\":1000}"
    record "{\"data\":[null,{}],\"eid\":\"$(cat /proc/sys/kernel/random/uuid)\",\"term\":1000,\"index\":$((committed - 1))}"'
# The snapshot that a new server was sent lists the others, and nothing after it lists the server.
half_joined='
    header=$(sed -n 2p "$file" | sed -E "s/\"server_id\":\"[^\"]*\"/\"server_id\":\"$(cat /proc/sys/kernel/random/uuid)\"/")
    rm "$file"
    record "$header"'

@test "it is told where one looks, and an apply joins the member anew" {
  spoilt n3 "$truncated"
  eventually 60 led n1 n2
  run -2 kiln doctor "$file"
  [[ $output == *"n3"*"ovsdb-server refuses its file of OVN_Southbound: error reading record"*"commit index is already"* ]]
  run kiln status "$file"
  [[ $output == *"server refuses its file"* ]]
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"refused by its server: error"*"put aside the file that its server refuses"* ]]
  run -0 apply
  [ "$(members n1 sb OVN_Southbound)" = 3 ] && [ "$(members n3 sb OVN_Southbound)" = 3 ]
  run -0 on n3 sh -c 'ls -d /var/lib/ovn/kiln-left-*/ovnsb_db.db'
  assert_converged
}

@test "killed once the old server is let go, the next apply ends it" {
  spoilt n2 "$half_joined"
  eventually 60 led n1 n3
  run kiln status "$file"
  [[ $output == *"server refuses its file"* ]]
  "$KILN" apply "$file" --auto-approve > killed.log 2>&1 &
  pid=$!
  eventually 60 logged 'start .*put aside the file' killed.log
  kill -KILL "$pid"
  wait "$pid" || true
  eventually 120 apply
  [ "$(members n1 sb OVN_Southbound)" = 3 ] && [ "$(members n2 sb OVN_Southbound)" = 3 ]
  assert_converged
}

@test "a central that goes is let go by the others, as its server cannot start to leave" {
  cp "$file" whole.toml
  spoilt n3 "$truncated"
  eventually 60 led n1 n2
  key n3 'services = ["chassis", "switch"]'
  run -0 apply
  [ "$(members n1 sb OVN_Southbound)" = 2 ] && [ "$(members n1 nb OVN_Northbound)" = 2 ]
  assert_converged
  cp whole.toml "$file"
  run -0 apply
  [ "$(members n1 sb OVN_Southbound)" = 3 ] && [ "$(members n3 nb OVN_Northbound)" = 3 ]
  assert_converged
}

@test "where two of three refuse, apply names the way out, and the rows of the third are kept" {
  on n3 ovn-sbctl --no-leader-only --bare --columns=name list Chassis | sort > chassis.before
  spoilt n1 "$truncated"
  spoilt n2 "$truncated"
  run kiln apply "$file" --auto-approve
  [[ $status == [47] && $output == *'kiln recover --db sb'* ]] || { echo "$status $output"; return 1; }
  run -4 kiln recover --db sb "$file"
  [[ $output == *"The rows of n3 are kept"*"n1 (ssl:"*"whose server refuses its file"* ]]
  run -0 kiln recover --db sb "$file" --auto-approve
  for node in n1 n2 n3; do [ "$(members "$node" sb OVN_Southbound)" = 3 ]; done
  for node in n1 n2; do run -0 on "$node" sh -c 'ls -d /var/lib/ovn/kiln-*/ovnsb_db.db'; done
  on n1 ovn-sbctl --bare --columns=name list Chassis | sort | diff chassis.before -
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
