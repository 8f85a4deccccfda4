# shellcheck shell=bash disable=SC2016,SC2154
#
# Somebody changed what kiln owns, by hand: the plan shows exactly that, and apply mends it. What others own stays.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() {
  the_file
  mended
}

# drift "CHANGES": what the plan must be, line by line; then it is mended.
drift() {
  local seen
  seen=$(changes)
  [ "$seen" = "$1" ] || { printf 'wanted:\n%s\nseen:\n%s\n' "$1" "$seen" >&2; return 1; }
  apply
  assert_converged
}

@test "what is put off until the database runs is shown and approved once" {
  on n1 ovn-nbctl lsp-set-enabled ls1-vm1 disabled
  for node in n1 n2 n3; do on "$node" systemctl stop ovn-ovsdb-server-nb; done
  run -2 kiln plan "$file" --detailed-exitcode
  shows "logical-switch-port/ls1/vm1*deferred"
  run -0 bash -c "echo y | script -qec \"$KILN apply $file\" /dev/null"
  shows "put off until now; looking again"
  [ "$(grep -c '\[y/N\]' <<< "$output")" = 1 ]
  assert_converged
}

@test "another encap address" {
  mine=$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip | tr -d '"')
  on n2 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"external_ids:ovn-encap-ip  192.0.2.1 → $mine"* ]]
  [[ $output == *"1 to update"* ]]
  drift "chassis/n2 external_ids:ovn-encap-ip 192.0.2.1 $mine"
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "an address of a logical switch port" {
  on n3 ovn-nbctl lsp-set-addresses ls1-vm1 "02:ac:10:ff:00:11 172.16.255.99"
  drift "logical-switch-port/ls1/vm1 addresses ['02:ac:10:ff:00:11 172.16.255.99'] ['02:ac:10:ff:00:11 172.16.255.11']"
}

@test "a port that is switched off and loses its port security" {
  on n1 ovn-nbctl lsp-set-enabled ls1-vm2 disabled
  on n1 ovn-nbctl lsp-set-port-security ls1-vm2
  run -2 kiln plan "$file" --detailed-exitcode
  [ "$(changes | awk '{ print $1, $2 }' | sort | xargs)" = "logical-switch-port/ls1/vm2 enabled logical-switch-port/ls1/vm2 port_security" ]
  apply
  assert_converged
  ping_works n1 vm1 172.16.255.22
}

@test "a port that was deleted comes back, and its workload is reached again" {
  on n2 ovn-nbctl lsp-del ls1-vm2
  apply
  assert_converged
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "a bridge that lost its port, and one that lost its address" {
  on n1 ovs-vsctl del-port br-phys eth1
  on n2 ip addr flush dev br-phys
  run -2 kiln plan "$file" --detailed-exitcode
  [ "$(changes | awk '{ print $1 }' | sort -u | xargs)" = "bridge/n1/br-phys bridge/n2/br-phys" ]
  apply
  assert_converged
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "daemons that were stopped" {
  on n2 systemctl stop ovn-northd.service
  on n3 systemctl stop ovn-controller.service
  run -2 kiln plan "$file" --detailed-exitcode
  [ "$(changes | awk '{ print $1 }' | sort -u | xargs)" = "chassis/n3 northd/n2" ]
  apply
  assert_converged
}

@test "a database server that was stopped is started, and its member is connected again" {
  on n2 systemctl stop ovn-ovsdb-server-nb.service
  run kiln status "$file"
  [ "$status" != 0 ]
  [[ $output == *"server stopped"* && $output != *"lab: all is well"* ]]
  apply
  assert_converged
  run -0 on n2 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound
  [[ $output == *"Status: cluster member"* ]]
}

@test "options of a daemon that were edited" {
  on n1 sed -i s/6642/6699/ /etc/kiln/ovn-northd.env
  [ "$(changes | awk '{ print $1, $2 }')" = "northd/n1 /etc/kiln/ovn-northd.env" ]
  apply
  assert_converged
}

@test "a certificate that was thrown away is issued again, and served" {
  on n3 rm /etc/kiln/pki/ovn-northbound
  apply
  assert_converged
  address=$(address n3)
  run -0 on n3 sh -c 'openssl s_client -connect "$1:6641" -CAfile /etc/kiln/pki/ca.pem -key /etc/kiln/pki/ovn-client/key.pem -cert /etc/kiln/pki/ovn-client/cert.pem </dev/null 2>/dev/null |
    openssl x509 -noout -fingerprint > /tmp/served; openssl x509 -noout -fingerprint -in /etc/kiln/pki/ovn-northbound/cert.pem | cmp - /tmp/served' - "$address"
}

@test "a workload's namespace that was deleted" {
  on n1 ip netns delete vm1
  run -2 kiln plan "$file" --detailed-exitcode
  [ "$(changes | awk '{ print $1 }' | sort -u)" = workload/vm1 ]
  apply
  assert_converged
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "a system-id that was changed" {
  on n3 sh -c 'echo other > /etc/openvswitch/system-id.conf'
  drift "openvswitch/n3 /etc/openvswitch/system-id.conf other n3"
}

@test "a field that somebody sets back each time is reported with both values, and not fought" {
  on n1 systemd-run --quiet --unit=fighter sh -c 'while :; do ovn-nbctl set Connection . inactivity_probe=7000; done'
  eventually 120 on n1 sh -c '[ "$(ovn-nbctl get Connection . inactivity_probe)" = 7000 ]'
  run -7 apply
  [[ $output == *"listener/nb"*"inactivity_probe"*"7000"*"60000"* ]]
  [ "$(grep -c 'start .*listener' <<< "$output")" -le 1 ]
  on n1 systemctl stop fighter.service
  apply
  assert_converged
}

@test "rows, keys and files of others survive, and are in no plan" {
  on n1 ovn-nbctl ls-add theirs
  on n1 ovn-nbctl lsp-add theirs theirs-p1
  on n1 ovn-nbctl set logical_switch ls1 external_ids:theirs=1 other_config:mcast_snoop=false
  on n1 ovn-nbctl lsp-add ls1 ls1-theirs
  on n2 ovs-vsctl --no-wait add-br br-theirs -- set open . external-ids:theirs=1 external-ids:ovn-bridge-mappings=physnet1:br-theirs
  on n2 sh -c 'mkdir -p /etc/systemd/system/ovn-northd.service.d; printf "[Service]\nEnvironment=THEIRS=1\n" > /etc/systemd/system/ovn-northd.service.d/10-theirs.conf; systemctl daemon-reload'
  assert_converged
  on n2 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  on n1 ovn-nbctl lsp-del ls1-vm1
  apply
  assert_converged
  run -0 on n1 ovn-nbctl lsp-list theirs
  [[ $output == *theirs-p1* ]]
  run -0 on n1 ovn-nbctl lsp-list ls1
  [[ $output == *ls1-theirs* && $output == *ls1-vm1* ]]
  [ "$(on n1 ovn-nbctl get logical_switch ls1 external_ids:theirs other_config:mcast_snoop | tr -d '"' | xargs)" = "1 false" ]
  [ "$(on n2 ovs-vsctl get open . external-ids:theirs external-ids:ovn-bridge-mappings | tr -d '"' | xargs)" = "1 physnet1:br-theirs" ]
  on n2 ovs-vsctl br-exists br-theirs
  on n2 test -e /etc/systemd/system/ovn-northd.service.d/10-theirs.conf
}
