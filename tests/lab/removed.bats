# shellcheck shell=bash disable=SC2016,SC2154
#
# Nodes that are simply no longer in the file: the northbound remembers where they are, this machine's journal how they are
# reached, and they leave.

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

@test "the northbound says where each node is, and nothing more" {
  [ "$(roster)" = "kiln-node-n1 kiln-node-n2 kiln-node-n3 kiln-node-n4" ]
  [ "$(on n1 ovn-nbctl get NB_Global . external_ids:kiln-node-n4)" = "\"$(address n4)\"" ]
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

# Whoever has a chassis' certificate may write there: an entry of its making must not lead kiln anywhere.
@test "a node that only the northbound knows is not contacted before somebody allows it" {
  machine=$(ip route get "$(address n1)" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  on n1 ovn-nbctl set NB_Global . "external_ids:kiln-node-n9=\"$machine port=2299 user=mallory host=$machine\""
  python3 -c '
import select, socket, sys
listeners = [socket.create_server((sys.argv[1], port)) for port in (22, 2299)]
open("listening", "w").write("yes")
while True:
    for ready in select.select(listeners, [], [])[0]:
        connection, peer = ready.accept()
        print("contacted at", ready.getsockname()[1], flush=True)
        connection.close()' "$machine" > contacts.log 2>&1 &
  listener=$!
  eventually 30 test -s listening
  run -2 kiln plan "$file" --detailed-exitcode
  shows "n9 is in the northbound, at $machine, and in no file that this machine has applied: it is not contacted*address = \"$machine\", state = \"absent\"*ovn-nbctl remove NB_Global . external_ids kiln-node-n9"
  [[ $output != *'state = "dead"'* && $output != *"n9 could not be looked at"* ]] # told once
  run -7 apply
  run kiln status "$file"
  shows "only the northbound knows it, at $machine"
  run kiln doctor "$file"
  [ ! -s contacts.log ]
  # In a terminal it asks, and takes anything but yes for no.
  asked "no" > asked.log
  grep -q "n9 is in the northbound, at $machine, and in no file that this machine has applied. Contact it" asked.log
  [ ! -s contacts.log ]
  asked "yes" > asked.log
  grep -q "contacted at 22" contacts.log
  run ! grep -q 2299 contacts.log
  kill "$listener"
  on n1 ovn-nbctl remove NB_Global . external_ids kiln-node-n9
  assert_converged
}
# asked ANSWER   kiln plan in a terminal, to which this is answered.
asked() {
  python3 -c '
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[2], [sys.argv[2], "plan", sys.argv[3]])
said = b""
answered = False
while True:
    try: part = os.read(terminal, 4096)
    except OSError: break
    if not part: break
    said += part
    if not answered and b"Contact it? [y/N]" in said:
        os.write(terminal, sys.argv[1].encode() + b"\n"); answered = True
print(said.decode(errors="replace"))' "$1" "$KILN" "$file"
}

@test "on a machine that has not applied it, a deleted node stays, and is told how to let go" {
  delete n4
  XDG_STATE_HOME=$BATS_FILE_TMPDIR/elsewhere run -7 kiln apply "$file" --auto-approve
  shows "n4 is in the northbound, at $(address n4), and in no file that this machine has applied"
  [ "$(chassis)" = "n1 n2 n3 n4" ]
  cp base.toml "$file"
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
