# shellcheck shell=bash disable=SC2154 # the globals are those of open_lab in state.sh
# A host: systemd as PID 1 in a systemd-nspawn container, its root an overlay over the base.
#
#   nodes/<node>/up, work, root   the overlay: what the host wrote, scratch, where it is mounted
#   nodes/<node>/base, release    the base it stands on, and how that is called
#   nodes/<node>/want             on or off: whether a `life` is to go on
#   nodes/<node>/cut              present while the host is cut off the network
#   nodes/<node>/console.log      what it printed at boot; lives: how each boot ended
#
#          start                 boots                 exit 133 (reboot)
#   off ──────────▶ life waits ─────────▶ running ────────────────────▶ running
#    ▲                                       │
#    └───────────────────────────────────────┘ poweroff, kill
#
# `life` is a shell that outlives the lab command; it holds life.lock from start to off. Each host
# has a cgroup of its own named <lab>-<node>: without, nspawn would put them all in one, and each
# systemd would find the others' processes in its units.

machine_locks=/run/systemd/nspawn/locks

node_address() { echo "$net.$((10 + ${1#n}))"; }
node_underlay() { echo "$net.$((138 + ${1#n}))"; }

# Its cgroup in the cgroup2 tree, where it is killed and found; on a machine that also has the old
# hierarchies systemd and its accounting want one in theirs.
node_cgroup() {
  local top=/sys/fs/cgroup
  [ ! -d "$top/unified" ] || top=$top/unified
  echo "$top/$id-$1"
}

node_cgroups() {
  local h
  node_cgroup "$1"
  for h in systemd memory; do
    [ "$(stat -f -c %T "/sys/fs/cgroup/$h" 2>/dev/null)" != cgroupfs ] || echo "/sys/fs/cgroup/$h/$id-$1"
  done
}

# Its PID 1 as the machine counts. Fails if the host is off. The list of processes is read at once, and again should PID 1
# not be in it: it may change under whoever reads it line by line.
node_leader() {
  local pid key value pids
  for _ in 1 2 3; do
    mapfile -t pids < "$(node_cgroup "$1")/payload/init.scope/cgroup.procs" || return 1
    [ "${#pids[@]}" -gt 0 ] || return 1
    for pid in "${pids[@]}"; do
      while read -r key value; do
        if [ "$key" = NSpid: ] && [ "${value##*[[:space:]]}" = 1 ]; then
          echo "$pid"
          return
        fi
      done < "/proc/$pid/status"
    done
  done
  return 1
} 2>/dev/null

# How long process PID runs: proc(5), /proc/PID/stat, field 22, in ticks since the boot of the machine.
node_uptime() {
  local stat uptime
  read -r uptime _ < /proc/uptime
  IFS= read -r stat < "/proc/$1/stat" || { echo -; return; }
  read -ra stat <<< "${stat##*) }"
  echo "$((${uptime%.*} - stat[19] / 100)) s"
} 2>/dev/null

node_state() {
  if ! node_leader "$1" > /dev/null; then echo off
  elif node_paused "$1"; then echo paused
  elif [ -e "$dir/nodes/$1/cut" ]; then echo cut
  else echo running; fi
}

# Waits while the host boots or ends: it has no PID 1, and a life.
node_settled() {
  local i fd
  exec {fd}>> "$dir/nodes/$1/life.lock"
  for ((i = 0; i < 600; i++)); do
    if node_leader "$1" > /dev/null || flock -n "$fd"; then exec {fd}>&-; return 0; fi
    sleep 0.1
  done
  exec {fd}>&-
  return 1
}

# Stops the host's processes where they are (1) or lets them go on (0): cgroups-v2, cgroup.freeze.
node_pause() {
  local events i
  events=$(node_cgroup "$1")/cgroup.events
  echo "$2" > "$(node_cgroup "$1")/cgroup.freeze"
  for ((i = 0; i < 500; i++)); do
    ! grep -qx "frozen $2" "$events" || return 0
    sleep 0.01
  done
  die "$1 is not paused after 5 s: see $events"
}

node_paused() { grep -qx 'frozen 1' "$(node_cgroup "$1")/cgroup.events" 2>/dev/null; }

