# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2154 # what stands in single quotes is for the host to expand
#
# The lab itself: whether its hosts are what tests on them take for granted.

# shellcheck source=common.bash
load common

setup_file() { lab_setup --nodes 2; }

# A test that fails half way must not fail those after it.
setup() {
  lab up --nodes 2
  lab heal n1 n2
}

# Down twice, and not only in the last test: that one may not be reached.
teardown_file() {
  for other in other bare old new again; do lab down --name "$(second $other)"; done
  for image in $(images); do lab forget "$image"; done
  lab_teardown
}

# The name of another lab of this file.
second() { echo "$KILN_LAB_NAME-$1"; }

# What this file has frozen.
images() { lab frozen | awk -v mine="$KILN_LAB_NAME" 'index($1, mine) == 1 { print $1 }'; }

boot_of() { on "$1" cat /proc/sys/kernel/random/boot_id; }

paused() { lab status | grep -q "^$1 .* paused "; }
off() { lab status | grep -q "^$1 .* off "; }

# The processes in cgroups whose name begins with PREFIX; dead ones that wait for the machine's init do not count.
processes() {
  local cgroup
  grep -l "/$1" /proc/[0-9]*/cgroup 2>/dev/null | while read -r cgroup; do
    grep -H '^State:.[^Z]' "${cgroup%cgroup}status" || true
  done
}

# Whatever on the machine bears the mark of SLOT: interfaces, namespaces, cgroups, mounts,
# processes, files of nspawn.
traces() {
  local id=kl$1 dir=$2
  ip -br link | grep "^${id}[@ ]"
  ip netns list | grep -E "^$id(-| |$)"
  find /sys/fs/cgroup -maxdepth 2 -name "$id-*"
  grep -F "$dir" /proc/mounts
  processes "$id-"
  pgrep -af -- "--name ${dir##*/} "
  find /run/systemd/nspawn /run/netns -name "$id" -o -name "$id-*"
  ls -d "$dir" "${dir%/*}/.${dir##*/}.lock" "/run/kiln-lab/slots/$1"
} 2>/dev/null

