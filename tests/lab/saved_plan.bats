# shellcheck shell=bash disable=SC2016,SC2154
#
# A plan is saved, looked at, and applied later: exactly that, or nothing.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
}
teardown_file() { lab_teardown; }
setup() { the_file; }

drifted() { on "$1" ovs-vsctl set open . "external-ids:ovn-encap-ip=$2"; }

@test "a bring-up from a saved plan, without a question" {
  run -0 kiln plan "$file" -o site.plan
  [ "$(stat -c %a site.plan)" = 600 ]
  run -2 kiln show site.plan --exit-code
  [[ $output == *"create OVN_Northbound, first member"* ]]
  run -0 --separate-stderr kiln apply site.plan --json
  [ "$(field result <<< "$output")" = applied ]
  assert_converged
}

@test "the same plan again has nothing to do" {
  run -0 --separate-stderr kiln apply site.plan --json
  [ "$(field mutations <<< "$output")" = 0 ]
}

@test "a fact that changed: exit 5, its old and new value, the steps it voids, and nothing is sent" {
  drifted n2 192.0.2.1
  run -0 kiln plan "$file" -o n2.plan
  drifted n2 192.0.2.9
  run -5 kiln apply n2.plan
  [[ $output == *"chassis/n2: external_ids:ovn-encap-ip"*192.0.2.1*192.0.2.9*"voids chassis/n2:external-ids"* ]]
  run -5 --separate-stderr kiln apply n2.plan --json
  [ "$(field stale.0.now <<< "$output")" = 192.0.2.9 ]
  [ "$(field mutations <<< "$output")" = 0 ]
  [ "$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip)" = '"192.0.2.9"' ]
}

@test "what changed elsewhere does not void it, and is left alone" {
  drifted n2 192.0.2.1
  drifted n3 192.0.2.3
  run -0 kiln apply n2.plan
  [ "$(on n2 ovs-vsctl get open . external-ids:ovn-encap-ip)" != '"192.0.2.1"' ]
  [ "$(on n3 ovs-vsctl get open . external-ids:ovn-encap-ip)" = '"192.0.2.3"' ]
  apply
  assert_converged
}

@test "a plan that somebody has edited is not carried out" {
  drifted n2 192.0.2.1
  run -0 kiln plan "$file" -o n2.plan
  # shellcheck disable=SC2119
  python3 - << 'PY'
import json
plan = json.load(open("n2.plan"))
action = {"type": "write-file", "text": "write /root/x", "path": "/root/x", "content": "", "mode": "0644"}
plan["steps"][0]["actions"].append(action)
json.dump(plan, open("n2.plan", "w"))
PY
  run -0 kiln show n2.plan
  [[ $output == *"warning: somebody has edited this plan since it was saved: apply refuses it"* ]]
  run -5 kiln apply n2.plan
  [[ $output == *"it was edited"* ]]
  run ! on n2 test -e /root/x
  apply
  assert_converged
}

@test "the plan carries its file: an edit since then changes nothing of it" {
  drifted n2 192.0.2.1
  run -0 kiln plan "$file" -o n2.plan
  cp "$file" kept.toml
  echo 'not even TOML' > "$file"
  run -0 kiln apply n2.plan
  cp kept.toml "$file"
  assert_converged
}

@test "a plan that was cut is refused" {
  head -c 2000 n2.plan > cut.plan
  run -3 kiln apply cut.plan
  [[ $output == *"it is not a plan"* ]]
  run -3 kiln show cut.plan
}

@test "explain tells why a step is there, and history what was done" {
  drifted n1 192.0.2.1
  run -0 kiln explain chassis/n1:external-ids "$file"
  [[ $output == *"external_ids:ovn-encap-ip: 192.0.2.1 -> "*"(kiln.toml:"* ]]
  run -0 kiln plan "$file" --graph=dot
  [[ $output == *"digraph plan {"*" -> "* ]]
  apply
  run -0 kiln history "$file"
  [[ $output == *complete* ]]
}
