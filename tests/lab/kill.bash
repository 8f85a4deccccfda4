# shellcheck shell=bash
# What the suites have in common in which kiln dies in the middle of a bring-up: the next apply completes it, and the end is
# that of one that nobody disturbed.

# shellcheck source=common.bash
load common

setup_file() {
  lab_named
  deployed_once
}
# Each point is a bring-up of its own, of fresh hosts.
setup() {
  lab_setup --nodes 3
  deployment
}
teardown() {
  lab_collect_if_failed
  lab down
}

logged() { grep -qE "$1" "$2"; }

# killed_at LINE: apply, and SIGKILL when its log has a line like this; then apply again, and compare.
killed_at() {
  "$KILN" apply "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  local pid=$!
  eventually 120 logged "$1" "$BATS_TEST_TMPDIR/log"
  kill -KILL "$pid" 2> /dev/null || true # the last line's is gone by itself
  wait "$pid" || true
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  assert_converged
  end_state > end
  diff "$(deployed_files)/end_state" end
}
