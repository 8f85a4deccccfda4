# shellcheck shell=bash disable=SC2016,SC2153,SC2154
#
# What hosts trust is replaced by another authority: both are trusted first, and the network goes on.

# shellcheck source=common.bash
load common

setup_file() { lab_deployed; }
teardown_file() { lab_teardown; }
setup() { the_file; }

# only_new: hosts trust pki/ca.pem and nobody else, and every certificate, in its file and served, is of it.
only_new() {
  local node port
  for node in n1 n2 n3; do
    on "$node" cat /etc/kiln/pki/ca.pem | cmp - pki/ca.pem
    on "$node" sh -c 'for f in /etc/kiln/pki/*/cert.pem; do openssl verify -CAfile /etc/kiln/pki/ca.pem "$f" || exit 1; done'
    for port in 6641 6642 6643 6644; do
      { openssl s_client -connect "$(address "$node"):$port" -CAfile pki/ca.pem < /dev/null 2> /dev/null || true; } | grep -q 'Verify return code: 0 (ok)'
    done
  done
}

@test "whoever lost the key of the authority replaces it on purpose, and no packet is lost" {
  rm pki/ca.key
  run -0 kiln plan "$file" --detailed-exitcode
  shows "has ca.pem but no ca.key: nothing is signed"
  on n2 rm /etc/kiln/pki/ovn-northd
  run -4 apply
  shows "if it is lost, move ca.pem away and replace the authority: kiln apply --new-authority"
  before=$(on n1 sha256sum /etc/kiln/pki/ca.pem)
  mv pki/ca.pem old.pem
  lab cut n3
  run -4 apply --new-authority
  shows "n3 has not said whom it trusts, and would be cut off"
  [ "$before" = "$(on n1 sha256sum /etc/kiln/pki/ca.pem)" ]
  lab heal n3
  eventually 120 kiln plan "$file"
  ping_begins n1 vm1 172.16.255.22
  run -0 apply --new-authority
  shows "write*trust the authority of lab, and the one that signed the certificates of now*more is to do now"
  [[ ${output%%more is to do now*} != *check/1* && ${output#*more is to do now} == *check/1* ]]
  ping_ends n1
  run -0 only_new
  assert_converged
  # Where the one before it is still in a folder, it signs nothing.
  mkdir -p first && cp "$file" first/ && cp -r pki first/
  cp old.pem first/pki/ca.pem
  run -0 kiln plan "first/$file"
  shows "made at $(hostname):$PWD/pki, and "
}

@test "one that is replaced and killed in the middle is replaced by the next apply" {
  rm -r pki
  "$KILN" apply "$file" --auto-approve --new-authority > killed.log 2>&1 &
  kiln=$!
  eventually 120 logged "did write the authority's certificate" killed.log
  kill -KILL "$kiln"
  wait "$kiln" || true
  run kiln plan "$file"
  [ "$status" -lt 3 ]
  run -0 apply --new-authority
  run -0 only_new
  assert_converged
}

@test "between its rounds, the folder of the old one takes nothing back, and what one host alone trusts is spread to nobody" {
  rm -rf old && mkdir old && cp "$file" old/ && cp -r pki old/
  rm -r pki
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=evil" -keyout evil.key -out evil.pem 2> /dev/null
  { echo '!'; cat evil.pem; } | on n3 sh -c 'cat > /etc/kiln/pki/ca.pem'
  "$KILN" apply "$file" --auto-approve --new-authority > killed.log 2>&1 &
  kiln=$!
  eventually 120 logged "more is to do now" killed.log
  kill -KILL "$kiln"
  wait "$kiln" || true
  for node in n1 n2; do run ! on "$node" sh -c 'openssl crl2pkcs7 -nocrl -certfile /etc/kiln/pki/ca.pem | openssl pkcs7 -print_certs -noout | grep evil'; done
  on n2 rm /etc/kiln/pki/ovn-northd
  run -4 kiln apply "old/$file" --auto-approve
  shows "nobody's trust is changed"
  run -0 apply
  run -0 only_new
  assert_converged
}
logged() { grep -qE "$1" "$2"; }
