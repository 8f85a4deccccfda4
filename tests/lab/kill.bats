# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln itself dies in the middle of a bring-up: the next apply completes it.

# shellcheck source=common.bash
load common

setup_file() { lab_setup --nodes 3; deployment; }
teardown_file() { lab_teardown; }
setup() { the_file; }

logged() { grep -qE "$1" "$2"; }

# killed_at LINE: apply, and SIGKILL when its log has a line like this.
killed_at() {
  "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  local pid=$!
  eventually 60 logged "$1" "$BATS_TEST_TMPDIR/log"
  kill -KILL "$pid"
  wait "$pid" || true
}

@test "killed while certificates are issued" { killed_at 'did issue'; }
@test "killed while the first member is made" { killed_at 'start .*create OVN_Northbound'; }
@test "killed while a member joins" { killed_at 'did join OVN_Southbound'; }
@test "killed while it waits for a member" { killed_at 'n3 start .*run OVN_Northbound'; }
@test "killed while chassis are told" { killed_at 'start .*run ovn-controller'; }

@test "the next apply completes the deployment" {
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  run -0 on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound
  [ "$(grep -c 'at ssl:' <<< "$output")" -ge 3 ]
  assert_converged
}

@test "Ctrl-C ends the running steps, reports, and exits 7" {
  on n1 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  on n2 ovn-nbctl lsp-del ls1-vm2
  setsid "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  pid=$!
  eventually 30 logged ' start ' "$BATS_TEST_TMPDIR/log"
  kill -INT "$pid"
  run wait "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" = 7 ] || { cat "$BATS_TEST_TMPDIR/log" >&2; false; }
  grep -q interrupted "$BATS_TEST_TMPDIR/log"
  apply
  assert_converged
}
