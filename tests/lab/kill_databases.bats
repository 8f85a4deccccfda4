# shellcheck shell=bash disable=SC2016,SC2154
#
# kiln itself dies while the databases are made, joined and waited for.

# shellcheck source=kill.bash
load kill

@test "killed while the first member is made" { killed_at 'start .*create OVN_Northbound'; }
@test "killed while the first member is started" { killed_at 'did create OVN_Southbound'; }
@test "killed while a member joins" { killed_at 'did join OVN_Southbound'; }
@test "killed while it waits for a member" { killed_at 'n3 start .*run OVN_Northbound'; }
