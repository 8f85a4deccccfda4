# shellcheck shell=bash disable=SC2016,SC2154
#
# Hosts reboot, lose their power, and daemons restart: everything comes back without kiln.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

empty_plan() { kiln plan "$file" --detailed-exitcode; }

@test "an orderly reboot of a node brings back its daemons, bridges, tunnel address and workload" {
  lab reboot n2
  eventually 120 empty_plan
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "a power cut of the leader's host" {
  leader=$(for node in n1 n2 n3; do
    if on "$node" ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound | grep -q '^Role: leader'; then echo "$node"; fi
  done)
  lab kill "$leader"
  lab start "$leader"
  eventually 120 empty_plan
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "power fails everywhere at once" {
  lab kill n1 n2 n3
  lab start n1 n2 n3
  eventually 120 empty_plan
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "ovs-vswitchd restarts: the bridge keeps its address and the ping goes on" {
  on n1 systemctl restart ovs-vswitchd.service
  eventually 120 ping_works n1 vm1 172.16.255.22
  on n1 ip -br addr show br-phys
  eventually 120 empty_plan
  assert_converged
}

@test "ovs-vswitchd is killed: systemd starts it, and all is there again" {
  on n1 pkill -KILL -x ovs-vswitchd
  eventually 120 ping_works n1 vm1 172.16.255.22
  eventually 120 empty_plan
  assert_converged
}
