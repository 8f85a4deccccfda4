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

# The machine that kiln runs on is a real host here, with a journald.
@test "what an apply changes is told to whoever watches over security" {
  cd "$BATS_TEST_TMPDIR"
  on n1 journalctl -t kiln -o cat > events
  grep -q '^security=true category=AUTHZ event=authz_admin action=enable_service node=n1 service=central run=' events
  grep -q '^security=true category=AUTHN event=authn_password_changed action=create_ca node=controller subject=' events
  grep -q '^security=true category=AUTHN event=authn_password_changed action=issue_certificate node=n1 service=ovn-northd ' events
  grep -q '^security=true category=SYS event=sys_startup node=n1 service=switch unit=ovs-vswitchd.service ' events
  run ! grep -v '^security=true ' events
  run ! grep -q not-a-secret-of-anybody events
  on n1 sh -c 'grep -c "\"security\":{" /root/.local/state/kiln/*/journal.jsonl' > in-journal
  [ "$(cat in-journal)" = "$(wc -l < events)" ]
}

@test "[audit] enabled = false says nothing, and anything but a boolean is refused" {
  before=$(on n1 journalctl -t kiln -o cat | wc -l)
  on n1 sh -c 'printf "[audit]\nenabled = false\n" >> /root/site/kiln.toml; systemctl stop ovn-controller'
  run -0 on_n1 apply --auto-approve
  [ "$before" = "$(on n1 journalctl -t kiln -o cat | wc -l)" ]
  on n1 sed -i 's/^enabled = false/enabled = "no"/' /root/site/kiln.toml
  run -3 on_n1 validate
  [[ $output == *'`true` or `false` is expected'* ]]
  on n1 sed -i 's/^enabled = "no"/enabled = true/' /root/site/kiln.toml
}
