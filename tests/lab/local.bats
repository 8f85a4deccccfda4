# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln runs on the host that it deploys: examples/single-node.toml, with this host's addresses, and no ssh.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 1
  # The binary, and those of its libraries that a Debian 13 host does not have in a version of its own.
  mapfile -t libraries < <(ldd "$KILN" | awk '$3 ~ /^\// { print $3 }')
  tar --dereference --transform 's#.*/##' -cf - "$KILN" "${libraries[@]}" 2> /dev/null | on n1 sh -c 'mkdir -p /opt/kiln /root/site/pki && cd /opt/kiln && tar -xf - &&
    for file in lib*; do if [ -e "/usr/lib/$(uname -m)-linux-gnu/$file" ]; then rm "$file"; fi; done'
  {
    sed "s/192.0.2.11/$(address n1)/" "$root/examples/single-node.toml"
    echo '[nodes.n1.bridges.br-phys]' # this host has no kernel datapath
    lab toml | sed -n '/^\[nodes.n1.bridges.br-phys\]/,/^$/p' | tail -n +2
  } | on n1 sh -c 'cat > /root/site/kiln.toml'
  on n1 sh -c 'umask 077; echo not-a-secret-of-anybody > /root/site/pki/passphrase'
}
teardown_file() { lab_teardown; }

on_n1() { on n1 sh -c 'cd /root/site && LD_LIBRARY_PATH=/opt/kiln exec /opt/kiln/kiln "$@"' - "$@"; }

@test "apply on the machine itself" {
  run -0 on_n1 apply --auto-approve
  [[ $output == *"1 check passed"* ]]
  ping_works n1 a 10.1.0.11
}

@test "a second apply sends nothing, and the plan is empty" {
  run -0 on_n1 plan --detailed-exitcode
  run -0 --separate-stderr on_n1 apply --auto-approve --json
  [ "$(field mutations <<< "$output")" = 0 ]
}

@test "a database of one member is a cluster, so that others can join" {
  run -0 on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound
  [[ $output == *"Role: leader"* && $output == *"Address: ssl:"* ]]
}
