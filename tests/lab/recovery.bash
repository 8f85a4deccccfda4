# shellcheck shell=bash
# What the suites of `kiln recover` ask a node.

# members NODE nb|sb SCHEMA: how many servers the one there lists.
members() { on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3" | sed -n 's/.* at ssl:\([0-9.]*\):.*/\1/p' | sort -u | wc -l; }
switches() { on "$1" ovn-nbctl --bare --columns=name list Logical_Switch | sort | xargs; }
without_majority() { ! on "$1" timeout 5 ovn-nbctl --no-leader-only ls-list > /dev/null 2>&1; }
# logged PATTERN FILE: what a kiln in the background has said.
logged() { grep -qE "$1" "$2"; }

# state NODE STATE: what the file says of it; "" takes the line away.
state() {
  sed -i "/^\[nodes\.$1\]\$/,/^\$/{/^state = /d}" "$file"
  [ -z "$2" ] || sed -i "s/^\[nodes\.$1\]\$/&\nstate = \"$2\"/" "$file"
}
cluster_id() { on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3" | sed -n 's/^Cluster ID: .*(\(.*\))/\1/p'; }
is_reached() { on "$1" ovn-appctl -t ovn-controller connection-status | grep -qx connected; }
northd_works() { on n1 timeout 10 ovn-nbctl --wait=sb sync; }
# lost NODE...: their power is off, and the file says that it stays off.
lost() {
  local node
  lab kill "$@"
  for node; do state "$node" dead; sed -i "/^\[workloads.*\]\$/,/^\$/s/^node = \"$node\"/node = \"n1\"/" "$file"; done
}
# rejoined: the machines come back empty, and are centrals as before.
rejoined() {
  local node
  lab start n2 n3
  for node in n2 n3; do
    on "$node" sh -c 'systemctl stop ovn-central; rm -f /var/lib/ovn/ovn?b_db.db'
    state "$node" ""
  done
  cp whole.toml "$file"
  run -0 apply
  [ "$(members n1 nb OVN_Northbound)" = 3 ] && [ "$(members n1 sb OVN_Southbound)" = 3 ]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}
