# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2154
#
# Two of three centrals are gone for good, and kiln is killed while it makes a cluster anew of what the third one has: a kill
# at any moment of the recovery changes nothing of its end.

# shellcheck source=common.bash
load common
# shellcheck source=recovery.bash
load recovery

setup_file() {
  lab_deployed
  cp "$file" whole.toml
  on n1 ovn-nbctl ls-add kept
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# Kills kiln when its log has a line like this, then does it again.
killed_at() {
  lost n2 n3
  eventually 120 without_majority n1
  "$KILN" recover --db nb "$file" --auto-approve > "$BATS_TEST_TMPDIR/log" 2>&1 &
  pid=$!
  eventually 120 logged "$1" "$BATS_TEST_TMPDIR/log"
  kill -KILL "$pid" 2> /dev/null || true
  wait "$pid" || true
  run kiln recover --db nb "$file" --auto-approve
  [[ $status == [07] ]] || [[ $status = 4 && $output == *"has its majority"* ]]
  run -0 kiln recover --db sb "$file" --auto-approve
  [ "$(switches n1)" = "kept ls1" ]
  eventually 120 northd_works
  eventually 120 is_reached n1
  assert_converged
  rejoined
}

@test "killed after the server was stopped" { killed_at 'did stop ovn-ovsdb-server-nb'; }
@test "killed after the file was made anew" { killed_at 'did create OVN_Northbound .* anew'; }
@test "killed while the server starts" { killed_at 'start .*run the new OVN_Northbound'; }
