# shellcheck shell=bash disable=SC2016,SC2154
#
# Every field of every kind is changed by hand, one after the other: each time the plan is what it was and exactly that
# field more. At the end one apply mends them all. A field that no row changes fails the last test.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
  fields > wanted.fields # of hosts with nothing on them: all that kiln manages
  deployed
}
teardown_file() { lab_teardown; }
setup() {
  the_file
  mended
}

# fields: "resource<TAB>attribute" of each that the plan wants changed, sorted.
fields() {
  kiln plan "$file" --json 2> plan.err | python3 -c '
import json, sys
for change in json.load(sys.stdin)["changes"]:
    if change["verb"] == "unchanged": continue
    for a in change["attributes"] or [{"path": change["verb"] + ": " + str(change["why"])}]:
        print(change["resource"], a["path"], sep="\t")' | LC_ALL=C sort
}

# changed NODE "RESOURCE" "ATTRIBUTE[, ATTRIBUTE...]" COMMAND: somebody's edit, and what it adds to the plan.
changed() {
  local node=$1 resource=$2 attribute
  on "$node" bash -c "$4"
  while read -r attribute; do printf '%s\t%s\n' "$resource" "$attribute"; done <<< "${3//, /$'\n'}" >> expected
  LC_ALL=C sort -u -o expected expected
  # ovn-controller takes its rows out of the southbound, or renames them, a moment later.
  eventually 120 as_expected || { printf 'after, on %s: %s\n' "$node" "$4" >&2; cat plan.err >&2; return 1; }
}
as_expected() {
  fields > seen
  diff expected seen
}
begin() { : > expected; }
mend() {
  cat expected >> all.fields
  run -0 apply
  assert_converged
}

reload='systemctl daemon-reload'

@test "rows of OVN_Northbound and OVN_Southbound" {
  begin
  changed n1 node/n2 address 'ovn-nbctl set NB_Global . external_ids:kiln-node-n2=192.0.2.99'
  changed n1 deployment/lab authority 'ovn-nbctl remove NB_Global . external_ids kiln-authority'
  changed n1 deployment/lab deployment 'ovn-nbctl remove NB_Global . external_ids kiln-deployment'
  changed n1 logical-switch/ls1 name 'ovn-nbctl set Logical_Switch ls1 name=renamed'
  changed n1 logical-switch/ls1 protect 'ovn-nbctl set Logical_Switch renamed external_ids:kiln-protect=true'
  changed n1 logical-switch-port/ls1/vm1 addresses 'ovn-nbctl lsp-set-addresses ls1-vm1 unknown'
  changed n1 logical-switch-port/ls1/vm1 port_security 'ovn-nbctl lsp-set-port-security ls1-vm1'
  changed n1 logical-switch-port/ls1/vm1 enabled 'ovn-nbctl lsp-set-enabled ls1-vm1 disabled'
  changed n1 logical-switch-port/ls1/vm1 protect 'ovn-nbctl set Logical_Switch_Port ls1-vm1 external_ids:kiln-protect=true'
  changed n1 logical-switch-port/ls1/vm2 name 'ovn-nbctl set Logical_Switch_Port ls1-vm2 name=renamed'
  changed n1 listener/nb inactivity_probe 'ovn-nbctl set Connection . inactivity_probe=7000'
  changed n1 listener/nb options:northd_probe_interval 'ovn-nbctl set NB_Global . options:northd_probe_interval=7000'
  changed n1 listener/sb inactivity_probe 'ovn-sbctl set Connection . inactivity_probe=7000'
  changed n1 listener/sb kiln-owner 'ovn-sbctl remove Connection . external_ids kiln-owner'
  changed n1 listener/nb target 'ovn-nbctl set Connection . target="pssl\:6641"'
  mend
}

@test "keys and rows of Open vSwitch" {
  begin
  changed n3 chassis/n3 external_ids:ovn-encap-ip 'ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1'
  changed n3 chassis/n3 external_ids:ovn-encap-type 'ovs-vsctl set open . external-ids:ovn-encap-type=vxlan'
  changed n3 chassis/n3 external_ids:ovn-remote 'ovs-vsctl set open . external-ids:ovn-remote=ssl:192.0.2.1:6642'
  changed n3 chassis/n3 external_ids:ovn-bridge-datapath-type 'ovs-vsctl remove open . external-ids ovn-bridge-datapath-type'
  changed n3 chassis/n3 external_ids:ovn-remote-probe-interval 'ovs-vsctl set open . external-ids:ovn-remote-probe-interval=7000'
  changed n3 chassis/n3 external_ids:system-id 'ovs-vsctl set open . external-ids:system-id=other'
  changed n2 bridge/n2/br-phys port 'ovs-vsctl del-port br-phys eth1'
  changed n3 bridge/n3/br-int kiln-owner 'ovs-vsctl br-set-external-id br-int kiln-owner'
  changed n1 workload/vm1 iface-id 'ovs-vsctl set Interface w-vm1 external_ids:iface-id=else'
  changed n2 workload/vm2 protect 'ovs-vsctl set Port w-vm2 external_ids:kiln-protect=true'
  mend
}

