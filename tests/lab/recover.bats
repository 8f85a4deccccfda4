# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2154
#
# Two of three centrals are gone for good: what the third one has is not lost, and nothing is done while a majority could
# come back.

# shellcheck source=common.bash
load common
# shellcheck source=recovery.bash
load recovery

setup_file() {
  lab_deployed
  cp "$file" whole.toml
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "while a majority answers nothing is done" {
  id=$(cluster_id n1 nb OVN_Northbound)
  for database in nb sb; do
    run -4 kiln recover --db "$database" "$file" --auto-approve
    [[ $output == *"has its majority"*"nothing was changed"* ]]
  done
  run -64 kiln recover "$file"
  [[ $output == *"--db is missing"* ]]
  [ "$id" = "$(cluster_id n1 nb OVN_Northbound)" ]
  assert_converged
}

@test "a majority that only this machine does not reach works, whatever the file calls it" {
  id=$(cluster_id n1 nb OVN_Northbound)
  for node in n2 n3; do
    on "$node" nft 'add table inet cut; add chain inet cut in { type filter hook input priority 0; }; add rule inet cut in tcp dport 22 drop'
    state "$node" dead
    sed -i "/^\[workloads.*\]\$/,/^\$/s/^node = \"$node\"/node = \"n1\"/" "$file"
  done
  for database in nb sb; do
    run -4 kiln recover --db "$database" "$file" --auto-approve
    [[ $output == *"n1 is connected to a majority"*"nothing was changed"* ]]
  done
  for node in n2 n3; do on "$node" nft delete table inet cut; done
  cp whole.toml "$file"
  [ "$id" = "$(cluster_id n1 nb OVN_Northbound)" ]
  assert_converged
}

@test "members that only do not answer may come back, and do" {
  on n1 ovn-nbctl ls-add kept
  id=$(cluster_id n1 nb OVN_Northbound)
  lab kill n2 n3
  run -4 kiln recover --db nb "$file" --auto-approve
  [[ $output == *"n2 may come back: "*"n3 may come back: "*"nothing was changed"* ]]
  state n2 dead
  sed -i '/^\[workloads.*\]$/,/^$/s/^node = "n2"/node = "n1"/' "$file"
  run -4 kiln recover --db nb "$file" --auto-approve
  [[ $output != *"n2 may come back"* && $output == *"n3 may come back: "* ]]
  lab start n2 n3
  run -4 kiln recover --db nb "$file" --auto-approve
  [[ $output == *"n2 answers, so it is not dead"* || $output == *"has its majority"* ]]
  cp whole.toml "$file"
  [ "$id" = "$(cluster_id n1 nb OVN_Northbound)" ]
  eventually 120 kiln plan "$file" --detailed-exitcode
}

@test "a majority that is stopped is started by an apply" {
  for node in n1 n2; do on "$node" systemctl stop ovn-ovsdb-server-nb; done
  run -4 kiln recover --db nb "$file" --auto-approve
  [[ $output == *"a majority is there"*'`kiln apply` starts what is stopped'* ]]
  run -0 apply
  assert_converged
}

@test "rows that were committed survive two of three, and the network goes on" {
  old=$(cluster_id n1 nb OVN_Northbound)
  rows=$(on n1 ovn-nbctl --format=csv --columns=_uuid,name,addresses,external_ids list Logical_Switch_Port | sort)
  lost n2 n3
  eventually 120 without_majority n1
  run -0 --separate-stderr kiln backup --survivor n1 --json "$file"
  run -0 ovsdb-tool query "$(field folder <<< "$output")/OVN_Northbound.db" '["OVN_Northbound",{"op":"select","table":"Logical_Switch","where":[["name","==","kept"]],"columns":["name"]}]'
  [[ $output == *kept* ]]
  run -4 kiln recover --db nb "$file"
  [[ $output == *"cluster $old, has lost its majority"*"The rows of n1 are kept"*"--auto-approve was not given"* ]]
  # The southbound is lost too: what needs it is put off.
  run kiln recover --db nb "$file" --auto-approve
  [[ $status == [07] ]]
  [ "$(switches n1)" = "kept ls1" ]
  [ "$rows" = "$(on n1 ovn-nbctl --format=csv --columns=_uuid,name,addresses,external_ids list Logical_Switch_Port | sort)" ]
  run -0 kiln recover --db sb "$file" --auto-approve
  [ "$old" != "$(cluster_id n1 nb OVN_Northbound)" ]
  eventually 120 is_reached n1
  eventually 120 northd_works
  run -0 on n1 sh -c 'ovsdb-tool db-cid /var/lib/ovn/kiln-recover-*/ovnnb_db.db'
  [ "$output" = "$old" ]
  [ -z "$(on n1 find /var/lib/ovn -path "*kiln-recover-*" -type d ! -perm 700)" ]
  assert_converged
  # Done is done.
  run -4 kiln recover --db nb "$file" --auto-approve
  [[ $output == *"has its majority"* ]]
}

@test "machines that were rebuilt join" { rejoined; }

@test "a machine that was called dead and comes back with its old files joins anew" {
  lost n2 n3
  eventually 120 without_majority n1
  kiln recover --db nb "$file" --auto-approve > recover.log 2>&1 || true
  run -0 kiln recover --db sb "$file" --auto-approve
  on n1 ovn-nbctl ls-add after
  lab start n2
  state n2 ""
  run -0 apply
  [ "$(members n1 nb OVN_Northbound)" = 2 ] && [ "$(members n2 sb OVN_Southbound)" = 2 ]
  [ "$(switches n2)" = "after kept ls1" ]
  run -0 on n2 sh -c 'ls -d /var/lib/ovn/kiln-left-*/ovn?b_db.db'
  assert_converged
}
