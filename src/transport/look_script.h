#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/fact.h"

namespace kiln::transport {

/// A script that looks at one host, and how to read what it prints. A section is the lines
///
///     <nonce> <section>
///     what the commands printed
///     <nonce> <section> ends <exit code>
///
/// and what is known of all files one line `<nonce> files <base64>` of what stat(1) and head(1) -v print: no
/// content of the host can pass for another section, as nothing on it knows the nonce, and few processes are
/// run there.
struct LookScript {
  /// Reads one section: what the commands printed and their exit code.
  using Read = std::function<void(const std::string& output, int exit_code, Facts& facts)>;

  std::string text;
  std::vector<Read> sections;
  std::vector<Look> looks;      ///< answered by the sections
  std::vector<FileLook> files;  ///< in the order in which they are told
};

/// For all looks but DatabaseLook and RowsLook, which are read by the OVSDB client; for these only whether a
/// server runs is looked at (`servers`). `nonce` holds letters and digits.
LookScript make_look_script(const HostName& host, const std::vector<Look>& looks, const std::string& nonce);

/// What the sections say; a section that is missing leaves its looks Unknown.
Facts read_look_output(const HostName& host, const LookScript& script, const std::string& nonce,
                       const std::string& output);

/// The database's server runs, as far as its pid file tells: the snippet's exit code is 0.
std::string server_running_snippet(Database database);

/// The first lines of every script: a known environment, whatever the user's shell has set up.
inline constexpr const char* kPrologue =
    // What a user's start-up files have exported may change what any program does: POSIXLY_CORRECT, TMPDIR.
    "unset IFS\nwhile read -r kiln_word kiln_name; do\ncase $kiln_word${kiln_name%%=*} in "
    "exportHOME|export*[!A-Za-z0-9_]*) ;; export?*) unset \"${kiln_name%%=*}\" ;; esac\ndone <<KILN\n"
    "$(export -p)\nKILN\n"
    "export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin\nunset CDPATH\numask 077\n";

}  // namespace kiln::transport
