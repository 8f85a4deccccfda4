#pragma once

#include <string>

#include "model/action.h"

namespace kiln::transport {

/// Exit codes of an action's script.
inline constexpr int kChanged = 0;
inline constexpr int kUnchanged = 10;  ///< it was done already

/// The script that carries out an action on a host: exit code kChanged or kUnchanged, else stderr says why
/// not. Transact, IssueCertificate, WriteTrust and CreateAuthority have no single script: see below.
std::string action_script(const Action& action);

/// IssueCertificate, first half: a new folder `directory.<suffix>` with key.pem; prints the request.
std::string request_script(const IssueCertificate& action, const std::string& suffix);
/// Second half: cert.pem into that folder, the link switched to it, older folders removed.
std::string install_script(const IssueCertificate& action, const std::string& suffix,
                           const std::string& certificate_pem);
/// WriteFile of content that is not in the plan.
std::string write_script(const std::string& path, const std::string& content, unsigned mode);

/// `copy_database`: the copy is on stdout, and "kiln-copy VERSION SHA256 BYTES" the last line of stderr.
std::string copy_script(Database database, int timeout_s);
/// `copy_file`: the same of the database's file.
std::string copy_file_script(Database database);

}  // namespace kiln::transport
