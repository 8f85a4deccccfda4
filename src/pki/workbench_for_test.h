#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/seams.h"
#include "base/secret.h"
#include "pki/authority.h"

/// What the tests of this folder share: a folder with openssl(1), which makes keys and requests as hosts do
/// and says what it thinks of ours.

namespace kiln {
/// How GoogleTest shows one.
void PrintTo(const Error& error, std::ostream* out);
}  // namespace kiln

namespace kiln::pki {

/// 2026-01-02T03:04:05Z: nothing in these tests depends on today but what openssl(1) is asked with its clock.
inline constexpr TimePoint kNow{std::chrono::seconds(1767323045)};
inline constexpr const char* kPassphrase = "correct horse";

/// 0, 1, 2, … from a start: the same bytes in each run.
class CountingRandom : public Random {
 public:
  explicit CountingRandom(unsigned char start = 1) : next_(start) {}
  std::string bytes(std::size_t count) override {
    std::string bytes;
    while (bytes.size() < count) bytes += static_cast<char>(next_++);
    return bytes;
  }

 private:
  unsigned char next_;
};

/// A command's exit status, and what it wrote to stdout and stderr.
struct Ran {
  int status = -1;
  std::string output;
  bool operator==(const Ran&) const = default;
};
void PrintTo(const Ran& ran, std::ostream* out);

/// A folder of its own that goes with it. A missing openssl(1) is a failure of the test, with a message.
class Workbench {
 public:
  Workbench();
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  void write(const std::string& name, std::string_view content) const;
  std::string read(const std::string& name) const;
  /// `arguments` as the shell takes them, in the folder.
  Ran openssl(const std::string& arguments) const;
  /// Runs it and expects 0.
  std::string must(const std::string& arguments) const;
  /// Makes `<name>.key` by "openssl genpkey `kind`" and returns a PEM request of it for `common_name`.
  std::string request(const std::string& common_name, const std::string& kind = kP256,
                      const std::string& name = "host") const;
  /// A self-signed authority of someone else with an unencrypted key, in `<name>.key` and `<name>.pem`.
  NewAuthority foreign_authority(const std::string& common_name, const std::string& kind = kP256,
                                 const std::string& name = "foreign") const;

  static constexpr const char* kP256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

 private:
  std::filesystem::path folder_;
};

/// The authority "kiln edge CA" made at kNow with kPassphrase; one for all tests of a program.
const NewAuthority& edge_authority();
const Authority& open_edge();
/// A server and client certificate of "n1" with all sorts of names, for a year.
CertificateShape full_shape();
/// Reads the request and signs it at kNow, and expects that both go well.
std::string sign(const Authority& authority, const std::string& request_pem, const CertificateShape& shape);
/// `middle` bytes changed: everything from `from` by `to`, which must be there.
std::string replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace kiln::pki