# Made aside and renamed, so that a host is there whole or not at all.
node_create() (
  n=$1 base=$2 release=$3 d=$dir/nodes/.$1
  rm -rf "$d"
  mkdir -p "$d"/{work,root,up/etc/ssh,up/etc/systemd/network}
  echo "$base" > "$d/base"
  echo "$release" > "$d/release"
  echo off > "$d/want"
  cd "$d/up/etc" || exit
  echo "$n" > hostname
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$n" > hosts
  # A real machine-id, or systemd takes this for the first boot and enables every unit.
  tr -d - < /proc/sys/kernel/random/uuid > machine-id
  ssh-keygen -q -t ed25519 -N '' -C "$n" -f ssh/ssh_host_ed25519_key
  cp "$dir/key.pub" ssh/lab_keys
  cat > systemd/network/10-eth0.network <<EOF
[Match]
Name=eth0
[Network]
Address=$(node_address "$n")/25
Gateway=$net.126
LinkLocalAddressing=no
IPv6AcceptRA=no
EOF
  mv "$d" "$dir/nodes/$n"
)

node_start() {
  [ -e "/run/netns/$id" ] || die "the lab has no network, was the machine rebooted? lab/lab up --name $name"
  require_here
  ! node_paused "$1" || node_pause "$1" 0   # by a freeze that was killed
  node_power_on "$1"
  node_wait "$1"
}

# Lets the host boot unless it is on; node_wait waits for it.
node_power_on() {
  local n=$1 d=$dir/nodes/$1 fd i
  exec {fd}>> "$d/life.lock"
  for ((i = 0; ; i++)); do
    ! node_leader "$n" > /dev/null || { exec {fd}>&-; return 0; }
    ! flock -n "$fd" || break
    # On its way up or down.
    ((i < 2000)) || die "$n neither boots nor ends: lab/lab kill $n"
    sleep 0.03
  done
  echo on > "$d/want"
  exec {fd}>&-
  (
    # Nothing of the caller may live on in it: neither its locks nor a test runner's pipes.
    for fd in "/proc/$BASHPID/fd/"*; do
      fd=${fd##*/}
      case $fd in 0 | 1 | 2 | 255) ;; *) exec {fd}>&- ;; esac
    done
    exec setsid env -i PATH="$PATH" KILN_LAB_DIR="$labs" \
      "$here/lab" --name "$name" _life "$n" < /dev/null >> "$d/console.log" 2>&1
  ) &
}

node_reboot() {
  local n=$1 old
  require_here
  old=$(node_leader "$n") || die "$n is off: lab/lab start $n"
  # The command dies with the host it runs in.
  (node_exec "$n" systemctl reboot 2> /dev/null) || true
  node_wait "$n" "$old"
}

node_cut() {
  touch "$dir/nodes/$1/cut"
  net_attach "$1"
}

# Whoever asked for it meanwhile has ARP's requests under way, and whoever asks now would be told with them that there is no
# route (arp(7)): they are given up.
node_heal() {
  rm -f "$dir/nodes/$1/cut"
  net_attach "$1"
  ip neighbour flush to "$(node_address "$1")"
}

# All boots from now until off. A reboot is exit 133, because of --keep-unit.
node_life() {
  n=$1 d=$dir/nodes/$1   # not local: the trap runs after the function
  hold "$d/life.lock"
  trap 'node_clean "$n"; echo off > "$d/want"' EXIT
  while [ "$(<"$d/want")" = on ]; do
    node_clean "$n"
    mount -t overlay "$id-$n" "$d/root" \
      -o "lowerdir=$(<"$d/base")/root,upperdir=$d/up,workdir=$d/work"
    net_plug "$n"
    rc=0
    node_boot "$n" || rc=$?
    echo "$(date -Is) exit $rc" >> "$d/lives"
    [ "$rc" = 133 ] || break
  done
}

# One boot. CAP_NET_ADMIN and a writable /proc/sys/net are not given by default with a ready-made
# network namespace; a pure cgroup2 inside is what systemd 258 and later insists on.
node_boot() (
  n=$1 d=$dir/nodes/$1 binds=()
  for cgroup in $(node_cgroups "$n"); do
    mkdir -p "$cgroup"
    echo "$BASHPID" > "$cgroup/cgroup.procs"
  done
  repo=$(<"$d/base")/repo
  [ ! -d "$repo" ] || binds=(--bind-ro="$repo:/srv/lab-repo")
  export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  exec systemd-nspawn -q --boot --register=no --keep-unit --directory="$d/root" \
    --machine="$id-$n" --hostname="$n" --network-namespace-path="/run/netns/$id-$n" \
    --capability=CAP_NET_ADMIN --resolv-conf=off --timezone=off --link-journal=no \
    --console=pipe "${binds[@]}"
)

