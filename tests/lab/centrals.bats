# shellcheck shell=bash disable=SC2016,SC2154
#
# The databases of a deployment grow from one node to four, move to other nodes and back, and shrink. What need not
# restart does not, no row is lost, and everybody is told where the members are.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 4
  the_file
  lab toml > hosts.toml
  deployment
  sed -i '/^\[ssh\]/,$d' "$file"
  cp "$file" base.toml
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# nodes NODE:SERVICES...: the file has these nodes; SERVICES is central or chassis.
nodes() {
  python3 - "$file" "$@" <<'PY'
import re, sys
base, hosts = open("base.toml").read(), open("hosts.toml").read()
wanted = dict(word.split(":") for word in sys.argv[2:])
text = base + hosts[:hosts.index("[nodes.")]
for block in re.split(r"(?m)^(?=\[nodes\.)", hosts[hosts.index("[nodes."):]):
    if not block: continue
    node = re.match(r"\[nodes\.(\w+)", block).group(1)
    if node not in wanted: continue
    if re.match(r"\[nodes\.\w+\]", block):
        services = '["central", "chassis", "switch"]' if wanted[node] == "central" else '["chassis", "switch"]'
        block = re.sub(r"(?m)^services = .*\n", "", block)
        block = re.sub(r"(\[nodes\.\w+\]\n)", r"\1services = " + services + "\n", block, count=1)
    text += block
text = text.replace('node = "n2"', 'node = "%s"' % ("n2" if "n2" in wanted else "n1"))
open(sys.argv[1], "w").write(text)
PY
}

# started NODE UNIT: when the unit's process began, and which it is.
started() { on "$1" systemctl show -p MainPID -p ExecMainStartTimestampMonotonic --value "$2"; }
servers() {
  local node
  for node; do
    for unit in ovn-ovsdb-server-nb ovn-ovsdb-server-sb; do echo "$node $unit $(started "$node" "$unit" | tr '\n' ' ')"; done
  done
}
controllers() {
  local node
  for node; do echo "$node $(started "$node" ovn-controller | tr '\n' ' ')"; done
}

# members NODE nb|sb: the addresses that the member on NODE lists, sorted.
members() {
  local schema=OVN_Northbound
  [ "$2" = nb ] || schema=OVN_Southbound
  on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$schema" | sed -n 's/.* at ssl:\([0-9.]*\):.*/\1/p' | sort -u
}
are_members() { # NODE...: these and no others, as each of them says
  local node database wanted
  wanted=$(for node; do address "$node"; done | sort)
  for node; do
    for database in nb sb; do
      [ "$(members "$node" "$database")" = "$wanted" ] || { echo "$database on $node: $(members "$node" "$database")"; return 1; }
    done
  done
}
everybody_knows() { # "NODE..." "CENTRAL...": ovn-remote of each node, northd's arguments on each central
  local node central remote
  for node in $1; do
    remote=$(on "$node" ovs-vsctl get Open_vSwitch . external_ids:ovn-remote)
    for central in $2; do [[ $remote == *"$(address "$central"):6642"* ]]; done
    [ "$(tr , '\n' <<< "$remote" | wc -l)" = "$(wc -w <<< "$2")" ]
  done
  for node in $2; do
    for central in $2; do
      on "$node" sh -c 'tr "\0" " " < /proc/$(systemctl show -p MainPID --value ovn-northd)/cmdline' | grep -q "$(address "$central"):6641"
    done
  done
}
# northbound NODE: its rows, without what differs by time.
northbound() { on "$1" ovn-nbctl --format=json --columns=_uuid,name,addresses,external_ids list Logical_Switch_Port; }
one_active() { # NODE...
  local node active=0
  for node; do [[ $(on "$node" ovn-appctl -t ovn-northd status) != *active ]] || active=$((active + 1)); done
  [ "$active" = 1 ]
}

@test "one node is a whole deployment" {
  nodes n1:central
  run -0 apply
  are_members n1
  assert_converged
}

@test "a second node joins: the servers and the controller of the first go on as they are" {
  before=$(servers n1; controllers n1)
  rows=$(northbound n1)
  nodes n1:central n2:central
  run -0 apply
  are_members n1 n2
  everybody_knows "n1 n2" "n1 n2"
  [ "$before" = "$(servers n1; controllers n1)" ]
  [ "$rows" = "$(northbound n1)" ]
  assert_converged
}

@test "a third node, and a fourth" {
  before=$(servers n1 n2; controllers n1 n2)
  nodes n1:central n2:central n3:central
  run -0 apply
  are_members n1 n2 n3
  nodes n1:central n2:central n3:central n4:chassis
  run -0 apply
  everybody_knows "n1 n2 n3 n4" "n1 n2 n3"
  eventually 120 one_active n1 n2 n3
  [ "$before" = "$(servers n1 n2; controllers n1 n2)" ]
  assert_converged
}

@test "the election timer of a running cluster follows the file, up by doubling and down at once" {
  rose() {
    for node in n1 n2 n3; do
      for database in nb:OVN_Northbound sb:OVN_Southbound; do
        on "$node" ovn-appctl -t "/run/ovn/ovn${database%%:*}_db.ctl" cluster/status "${database#*:}" | grep -q "^Election timer: $1$" || return 1
      done
    done
  }
  sed -i 's/^election-timer-ms = .*/election-timer-ms = 20000/' "$file" base.toml
  run -0 apply
  rose 20000
  assert_converged
  sed -i 's/^election-timer-ms = .*/election-timer-ms = 4000/' "$file" base.toml
  run -0 apply
  rose 4000
  assert_converged
}

