# shellcheck shell=bash disable=SC2016,SC2154
#
# `kiln destroy` takes away what kiln made and nothing else, once the cluster's name is said.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 2
  the_file
  deployment
  for node in n1 n2; do on "$node" sh -c 'find /etc /usr/local /run/netns -xdev 2>/dev/null | sort > /root/before; ip -br link > /root/links'; done
  deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# left NODE: what is there now and was not before kiln came.
left() {
  on "$1" sh -c 'find /etc /usr/local /run/netns -xdev 2>/dev/null | sort | comm -13 /root/before - |
    grep -vE "^/etc/(openvswitch|default|init.d|rc.\.d|ovn|logrotate.d|ld.so|alternatives|apparmor|systemd/system/(multi-user.target.wants|ovs|openvs)|cron|kernel|modprobe|ssl|perl|python|.*\.dpkg)|^/run/netns$|cache$"' || true
}

@test "without a name, or with another, nothing is done" {
  run -4 kiln destroy "$file"
  [[ $output == *"--name was not given"*"nothing was changed"* ]]
  run -4 kiln destroy "$file" --name other
  [[ $output == *'`other` is not the cluster'* ]]
  assert_converged
}

@test "what is protected stays, and what it needs" {
  sed -i 's/^\[workloads.vm2\]$/&\nprotect = true/' "$file"
  run -0 apply
  run -7 kiln destroy "$file" --name lab
  on n2 ip netns exec vm2 true
  on n2 systemctl is-active ovs-vswitchd
  ping_fails n2 vm2 172.16.255.11 # that one was not protected
  run ! on n1 systemctl is-active ovs-vswitchd
  [ "$(on n1 systemctl is-active ovn-ovsdb-server-sb)" = active ] # n2 is a chassis of it
}

@test "what is left of a deployment is built up again" {
  sed -i '/^protect = true/d' "$file"
  run -0 apply
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "killed on the way, and again: nothing of kiln's is left, and what others made is" {
  on n1 sh -c 'echo theirs > /etc/kiln-theirs; ip link add their0 type veth peer name their1'
  timeout -s KILL 3 "$KILN" destroy "$file" --name lab > killed.log 2>&1 || true
  run -0 kiln destroy "$file" --name lab
  ls backups/lab-*/OVN_Northbound.db backups/lab-*/OVN_Southbound.db
  for node in n1 n2; do
    [ -z "$(left "$node")" ] || [ "$(left "$node")" = /etc/kiln-theirs ] || { left "$node"; false; }
    [ "$(on "$node" sh -c 'ip -br link | awk "{ print \$1 }" | grep -v their')" = "$(on "$node" awk '{ print $1 }' /root/links)" ]
    for unit in ovn-central ovn-host ovn-northd ovn-controller ovn-ovsdb-server-nb ovs-vswitchd ovsdb-server; do
      run ! on "$node" systemctl is-active "$unit"
    done
  done
  on n1 ip link show their0
  run -0 kiln destroy "$file" --name lab
  [[ $output == *"no changes"* ]]
  [ -f pki/ca.pem ] # the authority is the operator's
}

@test "a deployment can be made where one was destroyed" {
  run -0 apply
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
