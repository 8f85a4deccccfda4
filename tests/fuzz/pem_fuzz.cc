// Certificates and certificate requests of hosts. What was read has a normal form that reads the same. An
// input that begins with `0`, the tag of an ASN.1 sequence, is DER, and is put into PEM first.

#include <openssl/evp.h>

#include "base/assert.h"
#include "fuzz.h"
#include "pki/certificate.h"
#include "pki/request.h"

namespace kiln::pki {
namespace {

std::string pem_of(const std::string& der, const std::string& sort) {
  std::string base64((der.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                      reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()));
  base64.resize(static_cast<std::size_t>(length));
  std::string pem = "-----BEGIN " + sort + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + '\n';
  return pem + "-----END " + sort + "-----\n";
}

void check_certificates(const std::string& pem) {
  const auto first = read_certificate(pem);
  const auto all = read_certificates(pem);
  KILN_ASSERT(!all || (first && *first == all->front()));
  if (!first) return;
  KILN_ASSERT(first->fingerprint.size() == 64);
  const auto again = read_certificate(first->pem);
  KILN_ASSERT(again && *again == *first);
  static_cast<void>(verify_issued_by(*first, all ? all->back() : *first, first->not_before));
}

void check_request(const std::string& pem) {
  const auto request = read_request(pem);
  if (!request) return;
  const auto again = read_request(request->pem);
  KILN_ASSERT(again && *again == *request);
}

}  // namespace
}  // namespace kiln::pki

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::pki;
  const std::string input = kiln::fuzz::text_of(data, size);
  const bool der = input.starts_with('0');
  check_certificates(der ? pem_of(input, "CERTIFICATE") : input);
  check_request(der ? pem_of(input, "CERTIFICATE REQUEST") : input);
  return 0;
}
