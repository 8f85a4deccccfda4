#include "engine/import.h"

#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/import_text.h"
#include "cli/session.h"
#include "cli/write_checked.h"

namespace kiln::cli {
namespace {

std::string beside(const std::string& file, const std::string& name) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
}

/// The hosts, named by their addresses: what they are called is found out.
Desired hosts_of(const Arguments& arguments, std::map<std::string, std::string>& names) {
  Desired hosts;
  for (const InitNode& host : arguments.init.nodes) {
    NodeSpec& node = hosts.nodes[host.address];
    node.name = node.address = host.address;
    node.order = static_cast<int>(hosts.nodes.size());
    if (!arguments.init.user.empty()) node.ssh.user = arguments.init.user;
    node.ssh.become = arguments.init.become;
    node.ssh.identity_file = arguments.init.identity;
    node.ssh.known_hosts = arguments.init.known_hosts;
    if (!host.name.empty()) names[host.address] = host.name;
  }
  return hosts;
}

Result<engine::Imported> from_hosts(const Arguments& arguments, World& world, Screen& screen) {
  std::map<std::string, std::string> names;
  const Desired hosts = hosts_of(arguments, names);
  Session session(hosts, world, arguments, screen);
  Result<engine::Imported> imported =
      engine::import_hosts(hosts, names, arguments.init.cluster, session.seams(), session.limits());
  session.progress().clear();
  return imported;
}

}  // namespace

ExitCode run_import(const Arguments& arguments, World& world, Screen& screen) {
  const std::string& file = arguments.file;
  const bool of_tree = !arguments.tree.empty();
  if (of_tree != !arguments.from.empty() || of_tree == !arguments.init.nodes.empty()) {
    screen.error(of_tree || !arguments.from.empty() ? "--from and --tree go together, and without --host"
                                                    : "--host is missing",
                 "nothing was written");
    return ExitCode::usage;
  }
  if (!arguments.force && world.files.read(file)) {
    screen.error(fmt::format("`{}` is there already", file), "nothing was written; --force replaces it");
    return ExitCode::failed;
  }
  std::string ca_certificate;
  const Result<engine::Imported> imported =
      of_tree ? engine::import_microovn(arguments.tree, arguments.init.cluster, world.files, ca_certificate)
              : from_hosts(arguments, world, screen);
  if (!imported) {
    screen.error(imported.error().text(), "nothing was written");
    return ExitCode::failed;
  }
  if (const ExitCode code =
          write_checked(file, import_text(*imported, arguments.init), "the hosts", world, screen);
      code != ExitCode::done)
    return code;
  const std::string ca = beside(file, imported->desired.ca.dir + "/ca.pem");
  std::string text = fmt::format("wrote {}\n", file);
  if (!ca_certificate.empty() && !world.files.read(ca)) {
    if (const Result<> written = world.files.write(ca, ca_certificate, 0644); !written) {
      screen.error(written.error().text(), "the file is written, the CA certificate is not");
      return ExitCode::failed;
    }
    text += fmt::format("wrote {}\n", ca);
  }
  screen.result(text + fmt::format("\nNext: read its comments, then\n  kiln plan {}\n", file));
  return ExitCode::done;
}

}  // namespace kiln::cli
