# shellcheck shell=bash disable=SC2016,SC2154
#
# Where tunnels end: several endpoints on a chassis, other types, and chassis that are cards of other machines.

# shellcheck source=common.bash
load common

setup_file() {
  lab_setup --nodes 2
  deployment
  deployed
  # A second network between the hosts, beside the underlay's.
  for number in 1 2; do on "n$number" ip address add "10.99.0.1$number/24" dev br-phys; done
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# encaps NODE: what the southbound has of the chassis, "geneve 10.0.1.11"
encaps() { on n1 ovn-sbctl --format=csv --no-headings --columns=type,ip find Encap chassis_name="$1" | tr -d '"' | tr , ' ' | sort; }
endpoint() { sed -n "/^\[nodes\.$1\]/,/^\[nodes\.$1\.b/s/^encap = { ip = \"\([^\"]*\)\".*/\1/p" "$file"; }
leads_to() { on "$1" ovs-vsctl --bare --columns=options find Interface type=geneve | grep -q "remote_ip=\"*$2"; } # NODE IP
leads_not_to() { ! leads_to "$@"; }
started() { on "$1" systemctl show -p MainPID -p ExecMainStartTimestampMonotonic --value ovn-controller; }

@test "a second endpoint is told and registered, and tunnels lead there; the controllers go on" {
  before=$(started n1; started n2)
  first=$(endpoint n2)
  sed -i "s/encap = { ip = \"$first\" }/encap = { ip = \"$first\", ips = [\"$first\", \"10.99.0.12\"] }/" "$file"
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"external_ids:ovn-encap-ip"* && $output != *chassis/n1* ]]
  run -0 apply
  [ "$(encaps n2)" = "$(printf 'geneve %s\n' "$first" 10.99.0.12 | sort)" ]
  [ "$(on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-encap-ip-default)" = "\"$first\"" ]
  eventually 120 leads_to n1 10.99.0.12
  eventually 120 ping_works n1 vm1 172.16.255.22
  [ "$before" = "$(started n1; started n2)" ]
  assert_converged
}

@test "an endpoint that the node does not have is refused before anything is changed" {
  cp "$file" good.toml
  sed -i 's/10\.99\.0\.12/10.99.0.99/' "$file"
  run -3 kiln plan "$file"
  [[ $output == *"n2 does not have the encap address 10.99.0.99"* ]]
  mv good.toml "$file"
}

@test "drift of the list is found, and its order is none" {
  list=$(on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-encap-ip | tr -d '"')
  on n2 ovs-vsctl set Open_vSwitch . "external_ids:ovn-encap-ip=\"${list#*,},${list%,*}\""
  assert_converged
  on n2 ovs-vsctl set Open_vSwitch . "external_ids:ovn-encap-ip=\"${list%,*}\""
  run -2 kiln plan "$file" --detailed-exitcode
  run -0 apply
  assert_converged
}

@test "it goes back to one endpoint: its rows go, and the tunnels to it" {
  sed -i 's/, ips = \[[^]]*\]//' "$file"
  run -0 apply
  [ "$(encaps n2)" = "geneve $(endpoint n2)" ]
  run ! on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-encap-ip-default
  eventually 120 leads_not_to n1 10.99.0.12
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "a type that only one end has is refused; types that both have make tunnels" {
  cp "$file" good.toml
  sed -i "s/\(encap = { ip = \"$(endpoint n1)\"\) }/\1, types = [\"vxlan\"] }/" "$file"
  run -3 kiln plan "$file"
  [[ $output == *"no tunnel can be between node"* ]]
  cp good.toml "$file"
  sed -i 's/\(encap = { ip = "[^"]*"\) }/\1, types = ["geneve", "vxlan"] }/' "$file"
  run -0 apply
  [ "$(encaps n1 | cut -d' ' -f1 | xargs)" = "geneve vxlan" ]
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
  cp good.toml "$file"
  run -0 apply
  [ "$(encaps n1)" = "geneve $(endpoint n1)" ]
  assert_converged
}

# card NODE SERIAL: devlink and lspci print there what they print on the Arm cores of such a card.
card() {
  on "$1" sh -c 'cat > /usr/local/share/devlink-ports
    [ -e /usr/local/share/devlink ] || mv /usr/sbin/devlink /usr/local/share/devlink
    printf "#!/bin/sh\ncat /usr/local/share/devlink-ports\n" > /usr/sbin/devlink
    printf "#!/bin/sh\n[ \"\$3\" = 0000:03:00.0 ] && cat /usr/local/share/card\n" > /usr/sbin/lspci
    chmod +x /usr/sbin/devlink /usr/sbin/lspci' <<'JSON'
{"port":{"pci/0000:03:00.0/65535":{"type":"eth","netdev":"p0","flavour":"physical","port":0},
"pci/0000:03:00.0/196608":{"type":"eth","netdev":"pf0hpf","flavour":"pcipf","controller":1,"pfnum":0,"external":true}}}
JSON
  on "$1" sh -c 'cat > /usr/local/share/card' <<LSPCI
03:00.0 Ethernet controller: Mellanox Technologies MT42822 BlueField-2 integrated ConnectX-6 Dx network controller
	Capabilities: [48] Vital Product Data
		Read-only fields:
			[PN] Part number: MBF2H332A-AENOT
			[SN] Serial number: $2
LSPCI
}
options_are() { # NODE LIST: in the southbound
  [ "$(on n1 ovn-sbctl get Chassis "$1" other_config:ovn-cms-options | tr -d '"')" = "$2" ]
}

@test "a host that is no card has no such options" {
  run ! on n2 ovs-vsctl get Open_vSwitch . external_ids:ovn-cms-options
}

@test "a card tells its serial number, beside what others wrote there" {
  on n2 ovs-vsctl set Open_vSwitch . external_ids:ovn-cms-options=enable-chassis-as-gw
  before=$(started n2)
  card n2 MT2113X00000
  run -0 apply
  eventually 120 options_are n2 enable-chassis-as-gw,card-serial-number=MT2113X00000
  assert_converged
  card n2 MT2113X00001
  run -0 apply
  eventually 120 options_are n2 enable-chassis-as-gw,card-serial-number=MT2113X00001
  [ "$before" = "$(started n2)" ]
  assert_converged
}

@test "a card that tells no serial number is put off with the reason" {
  on n2 rm /usr/sbin/lspci
  run -2 kiln plan "$file" --detailed-exitcode
  [[ $output == *"pciutils"* ]]
}

@test "what is no card any more loses the number, and nothing else" {
  on n2 mv /usr/local/share/devlink /usr/sbin/devlink
  run -0 apply
  eventually 120 options_are n2 enable-chassis-as-gw
  on n2 ovs-vsctl remove Open_vSwitch . external_ids ovn-cms-options
  assert_converged
}

@test "a chassis that leaves forgets all of it, and what others wrote stays" {
  on n2 ovs-vsctl set Open_vSwitch . external_ids:ovn-cms-options=enable-chassis-as-gw
  card n2 MT2113X00000
  first=$(endpoint n2)
  sed -i "s/encap = { ip = \"$first\" }/encap = { ip = \"$first\", ips = [\"$first\", \"10.99.0.12\"] }/" "$file"
  run -0 apply
  run -0 kiln destroy "$file" --name lab
  # Open vSwitch is stopped, and its database is there.
  on n2 ovsdb-tool query /etc/openvswitch/conf.db \
    '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["external_ids"]}]' > left.json
  grep -q '"ovn-cms-options","enable-chassis-as-gw"' left.json
  run ! grep -E 'ovn-encap|ovn-remote|card-serial-number' left.json
}
