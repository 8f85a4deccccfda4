#include "engine/authority_store.h"

#include <utility>

#include "engine/secret_source.h"
#include "pki/request.h"

namespace kiln::engine {
namespace {

constexpr const char* kWhat = "the passphrase of the authority's key";

std::string certificate_path(const CaSpec& spec) {
  return spec.dir + "/ca.pem";
}
std::string key_path(const CaSpec& spec) {
  return spec.dir + "/ca.key";
}

/// The content, or nothing where there is no such file.
Result<std::optional<std::string>> read_if_there(const FileIo& files, const std::string& path) {
  auto content = files.read(path);
  if (content) return std::optional(std::move(*content));
  if (content.error().code() == ErrorCode::not_found) return std::optional<std::string>();
  return std::unexpected(std::move(content).error());
}

}  // namespace

AuthorityStore::AuthorityStore(const CaSpec& spec, FileIo& files, Random& random, const Clock& clock)
    : spec_(spec), files_(files), random_(random), clock_(clock) {}
AuthorityStore::~AuthorityStore() = default;

Result<std::string> AuthorityStore::sign(const std::string& request_pem, const pki::CertificateShape& shape) {
  const std::lock_guard lock(mutex_);
  KILN_TRY_ASSIGN(const pki::Authority* authority, open());
  KILN_TRY_ASSIGN(const pki::Request request, pki::read_request(request_pem));
  return authority->sign(request, shape, random_, clock_.now());
}

Result<std::string> AuthorityStore::trust() {
  return files_.read(certificate_path(spec_));
}

Result<bool> AuthorityStore::create(const CreateAuthority& action) {
  const std::lock_guard lock(mutex_);
  KILN_TRY_ASSIGN(const auto certificate, read_if_there(files_, certificate_path(spec_)));
  KILN_TRY_ASSIGN(const auto key, read_if_there(files_, key_path(spec_)));
  if (certificate && key) return false;
  if (spec_.mode == "provided")
    return fail(ErrorCode::not_found, (certificate ? key_path(spec_) : certificate_path(spec_)) +
                                          " is not there, and `[ca] mode` is provided: kiln makes none");
  if (certificate)
    return fail(ErrorCode::failed,
                certificate_path(spec_) + " is there without " + key_path(spec_) +
                    "; kiln does not replace an authority: put its key back, or move it away");
  // A key without a certificate is what a killed run leaves, and nobody trusts it yet; or somebody's.
  if (key) KILN_TRY(put_aside(*key));
  KILN_TRY_ASSIGN(const Secret secret, passphrase());
  KILN_TRY_ASSIGN(const pki::NewAuthority made,
                  pki::Authority::create({.name = action.name, .lifetime_days = action.lifetime_days}, secret,
                                         random_, clock_.now()));
  KILN_TRY(files_.write(key_path(spec_), made.key_pem, 0600));
  KILN_TRY(files_.write(certificate_path(spec_), made.certificate_pem, 0644));
  return true;
}

/// Beside, as ca.key.kept-1 and so on: nobody makes a key again.
Result<> AuthorityStore::put_aside(const std::string& key) {
  for (int number = 1;; ++number) {
    const std::string path = key_path(spec_) + ".kept-" + std::to_string(number);
    KILN_TRY_ASSIGN(const auto there, read_if_there(files_, path));
    if (!there) return files_.write(path, key, 0600);
    if (*there == key) return {};
  }
}

Result<> AuthorityStore::check_ready() {
  const std::lock_guard lock(mutex_);
  KILN_TRY_ASSIGN(const auto certificate, read_if_there(files_, certificate_path(spec_)));
  KILN_TRY_ASSIGN(const auto key, read_if_there(files_, key_path(spec_)));
  if ((certificate && key) || spec_.mode == "provided") {
    KILN_TRY(open());
    return {};
  }
  KILN_TRY(passphrase());
  return {};
}

Result<Secret> AuthorityStore::passphrase() const {
  return read_secret(spec_.passphrase, kWhat, files_);
}

Result<const pki::Authority*> AuthorityStore::open() {
  if (authority_) return authority_.get();
  KILN_TRY_ASSIGN(const std::string certificate, files_.read(certificate_path(spec_)));
  KILN_TRY_ASSIGN(const std::string key, files_.read(key_path(spec_)));
  KILN_TRY_ASSIGN(const Secret secret, passphrase());
  auto authority = pki::Authority::open(certificate, key, secret);
  if (!authority) return fail(std::move(authority).error(), "while opening the authority in " + spec_.dir);
  authority_ = std::make_unique<pki::Authority>(std::move(*authority));
  return authority_.get();
}

}  // namespace kiln::engine