@test "a lab whose base is there boots within ten seconds" {
  lab down
  start=$SECONDS
  lab up --nodes 2
  ((SECONDS - start <= 10))
  [ "$(lab status | awk '{ print $1, $2, $4 }')" = "NODE RELEASE STATE
n1 trixie running
n2 trixie running" ]
}

@test "up again changes nothing" {
  before=$(boot_of n1; boot_of n2)
  known=$(cat "$(lab path)/known_hosts")
  lab up
  [ "$(boot_of n1; boot_of n2)" = "$before" ]
  [ "$(cat "$(lab path)/known_hosts")" = "$known" ]
}

@test "a host boots to the end, with no unit failed" {
  for node in n1 n2; do
    eventually 120 on "$node" systemctl is-system-running
    [ -z "$(on "$node" systemctl --failed --no-legend)" ]
  done
}

@test "a host has OVN installed, off, and without a database or an identity" {
  on n1 sh -c 'command -v ovn-nbctl ovn-controller ovs-vsctl openssl ethtool birdc'
  units=(openvswitch-switch ovsdb-server ovs-vswitchd ovn-central ovn-host ovn-northd ovn-controller bird)
  run -3 on n1 systemctl is-active "${units[@]}"
  [ "$(sort -u <<< "$output")" = inactive ]
  run on n1 systemctl is-enabled openvswitch-switch ovn-central ovn-host bird
  [ "$(sort -u <<< "$output")" = disabled ]
  [ -z "$(on n1 find /var/lib/ovn /var/lib/openvswitch /etc/openvswitch ! -type d)" ]
}

@test "hosts have keys and machine ids of their own" {
  [ "$(on n1 cat /etc/machine-id)" != "$(on n2 cat /etc/machine-id)" ]
  [ "$(on n1 cat /etc/ssh/ssh_host_ed25519_key.pub)" != "$(on n2 cat /etc/ssh/ssh_host_ed25519_key.pub)" ]
  [ "$(on n1 hostname)" = n1 ]
}

@test "strict ssh reaches root, and kiln who may sudo" {
  [ "$(lab ssh n1 'whoami; hostname')" = "root
n1" ]
  ssh=(ssh -F none -i "$(lab path)/key" -o BatchMode=yes -o StrictHostKeyChecking=yes
    -o UserKnownHostsFile="$(lab path)/known_hosts")
  [ "$("${ssh[@]}" "kiln@$(address n2)" 'whoami; sudo -n whoami')" = "kiln
root" ]
}

@test "strict ssh refuses a host that shows the key of another" {
  swapped=$BATS_TEST_TMPDIR/known_hosts
  paste -d' ' <(cut -d' ' -f1 "$(lab path)/known_hosts") \
    <(tac "$(lab path)/known_hosts" | cut -d' ' -f2-) > "$swapped"
  run -255 ssh -F none -i "$(lab path)/key" -o BatchMode=yes -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$swapped" "root@$(address n1)" true
  [[ $output == *"HOST IDENTIFICATION HAS CHANGED"* ]]
}

@test "exec hands over arguments as they are" {
  args=('a  b' '' '$(reboot)' "it's \"quoted\"" '*' -- --name x $'two\nlines' '\\' ';' 'ä' -n)
  want=$(printf '<%s>' "${args[@]}")
  [ "$(lab exec n1 -- printf '<%s>' "${args[@]}")" = "$want" ]
  [ "$(lab exec n1 printf '<%s>' "${args[@]}")" = "$want" ]
}

@test "exec passes stdin, stdout and stderr, and binary too" {
  head -c 300000 /dev/urandom > "$BATS_TEST_TMPDIR/blob"
  on n1 cat < "$BATS_TEST_TMPDIR/blob" > "$BATS_TEST_TMPDIR/back"
  cmp "$BATS_TEST_TMPDIR/blob" "$BATS_TEST_TMPDIR/back"
  [ "$(on n1 sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" = err ]
}

@test "exec returns the exit code of the command" {
  run -37 on n1 sh -c 'exit 37'
  run -127 on n1 no-such-command
  run -143 on n1 sh -c 'kill -TERM $$'
}

@test "exec gives the environment of a clean login of root" {
  [ "$(LEAK=1 LD_PRELOAD='' KILN_LAB_X=1 on n1 env | sort)" = "HOME=/root
LOGNAME=root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
SHELL=/bin/bash
USER=root" ]
  [ "$(umask 077; on n1 sh -c 'umask; pwd')" = "0022
/root" ]
}

@test "toml describes the hosts that are up" {
  dir=$(lab path)
  net=$(address n1)
  net=${net%.*}
  lab kill n2
  [ "$(lab toml)" = "[ssh]
user = \"root\"
identity-file = \"$dir/key\"
known-hosts = \"$dir/known_hosts\"

[nodes.n1]
address = \"$net.11\"
encap = { ip = \"$net.139\" }

[nodes.n1.bridges.br-phys]
datapath = \"netdev\"
port = \"eth1\"
address = \"$net.139/25\"" ]
  lab start n2
  [ "$(lab toml --become | sed -n '2,3p')" = 'user = "kiln"
become = "sudo"' ]
  [ "$(lab toml | grep -c '^\[nodes\.n[12]\]$')" = 2 ]
}

@test "a killed host is off with all it ran, and starts with what it had on disk" {
  on n1 sh -c 'echo kept > /root/note; sync; systemd-run --quiet sleep 1000'
  lab kill n1
  [ "$(lab status | awk '$1 == "n1" { print $4 }')" = off ]
  [ -z "$(processes "kl$(cat "$(lab path)/slot")-n1/")" ]
  run -69 lab exec n1 true
  [ "$output" = "lab: n1 is off: lab/lab start n1" ]
  unreachable "$(address n1)"
  lab journal n1 -n 5 > /dev/null
  lab start n1
  [ "$(on n1 cat /root/note)" = kept ]
  [ "$(lab ssh n1 hostname)" = n1 ]
}

@test "a host whose container or keeper was killed is off or can be killed, and starts" {
  slot=$(cat "$(lab path)/slot")
  kill -9 "$(pgrep -f -- "systemd-nspawn .*--machine=kl$slot-n1 ")"
  eventually 120 off n1
  kill -9 "$(pgrep -f -- "--name $KILN_LAB_NAME _life n2")"
  on n2 true
  lab kill n2
  lab start n1 n2
  [ "$(lab ssh n1 hostname; lab ssh n2 hostname)" = "n1
n2" ]
}

@test "commands at the same time do not hurt each other" {
  (lab reboot n1 n2 & lab up & lab kill n1 & lab start n1 & lab up & lab cut n2 & wait)
  lab up
  lab heal n2
  [ "$(lab ssh n1 hostname; lab ssh n2 hostname)" = "n1
n2" ]
}

@test "reboot comes back as a new boot of the same host" {
  before=$(boot_of n1)
  id=$(on n1 cat /etc/machine-id)
  link=$(on n1 cat /sys/class/net/eth0/address)
  lab reboot n1
  [ "$(boot_of n1)" != "$before" ]
  [ "$(on n1 cat /etc/machine-id)" = "$id" ]
  [ "$(on n1 cat /sys/class/net/eth0/address)" = "$link" ]
  [ "$(lab ssh n1 hostname)" = n1 ]
}

@test "a host that powers itself off is off, and starts" {
  on n2 systemctl poweroff || true
  eventually 120 off n2
  lab start n2
  [ "$(lab ssh n2 hostname)" = n2 ]
}

@test "hosts reach each other on both networks" {
  on n1 ping -qc1 -W2 "$(address n2)"
  for node in n1 n2; do on "$node" sh -c "ip link set eth1 up; ip address replace 192.0.2.${node#n}/24 dev eth1"; done
  eventually 120 on n1 ping -qc1 -W1 192.0.2.2
}

@test "a cut host is cut on both networks and from the machine, yet keeps its carrier" {
  lab cut n1
  [ "$(lab status | awk '$1 == "n1" { print $4 }')" = cut ]
  unreachable "$(address n1)"
  on n2 bash -c "! ping -qc1 -W1 $(address n1) && ! ping -qc1 -W1 192.0.2.1"
  net=$(address n1)
  on n1 bash -c "! ping -qc1 -W1 ${net%.*}.126"
  [ "$(on n1 cat /sys/class/net/eth0/carrier)" = 1 ]
  # Neither a link set up again nor a reboot mends it.
  on n1 sh -c 'ip link set eth1 down; ip link set eth1 up'
  on n2 bash -c '! ping -qc1 -W1 192.0.2.1'
  lab reboot n1
  unreachable "$(address n1)"
  lab heal n1
  reachable "$(address n1)"
  on n2 ping -qc1 -W2 "$(address n1)"
}

@test "two labs do not see each other" {
  lab up --nodes 1 --name "$(second other)"
  theirs=$(KILN_LAB_NAME=$(second other) address n1)
  [ "$theirs" != "$(address n1)" ]
  reachable "$theirs"
  on n1 bash -c "! ping -qc1 -W1 $theirs"
  [ "$(lab --name="$(second other)" exec n1 hostname)" = n1 ]
  run -1 cmp -s "$(lab path)/key" "$(lab path --name "$(second other)")/key"
  lab down --name "$(second other)"
  [ "$(lab ssh n1 hostname)" = n1 ]
}

@test "a frozen lab is thawed with its disks, keys and addresses, and goes on itself" {
  on n1 sh -c 'rm -r /etc/bird && mkdir /etc/bird && rm /etc/issue && echo then > /root/note'
  before=$(boot_of n1; boot_of n2)
  lab freeze
  [ "$(images)" = "$KILN_LAB_NAME" ]
  [ "$(boot_of n1; boot_of n2)" = "$before" ]
  [ "$(lab status | awk 'NR > 1 { print $4 }' | sort -u)" = running ]
  on n1 sh -c 'echo now > /root/note'
  known=$(cat "$(lab path)/known_hosts") id=$(on n1 cat /etc/machine-id) theirs=$(address n2) key=$(lab path)/key

  # Beside the one that is up it has no place here; and nothing is left of the attempt.
  run -69 lab thaw "$KILN_LAB_NAME" --name "$(second again)"
  [[ $output == *"is in use here (labs with it: $KILN_LAB_NAME): lab/lab apart"* ]]
  run -69 lab status --name "$(second again)"

  # Apart it has, at the same time; in there one meets the other hosts.
  run -0 lab apart bash -c '"$0" thaw "$1" --name "$2" && "$0" ssh --name "$2" n2 cat /etc/machine-id' \
    "$root/lab/lab" "$KILN_LAB_NAME" "$(second again)"
  [ "$output" = "$(lab exec --name "$(second again)" n2 cat /etc/machine-id)" ]
  run -69 lab ssh --name "$(second again)" n2 true
  [[ $output == *"another network namespace"* ]]
  [ "$(lab exec --name "$(second again)" n1 cat /root/note)" = then ]
  [ "$(on n1 cat /root/note)" = now ]
  lab down --name "$(second again)"

  # And in its place.
  lab down
  lab thaw "$KILN_LAB_NAME"
  [ "$(cat "$(lab path)/known_hosts")" = "$known" ]
  [ "$(on n1 cat /etc/machine-id /root/note)" = "$id
then" ]
  [ "$(on n1 sh -c 'ls -A /etc/bird; ls /etc/issue 2>&1')" = "ls: cannot access '/etc/issue': No such file or directory" ]
  [ "$(address n2)" = "$theirs" ]
  lab ssh n2 true
  run -69 lab thaw "$KILN_LAB_NAME"
  [[ $output == *"there is a lab \`$KILN_LAB_NAME\` already"* ]]
}

@test "freeze in the place of an image, of hosts that are off, and killed: no host stays paused" {
  echo first | on n1 sh -c 'cat > /root/note'
  lab freeze
  echo second | on n1 sh -c 'cat > /root/note'
  lab kill n2
  lab freeze
  [ "$(images)" = "$KILN_LAB_NAME" ]
  [ "$(lab status | awk '$1 == "n2" { print $4 }')" = off ]
  lab down
  lab thaw "$KILN_LAB_NAME"
  [ "$(on n1 cat /root/note)" = second ]
  lab ssh n2 true

  # As a `freeze` that was killed leaves it.
  cgroup=$(find /sys/fs/cgroup -maxdepth 2 -name "kl$(cat "$(lab path)/slot")-n1" -exec test -e {}/cgroup.freeze \; -print)
  echo 1 > "$cgroup/cgroup.freeze"
  eventually 20 paused n1
  lab start n1
  [ "$(lab ssh n1 cat /root/note)" = second ]

  lab forget "$KILN_LAB_NAME"
  [ -z "$(images)" ]
  run -69 lab thaw "$KILN_LAB_NAME"
  [[ $output == *"there is no image \`$KILN_LAB_NAME\`: lab/lab frozen lists them"* ]]
  run -69 lab forget "$KILN_LAB_NAME"
  run -69 lab freeze ../etc
  [[ $output == *"cannot name an image"* ]]
}

@test "two labs apart have the same addresses, and do not see each other" {
  run -0 lab apart bash -c '"$0" up --nodes 1 --name "$1" && "$0" toml --name "$1"' "$root/lab/lab" "$(second again)"
  [[ $output == *"address = \"10.252.0.11\""* ]]
  run -0 lab apart bash -c '"$0" up --nodes 1 --name "$1" && "$0" toml --name "$1"' "$root/lab/lab" "$(second other)"
  [[ $output == *"address = \"10.252.0.11\""* ]]
  # The one that was made last is who answers at that address in there.
  run -0 lab apart bash -c '"$0" down --name "$1" && "$0" up --nodes 1 --name "$1" && "$0" ssh --name "$1" n1 cat /etc/machine-id' \
    "$root/lab/lab" "$(second again)"
  [ "${lines[-1]}" = "$(lab exec --name "$(second again)" n1 cat /etc/machine-id)" ]
  [ "${lines[-1]}" != "$(lab exec --name "$(second other)" n1 cat /etc/machine-id)" ]
  lab down --name "$(second again)"
  lab down --name "$(second other)"
}

@test "bookworm and sid boot beside trixie" {
  lab up --nodes 1 --release bookworm --name "$(second old)"
  lab up --nodes 2 --release sid --name "$(second old)"
  for node in n1 n2; do
    eventually 120 lab exec --name "$(second old)" "$node" systemctl is-system-running
    lab exec --name "$(second old)" "$node" sh -c 'command -v ovn-nbctl birdc'
  done
  [ "$(lab exec --name "$(second old)" n1 sh -c '. /etc/os-release; echo $VERSION_CODENAME')" = bookworm ]
  lab ssh --name "$(second old)" n2 true
  lab down --name "$(second old)"
}

@test "a bare host has no OVN, and installs it from the lab without a network" {
  export KILN_LAB_NAME
  KILN_LAB_NAME=$(second bare)
  lab up --nodes 1 --bare
  on n1 bash -c '! command -v ovs-vsctl && ! command -v openssl && ! command -v ethtool'
  on n1 apt-get -qq update
  on n1 env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    openvswitch-switch ovn-central ovn-host ethtool bird3 openssl > "$BATS_TEST_TMPDIR/apt" 2>&1
  # As everywhere with Debian's presets, what is installed is started.
  eventually 120 on n1 systemctl is-active ovn-central ovn-host openvswitch-switch
  lab down
}

@test "misuse is told what to do" {
  run -64 lab frobnicate
  [ "${lines[0]}" = 'lab: there is no command `frobnicate`' ]
  run -69 lab exec n9 true
  [ "$output" = "lab: lab \`$KILN_LAB_NAME\` has no host \`n9\`, it has: n1 n2" ]
  run -69 lab status --name none-such
  [ "$output" = 'lab: there is no lab `none-such`: lab/lab up --name none-such' ]
  run -69 lab up --name 'a b'
  [[ $output == 'lab: `a b` cannot name a lab: '* ]]
}

@test "down leaves nothing" {
  dir=$(lab path)
  slot=$(cat "$dir/slot")
  [ -n "$(traces "$slot" "$dir")" ]
  lab down
  [ -z "$(traces "$slot" "$dir")" ]
}
