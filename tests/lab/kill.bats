# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln itself dies while it prepares hosts, or is asked to end.

# shellcheck source=kill.bash
load kill

@test "not killed at all" { killed_at '1 check passed'; }
@test "killed while keys and certificates are made" { killed_at 'did issue'; }
@test "killed while units are written" { killed_at 'n2 .*did write'; }

@test "Ctrl-C ends the running steps, reports, and exits 7" {
  # Early in a bring-up: of what takes longer than the signal, on any machine.
  setsid "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  pid=$!
  eventually 120 logged ' did issue ' "$BATS_TEST_TMPDIR/log"
  kill -INT "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" = 7 ] || { cat "$BATS_TEST_TMPDIR/log" >&2; false; }
  grep -q interrupted "$BATS_TEST_TMPDIR/log"
  run ! on n1 systemctl is-active ovn-northd
  apply
  assert_converged
}
