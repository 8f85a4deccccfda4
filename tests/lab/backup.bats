# shellcheck shell=bash disable=SC2016,SC2154
#
# Backups of both databases are consistent and can be opened, also while others write; rows that were destroyed come
# back as they were.

# shellcheck source=common.bash
load common

setup_file() {
  lab_deployed
  kiln backup "$file" > backup.log 2>&1 || { cat backup.log >&2; return 1; }
}
teardown_file() { lab_teardown; }
setup() { the_file; }

# The backup that setup_file made.
first() { printf '%s\n' backups/lab-* | head -n 1; }
# northbound: every row that users make, with uuids and all columns that are not of the moment.
northbound() {
  local table
  for table in Logical_Switch Logical_Switch_Port ACL Address_Set Connection; do
    on n1 ovn-nbctl --format=csv --no-headings list "$table" | sed 's/is_connected.*//' | sort
  done
}
lsps() { on n1 ovn-nbctl --format=csv --no-headings --columns=_uuid,name,addresses,port_security,external_ids list Logical_Switch_Port | sort; }
row_count() { on n1 ovn-nbctl --bare --columns=_uuid list "$1" | grep -c .; }
opened() { # FILE SCHEMA: on a host, whose ovsdb-tool reads it whole
  on n1 sh -c 'cat > /root/copy.db; ovsdb-tool -vconsole:off query /root/copy.db "[\"$1\", {\"op\": \"select\", \"table\": \"Connection\", \"where\": []}]"' - "$2" < "$1"
}

@test "a backup is a folder for nobody else, with what it says" {
  run -0 stat -c '%a' "$(first)" "$(first)/backup.json" "$(first)/OVN_Northbound.db" "$(first)/OVN_Southbound.db"
  [ "$output" = $'700\n600\n600\n600' ]
  [ "$(field cluster < "$(first)/backup.json")" = lab ]
  [ "$(field databases.0.sha256 < "$(first)/backup.json")" = "$(sha256sum < "$(first)/OVN_Northbound.db" | cut -d' ' -f1)" ]
  run -0 opened "$(first)/OVN_Northbound.db" OVN_Northbound
  [[ $output == *pssl:6641* ]]
  run -0 opened "$(first)/OVN_Southbound.db" OVN_Southbound
  [[ $output == *pssl:6642* ]]
  run ! on n1 sh -c 'ls -d /var/lib/ovn/.kiln-copy-*'
  assert_converged
}

@test "what is as in the backup is not touched" {
  run -0 kiln restore "$(first)" "$file" --db nb --json
  [[ $output == *'"mutations": 0'* ]]
}

@test "without the cluster's name nothing is changed" {
  before=$(lsps)
  on n1 ovn-nbctl lsp-del ls1-vm2
  run -4 kiln restore "$(first)" "$file" --db nb
  [[ $output == *"Logical_Switch_Port"*"--name was not given"*"nothing was changed"* ]]
  run -4 kiln restore "$(first)" "$file" --db nb --name other
  [ "$(lsps | wc -l)" = 1 ]
  run -0 kiln restore "$(first)" "$file" --db nb --name lab
  [ "$before" = "$(lsps)" ]
}

@test "rows that were destroyed come back under their uuids, what was changed is as it was, what is new goes" {
  before=$(lsps)
  on n1 ovn-nbctl -- ls-del ls1 -- ls-add other -- lsp-add other other1 -- set NB_Global . options:mac_prefix=0a:00:77
  eventually 60 ping_fails n1 vm1 172.16.255.22
  run -0 kiln restore "$(first)" "$file" --name lab --db nb
  [[ $output == *"what is there now is in backups/lab-"*"nothing remains"* ]]
  [ "$before" = "$(lsps)" ]
  [ "$(on n1 ovn-nbctl --bare --columns=name list Logical_Switch)" = ls1 ]
  [ "$(on n1 ovn-nbctl get NB_Global . options:mac_prefix)" != '"0a:00:77"' ]
  eventually 120 ping_works n1 vm1 172.16.255.22
  assert_converged
}

@test "both databases: chassis and ports are back, and the network works" {
  on n1 sh -c 'ovn-sbctl chassis-del n2; ovn-nbctl ls-del ls1'
  run -0 kiln restore "$(first)" "$file" --name lab
  [[ $output == *OVN_Southbound*"nothing remains"* ]]
  eventually 120 ping_works n1 vm1 172.16.255.22
  [ "$(on n1 ovn-sbctl --bare --columns=name list Chassis | sort | xargs)" = "n1 n2 n3" ]
  eventually 120 kiln plan "$file" --detailed-exitcode
  assert_converged
}

