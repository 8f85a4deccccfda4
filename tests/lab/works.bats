# shellcheck shell=bash disable=SC2016,SC2154
#
# Daemons run as it was written, and do not work: plan, apply, status and doctor say so, and what to do.

# shellcheck source=works.bash
load works

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
  # Whoever asks first has the lock, and asks anew whenever the southbound's leader changes: then all others begin again.
  foreign_leads() {
    on n3 ovn-appctl -t /run/foreign.ctl status | grep active || { for node in n1 n2 "$@"; do on "$node" systemctl restart ovn-northd; done; return 1; }
  }
  eventually 120 foreign_leads
  on n3 systemctl start ovn-northd
  nowhere() { foreign_leads n3 && kiln plan "$file" | tr -s '\n ' '  ' | tee plan.said | grep -q 'ovn-northd is active nowhere' || { cat plan.said; return 1; }; }
  eventually 120 nowhere # the one on n3 has just begun
  told "ovn-northd is active nowhere; it stands by on"
  on n3 ovn-appctl -t /run/foreign.ctl exit
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
  shows "chassis/n2 on n2: ovs-vswitchd does not answer" # the cause, not that ovn-controller is behind for it
  on n2 sh -c 'kill -CONT "$(cat /run/openvswitch/ovs-vswitchd.pid)"'
  eventually 60 kiln plan more.toml --detailed-exitcode
  run -0 apply
  assert_converged
}

@test "br-int has lost its flows, or the switch that has them hangs" {
  on n2 ovs-ofctl -O OpenFlow15 del-flows br-int
  told "br-int has no flows"
  on n2 systemctl restart ovn-controller
  eventually 60 well
  on n2 sh -c 'kill -STOP "$(cat /run/openvswitch/ovs-vswitchd.pid)"'
  told "ovs-vswitchd does not answer"
  on n2 sh -c 'kill -CONT "$(cat /run/openvswitch/ovs-vswitchd.pid)"'
  eventually 60 well
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
  shows "OVN_Southbound: its server does not answer"
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
  on n2 ovsdb-server --detach --no-chdir --pidfile=/run/relay.pid --unixctl=/run/relay.ctl --remote=ptcp:16643 relay:OVN_Northbound:unix:/run/ovn/ovnnb_db.sock
  told "its server was told to take ptcp:6640, which opens Open_vSwitch to whoever reaches it, without a certificate"
  shows "controller ptcp:6633 opens its flows"
  run -2 kiln plan "$file" --detailed-exitcode
  shows "listener/sb on n1: its server was told to take ptcp:16642, which opens OVN_Southbound"
  shows "ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/remove-remote ptcp:16642"
  shows "listens on 0.0.0.0:16643 and serves OVN_Northbound"
  [[ $output != *16641* ]]
  on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl ovsdb-server/remove-remote ptcp:16642
  on n1 ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/remove-remote ptcp:16641:127.0.0.1
  on n3 ovs-appctl -t ovsdb-server ovsdb-server/remove-remote ptcp:6640
  on n3 ovs-vsctl del-controller br-int
  on n2 ovn-appctl -t /run/relay.ctl exit
  eventually 60 well
  assert_converged
}
