# shellcheck shell=bash disable=SC2154 # the globals are those of open_lab in state.sh
# The wires of a lab. Every lab has its switches in a network namespace of its own, so that the
# machine's firewall, bridges and sysctls neither see nor disturb what hosts say to each other:
#
#   machine            netns kl0 (the lab)                          netns kl0-n1 (a host)
#   kl0 .126/25 ────── machine ─ bridge mgmt     ─ n1-mgmt     ──── eth0  .11/25
#                                bridge underlay ─ n1-underlay ──── eth1  bare, kiln gives it .139/25
#                                bridge void: a cut host's ports hang here; it is down
#
# A cut moves ports to the bridge that is down instead of setting them down: the host keeps its
# carrier and its address, as behind a dead switch, and simply nobody answers.

net_is_up() { [ -n "$(ip -br link show dev "$id" up 2>/dev/null)" ]; }

# Whether the lab hangs on the network namespace of somebody else: `apart`, or the machine's own.
net_elsewhere() { ! net_is_up && ip -n "$id" link show machine > /dev/null 2>&1; }

require_here() {
  ! net_elsewhere || die "lab \`$name\` was made in another network namespace (lab/lab apart): this works only there"
}

net_up() {
  net_down
  ip netns add "$id"
  ip netns exec "$id" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n "$id" -batch - <<EOF
link add mgmt type bridge
link add underlay type bridge
link add void type bridge
link set mgmt up
link set underlay up
EOF
  ip link add "$id" type veth peer name machine netns "$id"
  ip -n "$id" link set machine master mgmt up
  # A machine that routes must not route between its labs.
  echo 0 > "/proc/sys/net/ipv4/conf/$id/forwarding"
  echo 1 > "/proc/sys/net/ipv6/conf/$id/disable_ipv6"
  ip address add "$net.126/25" dev "$id"
  ip link set "$id" up
}

# The interface goes first: a namespace takes its interfaces along only some time later.
net_down() {
  ip link delete "$id" 2>/dev/null || true
  ip netns delete "$id" 2>/dev/null || true
}

# A new namespace for each boot, as a rebooted host has; the MACs stay, or every neighbour would
# talk to the old ones for ten seconds.
net_plug() {
  local n=$1 i=${1#n}
  net_unplug "$n"
  ip netns add "$id-$n"
  ip -n "$id" -batch - <<EOF
link add $n-mgmt type veth peer name eth0 netns $id-$n address $(mac "$i" 0)
link add $n-underlay type veth peer name eth1 netns $id-$n address $(mac "$i" 1)
link set $n-mgmt up
link set $n-underlay up
EOF
  net_attach "$n"
}

# The namespace is made first and goes last: without it there is nothing.
net_unplug() {
  [ -e "/run/netns/$id-$1" ] || return 0
  ip -n "$id" link delete "$1-mgmt" 2>/dev/null || true
  ip -n "$id" link delete "$1-underlay" 2>/dev/null || true
  ip netns delete "$id-$1" 2>/dev/null || true
}

# Puts the host's ports where the file `cut` says. Both who plugs and who cuts come here after
# they did their part, so the one who comes last does it right.
net_attach() (
  hold "$dir/nodes/$1/net.lock"
  local mgmt=mgmt underlay=underlay
  if [ -e "$dir/nodes/$1/cut" ]; then mgmt=void underlay=void; fi
  ip -n "$id" link show "$1-underlay" > /dev/null 2>&1 || exit 0   # off: plugged at boot
  ip -n "$id" link set "$1-mgmt" master "$mgmt"
  ip -n "$id" link set "$1-underlay" master "$underlay"
)

mac() { printf '0a:00:0a:%02x:%02x:%02x' "${net##*.}" "$2" $((10 + $1)); }
