# shellcheck shell=bash disable=SC2016,SC2154
#
# Everything is as it was written, and does not work: plan, apply, status and doctor say so, and what to do.

# shellcheck source=common.bash
load common

setup_file() { lab_deployed; }
teardown_file() { lab_teardown; }
setup() { the_file; }
teardown() {
  lab_collect_if_failed
  on n3 sh -c '[ ! -e /run/foreign.ctl ] || ovn-appctl -t /run/foreign.ctl exit' || true
  on n2 ovs-vsctl remove open . external_ids ovn-encap-ip-n2 || true
  on n2 ovs-vsctl remove open . external_ids ovn-transport-zones || true
  for node in n1 n2 n3; do
    on "$node" ovn-appctl -t ovn-northd resume > /dev/null || true
    on "$node" sh -c 'ip link set eth1 up; for pid in /run/ovn/*.pid /run/openvswitch/*.pid; do kill -CONT "$(cat "$pid")"; done; nft delete table inet cut 2>/dev/null; true'
  done
}

# told TEXT: nobody says that all is well, and plan, status and doctor show TEXT; but for a member, whom status and doctor
# have a place of their own for.
told() {
  run -2 kiln plan "$file" --detailed-exitcode
  shows "$1"
  [[ $output != *"as wanted"* ]]
  run -1 apply
  shows "$1"
  run -1 kiln status "$file"
  [[ $output == *"lab: not all is well"* ]]
  [ "${2:-}" = member ] || shows "$1"
  run kiln doctor "$file"
  # A server that hangs is unknown (1), one that is cut off a FAIL (2).
  if [ "${2:-}" = member ]; then [[ $status == [12] ]]; else [ "$status" = 2 ] && shows "$1"; fi
}
# Lines are folded for the terminal.
shows() { [[ $(tr -s '\n ' '  ' <<< "$output") == *"$1"* ]] || { echo "not shown: $1"; return 1; }; }
well() { kiln plan "$file" --detailed-exitcode && kiln status "$file" && kiln doctor "$file"; }

@test "ovn-northd is paused everywhere" {
  for node in n1 n2 n3; do on "$node" ovn-appctl -t ovn-northd pause; done
  told "ovn-northd is paused"
  for node in n1 n2 n3; do on "$node" ovn-appctl -t ovn-northd resume; done
  eventually 60 well
  assert_converged
}

@test "the ovn-northd of somebody else has the lock" {
  # One that is connected as n3's own was, and that no unit knows: it goes on with the lock, and all others stand by.
  on n3 bash -c 'mapfile -d "" -t words < "/proc/$(cat /run/ovn/ovn-northd.pid)/cmdline"
    for word in "${words[@]}"; do case $word in --ovn?b-db=* | --private-key=* | --certificate=* | --ca-cert=*) as_own+=("$word") ;; esac; done
    systemctl stop ovn-northd
    ovn-northd --detach --no-chdir --pidfile=/run/foreign.pid --unixctl=/run/foreign.ctl "${as_own[@]}"'
  foreign_leads() {
    on n3 ovn-appctl -t /run/foreign.ctl status | grep active || { on n1 systemctl restart ovn-northd; on n2 systemctl restart ovn-northd; return 1; }
  }
  eventually 120 foreign_leads
  on n3 systemctl start ovn-northd
  told "ovn-northd is active nowhere; it stands by on"
  on n3 ovn-appctl -t /run/foreign.ctl exit
  eventually 60 well
  assert_converged
}

@test "a key for this chassis alone takes the place of kiln's" {
  on n2 ovs-vsctl set open . external_ids:ovn-encap-ip-n2=10.9.9.9
  told "external_ids:ovn-encap-ip-n2 = 10.9.9.9 takes the place of kiln's ovn-encap-ip"
  on n2 ovs-vsctl remove open . external_ids ovn-encap-ip-n2
  eventually 60 well
  assert_converged
}