@test "files of kiln" {
  begin
  touched() { printf 'echo "# by hand" >> %s' "$1"; }
  for daemon in ovn-nb:database/n1/nb ovn-sb:database/n1/sb ovn-northd:northd/n1 ovn-controller:chassis/n1; do
    changed n1 "${daemon#*:}" "/etc/kiln/${daemon%%:*}.env" "sed -i 's/OVN_CTL_OPTS=.*/OVN_CTL_OPTS=\"--verbose\"/' /etc/kiln/${daemon%%:*}.env"
  done
  for unit in ovn-ovsdb-server-nb:database/n2/nb ovn-ovsdb-server-sb:database/n2/sb ovn-northd:northd/n2 ovn-controller:chassis/n2; do
    path=/etc/systemd/system/${unit%%:*}.service.d/50-kiln.conf
    changed n2 "${unit#*:}" "$path" "$(touched "$path"); $reload"
  done
  for database in nb sb; do
    path=/etc/systemd/system/ovn-ovsdb-server-$database.service.d/40-kiln-condition.conf
    changed n2 packages/n2 "$path" "$(touched "$path"); $reload"
  done
  changed n2 mark/n2 deployment 'rm /etc/kiln/deployment'
  for path in /etc/kiln/ovn.env /usr/local/bin/ovn-nbctl /usr/local/bin/ovn-sbctl; do changed n3 client/n3 "$path" "$(touched "$path")"; done
  changed n3 openvswitch/n3 /etc/openvswitch/system-id.conf 'echo other > /etc/openvswitch/system-id.conf'
  changed n3 openvswitch/n3 /etc/kiln/openvswitch "$(touched /etc/kiln/openvswitch)"
  path=/etc/systemd/system/kiln-bridge-br-phys.service
  changed n3 bridge/n3/br-phys "$path" "$(touched "$path"); $reload"
  path=/etc/systemd/system/kiln-workload-vm1.service
  changed n1 workload/vm1 "$path" "$(touched "$path"); $reload"
  mend
}

@test "units: whether they run, and whether they start at boot" {
  begin
  changed n3 chassis/n3 'ovn-host.service at boot' 'systemctl disable ovn-host.service'
  changed n3 northd/n3 'ovn-central.service at boot' 'systemctl disable ovn-central.service'
  changed n3 openvswitch/n3 'openvswitch-switch.service at boot' 'systemctl disable openvswitch-switch.service'
  changed n3 bridge/n3/br-phys 'kiln-bridge-br-phys.service at boot' 'systemctl disable kiln-bridge-br-phys.service'
  changed n1 workload/vm1 'kiln-workload-vm1.service at boot' 'systemctl disable kiln-workload-vm1.service'
  changed n3 chassis/n3 'ovn-controller.service, ovn-controller.service arguments, southbound' 'systemctl stop ovn-controller.service'
  changed n3 chassis/n3 ovn-host.service 'systemctl stop ovn-host.service'
  changed n3 northd/n3 'ovn-northd.service, ovn-northd.service arguments' 'systemctl stop ovn-northd.service'
  changed n3 bridge/n3/br-phys kiln-bridge-br-phys.service 'systemctl stop kiln-bridge-br-phys.service'
  for database in nb sb; do
    unit=ovn-ovsdb-server-$database.service
    changed n3 database/n3/$database "$unit, $unit arguments" "systemctl stop $unit"
  done
  changed n3 northd/n3 ovn-central.service 'systemctl stop ovn-central.service'
  mend
}

@test "units: what they are, and what they run with" {
  begin
  for unit in ovn-ovsdb-server-nb:database/n1/nb ovn-ovsdb-server-sb:database/n1/sb ovn-northd:northd/n1 ovn-controller:chassis/n1; do
    changed n1 "${unit#*:}" "${unit%%:*}.service definition" "touch /etc/systemd/system/${unit%%:*}.service.d/50-kiln.conf"
  done
  for daemon in ovn-northd:ovn-northd:northd/n2 ovn-controller:ovn-controller:chassis/n2; do
    IFS=: read -r env unit resource <<< "$daemon"
    changed n2 "$resource" "$unit.service arguments" "cp -p /etc/kiln/$env.env /tmp/env; sed -i 's#pki/$unit/#pki/ovn-client/#g' /etc/kiln/$env.env
      systemctl restart $unit.service; cp -p /tmp/env /etc/kiln/$env.env"
  done
  mend
}

