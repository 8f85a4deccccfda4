#include "pki/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/address.h"

namespace kiln::pki {
namespace {

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

TimePoint time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&fields));
}

void read_alternative_names(X509* certificate, CertificateShape& shape) {
  using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
  const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &type));
    const unsigned char* data = ASN1_STRING_get0_data(value);
    const auto length = static_cast<std::size_t>(ASN1_STRING_length(value));
    if (type == GEN_DNS) shape.dns_names.emplace_back(data, data + length);
    if (type == GEN_IPADD)
      if (const auto address = IpAddress::from_octets({reinterpret_cast<const char*>(data), length}))
        shape.ip_addresses.push_back(address->text);
  }
  std::ranges::sort(shape.dns_names);
  std::ranges::sort(shape.ip_addresses);
}

void read_usages(X509* certificate, CertificateShape& shape) {
  if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0) return;
  const std::uint32_t usage = X509_get_extended_key_usage(certificate);
  if (usage & XKU_SSL_SERVER) shape.usages.push_back(Usage::server);
  if (usage & XKU_SSL_CLIENT) shape.usages.push_back(Usage::client);
}

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return contents(bio.get());
}

}  // namespace

std::unexpected<Error> openssl_error(ErrorCode code, const std::string& doing) {
  std::array<char, 256> text{};
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return fail(code, doing);
  const char* reason = ERR_reason_error_string(first);
  if (!reason) {
    ERR_error_string_n(first, text.data(), text.size());
    reason = text.data();
  }
  return fail(code, doing + ": " + reason);
}

Bio read_only(std::string_view bytes) {
  // BIO_new_mem_buf takes an int; nothing that kiln reads is near that.
  constexpr std::size_t kMost = 16 * 1024 * 1024;
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(std::min(bytes.size(), kMost))));
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return hexadecimal(digest.data(), length);
}

std::string public_key_hash(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) return {};
  std::string hash = sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return hash;
}

std::string entry_of(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (length < 0) return {};
  std::string text(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length));
  OPENSSL_free(utf8);
  return text;
}

std::string common_name_of(const X509_NAME* name) { return entry_of(name, NID_commonName); }

X509Certificate parse_certificate(std::string_view pem) {
  const Bio bio = read_only(pem);
  return X509Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

std::string to_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return contents(bio.get());
}

Certificate describe(X509* certificate) {
  Certificate read;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  read.shape.common_name = common_name_of(subject);
  read.shape.organizational_unit = entry_of(subject, NID_organizationalUnitName);
  read_alternative_names(certificate, read.shape);
  read_usages(certificate, read.shape);
  read.not_before = time_of(X509_get0_notBefore(certificate));
  read.not_after = time_of(X509_get0_notAfter(certificate));
  const auto life = std::chrono::round<std::chrono::days>(read.not_after - read.not_before);
  read.shape.lifetime_days = static_cast<int>(life.count());
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  read.serial = hexadecimal(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)));
  read.issuer_name = name_text(X509_get_issuer_name(certificate));
  read.is_authority = X509_check_ca(certificate) == 1;
  read.public_key = public_key_hash(X509_get0_pubkey(certificate));
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length > 0) read.fingerprint = sha256({reinterpret_cast<char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  read.pem = to_pem(certificate);
  return read;
}

}  // namespace kiln::pki
