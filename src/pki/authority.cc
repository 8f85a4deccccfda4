#include "pki/authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>

#include "pki/openssl.h"

namespace kiln::pki {
namespace {

constexpr std::chrono::minutes kClockSkew{5};
constexpr std::size_t kLongestName = 64;  ///< ub-common-name (RFC 5280, appendix A.1)

Result<> set_serial(X509* certificate, Random& random) {
  std::string bytes = random.bytes(16);
  bytes[0] = static_cast<char>((bytes[0] & 0x7f) | 0x40);  // positive, and 128 bits long (RFC 5280, 4.1.2.2)
  using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
  const Number number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 16, nullptr));
  if (!number || !BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)))
    return openssl_error(ErrorCode::failed, "cannot set the serial number");
  return {};
}

Result<> add_name(X509_NAME* name, const char* field, const std::string& text) {
  if (text.empty()) return {};
  if (text.size() > kLongestName)
    return fail(ErrorCode::failed, "a name in a certificate holds at most 64 characters, `" + text.substr(0, 80) +
                                       "` has " + std::to_string(text.size()));
  if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                 static_cast<int>(text.size()), -1, 0) != 1)
    return openssl_error(ErrorCode::failed, "cannot put `" + text + "` into a certificate");
  return {};
}

/// `value` is in the notation of x509v3_config(5) and made by us only.
Result<> add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    return openssl_error(ErrorCode::failed, "cannot add the extension " + value);
  return {};
}

void set_dates(X509* certificate, TimePoint from, TimePoint until) {
  ASN1_TIME_set(X509_getm_notBefore(certificate), std::chrono::system_clock::to_time_t(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate), std::chrono::system_clock::to_time_t(until));
}

/// Names are put in as values, not as text in a configuration, so that no comma in them means anything.
Result<> add_alternative_names(X509* certificate, const CertificateShape& shape) {
  using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
  const Names names(sk_GENERAL_NAME_new_null());
  const auto add = [&](int type, const std::string& text) -> bool {
    GENERAL_NAME* name = a2i_GENERAL_NAME(nullptr, nullptr, nullptr, type, text.c_str(), 0);
    if (name && sk_GENERAL_NAME_push(names.get(), name) > 0) return true;
    GENERAL_NAME_free(name);
    return false;
  };
  for (const std::string& dns : shape.dns_names)
    if (!add(GEN_DNS, dns)) return openssl_error(ErrorCode::failed, "cannot put `" + dns + "` into a certificate");
  for (const std::string& ip : shape.ip_addresses)
    if (!add(GEN_IPADD, ip)) return openssl_error(ErrorCode::failed, "cannot put `" + ip + "` into a certificate");
  if (sk_GENERAL_NAME_num(names.get()) == 0) return {};
  if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) != 1)
    return openssl_error(ErrorCode::failed, "cannot add the alternative names");
  return {};
}

std::string usages_text(const std::vector<Usage>& usages) {
  std::string text;
  for (const Usage usage : usages) text += std::string(text.empty() ? "" : ",") + (usage == Usage::server ? "serverAuth" : "clientAuth");
  return text;
}

const EVP_MD* digest_for(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return nullptr;  // it has its own
  return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

/// OpenSSL asks for the passphrase; a wrong guess at a prompt is not wanted.
int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto& text = static_cast<const Secret*>(passphrase)->reveal();
  const auto length = std::min(text.size(), static_cast<std::size_t>(size));
  std::memcpy(buffer, text.data(), length);
  return static_cast<int>(length);
}

Result<std::string> encrypted(EVP_PKEY* key, const Secret& passphrase) {
  const Bio bio(BIO_new(BIO_s_mem()));
  const std::string& text = passphrase.reveal();
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, EVP_aes_256_cbc(), text.data(), static_cast<int>(text.size()), nullptr,
                                    nullptr) != 1)
    return openssl_error(ErrorCode::failed, "cannot encrypt the authority's key");
  return contents(bio.get());
}

}  // namespace

struct Authority::Open {
  Key key;
  X509Certificate certificate;
  Certificate description;
  std::string chain_pem;  ///< the issuer and those above it, "" for a self-signed one
};

