# shellcheck shell=bash disable=SC2016,SC2154
#
# A host does not answer: what is known of it is nothing, so that nothing of it is made, changed or removed.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

@test "a node without power is deferred by name, and the others are compared" {
  lab kill n3
  on n2 ovs-vsctl set open . external-ids:ovn-encap-ip=192.0.2.1
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"2 of 3 hosts answered"* && $output == *"n3 (root@"* ]]
  run ! grep -E '^ +[-+~] n3 ' <<< "$output"
}

@test "the databases go on without it, and status says who is missing" {
  # What was changed by hand on a host that answers is mended, though a member is down.
  run -7 apply
  [ "$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip)" != '"192.0.2.1"' ]
  eventually 120 ping_works n1 vm1 172.16.255.22
  run kiln status "$file"
  [ "$status" != 0 ]
  [[ $output == *n3*down* || $output == *n3*unreachable* || $output == *n3*"no answer"* ]]
}

@test "when it is back, apply completes" {
  lab start n3
  run -0 apply
  assert_converged
}

@test "a node that is cut off comes back in the middle of nothing" {
  lab cut n2
  run -2 kiln plan "$file" --detailed-exitcode
  lab heal n2
  eventually 120 kiln plan "$file" --detailed-exitcode
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}
