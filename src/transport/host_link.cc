#include "transport/host_link.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/quote.h"
#include "base/text.h"
#include "transport/parse.h"

namespace kiln::transport {
namespace {

/// Bytes to and from a unix socket with what the host has; exit code 127 if it has nothing.
std::string relay_command(const std::string& socket) {
  const std::string python =
      "import os,socket,sys,threading\n"
      "s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
      "def up():\n"
      " while True:\n"
      "  b=os.read(0,65536)\n"
      "  if not b: break\n"
      "  s.sendall(b)\n"
      " s.shutdown(socket.SHUT_WR)\n"
      "threading.Thread(target=up,daemon=True).start()\n"
      "while True:\n"
      " b=s.recv(65536)\n"
      " if not b: break\n"
      " v=memoryview(b)\n"
      " while v: v=v[os.write(1,v):]\n";
  const std::string path = quote(socket);
  return "if command -v socat >/dev/null 2>&1; then exec socat - UNIX-CONNECT:" + path +
         "; elif command -v python3 >/dev/null 2>&1; then exec python3 -c " + quote(python) + ' ' + path +
         "; elif nc -h 2>&1 | grep -q -e -U; then exec nc -U " + path +
         "; else echo 'kiln: none of socat, python3 and nc -U is on this host' >&2; exit 127; fi";
}

class LocalLink : public HostLink {
 public:
  LocalLink(bool sudo, std::string directory) : sudo_(sudo), directory_(std::move(directory)) {}

  Result<Ended> run(const std::string& script, Duration timeout) override {
    return run_process(shell(), "kiln_ssh_connection=\n" + script, timeout);
  }
  Result<Ended> run_beside(const std::string& script, Duration timeout) override {
    return run(script, timeout);
  }
  Result<Ended> run_into(const std::string& script, int output_descriptor, Duration timeout) override {
    return run_process_into(shell(), "kiln_ssh_connection=\n" + script, output_descriptor, timeout);
  }
  Result<std::unique_ptr<ovsdb::Client>> connect(Database database, Duration timeout) override {
    const std::string socket(socket_path(database));
    if (!sudo_) return ovsdb::Client::connect(socket, timeout);
    relays_.emplace_back();
    KILN_TRY_ASSIGN(relays_.back(), Relay::start({"sudo", "-n", "--", "sh", "-c", relay_command(socket)},
                                                 directory_ + "/relay-local.log"));
    return ovsdb::Client::adopt(relays_.back()->take_descriptor());
  }

 private:
  std::vector<std::string> shell() const {
    std::vector<std::string> arguments = {"sh", "-s"};
    if (sudo_) arguments.insert(arguments.begin(), {"sudo", "-n", "--"});
    return arguments;
  }

  bool sudo_;
  std::string directory_;
  std::vector<std::unique_ptr<Relay>> relays_;
};

constexpr Duration kFirstPause{1000};
constexpr Duration kLongestPause{16000};

class SshLink : public HostLink {
  using Moment = std::chrono::steady_clock::time_point;

 public:
  SshLink(Target target, std::string directory, FileIo& files, LinkCounters& counters)
      : target_(std::move(target)),
        directory_(std::move(directory)),
        control_(directory_ + '/' + target_.name + ".ctl"),
        files_(files),
        counters_(counters) {}

  ~SshLink() override { relays_.clear(); }

  Result<Ended> run(const std::string& script, Duration timeout) override {
    KILN_TRY(ensure_open());
    return run_in_shell(script, timeout);
  }

  void give_up_on(const std::atomic<bool>* given_up) override { given_up_ = given_up; }
  /// Nothing in here changes once the first connection was made.
  Result<Ended> run_beside(const std::string& script, Duration timeout) override {
    if (known_hosts_.empty()) return fail(ErrorCode::unreachable, "it was never reached");
    return in_own_session(
        [&](const auto& command) { return run_process(command, prologue() + script, timeout); });
  }

  /// In a session of its own: what it says may be anything, and is not kept.
  Result<Ended> run_into(const std::string& script, int output_descriptor, Duration timeout) override {
    KILN_TRY(ensure_open());
    return in_own_session([&](const auto& command) {
      return run_process_into(command, prologue() + script, output_descriptor, timeout);
    });
  }

  Result<std::unique_ptr<ovsdb::Client>> connect(Database database, Duration timeout) override {
    KILN_TRY(ensure_open());
    if (!sudo() && !forwarding_refused_) {
      auto forwarded = connect_forwarded(database, timeout);
      if (forwarded || !forwarding_refused_) return forwarded;
    }
    return connect_relayed(database);
  }

 private:
  template <typename Run>
  Result<Ended> in_own_session(Run run) {
    ++counters_.sessions;
    auto command = arguments({});
    command.push_back(shell_command());
    Result<Ended> ended = run(command);
    if (!ended) return std::unexpected(std::move(ended).error().context(place()));
    // ssh(1): 255 is ssh's own.
    if (ended->exit_code == 255 || (ended->exit_code == 1 && sudo_refused(ended->errors)))
      return std::unexpected(refusal(ended->errors));
    return ended;
  }

  static std::string prologue() { return "kiln_ssh_connection=${1-}\n"; }

  Result<Ended> run_in_shell(const std::string& script, Duration timeout) {
    Result<Ended> ended = shell_->run(prologue() + script, timeout, given_up_);
    if (ended) return ended;
    if (ended.error().code() == ErrorCode::unreachable) return std::unexpected(refusal(ended.error().text()));
    return std::unexpected(std::move(ended).error().context(place()));
  }

