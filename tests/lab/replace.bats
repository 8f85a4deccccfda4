# shellcheck shell=bash disable=SC2016,SC2154
#
# A node's name, address or system-id changes: the old one goes before the new one comes, never an edit in place.

# shellcheck source=common.bash
load common

setup_file() { four_nodes; }
teardown_file() { lab_teardown; }
setup() { the_file; }

registered() { [ "$(chassis)" = "$1" ] && [ "$(private_chassis)" = "$1" ] && [ "$(encap_chassis)" = "$1" ]; }
is_chassis() { [[ " $(chassis) " == *" $1 "* ]]; }
servers() { # nb|sb: addresses of the servers that n1 lists
  local schema=OVN_Northbound
  [ "$1" = nb ] || schema=OVN_Southbound
  on n1 ovn-appctl -t "/run/ovn/ovn$1_db.ctl" cluster/status "$schema" | sed -n 's/^ .* at ssl:\([0-9.]*\):.*/\1/p' | sort | xargs
}
# verb RESOURCE: what the plan does to it.
verb() {
  kiln plan "$file" --json 2> /dev/null | python3 -c '
import json, sys
print(*[change["verb"] for change in json.load(sys.stdin)["changes"] if change["resource"] == sys.argv[1]])' "$1"
}

@test "a chassis that was given another system-id by hand registers again under its own, and leaves no row" {
  on n4 sh -c 'echo other > /etc/openvswitch/system-id.conf; ovs-vsctl set Open_vSwitch . external_ids:system-id=other'
  [ "$(verb chassis/n4)" = replace ]
  run -0 apply
  registered "n1 n2 n3 n4"
  [ "$(on n4 cat /etc/openvswitch/system-id.conf)" = n4 ]
  assert_converged
}

@test "one that is registered under the other name leaves its rows, although kiln is killed on the way" {
  on n4 sh -c 'echo other > /etc/openvswitch/system-id.conf; ovs-vsctl set Open_vSwitch . external_ids:system-id=other'
  on n1 ovn-sbctl chassis-del n4 # its tunnel endpoint kept the other name from being registered
  eventually 60 is_chassis other
  timeout -s KILL 2 "$KILN" apply "$file" --auto-approve > killed.log 2>&1 || true
  run -0 apply
  registered "n1 n2 n3 n4"
  assert_converged
}

@test "a node is renamed: all of the old one leaves the machine before the new one comes" {
  sed -i 's/^\[nodes\.n4/[nodes.n9/' "$file"
  kiln plan "$file" --json > plan.log
  grep -q "n9 is on the machine of n4 ($(address n4)): all of n4 leaves it first, then n9 comes" plan.log
  run grep -c 'packages/n9' plan.log
  [ "$output" = 0 ]
  run -0 apply
  registered "n1 n2 n3 n9"
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3 kiln-node-n9" ]
  [ "$(on n4 cat /etc/openvswitch/system-id.conf)" = n9 ]
  assert_converged
}

@test "and back, killed on the way" {
  cp base.toml "$file"
  timeout -s KILL 4 "$KILN" apply "$file" --auto-approve > killed.log 2>&1 || true
  run -0 apply
  registered "n1 n2 n3 n4"
  assert_converged
}

@test "a central's address changes: its members leave at the old one and join at the new one" {
  old=$(address n3)
  new=${old%.*}.213
  on n3 sh -c "ip address add $new/24 dev \$(ip -o route get ${old%.*}.1 | sed 's/.* dev \([^ ]*\).*/\1/')"
  # The machine is known by its host key, whatever its address.
  cp known_hosts known_hosts.old 2> /dev/null || true
  sed -i "/^\[nodes\.n3\]/,/^\$/s/^address = .*/address = \"$new\"/" "$file"
  key n3 "ssh = { host = \"$old\" }"
  [ "$(verb database/n3/nb)" = replace ]
  [ "$(verb node/n3)" = replace ]
  run -0 apply
  [ "$(servers nb)" = "$(printf '%s\n' "$(address n1)" "$(address n2)" "$new" | sort | xargs)" ]
  [ "$(servers sb)" = "$(servers nb)" ]
  [[ $(on n4 ovs-vsctl get Open_vSwitch . external_ids:ovn-remote) == *"$new"* ]]
  registered "n1 n2 n3 n4"
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "and back, when the machine has the new one no more" {
  old=$(address n3)
  new=${old%.*}.213
  on n3 sh -c "ip address del $new/24 dev \$(ip -o route get ${old%.*}.1 | sed 's/.* dev \([^ ]*\).*/\1/')"
  cp base.toml "$file"
  run -0 apply
  [ "$(servers nb)" = "$(printf '%s\n' "$(address n1)" "$(address n2)" "$old" | sort | xargs)" ]
  [ "$(servers sb)" = "$(servers nb)" ]
  registered "n1 n2 n3 n4"
  assert_converged
}