# Waits until sshd of a boot with a PID 1 other than OLD answers.
node_wait() {
  local n=$1 old=${2:-} d=$dir/nodes/$1 leader deadline=$((SECONDS + 60))
  while ((SECONDS < deadline)); do
    if leader=$(node_leader "$n") && [ "$leader" != "$old" ] && node_listens "$n" "$leader"; then
      # It cannot be reached while it is cut: that it listens must do.
      [ ! -e "$d/cut" ] && ! sshd_answers "$(node_address "$n")" || return 0
    fi
    if [ "$(<"$d/want")" = off ]; then
      tail -n 5 "$d/console.log" >&2
      die "$n went off while it booted; see $d/console.log"
    fi
    sleep 0.1
  done
  die "$n: no sshd after 60 s; see $d/console.log and lab/lab journal $n"
}

# Whether it has its address and somebody on port 22, as its own tables say. Asking over the wire
# too early would cost a second: that is how long ARP waits before it asks again. No process is run
# for it: a lab that boots asks a hundred times, beside others that work.
node_listens() {
  local table said=
  for table in tcp tcp6; do
    IFS= read -r -d '' said < "/proc/$2/net/$table" || true
    [[ $said =~ :0016\ [0-9A-F]+:0000\ 0A ]] || continue
    IFS= read -r -d '' said < "/proc/$2/net/fib_trie" || true
    [[ $said == *"-- $(node_address "$1")"$'\n'* ]]
    return
  done
  return 1
} 2>/dev/null

sshd_answers() (
  exec 3<> "/dev/tcp/$1/22" && read -r -t 2 -u 3 banner && [[ $banner == SSH-* ]]
) 2>/dev/null

# Off at once, as by pulling the plug, or because it is off already. (Killing nspawn would leave
# the host's processes alive.)
node_kill() (
  n=$1 d=$dir/nodes/$1
  echo off > "$d/want"
  exec {fd}>> "$d/life.lock"
  for ((i = 0; i < 600; i++)); do
    node_kill_cgroup "$n"
    ! flock -n "$fd" || break
    sleep 0.02
  done
  ((i < 600)) || die "$n does not die: see $(node_cgroup "$n")/cgroup.procs"
  # Nobody is left to clean up if the life itself was killed.
  node_clean "$n"
)

node_kill_cgroup() {
  local cgroup
  cgroup=$(node_cgroup "$1")
  # It may vanish between the two: then the host's life has ended by itself.
  [ ! -e "$cgroup/cgroup.kill" ] || echo 1 > "$cgroup/cgroup.kill" || true
} 2>/dev/null

# Removes what a boot leaves on the machine: survivors, wires, mount, nspawn's files, cgroups.
node_clean() {
  local n=$1 root=$dir/nodes/$1/root cgroup i
  node_kill_cgroup "$n"
  net_unplug "$n"
  if mountpoint -q "$root"; then
    rm -f "$machine_locks/inode-$(stat -c %d:%i "$root")"
    umount "$root" 2>/dev/null || umount -l "$root"
  fi
  rm -rf "/run/systemd/nspawn/propagate/$id-$n" "/run/systemd/nspawn/unix-export/$id-$n"
  for cgroup in $(node_cgroups "$n"); do
    for ((i = 0; i < 100; i++)); do   # dying processes hold them for a moment
      [ -d "$cgroup" ] || break
      find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
    done
  done
}

node_remove() {
  node_kill "$1"
  rm -rf --one-file-system "$dir/nodes/$1"
}

# Replaces this process by CMD as root in the host; as after a login there, nothing comes along.
node_exec() {
  local n=$1 leader
  shift
  leader=$(node_leader "$n") || die "$n is off: lab/lab start $n"
  umask 022
  exec nsenter -t "$leader" -m -u -i -n -p -r -- /usr/bin/env -i -C /root HOME=/root USER=root \
    LOGNAME=root SHELL=/bin/bash PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
