# Where the lab finds the Debian mirror of the machine: apt's sources in both formats.

bats_require_minimum_version 1.5.0

setup() {
  here=$BATS_TEST_DIRNAME/../../lab
  # shellcheck source=../../lab/base.sh
  . "$here/base.sh"
  cd "$BATS_TEST_TMPDIR" || return
}

@test "deb822: comments, third parties, disabled and source-only stanzas are passed over" {
  cat > debian.sources <<'EOF'
Types: deb
URIs: http://third.example/apt
Suites: nodistro
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: trixie

Types: deb-src
URIs: http://source.example/debian
Suites: trixie

# Types: deb
Types: deb deb-src
# URIs: http://comment.example/debian
URIs: http://mirror.example/debian http://second.example/debian
Suites: trixie trixie-updates
Components: main
EOF
  [ "$(sources_of trixie debian.sources)" = http://mirror.example/debian ]
  [ -z "$(sources_of trixie-security debian.sources)" ]
}

@test "one-line: comments and options are passed over" {
  cat > sources.list <<'EOF'
# deb http://comment.example/debian bookworm main
deb http://third.example/apt cloud-sdk-bookworm main
deb-src http://source.example/debian bookworm main
  deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main
EOF
  [ "$(sources_of bookworm sources.list)" = http://mirror.example/debian ]
}

@test "a file that is not there offers nothing" {
  [ -z "$(sources_of bookworm none.list none.sources)" ]
}
