# shellcheck shell=bash disable=SC2034 # the other files use the globals set here
# What a lab is on disk: its directory, its slot, its locks, and the views of it (status, toml).
#
#   $labs/<name>/slot            the number that names its namespaces, interfaces and cgroups
#   $labs/<name>/net             the number of its network, 10.252.<net>.0/24
#   $labs/<name>/key             the ssh key that root and kiln accept on every host
#   $labs/<name>/known_hosts     the host keys, pinned by address
#   $labs/<name>/nodes/<node>/   one host: see node.sh
#   /run/kiln-lab/slots/<slot>   who has the slot on this machine, as the path of the lab
#
# A slot is one's own on the whole machine, a network in the network namespace that `up` is called
# from: labs that are apart (`lab/lab apart`) have the same addresses.
#
# Locks: `up`, `thaw`, `freeze` and `down` hold the lab's lock alone; commands on one host share it and
# hold the host's lock. They are flock(2) locks, so a killed lab command leaves none behind.

labs=${KILN_LAB_DIR:-/var/lib/kiln-lab}
[[ $labs == /* ]] || labs=$PWD/$labs
slots=/run/kiln-lab/slots

# 69 is for what the lab has explained; anything else that ends a command is reported by `lab`.
die() { printf 'lab: %s\n' "$*" >&2; exit 69; }
say() { printf 'lab: %s\n' "$*" >&2; }

# Sets the names that belong to lab NAME; `slot` stays empty if there is no such lab.
open_lab() {
  name=$1
  [[ $name =~ ^[a-z0-9][a-z0-9_-]{0,31}$ ]] ||
    die "\`$name\` cannot name a lab: lower case letters, digits, - and _, 32 at most"
  dir=$labs/$name
  slot= net=
  if [ -s "$dir/slot" ]; then set_slot "$(<"$dir/slot")"; fi
  # Where there is none yet, an older lab/lab has made this lab, with one number for both.
  if [ -s "$dir/net" ]; then set_net "$(<"$dir/net")"; elif [ -d "$dir/nodes" ]; then set_net "$slot"; fi
}

# id: the lab's own network namespace and its interface on the machine.
set_slot() { slot=$1 id=kl$1; }

# net: the first three numbers of its /24, of which .0/25 is management and .128/25 underlay.
set_net() { net=10.252.$1; }

require_lab() { [ -n "$slot" ] || die "there is no lab \`$name\`: lab/lab up --name $name"; }

require_node() {
  require_lab
  [[ $1 =~ ^n[0-9]+$ && -d $dir/nodes/$1 ]] ||
    die "lab \`$name\` has no host \`$1\`, it has: $(nodes | paste -sd' ')"
}

# The hosts, n2 before n10.
nodes() {
  local d
  for d in "$dir"/nodes/n*/; do
    d=${d%/}
    [ ! -d "$d" ] || printf '%s\n' "${d##*/}"
  done | sort -V
}

# Waits for the lock on FILE and keeps it until this shell ends; MODE is -x or -s.
hold() {
  local file=$1 mode=${2:--x} fd
  while :; do
    # Whoever goes may remove the folder with the last lab.
    mkdir -p "$(dirname "$file")"
    { exec {fd}>>"$file"; } 2>/dev/null || continue
    flock "$mode" "$fd"
    # The one who held it may have removed the file: then nobody else will find our lock.
    [ "$file" -ef "/proc/$BASHPID/fd/$fd" ] && return
    exec {fd}>&-
  done
}

hold_lab() { hold "$labs/.$name.lock" "${1:--x}"; }

hold_node() {
  hold_lab -s
  open_lab "$name"
  require_node "$1"
  hold "$dir/nodes/$1/lock"
}

# A slot no other lab of this machine has.
claim_slot() {
  local s
  mkdir -p "$slots" # on tmpfs, and never removed: others may be about to take one
  if [ -n "$slot" ]; then
    [ "$(cat "$slots/$slot" 2>/dev/null)" = "$dir" ] || take_slot "$slot" ||
      die "what lab \`$name\` was known by is taken since the machine was rebooted: lab/lab down --name $name"
    return
  fi
  for ((s = 0; s < 1000; s++)); do
    take_slot "$s" || continue
    mkdir -p "$dir"
    echo "$s" > "$dir/slot"
    set_slot "$s"
    return
  done
  die "there are 1000 labs: lab/lab down --all"
}

take_slot() {
  [ ! -e "/run/netns/kl$1" ] || return 1
  # noclobber makes this open(O_EXCL): of two labs one wins.
  (set -C; echo "$dir" > "$slots/$1") 2>/dev/null
}

# The wires of the lab, in a network to which no route of this namespace leads: WANTED, else the one that it
# had, since its hosts' addresses follow from it, else the first. The route that net_up makes is the
# claim; until it is there nobody else may look.
claim_network() {
  local wanted=${1:-} fd n
  [ -z "$net" ] || wanted=${net##*.}
  exec {fd}>> "${slots%/*}/networks.lock"
  flock "$fd"
  if ! net_is_up; then
    [ -z "$wanted" ] || require_network "$wanted"
    for ((n = ${wanted:-0}; n < 200; n++)); do
      [ -n "$(ip -4 route show root "10.252.$n.0/24")" ] || break
    done
    ((n < 200)) || die "no free network left in 10.252.0.0/16: lab/lab down --all, or lab/lab apart"
    echo "$n" > "$dir/net"
    set_net "$n"
    net_up
  fi
  exec {fd}>&-
}

require_network() {
  [ -z "$(ip -4 route show root "10.252.$1.0/24")" ] ||
    die "the network 10.252.$1.0/24 is in use here$(used_by "$1"): lab/lab apart gives you a shell where it is free"
}

# The other labs with network N that hang on this namespace, for a message.
used_by() {
  local d by=()
  for d in "$labs"/*/; do
    d=${d%/}
    [ "$d" != "$dir" ] && [ "$(cat "$d/net" 2>/dev/null)" = "$1" ] && ip link show "kl$(<"$d/slot")" > /dev/null 2>&1 || continue
    by+=("${d##*/}")
  done
  [ ${#by[@]} = 0 ] || echo " (labs with it: ${by[*]})"
}

free_slot() {
  [ "$(cat "$slots/$slot" 2>/dev/null)" != "$dir" ] || rm -f "$slots/$slot"
}

write_known_hosts() {
  local n
  for n in $(nodes); do
    printf '%s %s\n' "$(node_address "$n")" \
      "$(cut -d' ' -f1,2 "$dir/nodes/$n/up/etc/ssh/ssh_host_ed25519_key.pub")"
  done > "$dir/known_hosts.new"
  mv "$dir/known_hosts.new" "$dir/known_hosts"
}

print_status() {
  local n leader up
  printf '%-6s %-14s %-15s %-8s %s\n' NODE RELEASE ADDRESS STATE UP
  for n in $(nodes); do
    up=-
    if leader=$(node_leader "$n"); then up=$(node_uptime "$leader"); fi
    printf '%-6s %-14s %-15s %-8s %s\n' "$n" "$(<"$dir/nodes/$n/release")" \
      "$(node_address "$n")" "$(node_state "$n")" "$up"
  done
}

# The [ssh] and [nodes.*] tables of a kiln file for the hosts that are up.
print_toml() {
  local become=$1 n
  printf '[ssh]\n'
  if [ -n "$become" ]; then
    printf 'user = "kiln"\nbecome = "sudo"\n'
  else
    printf 'user = "root"\n'
  fi
  printf 'identity-file = "%s"\nknown-hosts = "%s"\n' "$dir/key" "$dir/known_hosts"
  for n in $(nodes); do
    node_leader "$n" > /dev/null || continue
    cat <<EOF

[nodes.$n]
address = "$(node_address "$n")"
encap = { ip = "$(node_underlay "$n")" }

[nodes.$n.bridges.br-phys]
datapath = "netdev"
port = "eth1"
address = "$(node_underlay "$n")/25"
EOF
  done
}
