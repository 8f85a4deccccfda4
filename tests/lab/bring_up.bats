# shellcheck shell=bash disable=SC2016,SC2154 # what stands in single quotes is for the host to expand
#
# Three freshly installed hosts become one OVN deployment from one file; the tests follow in the order of its life.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
}
teardown_file() { lab_teardown; }
setup() { the_file; }

raft() { # NODE nb|sb OVN_Northbound|OVN_Southbound
  on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3"
}

# ask NODE ADDRESS:PORT tls|certless|plain: what a server there says to an RPC; "refused: WHY" if it does not let us in.
# With TLS 1.3 a client without a certificate learns of its refusal after its own handshake: by the alert, or, where the
# server's close overtakes it, by a broken connection. What counts is that its RPC is never answered.
ask() {
  on "$1" python3 - "${2%:*}" "${2##*:}" "$3" << 'PY'
import socket, ssl, sys
host, port, way = sys.argv[1:]
try:
    peer = socket.create_connection((host, int(port)), 3)
    if way != "plain":
        context = ssl.create_default_context(cafile="/etc/kiln/pki/ca.pem")
        if way == "tls":
            context.load_cert_chain("/etc/kiln/pki/ovn-client/cert.pem", "/etc/kiln/pki/ovn-client/key.pem")
        peer = context.wrap_socket(peer, server_hostname=host)
    peer.sendall(b'{"method":"echo","params":["kiln"],"id":1}')
    print(peer.recv(4096).decode() or "refused: closed")
except OSError as error:
    print("refused:", error)
PY
}

@test "validate accepts the file without asking a host" {
  run -0 kiln validate "$file"
  [[ $output == *"valid: cluster lab, 3 nodes"* ]]
}

@test "plan shows what is to be done, and does nothing" {
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"create OVN_Northbound, first member [irreversible]"* ]]
  [[ $output == *"to create"* ]]
  first=$(kiln plan "$file" --json 2>/dev/null | field plan_id)
  second=$(kiln plan "$file" --json 2>/dev/null | field plan_id)
  [ "$first" = "$second" ]
  run -1 on n1 test -e /etc/kiln
}

@test "apply asks, and does nothing without a yes" {
  run ! kiln apply "$file" < /dev/null
  run -1 on n1 test -e /etc/kiln
}

@test "apply makes the deployment and proves its checks" {
  run -0 --separate-stderr apply --json
  [ "$(field result <<< "$output")" = applied ]
  [ "$(field remaining <<< "$output")" = "[]" ]
  [ "$(field checks.0.status <<< "$output")" = "done" ]
  [ "$(field mutations <<< "$output")" -gt 100 ]
}

@test "the plan is empty, and a second apply sends nothing" {
  run -0 kiln plan "$file" --detailed-exitcode
  assert_converged
}

@test "each central is in one cluster of three members over TLS" {
  for db in nb:OVN_Northbound:6643 sb:OVN_Southbound:6644; do
    IFS=: read -r short name port <<< "$db"
    cids=
    for node in n1 n2 n3; do
      status=$(raft "$node" "$short" "$name")
      grep -qx 'Status: cluster member' <<< "$status"
      [ "$(grep -cE "at ssl:[0-9.]+:$port\)" <<< "$status")" = 3 ]
      run ! grep -q 'at tcp:' <<< "$status"
      cids+=$(sed -n 's/^Cluster ID: //p' <<< "$status")$'\n'
    done
    [ "$(sort -u <<< "${cids%$'\n'}" | wc -l)" = 1 ]
  done
}

