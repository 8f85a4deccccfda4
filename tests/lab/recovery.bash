# shellcheck shell=bash
# What the suites of `kiln recover` ask a node.

# members NODE nb|sb SCHEMA: how many servers the one there lists.
members() { on "$1" ovn-appctl -t "/run/ovn/ovn$2_db.ctl" cluster/status "$3" | sed -n 's/.* at ssl:\([0-9.]*\):.*/\1/p' | sort -u | wc -l; }
switches() { on "$1" ovn-nbctl --bare --columns=name list Logical_Switch | sort | xargs; }
without_majority() { ! on "$1" timeout 5 ovn-nbctl --no-leader-only ls-list > /dev/null 2>&1; }
# logged PATTERN FILE: what a kiln in the background has said.
logged() { grep -qE "$1" "$2"; }
