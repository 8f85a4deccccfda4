# shellcheck shell=bash disable=SC2016,SC2154
#
# A file that lost half its content: the deletion budget, and what is protected.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 1
  the_file
  {
    cat <<'TOML'
[cluster]
name = "lab"

[ca]
passphrase = { env = "KILN_CA_PASSPHRASE" }

[switches.ls1.ports.p1]
addresses = ["unknown"]

[switches.ls2]
protect = true

TOML
    for port in 2 3 4 5 6 7; do printf '[switches.ls1.ports.p%s]\naddresses = ["unknown"]\n\n' "$port"; done
    printf '[switches.ls2.ports.kept]\naddresses = ["unknown"]\nprotect = true\n\n'
    lab toml
  } > whole.toml
  cp whole.toml "$file"
  apply
  assert_converged
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# without PATTERN...: the whole file but the tables whose header matches one of them.
without() {
  local pattern
  pattern=$(IFS='|'; echo "$*")
  awk -v pattern="^\\\\[($pattern)\\\\]" '/^\[/ { gone = $0 ~ pattern } !gone' whole.toml > "$file"
}
ports() { on n1 ovn-nbctl --bare --columns=name find Logical_Switch_Port | xargs -n1 | sort | xargs; }

@test "more deletions than the budget are refused, and nothing is deleted" {
  without 'switches.ls1.ports.p[2-7]'
  run -0 kiln plan "$file"
  [[ $(tr -s ' \n' ' ' <<< "$output") == *"deletes 6 of "*", and one apply may delete "*": apply wants --allow-delete=6"* ]]
  run -4 apply
  [[ $output == *"- logical-switch-port/ls1/p2"* && $output == *"kiln apply --allow-delete=6 $file"*"nothing was changed"* ]]
  run -4 apply --allow-delete=5
  [ "$(ports)" = "ls1-p1 ls1-p2 ls1-p3 ls1-p4 ls1-p5 ls1-p6 ls1-p7 ls2-kept" ]
}

@test "a saved plan is held to the budget too" {
  without 'switches.ls1.ports.p[2-7]'
  kiln plan -o six.plan "$file"
  run -4 kiln apply six.plan
  [[ $output == *"--allow-delete=6"* ]]
  [ "$(ports | wc -w)" = 8 ]
}

@test "[safety] max-delete = 0 stops a single deletion" {
  without 'switches.ls1.ports.p7'
  printf '\n[safety]\nmax-delete = 0\n' >> "$file"
  run -4 apply
  [ "$(ports | wc -w)" = 8 ]
}

@test "what is meant is deleted, once" {
  without 'switches.ls1.ports.p[2-7]'
  run -0 apply --allow-delete=6
  [ "$(ports)" = "ls1-p1 ls2-kept" ]
  assert_converged
}

@test "what is protected stays though its block is gone, and so does the switch that holds it" {
  without 'switches.ls1.ports.p[2-7]' 'switches.ls2.ports.kept' 'switches.ls2'
  run -7 apply
  [[ $output == *"logical-switch-port/ls2/kept"*"it is protected"* ]]
  [ "$(ports)" = "ls1-p1 ls2-kept" ]
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"it is protected, and the file no longer has it"* ]]
}

@test "the protection is lifted by the file, and then the block may go" {
  without 'switches.ls1.ports.p[2-7]'
  sed -i 's/^protect = true/protect = false/' "$file"
  run -0 apply
  assert_converged
  without 'switches.ls1.ports.p[2-7]' 'switches.ls2.ports.kept' 'switches.ls2'
  run -0 apply
  [ "$(ports)" = "ls1-p1" ]
  assert_converged
}
