# shellcheck shell=bash disable=SC2016,SC2154
#
# Chassis whose centrals somebody else runs: n1 is a deployment of its own, n2 and n3 are another file's.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  the_file
  lab toml > hosts.toml
  # table NAME...: the [ssh] of the lab's file and the tables of these nodes.
  tables() { awk -v wanted="^\\[(ssh|nodes[.]($1))[].]" '/^\[/ { take = $0 ~ wanted } take' hosts.toml; }
  {
    printf '[cluster]\nname = "central"\n\n[ca]\ndir = "pki"\npassphrase = { env = "KILN_CA_PASSPHRASE" }\n\n'
    tables n1
  } > central.toml
  kiln apply central.toml --auto-approve
  {
    printf '[cluster]\nname = "edge"\ncentral-ips = ["%s"]\n\n[ca]\nmode = "provided"\ndir = "pki"\npassphrase = { env = "KILN_CA_PASSPHRASE" }\n\n' "$(address n1)"
    tables 'n2|n3'
  } > "$file"
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "only Open vSwitch and ovn-controller run, and register in the southbound of the others" {
  run -0 apply
  assert_converged
  [ "$(chassis)" = "n1 n2 n3" ]
  for node in n2 n3; do
    run -0 on "$node" ovs-vsctl get open . external-ids:ovn-remote
    [ "$output" = "\"ssl:$(address n1):6642\"" ]
    run -0 on "$node" sh -c 'ls /var/lib/ovn; systemctl is-active ovn-controller.service ovs-vswitchd.service'
    [ "$output" = $'active\nactive' ]
    run ! on "$node" pgrep -x ovn-northd
  done
  run -0 on n1 ovn-sbctl --format=csv --no-headings --columns=chassis_name list Encap
  [ "$(sort <<< "$output" | xargs)" = "n1 n2 n3" ]
}

@test "centrals that nobody answers for are not switched to" {
  sed "s/^central-ips.*/central-ips = [\"$(address n3)\"]/" "$file" > nobody.toml
  run -7 kiln apply nobody.toml --auto-approve
  [[ $output == *"no central of [cluster] central-ips can be used from n2"*"ssl:$(address n3):6642"* ]]
  run -0 on n2 ovs-vsctl get open . external-ids:ovn-remote
  [ "$output" = "\"ssl:$(address n1):6642\"" ]
  assert_converged
}

@test "an authority of their own does not take the place of the one that chassis trust" {
  on n2 ovs-vsctl remove open . external-ids ovn-remote
  trusted=$(on n2 sha256sum /etc/kiln/pki/ca.pem)
  sed 's/mode = "provided"/mode = "self-signed"/; s/dir = "pki"/dir = "pki-of-ours"/' "$file" > ours.toml
  run -0 kiln apply ours.toml --auto-approve
  shows "/pki-of-ours has no ca.pem: nothing is signed"
  [ ! -e pki-of-ours ]
  [ "$trusted" = "$(on n2 sha256sum /etc/kiln/pki/ca.pem)" ]
  run -0 on n2 ovs-vsctl get open . external-ids:ovn-remote
  assert_converged
}

@test "the same centrals by IPv6, and back: chassis go on" {
  cp "$file" v4.toml
  for number in 1 2 3; do on "n$number" ip -6 address add "fd00:6::$number/64" dev eth0 nodad; done
  sed -i 's/^central-ips.*/central-ips = ["fd00:6::1"]/' "$file"
  run -0 apply
  for node in n2 n3; do
    run -0 on "$node" ovs-vsctl get open . external-ids:ovn-remote
    [ "$output" = '"ssl:[fd00:6::1]:6642"' ]
    eventually 30 on "$node" sh -c 'ss -Htn state established dport = :6642 | grep -qF "[fd00:6::1]:6642"'
  done
  [ "$(chassis)" = "n1 n2 n3" ]
  assert_converged
  mv v4.toml "$file"
  run -0 apply
  assert_converged
}

@test "what needs databases of our own is refused with its place" {
  { cat "$file"; printf '\n[switches.ls1]\n'; } > switch.toml
  run -3 kiln validate switch.toml
  [[ $output == *"switch.toml:"*"[foreign-central]"* && $output == *"run by somebody else"* ]]
}

@test "a central of their own: its own cluster, and the chassis leave the others' southbound" {
  cp "$file" edge.toml
  sed -i '/^central-ips/d; /^name = "edge"/a [central]\nelection-timer-ms = 4000' "$file"
  sed -i '/^\[nodes.n2\]/,/^$/ { /^services/d; s/^\[nodes.n2\]/&\nservices = ["central", "chassis", "switch"]/ }' "$file"
  sed -i '/^\[nodes.n3\]/,/^$/ { /^services/d; s/^\[nodes.n3\]/&\nservices = ["chassis", "switch"]/ }' "$file"
  theirs=$(on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | grep -c ' at ssl:')
  run -0 apply
  assert_converged
  [ "$(on n2 ovn-sbctl --bare --columns=name list Chassis | sort | xargs)" = "n2 n3" ]
  # Nothing of theirs was joined, and nothing of ours is left there.
  [ "$theirs" = "$(on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | grep -c ' at ssl:')" ]
  [ "$(on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/sid OVN_Southbound)" != "$(on n2 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/sid OVN_Southbound)" ]
  [ "$(on n2 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | grep -c ' at ssl:')" = 1 ]
  [ "$(chassis)" = n1 ]
}

@test "back to the others' centrals: its own databases are left alone, and said to be there" {
  cp edge.toml "$file"
  run -0 apply
  [[ $(tr -s " \n" "  " <<< "$output") == *"holds a central database"* ]]
  assert_converged
  [ "$(chassis)" = "n1 n2 n3" ]
}
