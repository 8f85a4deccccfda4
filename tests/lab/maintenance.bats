# shellcheck shell=bash disable=SC2016,SC2154
#
# The node that leads a database is drained, rebooted while it is drained, drained by a kiln that dies, and comes back.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
  cat >> "$file" <<'TOML'

[switches.ls1.ports.vm3]
addresses = ["02:ac:10:ff:00:33 172.16.255.33"]
port-security = true

[workloads.vm3]
node = "n3"
port = "ls1/vm3"
ip = "172.16.255.33/24"

[[checks]]
ping = { from = "vm2", to = "vm3" }
TOML
  deployed
  cp "$file" present.toml
  # Whoever leads the northbound is drained; the two others stay at work.
  leader nb > drained
}
teardown_file() { lab_teardown; }
setup() {
  the_file
  drained=$(<drained)
  others=$(printf '%s\n' n1 n2 n3 | grep -v "$drained")
  one=${others%$'\n'*}
  other=${others#*$'\n'}
}

drain() { sed "/^\[nodes\.$drained\]/a state = \"maintenance\"" present.toml > "$file"; }
back() { cp present.toml "$file"; }

# status NODE nb|sb: cluster/status of the member there.
status() {
  local schema=OVN_Northbound
  [ "$2" = nb ] || schema=OVN_Southbound
  on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$schema"
}
leads() { status "$1" "$2" | grep -q '^Role: leader'; }
leader() {
  local node
  for node in n1 n2 n3; do
    if leads "$node" "$1"; then echo "$node"; fi
  done
}
# vm_of NODE, ip_of NODE: its workload.
vm_of() { echo "vm${1#n}"; }
ip_of() { echo "172.16.255.${1#n}${1#n}"; }

# What maintenance means, as the host's own tools say it.
is_drained() {
  local database
  for database in nb sb; do
    status "$drained" "$database" | grep -q '^Role: follower' || return 1
    status "$drained" "$database" | grep -q '^Status: cluster member' || return 1
  done
  for unit in ovn-northd ovn-controller; do
    [ "$(on "$drained" systemctl show -p ActiveState --value "$unit")" = inactive ] || return 1
    [ "$(on "$drained" systemctl show -p LoadState --value "$unit")" = masked ] || return 1
  done
  ! on "$one" ovn-sbctl --bare --columns=name list Chassis | grep -qx "$drained" || return 1
  [ "$(for node in $one $other; do on "$node" ovn-appctl -t ovn-northd status; done | grep -c 'active$')" = 1 ]
}
is_back() {
  for unit in ovn-northd ovn-controller; do
    [ "$(on "$drained" systemctl show -p ActiveState --value "$unit")" = active ] || return 1
    [ "$(on "$drained" systemctl show -p LoadState --value "$unit")" = loaded ] || return 1
  done
  on "$one" ovn-sbctl --bare --columns=name list Chassis | grep -qx "$drained" || return 1
}
empty_plan() { kiln plan "$file" --detailed-exitcode; }

@test "the leader's node is drained, and the others' traffic goes on" {
  drain
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"node \`$drained\` is in maintenance: \`$(vm_of "$drained")\` has no network there"*"[workload-in-maintenance]"* ]]
  eventually 60 ping_works "$one" "$(vm_of "$one")" "$(ip_of "$other")" # no check of the file waits for these two
  ping_begins "$one" "$(vm_of "$one")" "$(ip_of "$other")"
  run -0 apply
  ping_ends "$one"
  is_drained
  # The database servers, Open vSwitch and the workload's namespace are there as before.
  for unit in ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovs-vswitchd "kiln-workload-$(vm_of "$drained")"; do
    on "$drained" systemctl is-active --quiet "$unit"
  done
  on "$drained" ovs-vsctl get Open_vSwitch . external_ids:ovn-remote
  ping_fails "$one" "$(vm_of "$one")" "$(ip_of "$drained")"
  assert_converged
}

@test "status and doctor say maintenance, and that all is well" {
  drain
  run -0 kiln status "$file"
  [[ $output == *"$drained "*" maintenance "*"all is well"* ]]
  run -0 kiln doctor "$file" # all of it passes
  [[ $output == *"in maintenance: $drained; all "*" units run"* ]]
}

@test "a reboot in maintenance comes up drained" {
  drain
  lab reboot "$drained"
  eventually 120 empty_plan
  is_drained
  assert_converged
}

@test "a drained member that gets the leadership again hands it over at the next apply" {
  drain
  led=$(leader nb)
  third=$(printf '%s\n' n1 n2 n3 | grep -v -e "$drained" -e "$led")
  on "$third" systemctl stop ovn-ovsdb-server-nb # now only the drained one is there to take it
  on "$led" ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/failure-test transfer-leadership
  eventually 120 leads "$drained" nb
  on "$third" systemctl start ovn-ovsdb-server-nb
  eventually 120 caught_up "$third"
  run -0 changes
  [[ $output == "database/$drained/nb leads yes no" ]]
  run -0 apply
  is_drained
  assert_converged
}
caught_up() { status "$1" nb | grep -q '^Leader: [0-9a-f]\{4\}$'; }

@test "back to present: all comes back in one apply" {
  back
  run -0 apply
  is_back
  eventually 120 ping_works "$one" "$(vm_of "$one")" "$(ip_of "$drained")"
  assert_converged
  run -0 kiln status "$file"
  [[ $output != *maintenance* ]]
}

# killed_at LINE: kiln dies when its log has a line like this; the next apply completes the drain.
killed_at() {
  drain
  "$KILN" apply "$file" --auto-approve > log 2>&1 &
  pid=$!
  eventually 120 grep -qE "$1" log
  kill -KILL "$pid" 2> /dev/null || true
  wait "$pid" || true
  run -0 apply
  is_drained
  assert_converged
  back
  run -0 apply
  is_back
  assert_converged
}
@test "kiln dies after ovn-northd was stopped" { killed_at "$drained .*did stop ovn-northd"; }
@test "kiln dies after ovn-controller was stopped" { killed_at "$drained .*did stop ovn-controller"; }
