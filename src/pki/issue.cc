#include "pki/issue.h"

#include <algorithm>

#include "base/address.h"
#include "base/assert.h"
#include "base/text.h"

namespace kiln::pki {
namespace {

constexpr std::size_t kLongestName = 64;   ///< ub-common-name, ub-organizational-unit-name (RFC 5280, A.1)
constexpr std::size_t kLongestLabel = 63;  ///< RFC 1035, 2.3.4
constexpr std::size_t kLongestDns = 253;   ///< 255 octets with lengths and root
constexpr std::size_t kSerialOctets = 16;

using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Name = std::unique_ptr<GENERAL_NAME, Deleter<GENERAL_NAME_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

/// `value` is in the notation of x509v3_config(5) and made of constants: no name comes in this way.
Result<> add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    return openssl_error(ErrorCode::failed, "cannot add the extension `" + std::string(value) + '`');
  return {};
}

bool is_dns_label(const std::string& label) {
  return !label.empty() && label.size() <= kLongestLabel && std::ranges::all_of(label, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// RFC 5280, 4.2.1.6; `_` is not a host name's, but is met in them.
bool is_dns_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestDns && name.back() != '.' &&
         std::ranges::all_of(split(name, '.'), is_dns_label);
}

/// Names go in as values, not as text in a configuration, so that no comma in them means anything.
Result<> push_name(GENERAL_NAMES* names, int type, const std::string& text) {
  Name name(a2i_GENERAL_NAME(nullptr, nullptr, nullptr, type, text.c_str(), 0));
  if (!name || sk_GENERAL_NAME_push(names, name.get()) == 0)
    return openssl_error(ErrorCode::failed, "cannot put `" + shown(text) + "` into a certificate");
  static_cast<void>(name.release());  // it is part of `names` now
  return {};
}

Result<> add_alternative_names(X509* certificate, const CertificateShape& shape) {
  const Names names(sk_GENERAL_NAME_new_null());
  for (const std::string& dns : shape.dns_names) {
    if (!is_dns_name(dns))
      return fail(ErrorCode::failed, "`" + shown(dns) + "` cannot be a DNS name in a certificate, expected " +
                                         "labels of letters, digits, `-` and `_` with dots between them");
    KILN_TRY(push_name(names.get(), GEN_DNS, dns));
  }
  for (const std::string& ip : shape.ip_addresses) {
    const auto address = IpAddress::parse(ip);
    if (!address || address->text != ip)  // it would be read back as another text, and differ for ever
      return fail(ErrorCode::failed, "`" + shown(ip) + "` cannot be an address in a certificate, expected " +
                                         (address ? '`' + address->text + '`' : "IPv4 or IPv6"));
    KILN_TRY(push_name(names.get(), GEN_IPADD, ip));
  }
  if (sk_GENERAL_NAME_num(names.get()) == 0) return {};
  if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) != 1)
    return openssl_error(ErrorCode::failed, "cannot add the alternative names");
  return {};
}

Result<> add_usages(X509* certificate, const std::vector<Usage>& usages) {
  std::vector<std::string> words;
  for (const Usage usage : usages) words.emplace_back(usage == Usage::server ? "serverAuth" : "clientAuth");
  if (words.empty()) return {};
  return add_extension(certificate, nullptr, NID_ext_key_usage, join(words, ",").c_str());
}

/// The digest that is as strong as the key; none for keys that have their own.
const EVP_MD* digest_for(const EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  if (kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448) return nullptr;
  if (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) > 384) return EVP_sha512();
  return kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
}

}  // namespace

Result<X509Certificate> new_certificate(Random& random) {
  const std::string bytes = random.bytes(kSerialOctets);
  KILN_ASSERT(bytes.size() == kSerialOctets);
  X509Certificate certificate(X509_new());
  const Number serial(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), kSerialOctets, nullptr));
  if (serial && BN_is_zero(serial.get())) BN_set_word(serial.get(), 1);
  if (!certificate || !serial || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())))
    return openssl_error(ErrorCode::failed, "cannot begin a certificate");
  return certificate;
}

Result<> add_name(X509_NAME* name, const char* field, const std::string& text) {
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));  // not a continuation
  const std::string named = "the name `" + shown(text) + "` in a certificate (" + field + ')';
  if (text.empty()) return fail(ErrorCode::failed, named + " is empty");
  if (characters > kLongestName)
    return fail(ErrorCode::failed,
                named + " has " + std::to_string(characters) + " characters, expected at most 64 (RFC 5280)");
  if (std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }))
    return fail(ErrorCode::failed, named + " has a control character");
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const int length = static_cast<int>(text.size());
  if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, length, -1, 0) != 1)
    return openssl_error(ErrorCode::failed, named + " cannot be written");
  return {};
}

Result<> set_dates(X509* certificate, TimePoint from, TimePoint until) {
  using std::chrono::system_clock;
  if (!ASN1_TIME_set(X509_getm_notBefore(certificate), system_clock::to_time_t(from)) ||
      !ASN1_TIME_set(X509_getm_notAfter(certificate), system_clock::to_time_t(until)))
    return openssl_error(ErrorCode::failed, "cannot set the dates of a certificate");
  return {};
}

Result<> add_authority_extensions(X509* certificate) {
  KILN_TRY(add_extension(certificate, nullptr, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  KILN_TRY(add_extension(certificate, nullptr, NID_key_usage, "critical,keyCertSign,cRLSign"));
  return add_extension(certificate, nullptr, NID_subject_key_identifier, "hash");
}

Result<> add_leaf_extensions(X509* certificate, X509* issuer, const CertificateShape& shape) {
  // Keys are agreed on (ECDHE) in all of TLS 1.3; only RSA could be asked to encipher one, in TLS 1.2.
  const bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA;
  const char* key_usage = rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature";
  KILN_TRY(add_extension(certificate, nullptr, NID_basic_constraints, "critical,CA:FALSE"));
  KILN_TRY(add_extension(certificate, nullptr, NID_key_usage, key_usage));
  KILN_TRY(add_usages(certificate, shape.usages));
  KILN_TRY(add_alternative_names(certificate, shape));
  KILN_TRY(add_extension(certificate, nullptr, NID_subject_key_identifier, "hash"));
  // The issuer's name and serial only where it has no key identifier itself.
  return add_extension(certificate, issuer, NID_authority_key_identifier, "keyid,issuer");
}

Result<> sign_certificate(X509* certificate, EVP_PKEY* key) {
  if (X509_sign(certificate, key, digest_for(key)) == 0)
    return openssl_error(ErrorCode::failed, "cannot sign a certificate");
  return {};
}

}  // namespace kiln::pki
