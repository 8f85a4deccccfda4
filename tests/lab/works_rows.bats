# shellcheck shell=bash disable=SC2016,SC2154
#
# Rows, links and bridges are as it was written, and do not work, or are what the file no longer says: plan, apply, status
# and doctor say so, and what to do.

# shellcheck source=works.bash
load works

@test "a key for this chassis alone takes the place of kiln's" {
  on n2 ovs-vsctl set open . external_ids:ovn-encap-ip-n2=10.9.9.9
  told "external_ids:ovn-encap-ip-n2 = 10.9.9.9 takes the place of kiln's ovn-encap-ip"
  on n2 ovs-vsctl remove open . external_ids ovn-encap-ip-n2
  eventually 60 well
  assert_converged
}

@test "links that carry packets are down" {
  on n2 ip link set eth1 down
  on n1 ip link set w-vm1 down # which is a change: kiln puts it up
  run -2 kiln plan "$file" --detailed-exitcode
  shows "link eth1 is down*workload/vm1*link*down → up"
  [[ $output != *"link w-vm1 is down"* ]]
  run -7 apply
  told "link eth1 is down"
  on n2 ip link set eth1 up
  eventually 60 well
  assert_converged
}

@test "a chassis has no tunnel to another, and one does nothing of what it is told" {
  on n2 ovs-vsctl set open . external_ids:ovn-transport-zones=elsewhere
  on n3 ovn-appctl -t ovn-controller debug/pause
  told "no tunnel to n2, which a check of the file needs"
  shows "ovn-controller is paused"
  on n3 ovn-appctl -t ovn-controller debug/resume
  on n2 ovs-vsctl remove open . external_ids ovn-transport-zones
  eventually 60 well
  assert_converged
}

@test "a port of kiln's is made another by hand: the column is put back, options are told" {
  on n1 ovn-nbctl lsp-set-type ls1-vm1 localnet
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"type"*"localnet"* ]]
  run -1 kiln status "$file"
  shows "1 change: update logical-switch-port/ls1/vm1"
  run -1 kiln doctor "$file"
  run -0 apply
  on n1 ovn-nbctl set Logical_Switch_Port ls1-vm1 options:requested-chassis=n3
  on n1 ovn-nbctl set Logical_Switch ls1 other_config:vlan-passthru=true
  on n1 ovn-nbctl lb-add lb0 172.16.255.22 172.16.255.99 -- ls-lb-add ls1 lb0
  told "options:requested-chassis = n3 is somebody's"
  shows "other_config:vlan-passthru = true is somebody's: packets with a VLAN tag are let through"
  shows "somebody's load balancer lb0 of ls1 sends what goes to its address 172.16.255.22 elsewhere"
  on n1 ovn-nbctl remove Logical_Switch_Port ls1-vm1 options requested-chassis -- lb-del lb0 -- remove Logical_Switch ls1 other_config vlan-passthru
  eventually 60 well
  assert_converged
}

@test "an option of the northbound drops what no ACL allows" {
  on n1 ovn-nbctl set NB_Global . options:default_acl_drop=true -- acl-add ls1 to-lport 1000 'tcp.dst == 22' allow-related
  told "options:default_acl_drop of NB_Global is true, and ls1 has ACLs"
  on n1 ovn-nbctl remove NB_Global . options default_acl_drop -- acl-del ls1
  eventually 60 well
  assert_converged
}

@test "what others have is counted and listed, and what drops packets of kiln's is told, by a check that fails too" {
  on n1 ovn-nbctl ls-add theirs -- lsp-add theirs theirs-p1 -- acl-add ls1 to-lport 1000 ip4 allow -- set Logical_Switch ls1 other_config:mcast_snoop=false
  run -0 kiln plan "$file" --detailed-exitcode
  shows "beside kiln's: 1 ACL, 1 logical switch, 1 logical switch port, 1 other_config key (-v lists them)"
  shows "on kiln's own: ACL of ls1: allow, priority 1000, to-lport, ip4"
  run -0 kiln status "$file" -v
  shows "logical switch port theirs-p1 of theirs"
  on n1 ovn-nbctl acl-add ls1 to-lport 2000 'icmp4' drop
  eventually 60 ping_fails n1 vm1 172.16.255.22
  told "an ACL of ls1 drops what it matches, and none that allows comes before it: drop, priority 2000, to-lport, icmp4"
  on n1 ovn-nbctl lsp-set-enabled ls1-vm2 disabled
  run -1 kiln verify "$file"
  shows "in its way: port ls1-vm2 is disabled; logical-switch/ls1 on cluster: an ACL of ls1 drops"
  on n1 ovn-nbctl acl-del ls1 -- ls-del theirs -- remove Logical_Switch ls1 other_config mcast_snoop -- lsp-set-enabled ls1-vm2 enabled
  eventually 60 ping_works n1 vm1 172.16.255.22
  eventually 60 well
  assert_converged
}