@test "three chassis are registered with the address of their tunnels" {
  run -0 on n1 ovn-sbctl --bare --columns=name list Chassis
  [ "$(sort <<< "${output//$'\n\n'/$'\n'}" | xargs)" = "n1 n2 n3" ]
  run -0 on n1 ovn-sbctl --format=csv --no-headings --columns=chassis_name,ip,type list Encap
  for node in n1 n2 n3; do [[ $output == *"$node,"*,geneve* ]]; done
}

@test "openssl verifies every server, for a client with a certificate" {
  for node in n1 n2 n3; do
    address=$(address "$node")
    for port in 6641 6642 6643 6644; do
      run -0 on "$node" openssl s_client -connect "$address:$port" -verify_return_error -verify_ip "$address" -CAfile /etc/kiln/pki/ca.pem \
        -key /etc/kiln/pki/ovn-client/key.pem -cert /etc/kiln/pki/ovn-client/cert.pem < /dev/null
      [[ $output == *"Verify return code: 0 (ok)"* ]]
    done
    for port in 6641 6642; do
      run -0 ask "$node" "$address:$port" tls
      [[ $output == *'"result":["kiln"]'* ]]
    done
  done
}

@test "a client without a certificate is refused, and so is plaintext" {
  for node in n1 n2 n3; do
    address=$(address "$node")
    for port in 6641 6642 6643 6644; do
      run -0 ask "$node" "$address:$port" certless
      [[ $output =~ ^"refused:".*("certificate required"|"Broken pipe"|"reset by peer"|"closed") ]]
      run -0 ask "$node" "$address:$port" plain
      [[ $output == "refused:"* ]]
    done
  done
}

@test "workloads on different hosts reach each other, by ICMP and by TCP" {
  ping_works n1 vm1 172.16.255.22
  ping_works n2 vm2 172.16.255.11
  # TCP, and in both directions, as a checksum left to hardware would stop it while ping works.
  on n2 ip netns exec vm2 timeout 20 python3 -c '
import socket
s = socket.create_server(("172.16.255.22", 7000)); s.settimeout(15)
c, _ = s.accept(); c.sendall(c.recv(100).upper())' &
  answer() {
    on n1 ip netns exec vm1 python3 -c '
import socket
s = socket.create_connection(("172.16.255.22", 7000), 2); s.sendall(b"kiln"); print(s.recv(100).decode())'
  }
  eventually 120 answer
  wait $!
}

@test "port security stops a MAC that is not the port's" {
  ping_works n1 vm1 172.16.255.22
  on n1 ip -n vm1 link set dev eth0 address 02:66:66:66:66:66
  run ping_fails n1 vm1 172.16.255.22
  on n1 ip -n vm1 link set dev eth0 address 02:ac:10:ff:00:11
  [ "$status" = 0 ]
  eventually 120 ping_works n1 vm1 172.16.255.22
}

@test "plain ovn-nbctl and ovn-sbctl work on every central" {
  for node in n1 n2 n3; do
    run -0 on "$node" ovn-nbctl --bare --columns=name list Logical_Switch_Port
    [[ $output == *ls1-vm1* && $output == *ls1-vm2* ]]
    run -0 on "$node" ovn-sbctl --bare --columns=logical_port find Port_Binding up=true
    [[ $output == *ls1-vm1* && $output == *ls1-vm2* ]]
  done
}

@test "status says that all is well, as a table and as JSON" {
  run -0 kiln status "$file"
  [[ $output == *"OVN_Southbound"*"3 members"* && $output == *"all is well"* ]]
  run -0 --separate-stderr kiln status "$file" --json
  [ "$(python3 -c 'import json,sys; print(len(json.load(sys.stdin)["nodes"]))' <<< "$output")" = 3 ]
}

@test "no unit of a host has failed" {
  for node in n1 n2 n3; do
    run -0 on "$node" systemctl list-units --failed --no-legend
    [ -z "$output" ]
  done
}

@test "keys stay where they are used, and nobody but their owner reads them" {
  for node in n1 n2 n3; do
    run -0 on "$node" find /etc/kiln/ -name key.pem ! -perm 0600
    [ -z "$output" ]
    [ "$(on "$node" find /etc/kiln/ -name key.pem | wc -l)" = 5 ]
    # Nor does the authority's key, or its passphrase, come to a host.
    run on "$node" grep -rlF -e ENCRYPTED -e "$KILN_CA_PASSPHRASE" /etc/kiln /var/log
    [ -z "$output" ]
  done
  run ! grep -rqF "$KILN_CA_PASSPHRASE" "$BATS_FILE_TMPDIR"
  [ "$(stat -c %a "$BATS_FILE_TMPDIR/pki/ca.key")" = 600 ]
  grep -q ENCRYPTED "$BATS_FILE_TMPDIR/pki/ca.key"
}
