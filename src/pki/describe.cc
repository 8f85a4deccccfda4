#include "pki/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "base/address.h"

namespace kiln::pki {
namespace {

using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

TimePoint time_of(const ASN1_TIME* time) {
  using std::chrono::seconds;
  constexpr auto kLast = std::chrono::duration_cast<seconds>(TimePoint::max().time_since_epoch());
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return TimePoint(std::clamp(seconds(timegm(&fields)), seconds(0), kLast));
}

std::string serial_of(const X509* certificate) {
  using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
  const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* digits = number ? BN_bn2hex(number.get()) : nullptr;
  std::string text = digits ? digits : "";
  OPENSSL_free(digits);
  for (char& digit : text) digit = static_cast<char>(std::tolower(static_cast<unsigned char>(digit)));
  // BN_bn2hex writes whole octets: "0a"; "0" stays.
  while (text.size() > 1 && text.starts_with('0')) text.erase(0, 1);
  return text;
}

/// RFC 2253: always ASCII, the rest is escaped ("\C3\9F").
std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return contents(bio.get());
}

/// An IA5String's bytes; nothing holds its writer to ASCII, so what is not is written "\xff".
std::string dns_text(const std::string& bytes) {
  std::string text;
  for (const char c : bytes)
    text +=
        c >= 0x20 && c < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return text;
}

void read_alternative_names(const X509* certificate, CertificateShape& shape) {
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type != GEN_DNS && type != GEN_IPADD) continue;
    const auto* string = static_cast<const ASN1_STRING*>(value);
    const std::string bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                            static_cast<std::size_t>(ASN1_STRING_length(string)));
    if (type == GEN_DNS) shape.dns_names.push_back(dns_text(bytes));
    if (type == GEN_IPADD)
      if (const auto address = IpAddress::from_octets(bytes)) shape.ip_addresses.push_back(address->text);
  }
  std::ranges::sort(shape.dns_names);
  std::ranges::sort(shape.ip_addresses);
}

void read_usages(X509* certificate, CertificateShape& shape) {
  // Without the extension X509_get_extended_key_usage says that every usage is allowed.
  if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0) return;
  const std::uint32_t usage = X509_get_extended_key_usage(certificate);
  if (usage & XKU_SSL_SERVER) shape.usages.push_back(Usage::server);
  if (usage & XKU_SSL_CLIENT) shape.usages.push_back(Usage::client);
}

std::string fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) return {};
  std::string hash = sha256({reinterpret_cast<char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return hash;
}

}  // namespace

Certificate describe(X509* certificate) {
  Certificate read;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  read.shape.common_name = entry_of(subject, NID_commonName);
  read.shape.organizational_unit = entry_of(subject, NID_organizationalUnitName);
  read_alternative_names(certificate, read.shape);
  read_usages(certificate, read.shape);
  read.not_before = time_of(X509_get0_notBefore(certificate));
  read.not_after = time_of(X509_get0_notAfter(certificate));
  // In seconds: 292 years, rounded up to a day, are more nanoseconds than TimePoint's duration holds.
  const auto seconds = std::chrono::floor<std::chrono::seconds>(read.not_after - read.not_before);
  const auto life = std::chrono::round<std::chrono::days>(seconds);
  read.shape.lifetime_days = static_cast<int>(life.count());
  read.serial = serial_of(certificate);
  read.fingerprint = fingerprint_of(certificate);
  read.issuer_name = name_text(X509_get_issuer_name(certificate));
  // 1 is a version 3 authority that may sign certificates; the others are workarounds for old software.
  read.is_authority = X509_check_ca(certificate) == 1;
  read.public_key = public_key_hash(X509_get_X509_PUBKEY(certificate));
  read.pem = to_pem(certificate);
  return read;
}

}  // namespace kiln::pki
