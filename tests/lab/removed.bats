# shellcheck shell=bash disable=SC2016,SC2154
#
# Nodes that are simply no longer in the file: the northbound remembers how they are reached, and they leave.

# shellcheck source=common.bash
load common

setup_file() { four_nodes; }
teardown_file() { lab_teardown; }
setup() { the_file; }

# delete NODE: nothing of it is in the file.
delete() { sed -i "/^\[nodes\.$1[].]/,/^\$/d" "$file"; }
members() { # nb|sb: how many servers n1 lists
  local schema=OVN_Northbound
  [ "$1" = nb ] || schema=OVN_Southbound
  on n1 ovn-appctl -t "/run/ovn/ovn$1_db.ctl" cluster/status "$schema" | grep -c ' at ssl:'
}
# clean NODE: nothing of kiln's runs there, starts at boot or is left but what remove-nodes.md says.
clean() {
  local unit
  for unit in ovn-controller ovn-host ovs-vswitchd openvswitch-switch ovn-northd ovn-ovsdb-server-nb ovn-ovsdb-server-sb; do
    ! on "$1" systemctl is-active --quiet "$unit" || { echo "$unit runs on $1"; return 1; }
  done
  [ "$(on "$1" find /etc/kiln -type f -o -type l | wc -l)" = 0 ]
}

@test "the northbound says how each node is reached, and no secret" {
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3 kiln-node-n4" ]
  [[ $(on n1 ovn-nbctl get NB_Global . external_ids:kiln-node-n4) == "\"$(address n4)"* ]]
  run ! on n1 sh -c 'ovn-nbctl get NB_Global . external_ids | grep -i identity'
  assert_converged
}

@test "the keys of others stay, and one that was changed by hand is put right" {
  on n1 ovn-nbctl set NB_Global . external_ids:theirs=yes external_ids:kiln-node-n2=192.0.2.99
  [[ $(changes) == *"node/n2 address 192.0.2.99 $(address n2)"* ]]
  run -0 apply
  [ "$(on n1 ovn-nbctl get NB_Global . external_ids:theirs)" = yes ]
  assert_converged
}

@test "a node that is deleted from the file leaves, although kiln is killed on the way" {
  delete n4
  kiln plan "$file" > plan.log
  grep -q 'n4 is no longer in the file: it leaves' plan.log
  run -1 kiln doctor "$file" --json
  [[ $output == *"it is of a node that the file no longer has"* ]]
  timeout -s KILL 3 "$KILN" apply "$file" --auto-approve > killed.log 2>&1 || true
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3" ]
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3" ]
  clean n4
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "it comes back with its block, and leaves by a saved plan" {
  cp base.toml "$file"
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  delete n4
  kiln plan "$file" -o leave.plan
  run -0 kiln apply leave.plan
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3" ]
  clean n4
  assert_converged
  cp base.toml "$file"
  run -0 apply
}

@test "a file that lost two nodes is stopped by the budget, and says what allows it" {
  delete n3
  delete n4
  run -4 apply
  [[ $output == *"takes out 2 nodes that the file no longer has"*"--allow-delete="* ]]
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  cp base.toml "$file"
  assert_converged
}

@test "one that does not answer stays, and is said how to bury; it leaves when it answers" {
  delete n4
  lab cut n4
  run apply
  lab heal n4
  [ "$status" = 7 ]
  output=$(tr -s ' \n' ' ' <<< "$output") # lines are folded
  [[ $output == *'[nodes.n4] address = "'"$(address n4)"'", state = "dead"'* ]]
  [[ $(roster) == *kiln-node-n4* ]]
  run -0 apply
  [ "$(chassis)" = "n1 n2 n3" ]
  clean n4
  assert_converged
  cp base.toml "$file"
  run -0 apply
}

@test "a central that is deleted leaves its clusters first" {
  delete n3
  run -0 apply
  [ "$(members nb)" = 2 ] && [ "$(members sb)" = 2 ]
  [ "$(chassis)" = "n1 n2 n4" ]
  clean n3
  on n3 sh -c 'test -f /var/lib/ovn/kiln-left-*/ovnnb_db.db'
  [[ $(on n4 ovs-vsctl get Open_vSwitch . external_ids:ovn-remote) != *"$(address n3)"* ]]
  assert_converged
  cp base.toml "$file"
  run -0 apply
  [ "$(members nb)" = 3 ]
  assert_converged
}

@test "a node of the file that is absent is forgotten too, and its block may go" {
  key n4 'state = "absent"'
  run -0 apply
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3" ]
  delete n4
  assert_converged
}

@test "what a central leaves is pulled before it leaves, and wiped where that is asked for" {
  cp base.toml "$file"
  run -0 apply
  rm -rf backups
  printf '\n[safety]\nleft-databases = "pull"\n' >> "$file"
  key n3 'state = "absent"'
  run -0 apply --purge
  [[ $output == *"the rows are in backups/lab-"* ]]
  ls backups/lab-*/OVN_Northbound.db backups/lab-*/OVN_Southbound.db
  clean n3
  run ! on n3 sh -c 'ls -d /var/lib/ovn/kiln-*'
  on n1 sh -c 'test -f /var/lib/ovn/ovnnb_db.db'
  run ! grep -rl 'PRIVATE KEY' backups
  # Again there is nothing to wipe.
  run -0 apply --purge
  [[ $output == *"0 changes"* || $output == *"nothing to do"* || $output == *"no change"* ]] || echo "$output"
  assert_converged
  cp base.toml "$file"
  run -0 apply
}

@test "destroy takes out what the file no longer has" {
  cp base.toml "$file"
  run -0 apply
  delete n4
  run -0 kiln destroy "$file" --name lab --purge
  for node in n1 n2 n3 n4; do
    clean "$node"
    run ! on "$node" sh -c 'ls -d /var/lib/ovn/kiln-*'
  done
}
