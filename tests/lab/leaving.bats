# shellcheck shell=bash disable=SC2016,SC2154
#
# Services and nodes go: by the file, because a machine died, or because its disk is empty. What stays goes on, and
# nothing of kiln's is left where it is not wanted.

# shellcheck source=common.bash
load common

setup_file() { four_nodes; }
teardown_file() { lab_teardown; }
setup() { the_file; }

# nothing_runs NODE UNIT...: neither now nor at boot.
nothing_runs() {
  local node=$1 unit
  shift
  for unit; do
    ! on "$node" systemctl is-active --quiet "$unit" || { echo "$unit runs on $node"; return 1; }
    ! on "$node" systemctl is-enabled --quiet "$unit" || [ "$(on "$node" systemctl is-enabled "$unit")" = static ] ||
      { echo "$unit starts at boot on $node"; return 1; }
  done
}
started() { on "$1" systemctl show -p MainPID -p ExecMainStartTimestampMonotonic --value "$2" | tr '\n' ' '; }
# members NODE nb|sb: "id address" of each server that the member on NODE lists.
members() {
  local schema=OVN_Northbound
  [ "$2" = nb ] || schema=OVN_Southbound
  on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$schema" | sed -n 's/^ *\([0-9a-f]*\) (.* at ssl:\([0-9.]*\):.*/\1 \2/p' | sort
}
are_members() { # NODE...
  local database wanted
  wanted=$(for node; do address "$node"; done | sort)
  for database in nb sb; do
    [ "$(members "$1" "$database" | cut -d' ' -f2 | sort)" = "$wanted" ] || { members "$1" "$database"; return 1; }
  done
}
cluster_id() { on "$1" ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | sed -n 's/^Cluster ID: //p'; }

