# shellcheck shell=bash disable=SC2016,SC2154
#
# `kiln import` writes the file of what hosts run: of a deployment that kiln has made (n1 to n3) nothing is left to
# change, and one that was made by hand (n4) becomes kiln's with its rows.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 4
  deployment
  sed -i '/^\[nodes.n4\]$/,$d' "$file"
  cat >> "$file" <<'TOML'
[logging.ovn-controller]
levels = ["pinctrl:file:dbg"]
TOML
  sed -i 's/^election-timer-ms = 4000$/&\ninactivity-probe-ms = 30000\nnorthd-threads = 2/' "$file"
  deployed
}
teardown_file() { lab_teardown; }
setup() { the_file; }

import() { kiln import --force --ssh-known-hosts "$(lab path)/known_hosts" --ssh-identity "$(lab path)/key" "$@"; }

@test "of a deployment of kiln's nothing is left to change" {
  run -0 import --host "$(address n1)" --host "$(address n2)" --host "$(address n3)" imported.toml
  run ! grep -q '^adopt' imported.toml
  kiln validate imported.toml
  kiln fmt --check imported.toml
  kiln plan imported.toml --detailed-exitcode
  report=$(kiln apply imported.toml --auto-approve --json)
  [ "$(field mutations <<< "$report")" = 0 ]
}

@test "a host that does not answer leaves no file" {
  lab kill n3
  run -1 import --host "$(address n1)" --host "$(address n3)" silent.toml
  [[ $output == *"$(address n3)"*"nothing was written"* ]]
  [ ! -e silent.toml ]
  lab start n3
}

@test "a deployment made by hand: the file says what is there, and what stays outside" {
  on n4 systemctl start openvswitch-switch ovn-central
  eventually 60 on n4 ovn-nbctl --timeout=5 --columns=_uuid list NB_Global
  on n4 sh -c 'ovn-nbctl --wait=sb ls-add web -- lsp-add web web-a -- lsp-set-addresses web-a "02:ac:10:00:00:01 10.9.0.1" \
      -- lsp-add web web-lr -- lsp-set-type web-lr router -- lsp-set-addresses web-lr router -- lsp-set-options web-lr router-port=lr-web \
      -- lr-add lr -- lrp-add lr lr-web 02:ac:10:00:00:ff 10.9.0.254/24 && ovn-nbctl set-connection ptcp:6641 && ovn-sbctl set-connection ptcp:6642
    ovs-vsctl set open . external-ids:system-id=box4 external-ids:ovn-remote=tcp:127.0.0.1:6642 external-ids:ovn-encap-type=geneve \
      external-ids:ovn-encap-ip='"$(address n4)"' external-ids:ovn-bridge-datapath-type=netdev -- add-br br-ex -- set bridge br-ex datapath_type=netdev
    echo box4 > /etc/openvswitch/system-id.conf; systemctl start ovn-host'
  eventually 60 on n4 sh -c 'ovn-sbctl --bare --columns=name list Chassis | grep -qx box4'
  run -0 import --name hand --host "$(address n4)" hand.toml
  grep -q '^adopt = true$' hand.toml
  grep -q '^\[nodes.box4\]$' hand.toml
  grep -q '^services = \["central", "chassis", "switch"\]$' hand.toml
  grep -q '^\[nodes.box4.bridges.br-ex\]$' hand.toml
  grep -q '^\[switches.web.ports.a\]$' hand.toml
  grep -q '^# .*port `web-lr` of web (type router)' hand.toml
  grep -q '^# .*1 row of Logical_Router\.' hand.toml
}

@test "its plan puts marks on what the file names, and its apply keeps the rows" {
  file=hand.toml
  changes > seen
  [ "$(grep -E '^(logical-switch|logical-switch-port|bridge)/' seen)" = "$(printf '%s\n' 'bridge/box4/br-ex kiln-owner None hand:bridge/box4/br-ex' \
    'bridge/box4/br-int kiln-owner None hand:bridge/box4/br-int' \
    'logical-switch/web kiln-owner None hand:logical-switch/web' 'logical-switch-port/web/a kiln-owner None hand:logical-switch-port/web/a')" ] ||
    { cat seen; false; }
  on n4 sh -c 'ovn-nbctl -f csv list Logical_Router_Port; ovn-nbctl -f csv --columns=_uuid,name,addresses,type list Logical_Switch_Port | sort' > before
  apply
  on n4 sh -c 'ovn-nbctl -f csv list Logical_Router_Port; ovn-nbctl -f csv --columns=_uuid,name,addresses,type list Logical_Switch_Port | sort' | diff before -
  [ "$(on n4 ovn-sbctl --bare --columns=name list Chassis)" = box4 ]
  assert_converged
  sed -i '/^adopt = true$/d' hand.toml
  assert_converged
}
