# shellcheck shell=bash disable=SC2016,SC2154
#
# OVN that somebody has set up by hand with Debian's packages: standalone databases with rows in them,
# listeners without TLS, bridges and mappings. kiln adopts it without losing a row, or says what to choose.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
  # What `apt install ovn-central ovn-host` and an afternoon make of n2; n1 and n3 have only installed it.
  for node in n1 n2 n3; do on "$node" systemctl start openvswitch-switch ovn-central; done
  for node in n1 n2 n3; do eventually 60 on "$node" ovn-nbctl --timeout=5 --columns=_uuid list NB_Global; done
  on n2 sh -c 'ovn-nbctl --wait=sb ls-add ls1 -- set logical_switch ls1 external_ids:made-by=alice other_config:mcast_snoop=false \
    -- lsp-add ls1 ls1-vm1 -- lsp-set-addresses ls1-vm1 "02:ac:10:ff:00:11 172.16.255.11" -- lsp-set-port-security ls1-vm1 "02:ac:10:ff:00:11 172.16.255.11" \
    -- lsp-add ls1 theirs -- lsp-set-addresses theirs "02:ac:10:ff:00:99 172.16.255.99" \
    -- lr-add lr0 -- lrp-add lr0 lr0-ls1 02:00:00:00:ff:01 172.16.255.1/24 -- acl-add ls1 to-lport 1000 "ip4" allow \
    && ovn-nbctl set-connection ptcp:6641 && ovn-sbctl set-connection ptcp:6642'
  on n2 ovs-vsctl add-br br-ex -- set Bridge br-ex datapath_type=netdev external_ids:made-by=alice \
    -- set Open_vSwitch . external_ids:ovn-bridge-mappings=physnet1:br-ex
}
teardown_file() { lab_teardown; }
setup() { the_file; }

adopting() { grep -q '^adopt = true' "$file" || sed -i 's/^name = "lab"$/&\nadopt = true/' "$file"; }

# rows NODE: what people have put into the northbound, without what ovn-northd, ovn-ctl and kiln's marks change.
rows() {
  table "$1" nb OVN_Northbound Logical_Switch _uuid acls external_ids name other_config
  table "$1" nb OVN_Northbound Logical_Switch_Port _uuid addresses name options port_security tag type | grep -v vm2
  for name in Logical_Router Logical_Router_Port ACL; do table "$1" nb OVN_Northbound "$name"; done
}
table() { dumped "$@" | sed -E 's/"//g; s/kiln-owner=[^,}]*(, )?//; s/, \}/}/' | sort; }
# The southbound's rows with their tunnel keys: the same keys, so that no packet goes astray.
keys() {
  table "$1" sb OVN_Southbound Port_Binding _uuid logical_port tunnel_key | grep -v vm2
}

# The output as one line: plans are wrapped.
said() { tr -s '[:space:]' ' ' <<< "$output"; }
logged() { grep -qE "$1" log; }

@test "without adopt nothing is touched, and the choice is named" {
  on n2 sha256sum /var/lib/ovn/ovnnb_db.db > before
  run kiln plan "$file" --detailed-exitcode
  [[ $(said) == *'/var/lib/ovn/ovnnb_db.db on n2: `adopt = true` in [cluster] keeps its rows, moving it away starts empty'* ]]
  [[ $(said) == *"logical switch ls1 is there and is not kiln's"* ]]
  on n2 sha256sum /var/lib/ovn/ovnnb_db.db | diff - before
}

@test "rows on two nodes are refused until somebody chooses" {
  adopting
  on n3 ovn-nbctl ls-add other
  run -7 apply
  [[ $(said) == *"n2, n3 each hold a standalone OVN_Northbound with rows: choose whose are kept"* ]]
  on n3 sh -c 'systemctl is-active ovn-ovsdb-server-nb && ovn-nbctl ls-list | grep -q other'
  run ! on n2 ovsdb-tool db-is-clustered /var/lib/ovn/ovnnb_db.db
  on n3 ovn-nbctl ls-del other
}

@test "the plan keeps the rows: marks on what the file names, no new switch" {
  adopting
  changes > seen
  grep -q '^logical-switch/ls1 kiln-owner None lab:logical-switch/ls1$' seen
  grep -q '^logical-switch-port/ls1/vm1 kiln-owner None lab:logical-switch-port/ls1/vm1$' seen
  [ "$(grep -c '^logical-switch/ls1 ' seen)" = 1 ]
  [ "$(grep -c '^logical-switch-port/ls1/vm1 ' seen)" = 1 ]
  grep -q '^database/n2/nb database standalone, with rows clustered at ssl:' seen
  grep -q '^database/n1/nb database standalone, without rows clustered at ssl:' seen
  grep -q '^listener/nb target ptcp:6641 pssl:6641:' seen
}

@test "killed at any step it loses no row: the next apply goes on" {
  adopting
  rows n2 > "$BATS_FILE_TMPDIR/rows"
  keys n2 > "$BATS_FILE_TMPDIR/keys"
  for said in 'n2 .*did stop ovn-ovsdb-server-nb' 'n2 .*did create OVN_Northbound .*with the rows' 'n1 .*did move /var/lib/ovn/ovnnb_db.db'; do
    node=${said%% *}
    "$KILN" apply "$file" --auto-approve > log 2>&1 & # not the function: its shell would die, and not kiln
    pid=$!
    eventually 240 logged "$said"
    kill -KILL "$pid"
    wait "$pid" || true
    # A host that loses its power in between starts nothing that is not a member with kiln's options.
    lab kill "$node"
    lab start "$node"
    eventually 60 on "$node" systemctl is-active openvswitch-switch
    run -3 on "$node" systemctl is-active ovn-ovsdb-server-nb
  done
  apply
  rows n2 | diff "$BATS_FILE_TMPDIR/rows" -
  keys n2 | diff "$BATS_FILE_TMPDIR/keys" -
  assert_converged
}

@test "all are members of one cluster, with the rows on each, and the old file is put aside" {
  for node in n1 n2 n3; do
    [ "$(on "$node" ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound | grep -c ' at ssl:')" = 3 ]
    rows "$node" | diff "$BATS_FILE_TMPDIR/rows" -
  done
  on n2 sh -c 'ls /var/lib/ovn/kiln-left-*/ovnnb_db.db /var/lib/ovn/kiln-left-*/ovnsb_db.db'
  [ "$(on n2 sh -c 'stat -c %a /var/lib/ovn/kiln-left-*' | sort -u)" = 700 ]
  [ "$(on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-bridge-mappings)" = '"physnet1:br-ex"' ]
  [ "$(on n2 ovs-vsctl get Bridge br-ex external_ids)" = '{made-by=alice}' ]
  [ "$(on n2 ovn-nbctl --timeout=10 get Logical_Switch ls1 external_ids:made-by)" = alice ]
  run ! reachable "$(address n2)" 16641
  ping_works n1 vm1 172.16.255.22
}

@test "a bridge that the file names and nobody's mark is on gets the mark" {
  printf '[nodes.n2.bridges.br-ex]\ndatapath = "netdev"\n' >> "$file"
  changes > seen
  [ "$(cat seen)" = "bridge/n2/br-ex kiln-owner None lab:bridge/n2/br-ex" ]
  apply
  assert_converged
  [ "$(on n2 ovs-vsctl get Bridge br-ex external_ids:made-by)" = alice ]
}

@test "without adopt nothing changes any more" {
  sed -i '/^adopt = true$/d' "$file"
  assert_converged
}
