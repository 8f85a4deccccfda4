#include "pki/workbench_for_test.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace kiln {

void PrintTo(const Error& error, std::ostream* out) {
  *out << to_string(error.code()) << ": " << error.text();
}

}  // namespace kiln

namespace kiln::pki {

void PrintTo(const Ran& ran, std::ostream* out) {
  *out << ran.status << ": " << ran.output;
}

namespace {

/// The subject in openssl(1)'s notation: every byte escaped that could mean something.
std::string subject(const std::string& common_name) {
  std::string text = "/CN=";
  for (const char c : common_name) {
    if (c == '/' || c == '\\' || c == '+' || c == '=' || c == ',' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Workbench::Workbench() {
  std::string pattern = std::filesystem::temp_directory_path() / "kiln-pki-XXXXXX";
  const char* made = ::mkdtemp(pattern.data());
  EXPECT_NE(made, nullptr) << "cannot make a folder like " << pattern;
  folder_ = pattern;
  EXPECT_EQ(openssl("version").status, 0) << "these tests need the command openssl (apt install openssl)";
}

Workbench::~Workbench() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Workbench::write(const std::string& name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
}

std::string Workbench::read(const std::string& name) const {
  std::ostringstream content;
  content << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
  return content.str();
}

Ran Workbench::openssl(const std::string& arguments) const {
  const std::string command = "(cd " + folder_.string() + " && openssl " + arguments + ") </dev/null 2>&1";
  Ran ran;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return ran;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    ran.output.append(buffer.data(), got);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string Workbench::must(const std::string& arguments) const {
  const Ran ran = openssl(arguments);
  EXPECT_EQ(ran.status, 0) << "openssl " << arguments << "\n" << ran.output;
  return ran.output;
}

std::string Workbench::request(const std::string& common_name, const std::string& kind,
                               const std::string& name) const {
  must("genpkey " + kind + " -out " + name + ".key");
  must("req -new -utf8 -key " + name + ".key -out " + name + ".csr -subj " +
       shell_quoted(subject(common_name)));
  return read(name + ".csr");
}

NewAuthority Workbench::foreign_authority(const std::string& common_name, const std::string& kind,
                                          const std::string& name) const {
  must("genpkey " + kind + " -out " + name + ".key");
  must("req -x509 -utf8 -days 3650 -key " + name + ".key -out " + name + ".pem -subj " +
       shell_quoted(subject(common_name)) + " -addext keyUsage=critical,keyCertSign,cRLSign");
  return {.certificate_pem = read(name + ".pem"), .key_pem = read(name + ".key")};
}

const NewAuthority& edge_authority() {
  static const NewAuthority authority = [] {
    CountingRandom random;
    return Authority::create({.name = "edge"}, Secret(kPassphrase), random, kNow).value();
  }();
  return authority;
}

const Authority& open_edge() {
  // To derive the key from the passphrase is meant to take long.
  static const Authority authority =
      Authority::open(edge_authority().certificate_pem, edge_authority().key_pem, Secret(kPassphrase))
          .value();
  return authority;
}

CertificateShape full_shape() {
  return {.common_name = "n1",
          .organizational_unit = "ovn-northbound",
          .dns_names = {"n1", "n1.example.net"},
          .ip_addresses = {"10.0.0.1", "2001:db8::1"},
          .usages = {Usage::server, Usage::client},
          .lifetime_days = 365};
}

std::string sign(const Authority& authority, const std::string& request_pem, const CertificateShape& shape) {
  CountingRandom random(100);
  const auto request = read_request(request_pem);
  EXPECT_TRUE(request) << request.error().text();
  const auto leaf = authority.sign(*request, shape, random, kNow);
  EXPECT_TRUE(leaf) << leaf.error().text();
  return *leaf;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "no " << from;
  return text.replace(at, from.size(), to);
}

}  // namespace kiln::pki
