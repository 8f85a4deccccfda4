# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln itself dies while rows are written, and what works on them is started.

# shellcheck source=kill.bash
load kill

@test "killed while rows are written" { killed_at 'did .*(transact|Logical_Switch|OVN_Northbound .*row)'; }
@test "killed while northd is started" { killed_at 'start .*run ovn-northd'; }
@test "killed while chassis are told" { killed_at 'start .*run ovn-controller'; }
@test "killed while a workload is wired" { killed_at 'start .*wire vm'; }
