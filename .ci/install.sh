# Sourced by ./try and ./check: `install_packages FILE…` makes sure that the Debian packages listed in the
# files are there. Asks apt only for what is missing, so that a second call costs nothing.

missing_packages() { # FILE…
  local package
  grep -hvE '^\s*(#|$)' "$@" | sort -u | while read -r package; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

install_packages() { # FILE…
  local missing log
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "kiln: these packages are missing; run as root, or: sudo apt-get install $(tr '\n' ' ' <<<"$missing")" >&2
    return 1
  fi
  echo "installing $(wc -w <<<"$missing") Debian packages: $(tr '\n' ' ' <<<"$missing")"
  log=$(mktemp)
  # No daemon of these packages is to start on this machine: policy-rc.d says no while they are installed
  # (invoke-rc.d(8)); one that is there already is left alone.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1
  fi
  # shellcheck disable=SC2086  # one word a package
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    [ -z "$made" ] || rm -f "$policy"
    echo "kiln: apt-get could not install them; its output is in $log" >&2
    return 1
  fi
  [ -z "$made" ] || rm -f "$policy"
  rm -f "$log"
}