@test "a node leaves: its rows, its daemons, its bridges and its keys go; the others do not notice" {
  before=$(for node in n1 n2 n3; do started "$node" ovn-controller; started "$node" ovn-ovsdb-server-sb; done)
  key n4 'state = "absent"'
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3" ] && [ "$(private_chassis)" = "n1 n2 n3" ] && [ "$(encap_chassis)" = "n1 n2 n3" ]
  nothing_runs n4 ovn-controller ovn-host ovs-vswitchd ovsdb-server openvswitch-switch
  run ! on n4 ip link show br-int
  run ! on n4 ip link show br-phys
  [ "$(on n4 find /etc/kiln -type f -o -type l | wc -l)" = 0 ]
  [ "$before" = "$(for node in n1 n2 n3; do started "$node" ovn-controller; started "$node" ovn-ovsdb-server-sb; done)" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "one that is to leave and does not answer is put off, and said to be" {
  cp "$file" absent.toml
  key n3 'state = "absent"'
  lab cut n3
  kiln plan "$file" --json > plan.json
  run apply
  lab heal n3
  cp absent.toml "$file"
  [ "$status" = 7 ]
  [[ $output == *"3 changes were put off"* ]]
  grep -q "if it will never come back" plan.json
  run -0 apply
  assert_converged
}

@test "a reboot brings nothing back, and the node may be taken out of the file" {
  lab reboot n4
  nothing_runs n4 ovn-controller ovs-vswitchd
  assert_converged
  cp "$file" whole.toml
  sed -i '/^\[nodes\.n4/,$d' "$file"
  assert_converged
  cp whole.toml "$file"
}

@test "it comes back" {
  sed -i '/^state = /d' "$file"
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  assert_converged
}

@test "a central stops to be a chassis, killed on the way; its databases go on" {
  before=$(started n3 ovn-ovsdb-server-nb; started n3 ovn-ovsdb-server-sb)
  key n3 'services = ["central"]'
  timeout -s KILL 2 "$KILN" apply "$file" --auto-approve > killed.log 2>&1 || true
  run -0 apply
  [ "$(chassis)" = "n1 n2 n4" ]
  nothing_runs n3 ovn-controller ovn-host ovs-vswitchd ovsdb-server openvswitch-switch
  run ! on n3 test -e /etc/kiln/pki/ovn-controller
  [ "$before" = "$(started n3 ovn-ovsdb-server-nb; started n3 ovn-ovsdb-server-sb)" ]
  assert_converged
  key n3 'services = ["central", "chassis", "switch"]'
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3 n4" ]
}

@test "a chassis that was stopped by hand is started, and one whose rows were deleted registers again" {
  on n4 systemctl stop ovn-controller
  on n1 sh -c 'ovn-sbctl chassis-del n3'
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  assert_converged
}

@test "a switch stays where only the chassis goes, and its bridge goes with its block" {
  key n4 'services = ["switch"]'
  sed -i '/^\[nodes\.n4\.bridges/,/^$/d' "$file"
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3" ]
  on n4 systemctl is-active ovs-vswitchd
  [ -z "$(on n4 ovs-vsctl list-br)" ]
  [ -z "$(on n4 ovs-vsctl --if-exists get Open_vSwitch . external_ids:ovn-remote)" ]
  assert_converged
  cp base.toml "$file"
  run -0 apply
  assert_converged
}

@test "bridges of somebody else keep Open vSwitch running" {
  on n4 ovs-vsctl add-br br-theirs
  key n4 'state = "absent"'
  run apply
  [[ $output == *"bridge br-theirs on n4 is not kiln's"* ]]
  on n4 ovs-vsctl br-exists br-theirs
  on n4 ovs-vsctl del-br br-theirs
  run -0 apply
  nothing_runs n4 ovs-vswitchd
  assert_converged
  cp base.toml "$file"
  run -0 apply
}

@test "a node that answers is not dead" {
  key n3 'state = "dead"'
  run -3 apply
  [[ $output == *"n3 answers, so it is not dead"* ]]
  are_members n1 n2 n3
  [ "$(chassis)" = "n1 n2 n3 n4" ]
}

@test "one that was powered off for good is let go, by the id of its servers" {
  lab kill n3
  run -0 apply
  are_members n1 n2
  [ "$(chassis)" = "n1 n2 n4" ] && [ "$(private_chassis)" = "n1 n2 n4" ] && [ "$(encap_chassis)" = "n1 n2 n4" ]
  [[ $(on n4 ovs-vsctl get Open_vSwitch . external_ids:ovn-remote) != *"$(address n3)"* ]]
  assert_converged
}

@test "should it come back, its servers put their files aside and join anew" {
  old=$(on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound | sed -n 's/^Cluster ID: //p')
  lab start n3
  cp base.toml "$file"
  run -0 apply
  are_members n1 n2 n3
  on n3 sh -c 'test -f /var/lib/ovn/kiln-left-*/ovnnb_db.db'
  [ "$old" = "$(on n3 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound | sed -n 's/^Cluster ID: //p')" ]
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  assert_converged
}

@test "a central that was rebuilt with an empty disk joins again, and makes no second cluster" {
  id=$(cluster_id n1)
  on n2 sh -c 'systemctl stop ovn-central ovn-host ovn-northd ovn-ovsdb-server-nb ovn-ovsdb-server-sb kiln-workload-vm2 \
      openvswitch-switch ovs-vswitchd ovsdb-server
    systemctl disable -q ovn-central ovn-host openvswitch-switch kiln-workload-vm2
    rm -rf /var/lib/ovn/* /etc/kiln /etc/openvswitch/* /etc/systemd/system/kiln-* /etc/systemd/system/ov* /usr/local/bin/ovn-*
    systemctl daemon-reload; ip link delete w-vm2 2>/dev/null; ip netns delete vm2 2>/dev/null; true'
  run -0 apply
  are_members n1 n2 n3
  [ "$id" = "$(cluster_id n2)" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "the last central stays, unless the file says that this is meant" {
  for node in n1 n2 n3; do key "$node" 'services = ["chassis", "switch"]'; done
  run -4 apply
  [[ $output == *"it would be the last central"*"allow-last-central-removal"* ]]
  are_members n1 n2 n3
}

@test "down to none, and up again: another cluster, and every chassis registers there" {
  id=$(cluster_id n1)
  printf '[safety]\nallow-last-central-removal = true\n' >> "$file"
  sed -i '/^\[\[checks\]\]/,/^$/d' "$file"
  kiln plan "$file" | grep -q "no row of it is served any more"
  rows=$(on n1 ovn-nbctl --format=csv --no-headings --columns=_uuid,name list Logical_Switch_Port | sort)
  run -0 apply
  [[ $output == *"the rows are in "* ]]
  # The copy is of the moment before, and whole.
  [ "$rows" = "$(ovsdb-tool query backups/lab-*/OVN_Northbound.db \
    '["OVN_Northbound",{"op":"select","table":"Logical_Switch_Port","where":[],"columns":["_uuid","name"]}]' |
    python3 -c 'import json, sys; print(*sorted(row["_uuid"][1] + "," + row["name"] for row in json.load(sys.stdin)[0]["rows"]), sep="\n")')" ]
  for node in n1 n2 n3; do nothing_runs "$node" ovn-northd ovn-ovsdb-server-nb ovn-ovsdb-server-sb; done
  on n1 sh -c 'test -f /var/lib/ovn/kiln-left-*/ovnsb_db.db'
  assert_converged
  cp base.toml "$file"
  run -0 apply
  [ "$id" != "$(cluster_id n1)" ]
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
