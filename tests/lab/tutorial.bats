# shellcheck shell=bash disable=SC2154
#
# The tutorial, line by line, as a newcomer would do it.

# shellcheck source=common.bash
load common

setup() {
  [ "$EUID" = 0 ] || skip "labs need root"
  export KILN_LAB_NAME=t-tutorial-$$
  export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state
}
teardown() {
  lab_collect_if_failed
  lab down
}

@test "the tutorial works as it is written" {
  cd "$root"
  run -0 timeout 300 python3 tests/lab/run_page.py docs/tutorial.md
  [[ $output == *" blocks" ]]
}
