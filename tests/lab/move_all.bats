# shellcheck shell=bash disable=SC2016,SC2154
#
# All centrals move, from n1-n3 to n4-n6, and back with a kill on the way: no row is lost, and at every moment every
# chassis is told of a member that lives.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 6
  deployment
  centrals n1 n2 n3
  deployed
  on n1 sh -c 'for i in $(seq 40); do echo "-- ls-add other$i -- lsp-add other$i other$i-a -- lsp-set-addresses other$i-a dynamic"; done | xargs ovn-nbctl --wait=sb'
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# centrals NODE...: these run the databases, all run the rest.
centrals() {
  local node
  for node in n1 n2 n3 n4 n5 n6; do
    if [[ " $* " == *" $node "* ]]; then key "$node" 'services = ["central", "chassis", "switch"]'; else key "$node" 'services = ["chassis", "switch"]'; fi
  done
}
# rows NODE: what people have put in, and the keys of datapaths and ports that tunnels carry.
rows() {
  for table in "nb OVN_Northbound Logical_Switch _uuid name ports" "nb OVN_Northbound Logical_Switch_Port _uuid name addresses external_ids" \
    "sb OVN_Southbound Datapath_Binding _uuid tunnel_key" "sb OVN_Southbound Port_Binding _uuid logical_port tunnel_key"; do
    # shellcheck disable=SC2086
    dumped "$1" $table
  done
}
are_members() { # NODE...
  local wanted
  wanted=$(for node; do address "$node"; done | sort)
  for database in "nb OVN_Northbound" "sb OVN_Southbound"; do
    # shellcheck disable=SC2086
    [ "$(set -- "$1" $database; on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3" | sed -n 's/.* at ssl:\([0-9.]*\):.*/\1/p' | sort -u)" = "$wanted" ]
  done
}
# A chassis whose ovn-remote names nobody who serves is written down, until the file `moved` is there.
watch() {
  local node living remote address known
  declare -A at
  for node in n1 n2 n3 n4 n5 n6; do at[$node]=$(address "$node"); done
  until [ -e moved ]; do
    # First who is told what, then who lives: a list that was changed in between names those that stay.
    for node in n1 n2 n3 n4 n5 n6; do on "$node" ovs-vsctl --timeout=5 get Open_vSwitch . external_ids:ovn-remote > "remote.$node"; done
    living=
    for node in n1 n2 n3 n4 n5 n6; do
      ! on "$node" ovn-appctl --timeout=5 -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound 2> /dev/null | grep -q '^Status: cluster member' || living+=" ${at[$node]}"
    done
    for node in n1 n2 n3 n4 n5 n6; do
      remote=$(< "remote.$node") known=
      for address in $living; do [[ $remote != *"ssl:$address:6642"* ]] || known=yes; done
      [ -n "$known" ] || echo "$node is told of $remote, and there live$living"
    done
    echo >> rounds
  done > lost
}
move() { # NODE... of the new centrals; the rest is done, whatever happens on the way
  rm -f moved rounds
  watch &
  centrals "$@"
}
moved() {
  touch moved
  wait
  cat lost
  [ ! -s lost ] && [ "$(wc -l < rounds)" -gt 3 ]
}

@test "from three nodes to three others" {
  rows n1 > before
  move n4 n5 n6
  run apply
  moved
  [ "$status" = 0 ] || { tail -n 40 <<< "$output"; return 1; }
  are_members n4 n5 n6
  rows n4 | diff before -
  for node in n1 n2 n3; do run ! on "$node" systemctl is-active ovn-northd ovn-ovsdb-server-nb ovn-ovsdb-server-sb; done
  [ "$(on n4 ovn-sbctl --bare --columns=name list Chassis | sort | xargs)" = "n1 n2 n3 n4 n5 n6" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "and back, killed on the way" {
  move n1 n2 n3
  "$KILN" apply "$file" --auto-approve > log 2>&1 &
  pid=$!
  eventually 240 grep -qE 'did leave OVN_Northbound' log
  kill -KILL "$pid"
  wait "$pid" || true
  run apply
  moved
  [ "$status" = 0 ] || { tail -n 40 <<< "$output"; return 1; }
  are_members n1 n2 n3
  rows n1 | diff before -
  [ "$(chassis)" = "n1 n2 n3 n4 n5 n6" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
