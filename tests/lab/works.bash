# shellcheck shell=bash disable=SC2016,SC2154
# What the suites of things that are written and do not work share.

# shellcheck source=common.bash
load common

setup_file() { lab_deployed; }
teardown_file() { lab_teardown; }
setup() { the_file; }
teardown() {
  lab_collect_if_failed
  as_before
}

# told TEXT [member]: nobody says that all is well, and plan, status and doctor show TEXT; of a member status and doctor have
# a place and words of their own.
told() {
  run -2 kiln plan "$file" --detailed-exitcode
  shows "$1"
  [[ $output != *"as wanted"* ]]
  run -1 apply
  shows "$1"
  run -1 kiln status "$file"
  [[ $output == *"lab: not all is well"* ]]
  [ "${2:-}" = member ] || shows "$1"
  run kiln doctor "$file"
  [ "$status" = 2 ]
  [ "${2:-}" = member ] || shows "$1"
}
well() { kiln plan "$file" --detailed-exitcode && kiln status "$file" && kiln doctor "$file"; }
# What the scenarios do to hosts, taken back, wherever one of them failed.
as_before() {
  on n3 sh -c '[ ! -e /run/foreign.ctl ] || ovn-appctl -t /run/foreign.ctl exit' || true
  on n2 sh -c '[ ! -e /run/relay.ctl ] || ovn-appctl -t /run/relay.ctl exit' || true
  on n2 ovs-vsctl remove open . external_ids ovn-encap-ip-n2 || true
  on n2 ovs-vsctl remove open . external_ids ovn-transport-zones || true
  for node in n1 n2 n3; do
    on "$node" ovn-appctl -t ovn-northd resume > /dev/null || true
    on "$node" sh -c 'ip link set eth1 up; for pid in /run/ovn/*.pid /run/openvswitch/*.pid; do kill -CONT "$(cat "$pid")"; done; nft delete table inet cut 2>/dev/null; true'
  done
}