ended() { ! on "$1" systemctl is-active --quiet "$2"; } # NODE UNIT

@test "a backup while others write can be opened and restored, and holds every row up to a moment" {
  on n1 sh -c 'echo "i=0; while [ ! -e /root/enough ]; do i=\$((i + 1)); ovn-nbctl lsp-add ls1 w\$i || exit 1; done" > /root/writer
    systemd-run --quiet --unit=kiln-writer sh /root/writer'
  eventually 60 on n1 ovn-nbctl get Logical_Switch_Port w5 name
  run -0 kiln backup "$file" --out busy --json
  on n1 touch /root/enough
  eventually 120 ended n1 kiln-writer
  folder=$(field folder <<< "$output")
  run -0 opened "$folder/OVN_Northbound.db" OVN_Northbound
  kiln restore "$folder" "$file" --db nb --name lab > restore.log 2>&1
  # w1 to wN without a hole, and each of them in the switch.
  names=$(on n1 ovn-nbctl --bare --columns=name list Logical_Switch_Port | sed -n 's/^w//p' | sort -n)
  count=$(wc -w <<< "$names")
  [ "$count" -ge 5 ]
  [ "$names" = "$(seq "$count")" ]
  [ "$(on n1 ovn-nbctl lsp-list ls1 | grep -c '(w')" = "$count" ]
  run -0 kiln restore "$(first)" "$file" --db nb --name lab
  [ "$(row_count Logical_Switch_Port)" = 2 ]
  assert_converged
}

@test "a backup that is killed leaves none, and one in its place is whole" {
  for seconds in 0.2 0.5 0.8; do timeout -s KILL "$seconds" "$KILN" backup "$file" --out killed > /dev/null 2>&1 || true; done
  for folder in killed/*; do
    [ ! -e "$folder" ] || [ -e "$folder/backup.json" ]
  done
  run -0 kiln backup "$file" --out killed
  [ -z "$(find killed -name '*.part')" ]
  # The host's half of a copy that nobody takes goes away with the connection.
  eventually 60 on n1 sh -c '! ls -d /var/lib/ovn/.kiln-copy-* 2> /dev/null'
}

@test "another cluster's backup, a file that has changed and a newer schema are refused" {
  cp -r "$(first)" theirs
  sed -i 's/"cluster": "lab"/"cluster": "other"/' theirs/backup.json
  run -1 kiln restore theirs "$file" --name lab
  [[ $output == *'is of the cluster `other`'*"nothing was changed"* ]]
  cp -r "$(first)" changed
  sed -i 's/ls1-vm1/ls1-vm9/' changed/OVN_Northbound.db
  run -1 kiln restore changed "$file" --name lab
  [[ $output == *"has changed since it was made"*"nothing was changed"* ]]
  cp -r "$(first)" newer
  python3 - newer <<'PY'
import hashlib, json, pathlib, re, sys
folder = pathlib.Path(sys.argv[1])
path = folder / "OVN_Northbound.db"
head, rest = path.read_bytes().split(b"\n", 1)
schema, rows = rest[: int(head.split()[2])], rest[int(head.split()[2]):]
schema = re.sub(rb'"version":"7\.\d+\.\d+"', b'"version":"7.99.0"', schema)
path.write_bytes(b"OVSDB JSON %d %s\n" % (len(schema), hashlib.sha1(schema).hexdigest().encode()) + schema + rows)
manifest = json.loads((folder / "backup.json").read_text())
manifest["databases"][0]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
(folder / "backup.json").write_text(json.dumps(manifest))
PY
  run -1 kiln restore newer "$file" --db nb --name lab
  [[ $output == *"schema 7.99.0 is newer than the running"*"upgrade OVN first"* ]]
  assert_converged
}

@test "a member that is down is not asked, and without a majority there is no backup" {
  lab kill n1
  run -0 kiln backup "$file" --out without-n1 --json
  [[ $output != *'"member": "n1"'* ]]
  lab kill n2
  run -1 kiln backup "$file" --out without-two
  [[ $output == *"there is no backup"* ]]
  [ -z "$(ls -A without-two)" ]
  lab start n1 n2
  eventually 120 kiln plan "$file" --detailed-exitcode
}
