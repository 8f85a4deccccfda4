# shellcheck shell=bash disable=SC2016,SC2154
#
# Hosts without OVN: its packages are installed from apt, and nothing starts before kiln starts it.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3 --bare
  deployment
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "a run that is killed while apt works leaves no database, also after a reboot" {
  "$KILN" apply "$file" --auto-approve > "$BATS_FILE_TMPDIR/first.log" 2>&1 &
  pid=$!
  eventually 120 on n1 pgrep -x dpkg
  kill -KILL "$pid"
  wait "$pid" || true
  lab kill n1 n2 n3
  lab start n1 n2 n3
  # The last moment in which a package can lose its power, which no kill meets each time (dpkg(1), reinst-required); n2
  # has not read apt's lists yet, or lost them too.
  on n2 sh -c 'rm -rf /var/lib/apt/lists/*'
  on n2 sed -i '/^Package: iproute2$/,/^$/s/^Status: .*/Status: install reinstreq unpacked/' /var/lib/dpkg/status
  for node in n1 n2 n3; do
    run ! on "$node" sh -c 'test -e /var/lib/ovn/ovnnb_db.db || test -e /var/lib/ovn/ovnsb_db.db'
  done
}

@test "apply installs, and makes the deployment" {
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  for node in n1 n2 n3; do
    run -0 on "$node" ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound
    [ "$(grep -c 'at ssl:' <<< "$output")" -ge 3 ]
  done
  assert_converged
}

@test "hosts that restart keep what they are" {
  # By a power cut. While all three shut down in order, at different times, rows of chassis that go are written to those
  # that are still up; OVS 3.5.0 may then elect the member that knows least (refused.bats, docs/how-to/recover.md).
  lab kill n1 n2 n3
  lab start n1 n2 n3
  # Servers that start together take each other's votes away for some election timeouts.
  eventually 120 kiln plan "$file" --detailed-exitcode
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}
