# shellcheck shell=bash disable=SC2154 # the globals are those of open_lab in state.sh
# The base: the read-only root that hosts of one release share, built once with mmdebstrap.
#
#   $cache/base-<release>[-bare]-<hash>/root   the tree
#   $cache/base-<release>-bare-<hash>/repo     an apt repository with what a bare host lacks
#
# The hash is that of this file: change the recipe and the next `up` builds anew, beside the old
# one, which running hosts still stand on. A base is never changed after it has its name.

cache=${KILN_LAB_CACHE:-/var/cache/kiln-lab}
[[ $cache == /* ]] || cache=$PWD/$cache

host_packages="systemd systemd-sysv dbus openssh-server iproute2 iputils-ping procps sudo"

# What kiln works with; a bare host has to install it.
ovn_packages() {
  local bird=bird3
  [ "$1" != bookworm ] || bird=bird2
  echo "openssl ca-certificates tcpdump ethtool nftables openvswitch-switch ovn-central ovn-host $bird"
}

# Prints where the base is.
base_path() {
  local release=$1 bare=$2
  echo "$cache/base-$release${bare:+-bare}-$(sha256sum < "$here/base.sh" | cut -c1-10)"
}

# Builds the base unless it is there. Two who want the same one wait for each other.
base_build() {
  local base
  base=$(base_path "$1" "$2")
  [ -d "$base" ] || base_build_alone "$1" "$2" "$base"
}

base_build_alone() (
  release=$1 bare=$2 base=$3 new=$3.new
  hold "$base.lock"
  if [ -d "$base" ]; then rm -f "$base.lock"; exit; fi
  say "building the base for $release${bare:+, bare} (once, about half a minute)"
  rm -rf --one-file-system "$new"
  mkdir -p "$new/root"
  trap 'rm -rf --one-file-system "$new"' EXIT
  mirror=$(debian_mirror)
  if ! base_debootstrap "$release" "$bare" "$mirror" "$new" > "$base.log" 2>&1; then
    tail -n 15 "$base.log" >&2
    die "mmdebstrap could not build $release from $mirror; all of it is in $base.log (from lab/lab apart no mirror can be reached: lab/lab base, outside)"
  fi
  base_finish "$new/root" "$bare"
  [ -z "$bare" ] || base_index "$new/repo"
  mv "$new" "$base"
  rm -f "$base.log" "$base.lock"
)

base_debootstrap() {
  local release=$1 bare=$2 mirror=$3 new=$4 include=$host_packages extra options=() kind url
  for kind in http https; do
    url=$(apt-config shell url "Acquire::$kind::Proxy" | sed "s/^url='\(.*\)'$/\1/")
    [ -z "$url" ] || options+=(--aptopt="Acquire::$kind::Proxy \"$url\"")
  done
  extra=$(ovn_packages "$release")
  if [ -z "$bare" ]; then
    include="$include $extra"
  else
    # apt knows here what the tree has and what is missing to it.
    mkdir "$new/repo"
    options+=(--customize-hook="APT_CONFIG=\$MMDEBSTRAP_APT_CONFIG apt-get --yes \
      --no-install-recommends --download-only install $extra socat"
      --customize-hook="mv \"\$1\"/var/cache/apt/archives/*.deb '$new/repo/'")
  fi
  # Valid-Until: a mirror that is frozen in time is welcome here.
  mmdebstrap --mode=root --variant=minbase --format=directory --quiet \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="${include// /,}" "${options[@]}" "$release" "$new/root" "$mirror"
}

# What makes a plain Debian tree a host of the lab.
base_finish() (
  root=$1 bare=$2
  cd "$root" || exit
  # No way out of the lab: apt has the lab's repository or nothing.
  rm -f etc/apt/sources.list etc/apt/sources.list.d/* etc/apt/apt.conf.d/99mmdebstrap
  rm -rf var/lib/apt/lists/*
  rm -f etc/resolv.conf
  : > etc/resolv.conf
  [ -z "$bare" ] || echo 'deb [trusted=yes] file:/srv/lab-repo ./' > etc/apt/sources.list.d/lab.list
  mkdir -p srv/lab-repo

  # Installing in a chroot enables units; and should PID 1 ever take a boot for the first one, it
  # enables all that no preset disables. In a bare host that is left as Debian has it: keeping
  # daemons still at installation is the converger's job there.
  if [ -z "$bare" ]; then
    mkdir -p etc/systemd/system-preset
    printf '%s\n' 'enable ssh.service' 'enable systemd-networkd.service' 'disable *' \
      > etc/systemd/system-preset/00-lab.preset
    systemctl --root=. --quiet preset-all 2>/dev/null
  fi
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer; do
    systemctl --root=. --quiet disable "$unit" 2>/dev/null || true
  done
  systemctl --root=. --quiet enable ssh.service systemd-networkd.service 2>/dev/null
  systemctl --root=. --quiet mask systemd-networkd-wait-online.service getty.target \
    console-getty.service sshd-keygen.service 2>/dev/null
  # Nobody sits at a host of the lab, and it has no disks: what a boot does for them is a fifth of its work.
  systemctl --root=. --quiet mask systemd-logind.service systemd-networkd-persistent-storage.service \
    systemd-network-generator.service systemd-hostnamed.socket systemd-creds.socket systemd-sysext.socket \
    systemd-initctl.socket systemd-ask-password-console.path systemd-ask-password-wall.path dev-hugepages.mount \
    systemd-tmpfiles-clean.timer 2>/dev/null || true
  # Nor has it an initrd, a TPM or a first boot. Each boot and each daemon-reload reads every unit again that something names.
  for unit in usr/lib/systemd/system/{initrd*,emergency.service,rescue.service,kmod-static-nodes.service,ldconfig.service} \
    usr/lib/systemd/system/systemd-{battery-check,binfmt,bsod,confext,firstboot,fsck-root,hibernate-*,journal-catalog-update}.service \
    usr/lib/systemd/system/systemd-{machine-id-commit,modules-load,pcr*,quotacheck*,random-seed,remount-fs,soft-reboot}.service \
    usr/lib/systemd/system/systemd-{sysext,sysusers,tpm2-*,update-done}.service usr/lib/systemd/system/systemd-pcr*.socket \
    usr/lib/systemd/system/{systemd-journald-audit.socket,proc-sys-fs-binfmt_misc.*,sys-fs-fuse-connections.mount} \
    usr/lib/systemd/system/{sys-kernel-*.mount,soft-reboot.target,tpm2.target,remote-fs-pre.target,first-boot-complete.target}; do
    [ ! -e "$unit" ] || ln -sf /dev/null "etc/systemd/system/${unit##*/}"
  done
  # Each boot and each daemon-reload runs all generators (systemd.generator(7)), and a container has nothing of what they
  # look for: disks, terminals, kernel arguments, init scripts that have no unit.
  mkdir -p etc/systemd/system-generators
  for generator in usr/lib/systemd/system-generators/*; do ln -sf /dev/null "etc/systemd/system-generators/${generator##*/}"; done
  rm -rf var/lib/ovn/* var/lib/openvswitch/* etc/openvswitch/{conf.db,.conf.db.~lock~,system-id.conf}

  # MaxSessions and MaxStartups stay as they are everywhere: kiln has to live with them. The key
  # file is root's, so that one serves root and kiln.
  mkdir -p etc/ssh/sshd_config.d
  cat > etc/ssh/sshd_config.d/lab.conf <<'EOF'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/lab_keys .ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
# Both ends are this machine, thousands of times: what sshd prefers costs it 80 ms of each connection.
KexAlgorithms curve25519-sha256
EOF
  rm -f etc/ssh/ssh_host_*
  # Without PAM sshd refuses an account whose password is locked; `*` only means there is none.
  chroot . useradd --create-home --shell /bin/bash --password '*' kiln
  echo 'kiln ALL=(ALL:ALL) NOPASSWD: ALL' > etc/sudoers.d/kiln
  chmod 440 etc/sudoers.d/kiln
  : > etc/machine-id
  rm -f var/lib/dbus/machine-id
  # Nothing has changed since the caches were made: spares each first boot its updates.
  touch -r usr etc/.updated var/.updated
)

# The index apt wants, made of what dpkg says of each package.
base_index() (
  cd "$1" || exit
  for deb in *.deb; do
    dpkg-deb --field "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" \
      "$(sha256sum < "$deb" | cut -d' ' -f1)"
  done > Packages
  # Without a Release file apt goes and looks for translations, loudly.
  printf '%s\n' 'Origin: kiln-lab' 'Label: kiln-lab' "Date: $(date -Ru)" SHA256: \
    " $(sha256sum < Packages | cut -d' ' -f1) $(stat -c %s Packages) Packages" > Release
  chmod -R a+rX .
)

# The Debian mirror this machine itself installs from: of all apt sources, in either format, the
# first enabled one that serves the release the machine runs.
debian_mirror() {
  local uri
  uri=$(
    shopt -s nullglob
    # shellcheck disable=SC1091
    . /etc/os-release
    sources_of "${VERSION_CODENAME:-sid}" /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list \
      /etc/apt/sources.list | sed -n 1p
  )
  [ -n "$uri" ] || die "no Debian mirror in /etc/apt/sources.list*: add the one this machine installs from"
  case $uri in
    mirror+file:*) uri=$(sed -n '/^[a-z]/{s/[[:space:]].*//;p;q}' "/${uri#mirror+file:*/}") ;;
  esac
  echo "${uri%/}"
}

