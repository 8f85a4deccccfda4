# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2154
#
# `kiln doctor` on real hosts: each fault is made for real, found with the verdict and the exit code that it has, and
# mended as doctor says. Doctor itself changes nothing.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() {
  the_file
  # A test that failed leaves the others the file as it was.
  [ ! -e all.toml ] || mv all.toml "$file"
}

# doctor: its JSON is in doctor.json, its exit code in $status.
doctor() {
  status=0
  kiln doctor "$file" --json > doctor.json 2> doctor.err || status=$?
}
# found CHECK VERDICT SUBJECT TEXT: doctor has this finding, and exits as it must.
found() {
  doctor
  python3 - "$status" "$@" <<'PY'
import json, sys
code, check, verdict, subject, text = sys.argv[1:]
report = json.load(open("doctor.json"))
findings = {c["check"]: c["findings"] for c in report["checks"]}[check]
print(json.dumps([c for c in report["checks"] if c["verdict"] != "PASS"], indent=1))
assert any(f["verdict"] == verdict and f["subject"] == subject and text in f["evidence"] and f["mend"] for f in findings)
worst = report["verdict"]
assert code == {"PASS": "0", "WARN": "1", "UNKNOWN": "1", "FAIL": "2"}[worst], (code, worst)
PY
}
# only CHECK...: no other check found anything, but that something is to be done about it.
only() {
  python3 - "$@" <<'PY'
import json, sys
bad = {c["check"] for c in json.load(open("doctor.json"))["checks"] if c["verdict"] != "PASS"}
assert bad <= {*sys.argv[1:], "plan"}, bad
PY
}
all_well() {
  doctor
  cat doctor.json doctor.err
  [ "$status" = 0 ]
}

# What doctor must not change: the databases' and Open vSwitch's transactions, processes, and kiln's files.
fingerprint() {
  local node
  for node in n1 n2 n3; do
    on "$node" sh -c 'systemctl show -p MainPID -p NRestarts ovn-ovsdb-server-nb ovn-ovsdb-server-sb ovn-northd ovn-controller ovs-vswitchd ovsdb-server
      find /etc/kiln /etc/systemd/system /etc/openvswitch/system-id.conf -printf "%p %T@ %m\n" | sort
      ovs-vsctl --bare get Open_vSwitch . cur_cfg next_cfg'
  done
  on n1 ovn-nbctl --bare --columns=_uuid,nb_cfg,sb_cfg,options,connections list NB_Global
  on n1 ovn-sbctl --format=csv --columns=_uuid,name,nb_cfg list Chassis_Private
}

@test "a healthy deployment: every check passes, exit 0, and nothing is changed" {
  fingerprint > before
  run -0 all_well
  fingerprint > after
  diff before after
  run -0 kiln doctor "$file"
  [[ $output == *"PASS     quorum"*"3 members"* && $output == *"18 checks: 18 PASS"* ]]
  assert_converged
}

@test "a chassis that matches no node" {
  on n1 ovn-sbctl chassis-add 0b1d-stale geneve 10.99.0.1
  run -0 found stale-chassis WARN "chassis 0b1d-stale" "matches no node of the file"
  doctor
  [ "$status" = 1 ]
  only stale-chassis
  on n1 ovn-sbctl chassis-del 0b1d-stale
  run -0 all_well
}

@test "a chassis row that has a node's host name" {
  on n1 ovn-sbctl chassis-add old geneve 10.99.0.2 -- set Chassis old hostname=n2
  run -0 found stale-chassis FAIL "chassis old" "n2's host name"
  run -0 found duplicate-chassis WARN "chassis n2, old" "one host name"
  on n1 ovn-sbctl chassis-del old
  run -0 all_well
}

@test "two chassis with one encap address" {
  local ip
  ip=$(on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-encap-ip | tr -d '"')
  on n1 ovn-sbctl chassis-add old vxlan "$ip" # of another type: the southbound lets no two have both
  run -0 found duplicate-chassis FAIL "chassis n2, old" "one encap address, $ip"
  [ "$(doctor; echo "$status")" = 2 ]
  on n1 ovn-sbctl chassis-del old
  run -0 all_well
}

@test "a chassis that does not follow" {
  on n3 systemctl kill -s STOP ovn-controller
  on n1 ovn-nbctl --wait=sb --timeout=60 sync
  eventually 180 found stale-chassis WARN "chassis n3" "its flows may be old"
  on n3 systemctl kill -s CONT ovn-controller
  eventually 120 all_well
}