@test "links that carry packets are down" {
  on n2 ip link set eth1 down
  on n1 ip link set w-vm1 down
  told "link eth1 is down"
  shows "link w-vm1 is down"
  on n2 ip link set eth1 up
  on n1 ip link set w-vm1 up
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

@test "a chassis does not take up what apply writes: apply says which, and what is asked later tells it" {
  on n2 sh -c 'kill -STOP "$(cat /run/openvswitch/ovs-vswitchd.pid)"'
  { cat "$file"; printf '\n[switches.ls1.ports.more]\naddresses = ["02:ac:10:ff:00:33"]\n'; } > more.toml
  run -7 kiln apply more.toml --auto-approve
  shows "chassis n2 has not taken up what was written"
  [[ $output != *"chassis n1 has not"* && $output != *"chassis n3 has not"* ]]
  run -2 kiln plan more.toml --detailed-exitcode
  shows "its ovn-controller is 1 behind OVN_Southbound"
  on n2 sh -c 'kill -CONT "$(cat /run/openvswitch/ovs-vswitchd.pid)"'
  eventually 60 kiln plan more.toml --detailed-exitcode
  run -0 apply
  assert_converged
}

@test "ovn-controller does not reach the southbound" {
  on n2 nft 'add table inet cut; add chain inet cut out { type filter hook output priority 0; }; add rule inet cut out tcp dport 6642 drop'
  # It notices after its inactivity probe, or at once when it connects anew.
  on n2 systemctl restart ovn-controller
  told "ovn-controller is not connected"
  on n2 nft delete table inet cut
  eventually 120 well
  assert_converged
}

@test "a member of the databases is cut off from the others" {
  on n3 nft 'add table inet cut; add chain inet cut in { type filter hook input priority 0; }; add chain inet cut out { type filter hook output priority 0; };
    add rule inet cut in tcp dport 6641-6644 drop; add rule inet cut out tcp dport 6641-6644 drop'
  # Each database notices when its own election timer runs out.
  cut_off() { kiln plan "$file" 2> /dev/null | tr -s '\n ' '  ' | grep 'no leader of OVN_Northbound.*no leader of OVN_Southbound'; }
  eventually 120 cut_off
  told "it knows no leader of OVN_Northbound" member
  on n3 nft delete table inet cut
  eventually 120 well
  assert_converged
}

@test "the server of a member hangs" {
  on n3 sh -c 'kill -STOP "$(cat /run/ovn/ovnsb_db.pid)"'
  told "its server does not answer" member
  on n3 sh -c 'kill -CONT "$(cat /run/ovn/ovnsb_db.pid)"'
  eventually 120 well
  assert_converged
}

@test "somebody opens a database to the network" {
  on n1 ovn-nbctl --id=@c create Connection 'target="ptcp:16641"' -- add NB_Global . connections @c
  told "connection ptcp:16641 opens OVN_Northbound to whoever reaches it, without a certificate"
  on n1 sh -c 'ovn-nbctl remove NB_Global . connections "$(ovn-nbctl --bare --columns=_uuid find Connection "target=\"ptcp:16641\"")"'
  on n2 ovs-vsctl set-manager ptcp:6640
  told "manager ptcp:6640 opens Open_vSwitch to whoever reaches it, without a certificate"
  on n2 ovs-vsctl del-manager
  # In no row and no argument: the servers know it, and a socket listens.
  on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/add-remote ptcp:16642
  on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/add-remote ptcp:16641:127.0.0.1
  on n3 ovs-appctl -t ovsdb-server ovsdb-server/add-remote ptcp:6640
  on n3 ovs-vsctl set-controller br-int ptcp:6633
  told "its server was told to take ptcp:6640, which opens Open_vSwitch to whoever reaches it, without a certificate"
  shows "controller ptcp:6633 opens its flows"
  run -2 kiln plan "$file" --detailed-exitcode
  shows "listener/sb on n1: its server was told to take ptcp:16642, which opens OVN_Southbound"
  shows "ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/remove-remote ptcp:16642"
  [[ $output != *16641* ]]
  on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/remove-remote ptcp:16642
  on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/remove-remote ptcp:16641:127.0.0.1
  on n3 ovs-appctl -t ovsdb-server ovsdb-server/remove-remote ptcp:6640
  on n3 ovs-vsctl del-controller br-int
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
  told "options:requested-chassis = n3 is somebody's"
  on n1 ovn-nbctl remove Logical_Switch_Port ls1-vm1 options requested-chassis
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
