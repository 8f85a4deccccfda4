# shellcheck shell=bash disable=SC2016,SC2154
#
# Which deployment this is: what kiln must not take for a fresh start, or for its own.

# shellcheck source=common.bash
load common

setup_file() { lab_deployed; }
teardown_file() { lab_teardown; }
setup() { the_file; }

# What a wrong run would overwrite.
of_host() { on "$1" bash -c 'cat /etc/kiln/deployment /etc/kiln/pki/ca.pem /etc/kiln/pki/*/cert.pem /etc/openvswitch/system-id.conf
  ovs-vsctl get open . external-ids; ls /var/lib/ovn; systemctl is-active ovn-controller' | sha256sum; }

@test "a clone without pki signs nothing, mends what needs no signature, and is told where the authority is" {
  mkdir -p clone
  cp "$file" clone/
  run -0 kiln plan clone/kiln.toml --detailed-exitcode
  shows "trust the authority with the SHA-256 fingerprint *, made at $(hostname):*/pki, and */clone/pki has no ca.pem"
  run -0 kiln status clone/kiln.toml
  on n1 rm /etc/kiln/pki/ovn-northd
  on n2 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  trusted=$(on n1 sha256sum /etc/kiln/pki/ca.pem)
  run -4 kiln apply clone/kiln.toml --auto-approve
  shows "bring its ca.pem and ca.key to */clone/pki"
  [ ! -e clone/pki ]
  [ "$trusted" = "$(on n1 sha256sum /etc/kiln/pki/ca.pem)" ]
  [ "$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip)" != '"192.0.2.1"' ]
  apply
  # One that was made by mistake replaces nothing either.
  kiln apply clone/kiln.toml --auto-approve
  cp -r pki clone/
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=another" -keyout clone/pki/ca.key -out clone/pki/ca.pem 2> /dev/null
  run -0 kiln plan clone/kiln.toml --detailed-exitcode
  shows "has another one, "
  assert_converged
}

@test "an include that lost its files is refused, unless it is meant" {
  mkdir -p nets
  printf '[switches.ls7.ports.a]\naddresses = ["02:ac:10:ff:07:01"]\n' > nets/ls7.toml
  { echo 'include = ["nets/*.toml"]'; cat "$file"; } > with.toml
  kiln apply with.toml --auto-approve
  [ "$(on n1 ovn-nbctl get NB_Global . 'external_ids:"kiln-include-nets/*.toml"')" = '"1"' ]
  mv nets/ls7.toml ls7.kept
  run -4 kiln apply with.toml --auto-approve
  shows "matched when the file was last applied, and matches no file now*--allow-empty-include 'nets/\*.toml'"
  on n1 ovn-nbctl get Logical_Switch ls7 name
  run -0 kiln apply with.toml --auto-approve --allow-empty-include 'nets/*.toml'
  run ! on n1 ovn-nbctl get Logical_Switch ls7 name
  run ! on n1 ovn-nbctl get NB_Global . 'external_ids:"kiln-include-nets/*.toml"'
  assert_converged
}

@test "a host of another deployment is left alone, whether it has another name or the same" {
  before=$(of_host n3)
  { printf '[cluster]\nname = "other"\n\n[ca]\ndir = "pki-of-other"\npassphrase = { env = "KILN_CA_PASSPHRASE" }\n\n'; lab toml; } > other.toml
  run -3 kiln apply other.toml --auto-approve
  shows "the host at $(address n3) is one of the deployment \`lab\`, not of \`other\`"
  [ "$before" = "$(of_host n3)" ]
  on n3 sed -i 's/^KILN_DEPLOYMENT=......../KILN_DEPLOYMENT=00000000/' /etc/kiln/deployment
  before=$(of_host n3)
  run -4 apply
  shows "of 2 deployments named \`lab\`"
  run -2 kiln doctor "$file"
  [[ $(grep -m 1 'check: ' <<< "$output") == *"check: deployment" ]]
  [ "$before" = "$(of_host n3)" ]
  on n3 rm /etc/kiln/deployment
  apply
  assert_converged
}

@test "a file that lost its centrals makes no second database" {
  for node in n1 n2; do key "$node" 'services = ["central", "chassis", "switch"]'; done
  key n3 'services = ["chassis", "switch"]'
  apply
  # The tables of n1 and n2, and what is on them, were in a file that an include no longer finds.
  awk '/^\[/ { take = !/^\[nodes\.n[12][].]|^\[workloads|^\[\[checks/ } take' "$file" | sed '/^services/d' > lost.toml
  run -4 kiln apply lost.toml --auto-approve
  shows "no new OVN_Northbound is made, as this deployment has one already*kiln apply --new-database"
  run ! on n3 test -e /var/lib/ovn/ovnnb_db.db
  run -2 kiln doctor lost.toml
  shows "no node of the file holds OVN_Northbound or OVN_Southbound, which the deployment has: *put the nodes that hold it back into the file"
  [[ $output != *"mend: \`kiln apply\`"* ]]
  # Not by the journal alone: another machine refuses, too.
  XDG_STATE_HOME=$BATS_FILE_TMPDIR/fresh run -4 kiln apply lost.toml --auto-approve
  shows "n3 is a chassis of the databases at ssl:$(address n1):6642"
  run -4 kiln apply lost.toml --auto-approve --new-database --name wrong
  assert_converged
}