  bool sudo() const { return target_.ssh.become == "sudo"; }
  std::string place() const {
    return target_.name + " (" + target_.ssh.user + '@' + target_.address + ':' +
           std::to_string(target_.ssh.port) + ')';
  }

  std::vector<std::string> arguments(const std::vector<std::string>& options) const {
    return ssh_arguments(target_, control_, known_hosts_, options);
  }

  /// The user's login shell sees one word list that every shell reads the same way.
  std::string shell_command() const {
    return sudo() ? "sudo -n -- sh -s -- \"$SSH_CONNECTION\"" : "sh -s -- \"$SSH_CONNECTION\"";
  }

  std::string forwarded_socket(Database database) const {
    return directory_ + '/' + target_.name + '-' + std::string(short_name(database)) + ".sock";
  }

  /// By its last line: ssh may have shown a banner before it.
  bool sudo_refused(const std::string& errors) const {
    return sudo() && last_line(errors).starts_with("sudo:");
  }

  /// Why the program that leads to the host has ended, by what it said.
  Error refusal(const std::string& errors) const {
    const std::string said = last_line(errors);
    if (sudo_refused(errors))
      return Error(ErrorCode::denied,
                   place() + ": " + said + " (wanted: NOPASSWD for " + target_.ssh.user + ')');
    const bool denied = errors.find("Permission denied") != std::string::npos ||
                        errors.find("Host key verification failed") != std::string::npos;
    return Error(denied ? ErrorCode::denied : ErrorCode::unreachable,
                 said.empty() ? "the connection was lost" : said)
        .context(place());
  }

  Result<> ensure_open() {
    if (shell_ && shell_->alive()) return {};
    // Whoever asks again and again is told what was said last: sshd_config(5), PerSourcePenalties.
    if (refused_ && Moment::clock::now() < next_attempt_) return std::unexpected(*refused_);
    const auto begun = Moment::clock::now();
    auto opened = open();
    if (opened) {
      refused_.reset();
      pause_ = kFirstPause;
      return {};
    }
    refused_ = opened.error();
    // Looks follow each other, and each would wait as long for a host that is off (ssh_config(5),
    // ConnectTimeout).
    const auto now = Moment::clock::now();
    next_attempt_ = now + std::max<Moment::duration>(pause_, (now - begun) / 2);
    pause_ = std::min(2 * pause_, kLongestPause);
    return opened;
  }

  /// The shell's session is the master's own: with -N it would not set TCP_NODELAY, and each request through
  /// a forwarded socket would take 44 ms more. It ends with us, and everything else over it.
  Result<> open() {
    if (known_hosts_.empty()) {
      KILN_TRY_ASSIGN(known_hosts_, pinned_known_hosts(target_, directory_, files_));
    }
    relays_.clear();
    shell_.reset();
    forwarding_refused_ = false;
    ::unlink(control_.c_str());
    ++counters_.connections;
    ++counters_.sessions;
    // All sockets at once, each is nothing until somebody connects to it.
    std::vector<std::string> options = {"-o", "ControlMaster=yes", "-o", "ControlPersist=no"};
    if (!sudo())
      for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch})
        options.insert(options.end(),
                       {"-L", forwarded_socket(database) + ':' + std::string(socket_path(database))});
    auto command = arguments(options);
    command.push_back(shell_command());
    auto shell = Shell::start(command);
    if (!shell) return std::unexpected(std::move(shell).error().context(place()));
    shell_ = std::move(*shell);
    // What a login says, it says now.
    const auto ended = run_in_shell(":", Duration{20000});
    if (!ended) return std::unexpected(ended.error());
    return {};
  }

  Result<std::unique_ptr<ovsdb::Client>> connect_forwarded(Database database, Duration timeout) {
    auto client = ovsdb::Client::connect(forwarded_socket(database), timeout);
    if (!client) return client;
    // sshd says no to forwarding only when a connection is made: ask something before relying on it.
    const auto databases = (*client)->list_databases(timeout);
    if (databases) return client;
    forwarding_refused_ = databases.error().code() == ErrorCode::unreachable;
    return std::unexpected(databases.error());
  }

  Result<std::unique_ptr<ovsdb::Client>> connect_relayed(Database database) {
    ++counters_.sessions;
    auto command = arguments({});
    const std::string relay = relay_command(std::string(socket_path(database)));
    command.push_back((sudo() ? "sudo -n -- sh -c " : "sh -c ") + quote(relay));
    relays_.emplace_back();
    KILN_TRY_ASSIGN(relays_.back(), Relay::start(command, directory_ + '/' + target_.name + "-relay.log"));
    return ovsdb::Client::adopt(relays_.back()->take_descriptor());
  }

  Target target_;
  std::string directory_;
  std::string control_;
  FileIo& files_;
  LinkCounters& counters_;
  std::string known_hosts_;
  std::unique_ptr<Shell> shell_;  ///< connected while it is alive
  std::optional<Error> refused_;  ///< why the last attempt to connect failed
  Moment next_attempt_;
  Duration pause_ = kFirstPause;
  bool forwarding_refused_ = false;
  const std::atomic<bool>* given_up_ = nullptr;
  std::vector<std::unique_ptr<Relay>> relays_;
};

}  // namespace

std::unique_ptr<HostLink> make_local_link(const SshSpec& ssh, const std::string& directory) {
  return std::make_unique<LocalLink>(ssh.become == "sudo", directory);
}

std::unique_ptr<HostLink> make_ssh_link(Target target, std::string directory, FileIo& files,
                                        LinkCounters& counters) {
  return std::make_unique<SshLink>(std::move(target), std::move(directory), files, counters);
}

}  // namespace kiln::transport
