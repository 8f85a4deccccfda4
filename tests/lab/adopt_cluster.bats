# shellcheck shell=bash disable=SC2016,SC2154
#
# A RAFT cluster that somebody has made by hand with Debian's packages, over TLS with an authority of their own. kiln takes
# it over member by member, if it is given that authority; else it says what to choose.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 3
  deployment
  authority pki
  authority pki-of-others
  for node in n1 n2 n3; do
    leaf "$node"
    options "$node" | on "$node" sh -c 'cat > /etc/default/ovn-central'
    on "$node" systemctl start openvswitch-switch ovn-central
    eventually 60 connected "$node"
  done
  on n1 sh -c 'ovn-nbctl --no-leader-only get-connection > /dev/null; ovn-nbctl --db=unix:/run/ovn/ovnnb_db.sock set-connection pssl:6641 \
    -- ls-add ls1 -- set logical_switch ls1 external_ids:made-by=alice -- lr-add lr0'
  on n1 ovn-sbctl set-connection pssl:6642
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# authority DIR: a certificate authority as `[ca] mode = "provided"` takes it.
authority() {
  mkdir -p "$1"
  openssl ecparam -name secp384r1 -genkey -noout | openssl pkcs8 -topk8 -passout env:KILN_CA_PASSPHRASE -out "$1/ca.key"
  openssl req -x509 -new -key "$1/ca.key" -passin env:KILN_CA_PASSPHRASE -days 30 -subj "/CN=by hand" -out "$1/ca.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}
# leaf NODE: a key and a certificate of it there, where its database servers look.
leaf() {
  on "$1" mkdir -p /etc/ovn/by-hand
  on "$1" sh -c 'openssl ecparam -name secp384r1 -genkey -noout -out /etc/ovn/by-hand/key.pem && openssl req -new -key /etc/ovn/by-hand/key.pem -subj "/CN=$0"' "$1" |
    openssl x509 -req -CA pki/ca.pem -CAkey pki/ca.key -passin env:KILN_CA_PASSPHRASE -days 30 2> /dev/null |
    on "$1" sh -c 'cat > /etc/ovn/by-hand/cert.pem'
  on "$1" sh -c 'cat > /etc/ovn/by-hand/ca.pem' < pki/ca.pem
}
options() {
  local database options=
  for database in nb sb; do
    options+=" --db-$database-addr=$(address "$1") --db-$database-cluster-local-addr=$(address "$1") --db-$database-cluster-local-proto=ssl"
    options+=" --db-$database-create-insecure-remote=no --db-$database-election-timer=4000"
    [ "$1" = n1 ] || options+=" --db-$database-cluster-remote-addr=$(address n1) --db-$database-cluster-remote-proto=ssl"
    options+=" --ovn-$database-db-ssl-key=/etc/ovn/by-hand/key.pem --ovn-$database-db-ssl-cert=/etc/ovn/by-hand/cert.pem --ovn-$database-db-ssl-ca-cert=/etc/ovn/by-hand/ca.pem"
  done
  echo "OVN_CTL_OPTS=\"$options\""
}
status() { on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3"; }
connected() {
  [[ $(status "$1" nb OVN_Northbound) == *"Status: cluster member"* && $(status "$1" sb OVN_Southbound) == *"Status: cluster member"* ]]
}
cluster_ids() { status n1 nb OVN_Northbound | grep '^Cluster ID'; status n1 sb OVN_Southbound | grep '^Cluster ID'; }
server_ids() { for node in n1 n2 n3; do status "$node" nb OVN_Northbound | grep '^Server ID'; status "$node" sb OVN_Southbound | grep '^Server ID'; done; }
servers_started() { for node in n1 n2 n3; do on "$node" systemctl show -p MainPID --value ovn-ovsdb-server-nb ovn-ovsdb-server-sb; done; }
rows() { dumped "$1" nb OVN_Northbound "$2" _uuid name; }
said() { tr -s '[:space:]' ' ' <<< "$output"; }
adopting() { # DIR: with this authority
  sed -i '/^adopt = /d; /^mode = /d' "$file"
  sed -i "s/^name = \"lab\"\$/&\nadopt = true/; s/^dir = .*/mode = \"provided\"\ndir = \"$1\"/" "$file"
}

@test "without adopt nothing of it is touched, and the choice is named" {
  servers_started > before
  run apply
  [[ $(said) == *'is of a cluster that kiln did not make: `adopt = true` in [cluster] takes it over, with its rows'* ]]
  servers_started | diff before -
  run ! on n1 test -e /etc/kiln/ovn-nb.env
}

@test "with another authority its members are not restarted, and the choice is named" {
  # No host trusts anybody yet, as before the first apply.
  trust_nobody
  adopting pki-of-others
  servers_started > before
  run apply
  [[ $(said) == *"its members would not trust kiln's"*'give [ca] the authority that they have'* ]] || { tail -n 40 <<< "$output"; return 1; }
  servers_started | diff before -
  trust_nobody
}
trust_nobody() { for node in n1 n2 n3; do on "$node" rm -rf /etc/kiln/pki; done; }

@test "with its own authority it is taken over, although kiln is killed on the way: the same clusters and servers, all rows" {
  cluster_ids > ids
  server_ids >> ids
  for table in Logical_Switch Logical_Router; do rows n2 "$table"; done > rows.before
  adopting pki
  "$KILN" apply "$file" --auto-approve > log 2>&1 &
  pid=$!
  eventually 120 grep -qE 'n1 .*did restart ovn-ovsdb-server-nb' log
  kill -KILL "$pid"
  wait "$pid" || true
  run -0 apply
  { cluster_ids; server_ids; } | diff ids -
  for table in Logical_Switch Logical_Router; do rows n2 "$table"; done | diff rows.before -
  for node in n1 n2 n3; do
    [[ $(on "$node" sh -c 'tr "\0" " " < /proc/$(systemctl show -p MainPID --value ovn-ovsdb-server-nb)/cmdline') == *"--private-key=/etc/kiln/pki/ovn-northbound/key.pem"* ]]
  done
  [ "$(on n1 ovn-nbctl get Logical_Switch ls1 external_ids:made-by)" = alice ]
  [ "$(chassis)" = "n1 n2 n3" ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "without adopt nothing changes any more" {
  sed -i '/^adopt = true$/d' "$file"
  assert_converged
}
