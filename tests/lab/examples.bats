# shellcheck shell=bash disable=SC2016,SC2154
#
# examples/three-nodes.toml and examples/primer.toml on real hosts, with these hosts' addresses and the userspace
# datapath's bridge; single-node.toml is applied in local.bats.

# shellcheck source=common.bash
load common

setup_file() { lab_setup --nodes 3; }
teardown_file() { lab_teardown; }
setup() { the_file; }

# fitted EXAMPLE: the example as kiln.toml, with what differs from host to host taken from the lab.
fitted() {
  lab toml > hosts.toml
  python3 - "$root/examples/$1.toml" hosts.toml "$file" <<'PY'
import re, sys, tomllib
example, lab = open(sys.argv[1]).read(), open(sys.argv[2]).read()
hosts = list(tomllib.loads(lab)["nodes"].values())
ssh = lab[:lab.index("[nodes.")]
example = re.sub(r"(?m)^\[ssh\]\n(?:(?!\[).*\n)*", lambda _: ssh, example)
def node(match):
    name, body, host = match[1], match[2], hosts.pop(0)
    body = re.sub(r"(?m)^(address|encap|ssh) = .*\n", "", body).rstrip("\n")
    return (f'[nodes.{name}]\naddress = "{host["address"]}"\nencap = {{ ip = "{host["encap"]["ip"]}" }}\n{body}\n\n'
            f'[nodes.{name}.bridges.br-phys]\ndatapath = "netdev"\nport = "eth1"\n'
            f'address = "{host["bridges"]["br-phys"]["address"]}"\n\n')
open(sys.argv[3], "w").write(re.sub(r"(?m)^\[nodes\.(\w+)\]\n((?:(?!\[).*\n)*)", node, example))
PY
}

@test "three-nodes.toml" {
  fitted three-nodes
  on n1 useradd -m admin
  run -0 apply
  [[ $output == *"1 check passed"* ]]
  ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "primer.toml, on fresh hosts: port security drops what is forged" {
  lab down
  lab up --nodes 3
  rm -rf pki "$XDG_STATE_HOME"
  fitted primer
  run -0 apply
  [[ $output == *"passed"* ]]
  ping_works n2 vm1 172.16.255.22
  on n2 ip -n vm1 link set dev eth0 address 02:00:00:00:66:66
  eventually 120 ping_fails n2 vm1 172.16.255.22
  run -0 apply
  eventually 120 ping_works n2 vm1 172.16.255.22
  assert_converged
}
