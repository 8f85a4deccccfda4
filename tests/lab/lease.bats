# shellcheck shell=bash disable=SC2016,SC2154
#
# One run at a time: others are told whose turn it is, a holder that was killed is dead at once, and one that slept past its
# lease changes nothing any more.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
  in_another_order > other.toml
}
teardown_file() { lab_teardown; }
setup() {
  first="" second=""
  the_file
}
# One that stands still would keep the file's output open.
teardown() { for pid in $first $second; do kill -KILL "$pid" 2> /dev/null || true; done; }

# in_another_order: the file, its nodes from the last to the first.
in_another_order() {
  python3 -c '
import re, sys
parts = re.split(r"(?m)^(?=\[)", open(sys.argv[1]).read())
at = [i for i, part in enumerate(parts) if part.startswith("[nodes.")]
nodes = [parts[i].rstrip("\n") + "\n\n" for i in at]
for i, part in zip(at, reversed(nodes)): parts[i] = part
print("".join(parts))' "$file"
}
logged() { grep -qE "$1" "$2"; }
held_by() { kiln lock status "$file" | grep -q "held by kiln apply by .*, pid $1,"; }
members() { on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3" | grep -c ' at ssl:'; }
cluster_ids() { for node in n1 n2 n3; do on "$node" ovn-appctl -t "/run/ovn/ovn$1_db.ctl" cluster/status "$2" | sed -n 's/^Cluster ID: //p'; done | sort -u | wc -l; }

@test "of two bring-ups whose files differ in the order of the nodes one goes on, whatever becomes of it, and there is one cluster" {
  "$KILN" apply "$file" --auto-approve > first.log 2>&1 &
  first=$!
  eventually 60 held_by "$first"
  run -6 kiln apply other.toml --auto-approve
  [[ $output == *"another run holds the lease: kiln apply by "*", pid $first, since "*"nothing was changed"*"--lock-timeout"* ]]

  # It is killed; the next one, on the same machine, does not wait.
  eventually 120 logged 'did create OVN_Northbound' first.log
  kill -KILL "$first"
  wait "$first" || true
  "$KILN" apply other.toml --auto-approve > second.log 2>&1 &
  second=$!
  eventually 30 held_by "$second"

  # That one stands still; another waits until it may take over, and the first does nothing more once it goes on.
  eventually 120 logged 'n[123] .*did join OVN_Northbound' second.log
  kill -STOP "$second"
  run -0 kiln apply "$file" --auto-approve --lock-timeout 5m
  [[ $output == *"waiting for kiln apply by "*", pid $second,"*"1 check passed"* ]]
  kill -CONT "$second"
  code=0
  wait "$second" || code=$?
  [[ $code == [17] ]]
  grep -q "the lease was taken over by" second.log

  for database in nb:OVN_Northbound sb:OVN_Southbound; do
    [ "$(members n1 "${database%:*}" "${database#*:}")" = 3 ]
    [ "$(cluster_ids "${database%:*}" "${database#*:}")" = 1 ]
  done
  run -0 kiln lock status "$file"
  [ "$(grep -c ' free (number 3, last ' <<< "$output")" = 4 ]
  assert_converged
}

@test "a lease that is broken is its holder's no more" {
  sed -i 's/172.16.255.22\/24/172.16.255.33\/24/; s/172.16.255.22"\]/172.16.255.33"]/' "$file"
  # What an earlier run has begun still runs on n2, so that the first one waits there.
  on n2 sh -c 'setsid flock /run/kiln/action.lock sleep 300 > /dev/null 2>&1 < /dev/null & echo $! > /run/earlier.pid'
  "$KILN" apply "$file" --auto-approve > first.log 2>&1 &
  first=$!
  eventually 60 held_by "$first"
  kill -STOP "$first"
  on n2 sh -c 'pkill -KILL -s "$(cat /run/earlier.pid)"'
  run -6 kiln apply "$file" --auto-approve
  run -64 kiln lock break "$file"
  run -0 kiln lock break --reason "it hangs" "$file"
  run -0 apply
  kill -CONT "$first"
  wait "$first" || true
  grep -qE "the lease (is another's: kiln apply by|was taken over by) " first.log
  assert_converged
  [[ $(kiln history -n 1 "$file") == *apply* ]]
}

@test "what a newer kiln has left is left alone, and planned all the same" {
  sed -i 's/172.16.255.33/172.16.255.22/' "$file"
  was=$(on n2 cat /var/lib/kiln/lease)
  on n2 sh -c 'echo "kiln-lease format=2 kiln=99.0 it=is-another-one" > /var/lib/kiln/lease'
  run -2 kiln plan "$file" --detailed-exitcode
  run -4 kiln apply "$file" --auto-approve
  [[ $output == *"n2 was last changed by kiln 99.0, which leaves format 2; this is kiln "*"which knows format 1"*"nothing was changed"* ]]
  on n2 sh -c 'printf "%s\n" "$1" > /var/lib/kiln/lease' - "$was"
  run -0 apply
  assert_converged
}

@test "a lease that cannot be read or written is told with its path, and nothing is begun over it" {
  was=$(on n2 cat /var/lib/kiln/lease)
  sed -i 's/172.16.255.22/172.16.255.44/' "$file"
  on n2 sh -c 'rm /var/lib/kiln/lease && mkdir /var/lib/kiln/lease'
  run -1 apply
  shows 'n2: file /var/lib/kiln/lease: not a regular file: if no kiln runs, remove it there*nothing was changed'
  run -0 kiln lock status "$file"
  shows 'n2 * not known: file /var/lib/kiln/lease: not a regular file'
  on n2 sh -c 'rmdir /var/lib/kiln/lease && echo "not one of ours" > /var/lib/kiln/lease'
  run -1 apply
  shows 'n2: /var/lib/kiln/lease: it is not a lease of kiln*lock break*nothing was changed'
  run -0 kiln lock break --reason "it was garbage" "$file"
  run -0 kiln lock status "$file"
  shows 'n2 * broken by *: it was garbage)'
  on n2 sh -c 'printf "%s\n" "$1" > /var/lib/kiln/lease; mount -t tmpfs -o size=4k tmpfs /var/lib/kiln; head -c 4096 /dev/zero > /var/lib/kiln/full' - "$was"
  run ! apply
  shows '/var/lib/kiln/lease could not be written (0 MiB are free there)'
  on n2 umount /var/lib/kiln
  sed -i 's/172.16.255.44/172.16.255.22/' "$file"
  run -0 apply
  assert_converged
}

@test "what somebody wrote into the northbound as a newer kiln's is taken away as the how-to says" {
  on n1 ovn-nbctl --no-leader-only set NB_Global . 'external_ids:kiln-lease="kiln-lease format=2 kiln=99.0"' || on n2 ovn-nbctl set NB_Global . 'external_ids:kiln-lease="kiln-lease format=2 kiln=99.0"'
  sed -i 's/172.16.255.22/172.16.255.55/' "$file"
  run -4 apply
  shows 'the northbound was last changed by kiln 99.0'
  on n1 ovn-nbctl remove NB_Global . external_ids kiln-lease
  sed -i 's/172.16.255.55/172.16.255.22/' "$file"
  run -0 apply
  assert_converged
}
