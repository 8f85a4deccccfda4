# shellcheck shell=bash disable=SC2016,SC2154
#
# Hosts that let in only a user with sudo, and no root.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 2
  deployment --become
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "apply as a user with sudo" {
  grep -q 'become = "sudo"' "$file"
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "nothing of kiln's stays behind on a host" {
  for node in n1 n2; do
    run -0 on "$node" find /tmp /var/tmp /root /home -newer /etc/machine-id -name '*kiln*' ! -path '/home/kiln*'
    [ -z "$output" ]
    run ! on "$node" pgrep -u kiln -fa 'socat|python3|sudo'
  done
}

@test "a user who may not use sudo is told so, and nothing is planned" {
  on n1 sh -c 'mv /etc/sudoers.d /etc/sudoers.d.away'
  run kiln plan "$file" --detailed-exitcode
  on n1 sh -c 'mv /etc/sudoers.d.away /etc/sudoers.d'
  [ "$status" = 2 ]
  [[ $output == *"sudo"*"NOPASSWD for kiln"* ]]
}
