# shellcheck shell=bash disable=SC2016,SC2154
#
# A host does not answer: what is known of it is nothing, so that nothing of it is made, changed or removed.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "a node without power is deferred by name, and the others are compared" {
  lab kill n3
  on n2 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"2 of 3 hosts answered"* && $output == *"n3 (root@"* ]]
  run ! grep -E '^ +[-+~] n3 ' <<< "$output"
}

@test "the databases go on without it, and status says who is missing" {
  # What was changed by hand on a host that answers is mended, though a member is down.
  run -7 apply
  [ "$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip)" != '"192.0.2.1"' ]
  eventually 120 ping_works n1 vm1 172.16.255.22
  run kiln status "$file"
  [ "$status" != 0 ]
  [[ $output == *n3*down* || $output == *n3*unreachable* || $output == *n3*"no answer"* ]]
}

@test "when it is back, apply completes" {
  lab start n3
  run -0 apply
  assert_converged
}

@test "a node that is cut off comes back in the middle of nothing" {
  lab cut n2
  run -2 kiln plan "$file" --detailed-exitcode
  lab heal n2
  eventually 120 kiln plan "$file" --detailed-exitcode
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

# small: the databases of n3 are on a disk of 40 MiB; whole: no more.
small() { on n3 sh -c 'systemctl stop ovn-ovsdb-server-nb ovn-ovsdb-server-sb && mkdir -p /mnt/small && mount -t tmpfs -o size=40m tmpfs /mnt/small &&
  cp -a /var/lib/ovn/. /mnt/small && mount --bind /mnt/small /var/lib/ovn && systemctl start ovn-ovsdb-server-nb ovn-ovsdb-server-sb'; }
whole() { on n3 sh -c 'systemctl stop ovn-ovsdb-server-nb ovn-ovsdb-server-sb && umount /var/lib/ovn && cp -a /mnt/small/. /var/lib/ovn && umount /mnt/small &&
  systemctl start ovn-ovsdb-server-nb ovn-ovsdb-server-sb'; }
@test "a member whose disk is full confirms nothing, which is told; with room it does again, and its file is made anew as doctor says" {
  small
  eventually 120 kiln plan "$file" --detailed-exitcode
  leader=$(kiln status "$file" --json | python3 -c 'import json, sys; print(next(d["leader"] for d in json.load(sys.stdin)["databases"] if d["name"] == "OVN_Northbound"))')
  on n3 sh -c 'head -c 60000000 /dev/zero > /var/lib/ovn/filler || true'
  for i in 1 2 3; do on "$leader" ovn-nbctl set NB_Global . external_ids:somebody="$(head -c 50000 /dev/zero | tr '\0' x)$i"; done
  eventually 60 told
  run -2 kiln plan "$file" --detailed-exitcode
  run ! kiln status "$file"
  run ! apply
  shows "has not heard it for"
  on n3 rm /var/lib/ovn/filler
  run ! kiln doctor "$file"
  shows 'check-cluster*ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/compact OVN_Northbound` there'
  on n3 ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/compact OVN_Northbound
  run -0 apply
  on n3 ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/compact OVN_Southbound
  on "$leader" ovn-nbctl remove NB_Global . external_ids somebody
  whole
  eventually 120 kiln plan "$file" --detailed-exitcode
  assert_converged
}
told() { kiln status "$file" > told.log 2>&1 || true; tr -s "\n " "  " < told.log | grep -q "n3 .*has not heard it for"; }
