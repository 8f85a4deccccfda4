# shellcheck shell=bash disable=SC2016,SC2154
#
# The world fails in the middle of a bring-up: power, network, and OVSDB servers that crash where RAFT is weakest.

# shellcheck source=common.bash
load common

teardown() {
  lab_collect_if_failed
  lab down
}
setup() {
  lab_setup --nodes 3
  deployment
}

logged() { grep -qE "$1" log; }
begin() { kiln apply "$file" --auto-approve > log 2>&1 & pid=$!; }
# ended: waits for the apply that `begin` began; `code` is its exit code.
ended() {
  code=0
  wait "$pid" || code=$?
}
# What is half done is said (7), or it was mended by retries (0); nothing else is true.
completes() {
  [[ $code == [07] ]] || { echo "exit code $code" >&2; cat log >&2; return 1; }
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  for database in nb:OVN_Northbound sb:OVN_Southbound; do
    run -0 on n1 ovn-appctl -t "/run/ovn/ovn${database%:*}_db.ctl" cluster/status "${database#*:}"
    [ "$(grep -c ' at ssl:' <<< "$output")" = 3 ]
  done
  assert_converged
}

@test "a central loses its power while the third member joins" {
  begin
  eventually 120 logged 'n2 .*did join OVN_Northbound'
  lab kill n3
  ended
  [ "$code" = 7 ]
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"2 of 3 hosts answered"* ]]
  lab start n3
  completes
}

@test "the network of a node is cut for 30 s" {
  begin
  eventually 120 logged 'n1 .*did create OVN_Southbound'
  lab cut n2
  end=$((SECONDS + 30)) # as long as the cut lasts, nothing comes through it
  while ((SECONDS < end)); do unreachable "$(address n2)"; done
  lab heal n2
  ended
  completes
}

# crashes HOOK: the first member's server runs into it while the others join.
crashes() {
  begin
  eventually 120 logged 'n1 .*did create OVN_Northbound'
  eventually 120 on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/failure-test "$1"
  ended
  completes
}

@test "the leader crashes before it sends a joining member its log" { crashes crash-before-sending-append-request; }
@test "the leader crashes after it has sent a joining member its log" { crashes crash-after-sending-append-request; }

# A member that crashes before its own join is complete may keep a file with which no server starts ("server does not belong
# to cluster"): docs/how-to/failed-run.md. Here n2 is a member, and n3 joins.
@test "a member crashes after it has taken the leader's log" {
  begin
  eventually 120 logged 'n3 start .*join OVN_Southbound'
  eventually 120 on n2 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/failure-test crash-after-receiving-append-request-update
  ended
  completes
}
