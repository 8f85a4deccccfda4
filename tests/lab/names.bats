# shellcheck shell=bash disable=SC2016,SC2154
#
# Nodes with names of their own, each the beginning of another's, on hosts that are called something else; their
# addresses, databases and tunnels are IPv6, and kiln reaches them by IPv4.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  the_file
  deployment
  number=11
  for host in n1 n2 n3; do
    on "$host" ip -6 address add "fd00:6::$number/64" dev eth0 nodad
    number=$((number + 1))
  done
  python3 - "$file" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
for host, node, number in (("n1", "a", 11), ("n2", "a-b", 12), ("n3", "a-b-c", 13)):
    v4 = re.search(r'\[nodes\.%s\]\naddress = "([^"]*)"' % host, text).group(1)
    text = text.replace('[nodes.%s]\naddress = "%s"' % (host, v4),
                        '[nodes.%s]\naddress = "fd00:6::%d"\nssh = { host = "%s" }' % (node, number, v4))
    v4 = re.search(r'(?s)\[nodes\.%s\].*?encap = \{ ip = "([^"]*)" \}' % re.escape(node), text).group(1)
    text = text.replace('encap = { ip = "%s" }' % v4, 'encap = { ip = "fd00:7::%d" }' % number)
    text = text.replace('address = "%s/25"' % v4, 'address = "fd00:7::%d/64"' % number)
    text = text.replace("[nodes.%s.bridges" % host, "[nodes.%s.bridges" % node)
    text = text.replace('node = "%s"' % host, 'node = "%s"' % node)
open(sys.argv[1], "w").write(text)
PY
  cp "$file" base.toml
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "they are deployed: every endpoint has its brackets, and every chassis the name of its node" {
  run -0 apply
  [ "$(chassis)" = "a a-b a-b-c" ]
  for host in n1 n2 n3; do
    [ "$(on "$host" hostname)" = "$host" ]
    [ "$(on "$host" ovs-vsctl get Open_vSwitch . external_ids:ovn-remote)" = \
      '"ssl:[fd00:6::11]:6642,ssl:[fd00:6::12]:6642,ssl:[fd00:6::13]:6642"' ]
  done
  run -0 on n2 ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound
  [[ $output == *"Address: ssl:[fd00:6::12]:6643"* ]]
  on n3 openssl x509 -noout -subject -in /etc/kiln/pki/ovn-controller/cert.pem | grep -q 'CN *= *a-b-c'
  assert_converged
}

@test "workloads reach each other through tunnels over IPv6" {
  on n1 ovs-vsctl --bare --columns=options find Interface type=geneve | grep -q 'remote_ip=fd00:7::12'
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "a restart of Open vSwitch does not rename a chassis" {
  on n2 systemctl restart openvswitch-switch
  eventually 120 on n2 ovn-appctl -t ovn-controller connection-status
  [ "$(on n2 ovs-vsctl get Open_vSwitch . external_ids:system-id | tr -d '"')" = a-b ]
  [ "$(chassis)" = "a a-b a-b-c" ]
  assert_converged
}

@test "plain ovn-nbctl finds the databases by their IPv6 endpoints" {
  [ "$(on n3 ovn-nbctl --bare --columns=name list Logical_Switch)" = ls1 ]
}

@test "what leaves one leaves those alone whose names begin alike" {
  sed -i 's/^\[nodes\.a-b\]$/&\nstate = "absent"/; /^\[workloads\.vm2\]/,/^$/d; /^\[\[checks\]\]/,/^$/d' "$file"
  run -0 apply
  [ "$(chassis)" = "a a-b-c" ]
  on n1 systemctl is-active ovn-controller
  on n3 systemctl is-active ovn-controller
  on n3 test -e /etc/kiln/pki/ovn-controller/key.pem
  run ! on n2 systemctl is-active ovs-vswitchd
  run -0 on n1 ovn-appctl -t /run/ovn/ovnsb_db.ctl cluster/status OVN_Southbound
  [[ $output != *"fd00:6::12"* ]]
  assert_converged
}