@test "a member whose disk was full for a moment: its log says so, and its file has a hole" {
  on n2 sh -c 'json="{\"commit_index\":99999}"
    printf "OVSDB CLUSTER %d %s\n%s\n" $((${#json} + 1)) "$(printf "%s\n" "$json" | sha1sum | cut -d" " -f1)" "$json" >> /var/lib/ovn/ovnnb_db.db
    printf "%s|00099|ovsdb_log|WARN|/var/lib/ovn/ovnnb_db.db: write failed (No space left on device)\n" "$(date -u +%FT%T.000Z)" >> /var/log/ovn/ovsdb-server-nb.log'
  run -0 found database-files WARN n2 "advances commit index to 99999 but last log index is"
  found database-files WARN n2 "write failed (No space left on device)"
  only database-files
  run -0 on n2 sh -c 'ls -d /var/tmp/kiln-check.* 2> /dev/null | wc -l'
  [ "$output" = 0 ]
  on n2 ovn-appctl -t /run/ovn/ovnnb_db.ctl ovsdb-server/compact OVN_Northbound
  eventually 60 all_well
}

@test "a unit that is stopped, and one that failed" {
  on n1 systemctl stop ovn-northd
  run -0 found units FAIL n1 "ovn-northd.service is inactive"
  only units
  on n2 systemctl stop kiln-workload-vm2
  run -0 found units FAIL n2 "kiln-workload-vm2.service is inactive"
  on n1 systemctl mask ovn-northd
  run -0 found units FAIL n1 "ovn-northd.service is masked"
  run -0 apply
  eventually 120 all_well
}

@test "bridges that go at each start of Open vSwitch" {
  on n2 sh -c 'echo "OVS_CTL_OPTS=--delete-bridges" >> /etc/default/openvswitch-switch'
  run -0 found units WARN n2 "--delete-bridges"
  only units
  on n2 systemctl restart openvswitch-switch
  run -0 found plan WARN deployment "bridge/n2/br-phys"
  run -1 kiln status "$file"
  [[ $output == *"not all is well"* ]]
  on n2 sed -i /--delete-bridges/d /etc/default/openvswitch-switch
  run -0 apply
  eventually 120 all_well
}

@test "a unit that runs where it is not wanted" {
  cp "$file" all.toml
  python3 - "$file" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
text = re.sub(r"(\[nodes\.n3\]\n)", r'\1services = ["central", "switch"]\n', text)
open(sys.argv[1], "w").write(text)
PY
  run -0 found units WARN n3 "ovn-controller.service runs, and the file does not make this node a chassis"
  run -0 found stale-chassis WARN "chassis n3" "no longer makes this node a chassis"
  mv all.toml "$file"
  run -0 all_well
}

@test "probes of 0, in each of three places" {
  on n1 ovn-nbctl set NB_Global . options:northd_probe_interval=0
  run -0 found inactivity-probes WARN OVN_Northbound "northd_probe_interval is 0"
  only inactivity-probes
  on n1 ovn-sbctl set Connection . inactivity_probe=0
  run -0 found inactivity-probes WARN OVN_Southbound "inactivity_probe of connection pssl:6642:[::] is 0"
  on n2 ovs-vsctl set Open_vSwitch . external_ids:ovn-remote-probe-interval=0
  run -0 found inactivity-probes WARN n2 "ovn-remote-probe-interval is 0"
  run -0 apply
  eventually 120 all_well
}

@test "one iface-id on two hosts, and twice on one" {
  on n3 ovs-vsctl add-port br-int twin -- set Interface twin type=internal external_ids:iface-id=ls1-vm1
  run -0 found iface-ids FAIL "port ls1-vm1" "twin on n3"
  only iface-ids
  on n1 ovn-nbctl set Logical_Switch_Port ls1-vm1 options:requested-chassis=n1,n3
  run -0 found iface-ids WARN "port ls1-vm1" "requested-chassis says that it moves"
  on n1 ovn-nbctl remove Logical_Switch_Port ls1-vm1 options requested-chassis
  on n3 ovs-vsctl del-port twin
  on n2 ovs-vsctl add-port br-int twin -- set Interface twin type=internal external_ids:iface-id=ls1-vm2
  run -0 found iface-ids FAIL "port ls1-vm2" "twin on n2 and w-vm2 on n2"
  on n2 ovs-vsctl del-port twin
  eventually 120 all_well
}

@test "an underlay with too small an MTU" {
  on n2 ip link set eth1 mtu 1400
  run -0 found mtu FAIL n2 "so 1342 are left; workload vm1 sends up to 1400"
  only mtu works
  on n2 ip link set eth1 mtu 1500
  eventually 120 all_well
}

@test "endpoint lists of running processes" {
  on n2 ovs-vsctl set Open_vSwitch . external_ids:ovn-remote="ssl:$(address n1):6642"
  run -0 found endpoints WARN n2 "ovn-remote of ovn-controller is ssl:$(address n1):6642;"
  only endpoints
  # A running northd with an older list, though its files are right: as after a kill between writing and restart.
  on n3 sh -c 'cp /etc/kiln/ovn-northd.env /root/keep
    sed -i "s/--ovn-northd-nb-db=\([^,]*\),[^ ]*/--ovn-northd-nb-db=\1/" /etc/kiln/ovn-northd.env
    systemctl restart ovn-northd && cp /root/keep /etc/kiln/ovn-northd.env'
  run -0 found endpoints WARN n3 "ovnnb-db of the running ovn-northd is ssl:$(address n1):6641; the deployment has"
  run -0 apply
  eventually 120 all_well
}

@test "a certificate that is served and about to expire, and one that has expired" {
  sign() { # START END: a certificate of n2's northbound server, valid between
    on n2 sh -c 'openssl req -new -key /etc/kiln/pki/ovn-northbound/key.pem -subj /CN=ovn-northbound.n2/OU=ovn-northbound' > n2.csr
    rm -rf ca-work
    mkdir ca-work
    : > ca-work/index.txt
    printf '%s\n' '[ca]' 'default_ca = d' '[d]' 'dir = ca-work' 'database = ca-work/index.txt' 'new_certs_dir = ca-work' 'rand_serial = yes' \
      'default_md = sha384' 'policy = p' 'x509_extensions = e' 'email_in_dn = no' '[p]' 'commonName = supplied' 'organizationalUnitName = optional' \
      '[e]' 'extendedKeyUsage = serverAuth,clientAuth' "subjectAltName = DNS:n2,IP:$(address n2)" > ca-work/ca.cnf
    openssl ca -batch -notext -preserveDN -config ca-work/ca.cnf -cert pki/ca.pem -keyfile pki/ca.key -passin env:KILN_CA_PASSPHRASE \
      -in n2.csr -startdate "$1" -enddate "$2" -out n2.pem
    on n2 sh -c 'cat > "$(readlink -f /etc/kiln/pki/ovn-northbound)/cert.pem"' < n2.pem
  }
  sign "$(date -u -d '-90 days' +%Y%m%d%H%M%SZ)" "$(date -u -d '+5 days 1 hour' +%Y%m%d%H%M%SZ)"
  run -0 found certificates WARN n2 "the certificate of ovn-northbound expires in 5 days"
  doctor
  [ "$status" = 1 ]
  only certificates
  sign "$(date -u -d '-90 days' +%Y%m%d%H%M%SZ)" "$(date -u -d '-2 days' +%Y%m%d%H%M%SZ)"
  run -0 found certificates FAIL n2 "the certificate of ovn-northbound expired"
  run -0 apply
  eventually 120 all_well
}

@test "a disk that is almost full" {
  # The servers go on with their files below; what is looked at is the small one.
  small() { on n2 sh -c "mkdir -p /mnt/small && mount -t tmpfs -o size=$1m tmpfs /mnt/small && cp -a /var/lib/ovn/. /mnt/small && mount --bind /mnt/small /var/lib/ovn"; }
  whole() { on n2 umount /var/lib/ovn /mnt/small; }
  small 300
  run -0 found disk WARN n2 "MiB are free for its databases"
  only disk
  whole
  small 40
  run -0 found disk FAIL n2 "MiB are free for its databases"
  whole
  run -0 all_well
}

@test "a server that is a member and no node of the file" {
  cp "$file" all.toml
  python3 - "$file" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
text = re.sub(r"(?m)^\[nodes\.n3[.\]](?:.*\n)(?:(?!\[).*\n)*", "", text)
open(sys.argv[1], "w").write(text)
PY
  run -0 found stranger-members FAIL OVN_Northbound "at ssl:$(address n3):6643 is a member and is at no node of the file"
  run -0 found stale-chassis WARN "chassis n3" "it is of a node that the file no longer has"
  mv all.toml "$file"
  run -0 all_well
}

@test "a database without a leader" {
  for node in n2 n3; do on "$node" systemctl stop ovn-ovsdb-server-nb; done
  eventually 120 found quorum FAIL n1 "its member of OVN_Northbound"
  # For about an election timer the server still says that it is connected.
  eventually 120 found inactivity-probes UNKNOWN OVN_Northbound ""
  run -0 found units FAIL n2 "ovn-ovsdb-server-nb.service is inactive"
  mended
  eventually 120 all_well
}

@test "two members with one address, as after a join by hand in the place of a server that is still listed" {
  on n3 systemctl stop ovn-ovsdb-server-nb
  on n3 sh -c "rm /var/lib/ovn/ovnnb_db.db &&
    ovsdb-tool join-cluster /var/lib/ovn/ovnnb_db.db OVN_Northbound ssl:$(address n3):6643 ssl:$(address n1):6643"
  on n3 systemctl start ovn-ovsdb-server-nb
  eventually 120 found member-addresses FAIL OVN_Northbound "are all listed at ssl:$(address n3):6643"
  eventually 120 only_kick
  # The command that doctor gives, where it says.
  mend=$(python3 -c 'import json; print(*(f["mend"] for c in json.load(open("doctor.json"))["checks"] for f in c["findings"]))')
  [[ $mend =~ ^on\ (n[1-3]):\ \`(ovn-appctl\ .*)\`$ ]]
  on "${BASH_REMATCH[1]}" sh -c "${BASH_REMATCH[2]}"
  eventually 120 all_well
  assert_converged
}
only_kick() { found member-addresses FAIL OVN_Northbound "are all listed" && only member-addresses; }

@test "a member that joins and gets no answer, whose old self the others still list" {
  # n3 lost its disk: its new server asks to join, and nobody whom it asks is there.
  on n3 systemctl stop ovn-ovsdb-server-nb
  on n3 sh -c "mv /var/lib/ovn/ovnnb_db.db /root/ &&
    ovsdb-tool join-cluster /var/lib/ovn/ovnnb_db.db OVN_Northbound ssl:$(address n3):6643 ssl:192.0.2.1:6643"
  on n3 systemctl start ovn-ovsdb-server-nb
  run -0 found joining-members WARN n3 "OVN_Northbound is joining cluster"
  eventually 180 found joining-members FAIL n3 "OVN_Northbound is joining cluster"
  [ "$(doctor; echo "$status")" = 2 ]
  on n3 systemctl stop ovn-ovsdb-server-nb
  on n3 mv /root/ovnnb_db.db /var/lib/ovn/
  on n3 systemctl start ovn-ovsdb-server-nb
  eventually 120 all_well
}

@test "versions: a package that is not that of the other nodes, and not what runs" {
  on n3 sed -i "/^Package: openvswitch-switch$/,/^$/s/^Version: .*/Version: 3.4.1-1/" /var/lib/dpkg/status
  run -0 found versions WARN "Open vSwitch" "3.4.1 on n3"
  run -0 found versions WARN n3 "ovs-vswitchd.service runs 3.5.0, and 3.4.1 is installed"
  only versions
  on n3 sed -i "/^Package: openvswitch-switch$/,/^$/s/^Version: .*/Version: $(on n1 dpkg-query -W -f '${Version}' openvswitch-switch)/" /var/lib/dpkg/status
  run -0 all_well
}

@test "a host that is down is unknown, never well" {
  lab kill n3
  eventually 60 unreachable "$(address n3)"
  doctor
  [ "$status" = 1 ] || [ "$status" = 2 ] # 2 if an election is under way
  run -0 found quorum UNKNOWN n3 ""
  for check in units endpoints versions mtu certificates disk; do run -0 found "$check" UNKNOWN n3 ""; done
  run kiln doctor "$file"
  [[ $output == *"UNKNOWN  n3"*"not checked: deployment, quorum, "* ]]
  lab start n3
  eventually 120 reachable "$(address n3)"
  eventually 180 all_well
  assert_converged
}
