# shellcheck shell=bash disable=SC2016,SC2154
#
# A run that is about some of the nodes: --node and --exclude.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
}
teardown_file() { lab_teardown; }
setup() { the_file; }

drift() { for node; do on "$node" ovs-vsctl set Open_vSwitch . external_ids:ovn-remote-probe-interval=7; done; }
probe() { on "$1" ovs-vsctl get Open_vSwitch . external_ids:ovn-remote-probe-interval | tr -d '"'; }

@test "one node of a deployment that is not there pulls in what it needs, and no more" {
  run -2 kiln plan "$file" --node n3 --detailed-exitcode
  [[ $output == *"PARTIAL: only n3"* && $output == *" left out"* ]]
  # The databases come first wherever they are; workloads of others do not.
  [[ $output == *"database/n1/nb"* && $output == *"chassis/n3"* && $output != *"workload/vm1"* ]]
  run -0 kiln apply "$file" --node n3 --auto-approve
  [[ $output == *"PARTIAL (only n3)"* ]]
  on n3 systemctl is-active ovn-controller
  run ! on n1 systemctl is-active ovn-controller
  run -0 kiln apply "$file" --node n3 --auto-approve
  [[ $output == *"no changes"* ]]
}

@test "the rest comes with the next run" {
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  assert_converged
}

@test "only one node's drift is mended, and the plan says how much is left out" {
  drift n1 n2 n3
  run -2 kiln plan "$file" --node n2 --detailed-exitcode
  [[ $output == *"PARTIAL: only n2"* && $output == *"2 left out"* && $output != *"chassis/n1"* ]]
  kiln plan "$file" --node n2 --json > part.json
  python3 - <<'PY'
import json
plan = json.load(open("part.json"))
assert plan["part"] == "only n2" and plan["summary"]["left_out"] == 2, plan["summary"]
assert [change["resource"] for change in plan["changes"]] == ["chassis/n2"], plan["changes"]
PY
  run -0 kiln apply "$file" --node n2 --auto-approve
  [[ $output == *"PARTIAL (only n2): 2 changes were left out"* ]]
  [ "$(probe n1) $(probe n2) $(probe n3)" = "7 60000 7" ]
}

@test "all but one: the one stays as it is" {
  run -0 kiln apply "$file" --exclude n3 --auto-approve
  [ "$(probe n1) $(probe n3)" = "60000 7" ]
  run -0 apply
  assert_converged
}

@test "a saved plan of a part is carried out as such, and takes no other" {
  drift n1 n2
  run -0 kiln plan "$file" --node n1 -o part.plan
  run -64 kiln apply part.plan --node n2
  run -0 kiln show part.plan
  [[ $output == *"PARTIAL: only n1"* ]]
  run -0 kiln apply part.plan --auto-approve
  [ "$(probe n1) $(probe n2)" = "60000 7" ]
  run -0 apply
  assert_converged
}

@test "a node that has no power keeps nobody waiting where it is left out" {
  drift n1
  lab kill n3
  run -0 kiln apply "$file" --exclude n3 --auto-approve
  [ "$(probe n1)" = 60000 ]
  lab start n3
  eventually 120 kiln plan "$file" --detailed-exitcode
  assert_converged
}

@test "a node that is not in the file is an error with the name that is near" {
  run -3 kiln plan "$file" --node n33
  [[ $output == *"no node \`n33\` in kiln.toml; did you mean \`n3\`?"* ]]
}
