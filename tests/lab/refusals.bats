# shellcheck shell=bash disable=SC2016,SC2154
#
# What kiln must not do, and what it says instead.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
}
teardown_file() { lab_teardown; }
setup() { the_file; }

untouched() { for node in n1 n2 n3; do run -1 on "$node" test -e /etc/kiln; done; }

@test "the interface that carries kiln's own connection is not put into a bridge" {
  sed 's/port = "eth1"/port = "eth0"/' "$file" > "$BATS_FILE_TMPDIR/eth0.toml"
  run kiln plan "$BATS_FILE_TMPDIR/eth0.toml" --detailed-exitcode
  [ "$status" != 0 ] && [ "$status" != 2 ]
  [[ $output == *eth0*eth1* ]]
  run ! kiln apply "$BATS_FILE_TMPDIR/eth0.toml" --auto-approve
  untouched
}

@test "a passphrase that is not set is asked for before anything is changed" {
  unset KILN_CA_PASSPHRASE
  run ! apply
  [[ $output == *KILN_CA_PASSPHRASE* ]]
  untouched
}

@test "all errors of a file at once, each with its place" {
  sed 's/port = "ls1\/vm2"/port = "ls1\/vm9"/; s/port-security/port-securty/' "$file" > "$BATS_FILE_TMPDIR/bad.toml"
  run ! kiln apply "$BATS_FILE_TMPDIR/bad.toml" --auto-approve
  [[ $output == *"bad.toml:"* && $output == *vm9* && $output == *port-securty* ]]
  untouched
}

@test "a standalone database that is there is not overwritten" {
  on n2 sh -c 'mkdir -p /var/lib/ovn && ovsdb-tool create /var/lib/ovn/ovnnb_db.db /usr/share/ovn/ovn-nb.ovsschema && sha256sum /var/lib/ovn/ovnnb_db.db > /tmp/sum'
  run kiln plan "$file" --detailed-exitcode
  [[ $output == *"/var/lib/ovn/ovnnb_db.db on n2"* ]]
  run ! apply
  on n2 sha256sum -c /tmp/sum
  run ! on n2 pgrep -x ovsdb-server -a -f ovnnb
  on n2 rm /var/lib/ovn/ovnnb_db.db
  apply
  assert_converged
}

@test "another passphrase than the authority's is refused" {
  export KILN_CA_PASSPHRASE=another
  on n1 rm /etc/kiln/pki/ovn-northd
  run ! apply
  [[ $output == *passphrase* ]]
  export KILN_CA_PASSPHRASE=not-a-secret-of-anybody
  apply
  assert_converged
}

@test "a host with another key than the one that is known is not talked to" {
  sed -i "s#^known-hosts.*#known-hosts = \"$BATS_FILE_TMPDIR/wrong\"#" "$file"
  # n1 shows n2's key: what a swapped or impersonated host would do.
  { sed -n "s/^$(address n2)/$(address n1)/p" "$(lab path)/known_hosts"; grep -v "^$(address n1)" "$(lab path)/known_hosts"; } > "$BATS_FILE_TMPDIR/wrong"
  on n1 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"n1 (root@"*"ost key verification failed"* ]]
  run -7 apply
  [ "$(on n1 ovs-vsctl get open . external-ids:ovn-encap-ip)" = '"192.0.2.1"' ]
  sed -i "s#^known-hosts.*#known-hosts = \"$(lab path)/known_hosts\"#" "$file"
}
