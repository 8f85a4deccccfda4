# shellcheck shell=bash disable=SC2154 # the globals are those of open_lab in state.sh
# Images: labs that were frozen, to be thawed as often as one likes.
#
#   $cache/frozen/<image>/net, key, key.pub    the network, and the key that its hosts accept
#   $cache/frozen/<image>/nodes/<node>/        up, base and release of each host, as in node.sh
#
# All hosts stand still while their disks are copied, so that an image is what a power cut of all
# of them at one moment would leave, caches included. Power and cuts are not in it: `thaw` boots
# every host, connected. Certificates, database members and tunnels name addresses: a thawed lab
# has those of the frozen one, and two of them can only be up in network namespaces of their own.

frozen=$cache/frozen

images() {
  local d
  for d in "$frozen"/*/; do
    d=${d%/}
    [ ! -d "$d" ] || printf '%s\n' "${d##*/}"
  done
}

image_name() {
  [[ $1 =~ ^[a-z0-9][a-z0-9_-]{0,63}$ ]] ||
    die "\`$1\` cannot name an image: lower case letters, digits, - and _, 64 at most"
}

require_image() {
  image_name "$1"
  [ -d "$frozen/$1" ] || die "there is no image \`$1\`: lab/lab frozen lists them"
}

lab_freeze() (
  [ $# -le 1 ] || misuse "freeze takes one name"
  hold_lab
  open_lab "$name"
  require_lab
  image=${1:-$name} paused=()
  image_name "$image"
  new=$frozen/.$image.new old=$frozen/.$image.old
  hold "$frozen/.$image.lock"
  rm -rf --one-file-system "$new" "$old"
  mkdir -p "$new/nodes"
  chmod 700 "$new"
  trap 'go_on; rm -rf --one-file-system "$new" "$old" "$frozen/.$image.lock"' EXIT
  for n in $(nodes); do
    node_settled "$n" || die "$n neither boots nor ends: lab/lab kill $n"
    ! node_leader "$n" > /dev/null || { paused+=("$n"); node_pause "$n" 1; }
  done
  cp -a "$dir/key" "$dir/key.pub" "$new/"
  echo "${net##*.}" > "$new/net"
  for n in $(nodes); do
    mkdir "$new/nodes/$n"
    cp -a "$dir/nodes/$n"/{up,base,release} "$new/nodes/$n/"
  done
  go_on
  [ ! -d "$frozen/$image" ] || mv "$frozen/$image" "$old"
  mv "$new" "$frozen/$image"
)

# Of lab_freeze: what it has paused.
go_on() {
  for n in "${paused[@]}"; do (node_pause "$n" 0) || true; done
  paused=()
}

lab_thaw() {
  local n
  [ $# = 1 ] || misuse "thaw wants an image"
  require_image "$1"
  require_tools
  [ -z "$slot" ] || die "there is a lab \`$name\` already: lab/lab down --name $name, or --name another"
  hold "$frozen/.$1.lock" -s
  # The one who was waited for may have been `forget`.
  require_image "$1"
  require_network "$(<"$frozen/$1/net")"
  begin_lab
  cp -a "$frozen/$1"/{key,key.pub} "$dir/"
  claim_network "$(<"$frozen/$1/net")"
  for n in "$frozen/$1"/nodes/*/; do
    n=$(basename "$n")
    rm -rf --one-file-system "$dir/nodes/.$n"
    cp -a "$frozen/$1/nodes/$n" "$dir/nodes/.$n"
    mkdir "$dir/nodes/.$n"/{work,root}
    echo off > "$dir/nodes/.$n/want"
    mv "$dir/nodes/.$n" "$dir/nodes/$n"
  done
  write_known_hosts
  # shellcheck disable=SC2046 # one word a host
  boot_all $(nodes)
}

lab_frozen() {
  local image images
  for image; do require_image "$image"; done
  [ $# -gt 0 ] || mapfile -t images < <(images)
  [ $# -gt 0 ] || set -- "${images[@]}"
  printf '%-24s %-6s %-14s %-16s %s\n' IMAGE HOSTS NETWORK FROZEN SIZE
  for image; do
    printf '%-24s %-6s %-14s %-16s %s\n' "$image" "$(find "$frozen/$image/nodes" -mindepth 1 -maxdepth 1 | wc -l)" \
      "10.252.$(<"$frozen/$image/net").0" "$(date -d "@$(stat -c %Y "$frozen/$image")" '+%F %H:%M')" "$(du -sh "$frozen/$image" | cut -f1)"
  done
}

lab_forget() (
  [ $# -gt 0 ] || misuse "forget wants images"
  for image; do require_image "$image"; done
  for image; do
    hold "$frozen/.$image.lock"
    rm -rf --one-file-system "${frozen:?}/$image" "$frozen/.$image.lock"
  done
  rmdir "$frozen" 2>/dev/null || true
)