Authority::Authority(std::unique_ptr<Open> open) : open_(std::move(open)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

const Certificate& Authority::certificate() const { return open_->description; }

Result<NewAuthority> Authority::create(const AuthoritySettings& settings, const Secret& passphrase, Random& random,
                                       TimePoint now) {
  if (passphrase.empty()) return fail(ErrorCode::denied, "the authority's key needs a passphrase");
  const Key key(EVP_EC_gen("P-384"));
  const X509Certificate certificate(X509_new());
  if (!key || !certificate) return openssl_error(ErrorCode::failed, "cannot make a key");
  X509_set_version(certificate.get(), X509_VERSION_3);
  KILN_TRY(set_serial(certificate.get(), random));
  X509_NAME* name = X509_get_subject_name(certificate.get());
  KILN_TRY(add_name(name, "CN", "kiln " + settings.name + " CA"));
  KILN_TRY(add_name(name, "O", "kiln"));
  X509_set_issuer_name(certificate.get(), name);
  set_dates(certificate.get(), now - kClockSkew, now + std::chrono::days(settings.lifetime_days));
  X509_set_pubkey(certificate.get(), key.get());
  KILN_TRY(add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  KILN_TRY(add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign"));
  KILN_TRY(add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash"));
  if (X509_sign(certificate.get(), key.get(), digest_for(key.get())) == 0)
    return openssl_error(ErrorCode::failed, "cannot sign the authority's certificate");
  KILN_TRY_ASSIGN(std::string key_pem, encrypted(key.get(), passphrase));
  return NewAuthority{.certificate_pem = to_pem(certificate.get()), .key_pem = std::move(key_pem)};
}

Result<Authority> Authority::open(std::string_view certificate_pem, std::string_view key_pem, const Secret& passphrase) {
  auto open = std::make_unique<Open>();
  KILN_TRY_ASSIGN(const auto certificates, read_certificates(certificate_pem));
  open->description = certificates.front();
  open->certificate = parse_certificate(open->description.pem);
  const Bio bio = read_only(key_pem);
  open->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, const_cast<Secret*>(&passphrase)));
  if (!open->key) {
    const bool encrypted_key = key_pem.find("ENCRYPTED") != std::string_view::npos;
    ERR_clear_error();
    if (encrypted_key) return fail(ErrorCode::denied, "the passphrase does not open the authority's key");
    return fail(ErrorCode::malformed, "expected a private key in PEM");
  }
  if (!open->description.is_authority)
    return fail(ErrorCode::failed, "`" + open->description.shape.common_name + "` is not a certificate authority");
  if (X509_check_private_key(open->certificate.get(), open->key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::failed, "the authority's key and certificate do not belong together");
  }
  if (certificates.size() > 1)
    for (const Certificate& link : certificates) open->chain_pem += link.pem;
  return Authority(std::move(open));
}

Result<std::string> Authority::sign(const Request& request, const CertificateShape& shape, Random& random,
                                    TimePoint now) const {
  if (request.common_name != shape.common_name)
    return fail(ErrorCode::denied, "the request is for `" + request.common_name + "`, wanted is `" + shape.common_name + '`');
  const Bio bio = read_only(request.pem);
  const X509Request parsed(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  const X509Certificate leaf(X509_new());
  if (!parsed || !leaf) return openssl_error(ErrorCode::malformed, "expected a certificate request in PEM");
  X509_set_version(leaf.get(), X509_VERSION_3);
  KILN_TRY(set_serial(leaf.get(), random));
  X509_NAME* name = X509_get_subject_name(leaf.get());
  KILN_TRY(add_name(name, "CN", shape.common_name));
  KILN_TRY(add_name(name, "O", "kiln"));
  KILN_TRY(add_name(name, "OU", shape.organizational_unit));
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(open_->certificate.get()));
  const TimePoint end = now + std::chrono::days(shape.lifetime_days);
  set_dates(leaf.get(), std::max(now - kClockSkew, open_->description.not_before), std::min(end, open_->description.not_after));
  EVP_PKEY* key = X509_REQ_get0_pubkey(parsed.get());
  X509_set_pubkey(leaf.get(), key);
  X509* issuer = open_->certificate.get();
  const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  KILN_TRY(add_extension(leaf.get(), issuer, NID_basic_constraints, "critical,CA:FALSE"));
  KILN_TRY(add_extension(leaf.get(), issuer, NID_key_usage,
                         rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature"));
  if (!shape.usages.empty()) KILN_TRY(add_extension(leaf.get(), issuer, NID_ext_key_usage, usages_text(shape.usages)));
  KILN_TRY(add_alternative_names(leaf.get(), shape));
  KILN_TRY(add_extension(leaf.get(), issuer, NID_subject_key_identifier, "hash"));
  KILN_TRY(add_extension(leaf.get(), issuer, NID_authority_key_identifier, "keyid"));
  if (X509_sign(leaf.get(), open_->key.get(), digest_for(open_->key.get())) == 0)
    return openssl_error(ErrorCode::failed, "cannot sign the certificate of `" + shape.common_name + '`');
  return to_pem(leaf.get()) + open_->chain_pem;
}

}  // namespace kiln::pki
