#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/exit_code.h"
#include "cli/init_answers.h"
#include "model/database.h"
#include "render/diag_formats.h"
#include "render/style.h"

namespace kiln::cli {

enum class Command {
  validate,
  plan,
  show,
  explain,
  apply,
  destroy,
  backup,
  restore,
  recover,
  reboot,
  lock,
  verify,
  status,
  doctor,
  history,
  logs,
  fmt,
  init,
  import_,
  schema,
  completion,
  man,
  version
};

/// The command line, understood.
struct Arguments {
  Command command{};
  std::string file = "kiln.toml";
  std::vector<std::string> files;      ///< of a command that takes several; if none, `file`
  std::string step;                    ///< to explain; or a finding's slug
  std::string word;                    ///< the shell of completion, the command of man
  std::string out;                     ///< where plan saves what it made, or ""
  std::string graph;                   ///< "dot", "mermaid" or ""
  std::string run;                     ///< of the journal: the first digits of its id, or "" for all
  std::string cluster;                 ///< to destroy or restore, said by its name
  std::string backup;                  ///< to restore: its folder
  std::string folder = "backups";      ///< where backups are made
  std::optional<Database> database;    ///< the one that is meant, or all
  std::vector<std::string> nodes;      ///< plan and apply are about these only; if none, all
  std::vector<std::string> excluded;   ///< and about none of these
  std::vector<std::string> forgotten;  ///< of recover: ids of servers that are of no node
  std::string survivor;                ///< of backup: the node whose file is copied, or ""
  InitAnswers init;                    ///< of import too: the hosts are its nodes
  std::string from;                    ///< of import: "microovn", or "" for hosts
  std::string tree;                    ///< of import: the folder with what was recorded
  std::vector<std::string> words;      ///< of logs: nodes and daemons
  std::string since;                   ///< of logs, as it was written; it is a time
  std::size_t lines = 0;               ///< of logs; 0: not said
  std::size_t newest = 20;
  std::size_t allow_delete = 0;  ///< so many deletions are meant
  std::string reason;            ///< why a lease is broken
  int lock_timeout_s = 0;        ///< how long another run is waited for
  render::DiagFormat diagnostics = render::DiagFormat::text;
  render::ColorChoice color = render::ColorChoice::automatic;
  std::size_t parallelism = 16;
  bool quiet = false;
  bool verbose = false;
  bool json = false;
  bool detailed_exitcode = false;
  bool auto_approve = false;
  bool purge = false;
  std::vector<std::string> empty_includes;  ///< patterns that are meant to match no file
  bool new_authority = false;               ///< apply: what hosts trust is replaced
  bool new_database = false;                ///< apply: one that is lost for good is made anew
  bool check = false;                       ///< fmt: change nothing
  bool force = false;                       ///< init: replace the file
  bool follow = false;
  bool help = false;
};

/// There is nothing to run: a text for stdout (help that was asked for) or stderr, and the exit code.
struct Answer {
  std::string text;
  bool on_stderr = false;
  ExitCode code = ExitCode::done;
};

/// `words`: the command line without the program's name.
std::variant<Arguments, Answer> parse_arguments(const std::vector<std::string>& words);

}  // namespace kiln::cli