# Prints the URIs under which FILE... offer SUITE.
sources_of() {
  local suite=$1 file
  shift
  for file; do
    [ -r "$file" ] || continue
    if [[ $file == *.sources ]]; then
      # One stanza a record; comment lines may stand inside one.
      sed '/^#/d' "$file" | awk -v suite="$suite" 'BEGIN { RS = ""; FS = "\n" } {
        uri = ""; types = ""; hit = 0; on = 1
        for (i = 1; i <= NF; i++) {
          n = split($i, word, /[ \t]+/); key = tolower(word[1])
          if (key == "uris:") uri = word[2]
          if (key == "types:") types = $i
          if (key == "enabled:" && word[2] == "no") on = 0
          if (key == "suites:") for (j = 2; j <= n; j++) if (word[j] == suite) hit = 1
        }
        if (hit && on && types ~ /[ \t]deb([ \t]|$)/) print uri
      }'
    else
      sed -n 's/\[[^]]*\]//; /^[[:space:]]*deb[[:space:]]/p' "$file" |
        awk -v suite="$suite" '$3 == suite { print $2 }'
    fi
  done
}

# Removes every base. A host stands on its base, so neither lab nor image may be left.
base_clean() {
  local d
  [ -z "$(images)" ] || die "these images stand on a base: lab/lab forget $(images | paste -sd' ')"
  for d in "$labs"/*/; do
    [ ! -d "$d" ] || die "lab \`$(basename "$d")\` still stands on a base: lab/lab down --all"
  done
  rm -rf --one-file-system "$cache"/base-*
  rmdir "$cache" 2>/dev/null || true
}
