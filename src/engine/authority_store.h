#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/seams.h"
#include "model/spec.h"
#include "pki/authority.h"
#include "transport/transport.h"

namespace kiln::engine {

/// The certificate authority in `[ca] dir`: ca.pem and ca.key, the key encrypted with the passphrase. The
/// key is opened when it is first needed and never leaves this process.
class AuthorityStore : public transport::Signer {
 public:
  AuthorityStore(const CaSpec& spec, FileIo& files, Random& random, const Clock& clock);
  ~AuthorityStore() override;

  Result<std::string> sign(const std::string& request_pem, const pki::CertificateShape& shape) override;
  Result<std::string> trust() override;
  Result<bool> create(const CreateAuthority& action) override;

  /// Before anything is changed: can the passphrase be had, and does it open the key (if there is one)?
  Result<> check_ready();

 private:
  Result<Secret> passphrase() const;
  Result<const pki::Authority*> open();
  Result<> put_aside(const std::string& key);

  const CaSpec spec_;
  FileIo& files_;
  Random& random_;
  const Clock& clock_;
  std::mutex mutex_;
  std::unique_ptr<pki::Authority> authority_;
};

}  // namespace kiln::engine
