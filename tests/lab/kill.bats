# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln itself dies in the middle of a bring-up: the next apply completes it, and the end is the same each time.

# shellcheck source=common.bash
load common

# Each point is a bring-up of its own, of fresh hosts.
setup() {
  lab_setup --nodes 3
  deployment
}
teardown() {
  lab_collect_if_failed
  lab down
}

logged() { grep -qE "$1" "$2"; }

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
    on "$node" bash -c 'find /etc/kiln /etc/openvswitch/system-id.conf /etc/systemd/system -name "*pem*" -prune -o -type f -print0 |
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

# killed_at LINE: apply, and SIGKILL when its log has a line like this; then apply again, and compare.
killed_at() {
  "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  local pid=$!
  eventually 120 logged "$1" "$BATS_TEST_TMPDIR/log"
  kill -KILL "$pid" 2> /dev/null || true # the last line's is gone by itself
  wait "$pid" || true
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  assert_converged
  end_state > end
  # The first of these is the one that the others are compared with.
  [ -e "$BATS_FILE_TMPDIR/first-end" ] || cp end "$BATS_FILE_TMPDIR/first-end"
  diff "$BATS_FILE_TMPDIR/first-end" end
}

@test "not killed at all" { killed_at '1 check passed'; }
@test "killed while keys and certificates are made" { killed_at 'did issue'; }
@test "killed while units are written" { killed_at 'n2 .*did write'; }
@test "killed while the first member is made" { killed_at 'start .*create OVN_Northbound'; }
@test "killed while the first member is started" { killed_at 'did create OVN_Southbound'; }
@test "killed while a member joins" { killed_at 'did join OVN_Southbound'; }
@test "killed while it waits for a member" { killed_at 'n3 start .*run OVN_Northbound'; }
@test "killed while rows are written" { killed_at 'did .*(transact|Logical_Switch|OVN_Northbound .*row)'; }
@test "killed while northd is started" { killed_at 'start .*run ovn-northd'; }
@test "killed while chassis are told" { killed_at 'start .*run ovn-controller'; }
@test "killed while a workload is wired" { killed_at 'start .*wire vm'; }

@test "Ctrl-C ends the running steps, reports, and exits 7" {
  apply
  on n1 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  on n2 ovn-nbctl lsp-del ls1-vm2
  setsid "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  pid=$!
  eventually 120 logged ' start ' "$BATS_TEST_TMPDIR/log"
  kill -INT "$pid"
  run wait "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" = 7 ] || { cat "$BATS_TEST_TMPDIR/log" >&2; false; }
  grep -q interrupted "$BATS_TEST_TMPDIR/log"
  apply
  assert_converged
}
