# shellcheck shell=bash disable=SC2016,SC2154
#
# Ports and workloads come, move to another host, and leave.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

no_workload() { # NODE NAME
  run ! on "$1" ip netns exec "$2" true
  run ! on "$1" test -e "/etc/systemd/system/kiln-workload-$2.service"
  run ! on "$1" ovs-vsctl port-to-br "w-$2"
}

@test "a third workload on n3 comes by an edit of the file" {
  cat >> "$file" <<'TOML'

[switches.ls1.ports.vm3]
addresses = ["02:ac:10:ff:00:33 172.16.255.33"]
port-security = true

[workloads.vm3]
node = "n3"
port = "ls1/vm3"
ip = "172.16.255.33/24"
TOML
  run -0 apply
  eventually 120 ping_works n1 vm1 172.16.255.33
  eventually 120 ping_works n3 vm3 172.16.255.22
  assert_converged
}

@test "a workload moves: it leaves its host before it comes to the other" {
  sed -i '/^\[workloads.vm2\]/,/^$/s/node = "n2"/node = "n3"/' "$file"
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  no_workload n2 vm2
  [ "$(on n1 ovn-sbctl --bare --columns=name list Chassis "$(on n1 ovn-sbctl --bare --columns=chassis find Port_Binding logical_port=ls1-vm2)")" = n3 ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "workloads and ports that leave the file leave the hosts, and nothing else does" {
  python3 - "$file" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
for name in (r"switches\.ls1\.ports\.vm3", r"workloads\.vm3"):
    text = re.sub(r"\[" + name + r"\]\n(?:(?!\[).*\n)*", "", text)
open(sys.argv[1], "w").write(text)
PY
  run -0 apply
  no_workload n3 vm3
  run -0 on n1 ovn-nbctl lsp-list ls1
  [[ $output == *ls1-vm1* && $output == *ls1-vm2* && $output != *ls1-vm3* ]]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "an IPv6 address in a workload" {
  sed -i 's/02:ac:10:ff:00:11 172.16.255.11/02:ac:10:ff:00:11 fd00:ac10::11/; s/02:ac:10:ff:00:22 172.16.255.22/02:ac:10:ff:00:22 fd00:AC10::0022/; s#172.16.255.11/24#fd00:ac10::11/64#; s#172.16.255.22/24#fd00:ac10:0::22/64#' "$file"
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  ping_works n1 vm1 fd00:ac10::22
  assert_converged
}
