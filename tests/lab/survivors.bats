# shellcheck shell=bash disable=SC2016,SC2154
#
# Two of four centrals are gone for good, and of the two that are left one was down before: what the other knows is kept.

# shellcheck source=common.bash
load common
# shellcheck source=recovery.bash
load recovery

setup_file() {
  lab_setup --nodes 4
  deployment
  for node in n1 n2 n3 n4; do key "$node" 'services = ["central", "chassis", "switch"]'; done
  deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "of two survivors the one that knows more is taken, and the other joins it" {
  on n2 systemctl stop ovn-ovsdb-server-nb ovn-ovsdb-server-sb
  eventually 60 on n1 ovn-nbctl --timeout=5 --may-exist ls-add late
  lab kill n3 n4
  for node in n3 n4; do key "$node" 'state = "dead"'; done
  eventually 120 without_majority n1
  on n2 systemctl start ovn-ovsdb-server-nb ovn-ovsdb-server-sb
  run -4 kiln recover --db nb "$file"
  [[ $output == *"The rows of n1 are kept"* && $output != *"The rows of n2"* ]]
  run kiln recover --db nb "$file" --auto-approve
  [[ $status == [07] ]] || { tail -n 40 <<< "$output"; return 1; }
  run -0 kiln recover --db sb "$file" --auto-approve
  for node in n1 n2; do
    [ "$(members "$node" nb OVN_Northbound)" = 2 ] && [ "$(members "$node" sb OVN_Southbound)" = 2 ]
    [ "$(switches "$node")" = "late ls1" ]
  done
  run -0 on n2 sh -c 'ls -d /var/lib/ovn/kiln-*/ovnnb_db.db'
  run -0 apply
  [ "$(chassis)" = "n1 n2" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