@test "links and addresses" {
  begin
  changed n2 bridge/n2/br-phys address 'ip addr flush dev br-phys'
  changed n1 workload/vm1 address 'ip -n vm1 addr flush dev eth0'
  changed n1 workload/vm1 mtu 'ip -n vm1 link set dev eth0 mtu 1300'
  changed n1 workload/vm1 mac 'ip -n vm1 link set dev eth0 address 02:00:00:00:00:99'
  changed n1 workload/vm1 link 'ip link set w-vm1 down'
  changed n2 workload/vm2 'kiln-workload-vm2.service, address, link, mac, mtu' 'systemctl stop kiln-workload-vm2.service'
  mend
}

# reissue NODE DAEMON CN OU EKU SAN [FROM-DAYS-AGO]: another certificate of the deployment's authority for the same key,
# valid for 90 days.
reissue() {
  local node=$1 daemon=$2 from=${7:-0}
  on "$node" openssl req -new -key "/etc/kiln/pki/$daemon/key.pem" -subj "/OU=$4/CN=$3" > csr.pem
  mkdir -p issued
  : > issued/index
  printf '[ca]\ndefault_ca=a\n[a]\ndatabase=issued/index\nnew_certs_dir=issued\nrand_serial=yes\ndefault_md=sha384\npolicy=p\nx509_extensions=e\n[p]\nOU=supplied\nCN=supplied\n[e]\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$5" "$6" > ca.conf
  openssl ca -config ca.conf -batch -notext -in csr.pem -cert pki/ca.pem -keyfile pki/ca.key -passin env:KILN_CA_PASSPHRASE \
    -startdate "$(date -u -d "-$from days" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$((90 - from)) days" +%Y%m%d%H%M%SZ)" \
    -out cert.pem 2> ca.err || { cat ca.err >&2; return 1; }
  on "$node" sh -c "cat > /etc/kiln/pki/$daemon/cert.pem" < cert.pem
}

@test "keys, certificates and whom they trust" {
  begin
  changed n2 certificate/n2/ovn-northd key.pem 'chmod 0644 /etc/kiln/pki/ovn-northd/key.pem'
  san=DNS:n1,IP:$(address n1)
  both=serverAuth,clientAuth
  reissue n1 ovn-northbound else ovn-northbound "$both" "$san"
  changed n1 certificate/n1/ovn-northbound 'common name' true
  reissue n1 ovn-southbound ovn-southbound.n1 else "$both" "$san"
  changed n1 certificate/n1/ovn-southbound 'organizational unit' true
  reissue n1 ovn-northd ovn-northd.n1 ovn-northd serverAuth "$san"
  changed n1 certificate/n1/ovn-northd 'extended key usage' true
  reissue n1 ovn-client ovn-client.n1 ovn-client clientAuth DNS:else
  changed n1 certificate/n1/ovn-client 'subject alternative names' true
  reissue n1 ovn-controller n1 ovn-controller clientAuth "$san" 70
  changed n1 certificate/n1/ovn-controller renewal true
  changed n3 certificate/n3/ovn-northbound 'issuer' 'cd /etc/kiln/pki/ovn-northbound
    openssl req -x509 -key key.pem -days 300 -subj "/OU=ovn-northbound/CN=ovn-northbound.n3" -addext extendedKeyUsage=serverAuth,clientAuth \
      -addext subjectAltName=DNS:n3,IP:'"$(address n3)"' -out cert.pem'
  changed n3 trust/n3 'trusted authority' 'cp /etc/kiln/pki/ovn-northbound/cert.pem /etc/kiln/pki/ca.pem'
  mend
}

@test "what lost its mark is not kiln's any more, and is left alone" {
  begin
  on n3 ovs-vsctl br-set-external-id br-phys kiln-owner
  fields > seen
  run -0 cut -f 1 seen
  [ "$output" = bridge/n3/br-phys ]
  [[ $(cat seen) == *"defer: bridge br-phys on n3 is there and is not kiln's"* ]]
  run -7 apply
  run -0 on n3 ovs-vsctl list-ports br-phys
  [ "$output" = eth1 ]
  on n3 ovs-vsctl br-set-external-id br-phys kiln-owner lab:bridge/n3/br-phys
  mend
}

@test "no field was left out" {
  # Of a new host: what is made on the controller, databases (their files are irreplaceable), OVS's own daemons, without
  # which no row is known, and br-int, whose fail_mode and datapath ovn-controller itself puts right.
  kinds() { sed -E 's#^([a-z-]+)/[^\t]*\t#\1 #; s/vm[12]/vmN/; s/-(nb|sb)([. ])/-DB\2/' "$@" | LC_ALL=C sort -u; }
  kinds wanted.fields | grep -vE '^authority |^database database$|^openvswitch ovs|^openvswitch openvswitch-switch.service$|^bridge (fail_mode|datapath_type)$' > all
  kinds all.fields > changed
  run -0 comm -23 all changed
  [ -z "$output" ] || { echo "$output" >&2; false; }
}