@test "probes and threads follow the file in all their places, ovn-northd one at a time" {
  sed -i 's/^election-timer-ms = .*/&\ninactivity-probe-ms = 30000\nnorthd-threads = 2/' "$file" base.toml
  run -0 apply
  [ "$(on n1 ovn-nbctl --bare --columns=inactivity_probe list Connection)" = 30000 ]
  [ "$(on n1 ovn-sbctl --bare --columns=inactivity_probe list Connection)" = 30000 ]
  [ "$(on n1 ovn-nbctl get NB_Global . options:northd_probe_interval)" = '"30000"' ]
  for node in n1 n2 n3 n4; do
    [ "$(on "$node" ovs-vsctl get Open_vSwitch . external_ids:ovn-remote-probe-interval)" = '"30000"' ]
  done
  for node in n1 n2 n3; do
    on "$node" sh -c 'tr "\0" "\n" < /proc/$(systemctl show -p MainPID --value ovn-northd)/cmdline' | grep -qx -- --n-threads=2
  done
  eventually 120 one_active n1 n2 n3
  assert_converged
  sed -i '/^northd-threads/d' "$file" base.toml
  run -0 apply
  for node in n1 n2 n3; do
    run ! on "$node" sh -c 'tr "\0" "\n" < /proc/$(systemctl show -p MainPID --value ovn-northd)/cmdline | grep -- --n-threads'
  done
  assert_converged
}

@test "a tunnel endpoint changes: the southbound has it, tunnels form again, the others stay as they are" {
  before=$(controllers n1 n3 n4)
  old=$(sed -n '/^\[nodes.n2\]/,/^\[nodes.n3/s/^address = "\(.*\)\/25"/\1/p' "$file")
  new=${old%.*}.$((${old##*.} + 40))
  run -0 sed -i "s/\"$old\([\"\/]\)/\"$new\1/" "$file" hosts.toml
  run -0 apply
  [ "$(on n1 ovn-sbctl --bare --columns=ip find Encap chassis_name=n2)" = "$new" ]
  on n1 ovs-vsctl --bare --columns=options find Interface type=geneve | grep -q "remote_ip=$new"
  eventually 120 ping_works n1 vm1 172.16.255.22
  [ "$before" = "$(controllers n1 n3 n4)" ]
  assert_converged
  sed -i "s/\"172.16.255.22\/24\"/&/; s/encap = { ip = \"$new\" }/encap = { ip = \"203.0.113.9\" }/" "$file"
  run -3 kiln plan "$file"
  [[ $output == *"203.0.113.9"* ]]
  sed -i "s/203.0.113.9/$new/" "$file"
}

@test "a central moves to another node: it joins there before it leaves here" {
  rows=$(northbound n1)
  before=$(servers n2 n3)
  nodes n1:chassis n2:central n3:central n4:central
  run -0 kiln plan "$file"
  [[ $output == *"leave OVN_Northbound"* ]]
  run -0 apply
  are_members n2 n3 n4
  everybody_knows "n1 n2 n3 n4" "n2 n3 n4"
  eventually 120 one_active n2 n3 n4
  [ "$before" = "$(servers n2 n3)" ]
  [ "$rows" = "$(northbound n2)" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "nothing of the central is left where it was, and a reboot does not bring it back" {
  for unit in ovn-northd ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovn-central; do
    run ! on n1 systemctl is-active "$unit"
  done
  run ! on n1 test -e /var/lib/ovn/ovnnb_db.db
  run ! on n1 test -e /var/lib/ovn/ovnsb_db.db
  run ! on n1 test -e /usr/local/bin/ovn-nbctl
  lab reboot n1
  eventually 120 on n1 systemctl is-active ovn-controller
  run ! on n1 systemctl is-active ovn-ovsdb-server-nb
  run ! on n1 test -e /var/lib/ovn/ovnnb_db.db
  assert_converged
}

@test "the file that was put aside still holds the rows" {
  on n1 sh -c 'umask 077; for f in /var/lib/ovn/kiln-left-*/ovnnb_db.db; do ovsdb-tool cluster-to-standalone /tmp/nb.db "$f"; done
    ovsdb-tool query /tmp/nb.db "[\"OVN_Northbound\",{\"op\":\"select\",\"table\":\"Logical_Switch_Port\",\"where\":[],\"columns\":[\"name\"]}]"; rm /tmp/nb.db' > left.json
  grep -q ls1-vm1 left.json
  [ "$(on n1 stat -c %a /var/lib/ovn/kiln-left-*)" = 700 ] || [ "$(on n1 sh -c 'stat -c %a /var/lib/ovn/kiln-left-* | sort -u')" = 700 ]
}

@test "it moves back, killed on the way: the next apply goes on" {
  rows=$(northbound n2)
  nodes n1:central n2:central n3:central n4:chassis
  timeout -s KILL 6 "$KILN" apply "$file" --auto-approve > killed.log 2>&1 || true
  run -0 apply
  are_members n1 n2 n3
  [ "$rows" = "$(northbound n1)" ]
  assert_converged
}

@test "no member leaves while another is down" {
  nodes n1:central n2:central n3:chassis n4:chassis
  on n2 systemctl stop ovn-ovsdb-server-nb
  kiln plan "$file" --json > plan.json
  grep -q "n3 does not leave OVN_Northbound: the member of OVN_Northbound on n2 does not run" plan.json
  run apply
  are_members n1 n2
  assert_converged
}

@test "down to one, and no further" {
  nodes n1:chassis n2:central n3:chassis n4:chassis
  run -0 apply
  are_members n2
  everybody_knows "n1 n2 n3 n4" "n2"
  assert_converged
  ping_works n1 vm1 172.16.255.22
}