@test "somebody decides where the packets of a bridge go: its ports are put back, flows are told" {
  on n1 ovs-vsctl set Port w-vm1 tag=42
  on n1 ovs-vsctl set Bridge br-phys fail_mode=secure
  run -2 kiln plan "$file" --detailed-exitcode
  shows "port tag 42"
  shows "fail_mode secure"
  run -0 apply
  ping_works n1 vm1 172.16.255.22
  on n1 ovs-ofctl add-flow br-phys priority=10,ip,actions=drop
  on n1 ovs-ofctl mod-port br-phys br-phys no-forward
  on n1 ovs-ofctl mod-port br-phys eth1 no-flood
  on n1 ovs-ofctl -O OpenFlow15 mod-port br-int w-vm1 no-receive
  told "somebody has put 1 flow into br-phys that decide where packets go: reset_counts priority=10,ip actions=drop"
  shows "port br-phys of br-phys is told NO_FWD"
  shows "port eth1 of br-phys is told NO_FLOOD"
  shows "port w-vm1 of br-int is told NO_RECV"
  on n1 ovs-ofctl mod-port br-phys br-phys forward
  on n1 ovs-ofctl mod-port br-phys eth1 flood
  on n1 ovs-ofctl -O OpenFlow15 mod-port br-int w-vm1 receive
  on n1 ovs-ofctl del-flows br-phys
  told 'br-phys has no flow `priority=0 actions=NORMAL`: no packet gets through'
  on n1 ovs-ofctl add-flow br-phys priority=0,actions=NORMAL
  eventually 60 well
  assert_converged
}

@test "an address that changes or leaves the file leaves its bridge, and its unit the host" {
  with_address 10.0.7.1/24
  run -0 kiln apply other.toml --auto-approve
  with_address 10.0.7.2/24
  run -2 kiln plan other.toml --detailed-exitcode
  [[ $output == *"address"*"10.0.7.1/24"*"10.0.7.2/24"* ]]
  run -0 kiln apply other.toml --auto-approve
  [ "$(on n3 ip -br -4 address show br-spare | awk '{ print $3, $4 }')" = "10.0.7.2/24 " ]
  with_address ""
  run -0 kiln apply other.toml --auto-approve
  run -0 on n3 ip -br -4 address show br-spare
  [[ $output != *10.0.7* ]]
  run ! on n3 test -e /etc/systemd/system/kiln-bridge-br-spare.service
  run -0 kiln plan other.toml --detailed-exitcode
  run -0 apply
  run ! on n3 ip link show br-spare
  eventually 60 well
  assert_converged
}
# with_address ADDRESS: n3 has one more bridge with it, or without one, in other.toml.
with_address() {
  { cat "$file"; printf '\n[nodes.n3.bridges.br-spare]\ndatapath = "netdev"\n'; [ -z "$1" ] || printf 'address = "%s"\n' "$1"; } > other.toml
}

@test "an edit that would take the address that tunnels begin at is refused before anything is done" {
  cp "$file" whole.toml
  sed -i '/^\[nodes\.n3\.bridges\.br-phys\]/,/^$/{/^address = /d}' "$file"
  run -3 kiln plan "$file"
  shows "n3 would lose the encap address *br-phys has it, and the file no longer gives it that"
  run -3 apply
  cp whole.toml "$file"
  assert_converged
}

@test "a port that leaves the file leaves its bridge" {
  on n1 ip link add d1 type veth peer name d1p
  on n1 ovs-vsctl add-port br-phys d1 -- set Port d1 "external_ids:kiln-owner=\"lab:bridge/n1/br-phys\""
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"port"*"d1"* ]]
  run -0 apply
  run -0 on n1 ovs-vsctl list-ports br-phys
  [[ $output != *d1* ]]
  on n1 ip link delete d1
  eventually 60 well
  assert_converged
}

@test "an interface that is somebody's port, or below the one that carries ssh, is no bridge's" {
  on n1 sh -c 'ip link add br9 type bridge; ip link add d9 type veth peer name d9p; ip link set d9 master br9'
  with_port d9
  run -3 kiln apply other.toml --auto-approve
  shows "d9\` of n1 is a port of \`br9"
  with_port eth0
  run -3 kiln apply other.toml --auto-approve
  shows "eth0\` is the way kiln reaches n1"
  on n1 sh -c 'ip link delete br9; ip link delete d9'
  assert_converged
}
# with_port NAME: n1's bridge has it for its port, in other.toml.
with_port() {
  sed "/^\[nodes\.n1\.bridges/,/^\$/s/^port = .*/port = \"$1\"/" "$file" > other.toml
  run ! diff -q "$file" other.toml
}

@test "the link of a workload is gone" {
  on n1 ip link delete w-vm1
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"workload/vm1"* ]]
  run -0 apply
  eventually 60 well
  assert_converged
}

@test "a kernel without the module, and a bridge of its datapath: nothing is begun" {
  sed '/^\[nodes\.n1\.bridges/,/^$/s/"netdev"/"system"/' "$file" > system.toml
  run ! diff -q "$file" system.toml
  run kiln apply system.toml --auto-approve
  [ "$status" != 0 ]
  shows "n1 has no module openvswitch for its kernel, and would not make br-int, br-phys"
  shows 'datapath = "netdev"'
  assert_converged
}
