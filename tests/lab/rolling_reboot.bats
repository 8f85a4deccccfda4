# shellcheck shell=bash disable=SC2016,SC2154
#
# All nodes are rebooted by one command, one after the other; the databases have a leader and two members all the time.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

boot_ids() { for node; do on "$node" cat /proc/sys/kernel/random/boot_id; done; }
# lives NODE: how often it has ended a boot.
lives() { wc -l < "$(lab path)/nodes/$1/lives"; }
all_lives() { for node in n1 n2 n3; do lives "$node" 2> /dev/null || echo 0; done; }

@test "every node reboots once, one after the other" {
  before=$(all_lives)
  run -0 --separate-stderr kiln reboot "$file" --auto-approve --json
  [[ $stderr == *"3 reboots of lab, one after the other: "* ]]
  [ "$(field result <<< "$output")" = applied ]
  diff <(all_lives) <(awk '{ print $1 + 1 }' <<< "$before")
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "the journal says that it was a reboot" {
  run -0 kiln history "$file" -n 3
  [[ $output == *reboot* ]]
}

@test "only those that are named" {
  before=$(all_lives)
  run -0 kiln reboot "$file" --auto-approve --node n2,n3 --exclude n3
  diff <(all_lives) <(awk '{ print $1 + (NR == 2) }' <<< "$before")
  assert_converged
}

@test "nothing is begun while an apply has something to do" {
  before=$(all_lives)
  on n2 systemctl stop ovn-northd
  run -4 kiln reboot "$file" --auto-approve
  [[ $output == *"kiln apply"* ]]
  lab cut n3
  run -4 kiln reboot "$file" --auto-approve
  lab heal n3
  [ "$(all_lives)" = "$before" ]
  eventually 120 apply
  assert_converged
}

@test "a node that does not come back as it was stops the rest" {
  before=$(all_lives)
  # Its southbound server does not start at the next boot.
  first=$(kiln reboot "$file" < /dev/null 2>&1 | sed -n 's/.* one after the other: \(n[0-9]\), .*/\1/p')
  on "$first" sh -c 'mkdir -p /etc/systemd/system/ovn-ovsdb-server-sb.service.d
    printf "[Service]\nExecStartPre=/bin/false\nRestart=no\n" > /etc/systemd/system/ovn-ovsdb-server-sb.service.d/90-broken.conf
    systemctl daemon-reload'
  run -7 kiln reboot "$file" --auto-approve
  [[ $output == *"kiln apply, then kiln reboot --node"* ]]
  diff <(all_lives) <(awk -v first="${first#n}" '{ print $1 + (NR == first) }' <<< "$before")
  on "$first" sh -c 'rm -r /etc/systemd/system/ovn-ovsdb-server-sb.service.d/90-broken.conf; systemctl daemon-reload'
  eventually 120 apply
  assert_converged
}

# killed_at LINE: kiln dies when its log has a line like this. An apply mends, and another reboot goes on.
killed_at() {
  "$KILN" reboot "$file" --auto-approve > log 2>&1 &
  pid=$!
  eventually 120 grep -qE "$1" log
  kill -KILL "$pid" 2> /dev/null || true
  wait "$pid" || true
  eventually 120 apply
  assert_converged
  before=$(all_lives)
  run -0 kiln reboot "$file" --auto-approve
  diff <(all_lives) <(awk '{ print $1 + 1 }' <<< "$before")
  assert_converged
}
@test "kiln dies when it has stopped the daemons of a node" { killed_at 'did stop ovn-controller'; }
@test "kiln dies while a node reboots" { killed_at 'did systemctl reboot'; }
