#include "transport/ssh_transport.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/quote.h"
#include "base/text.h"
#include "ovsdb/printed.h"
#include "transport/action_script.h"
#include "transport/host_link.h"
#include "transport/lease_rows.h"
#include "transport/lease_script.h"
#include "transport/look_script.h"
#include "transport/parse.h"
#include "transport/private_directory.h"

namespace kiln::transport {
namespace {

std::string hexadecimal(const std::string& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[(static_cast<unsigned char>(c) >> 4) & 15];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

/// What a command on a host said when it failed, or that it said nothing.
std::string why_failed(const std::string& said, int exit_code) {
  const std::string_view why = trim(said);
  return why.empty() ? "exit code " + std::to_string(exit_code) : std::string(why.substr(0, 2000));
}

/// Of reading a database whose server closes the connection.
constexpr int kAttempts = 4;

/// One host: its link, and the connections to its databases that are open. One thread at a time.
struct Host {
  std::timed_mutex mutex;
  std::unique_ptr<HostLink> link;
  std::map<Database, std::unique_ptr<ovsdb::Client>> clients;
};

class RealTransport : public Transport {
 public:
  RealTransport(const Desired& desired, Signer& signer, FileIo& files, const Clock& clock, Random& random)
      : signer_(signer), files_(files), clock_(clock), random_(random) {
    for (const auto* nodes : {&desired.nodes, &desired.dead})
      for (const auto& [name, node] : *nodes) RealTransport::add(node);
  }

  void add(const NodeSpec& node) override {
    std::unique_lock lock(hosts_mutex_);
    Host& host = hosts_[node.name];
    lock.unlock();
    if (host.link) return;
    const Target target{node.name, node.ssh.host.empty() ? node.address : node.ssh.host, node.ssh};
    host.link = node.ssh.local ? make_local_link(node.ssh, directory_.path())
                               : make_ssh_link(target, directory_.path(), files_, links_);
  }

  Facts look(const HostName& name, const std::vector<Look>& looks, Duration timeout) override {
    looks_ += looks.size();
    if (name == kController) return look_here(looks);
    Host* const found = find(name);
    if (!found) return all_unknown(name, looks, "there is no such node");
    const std::lock_guard lock(found->mutex);
    found->link->give_up_on(interrupted_);
    return look_at(*found, name, looks, timeout);
  }

  Result<Outcome> act(const HostName& name, const Action& action, Duration timeout) override {
    ++mutations_;
    if (const auto* create = std::get_if<CreateAuthority>(&action)) {
      KILN_TRY_ASSIGN(const bool made, signer_.create(*create));
      return Outcome{.changed = made, .detail = {}};
    }
    Host* const found = find(name);
    if (!found) return fail(ErrorCode::not_found, "there is no node `" + name + '`');
    const std::lock_guard lock(found->mutex);
    found->link->give_up_on(nullptr);  // what it has begun it ends
    return act_on(*found, action, timeout);
  }

  Result<DatabaseCopy> copy_database(const HostName& name, Database database, const std::string& path,
                                     Duration timeout) override {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    return copied(name, database, copy_script(database, static_cast<int>(seconds.count())), path, timeout);
  }

  Result<DatabaseCopy> copy_file(const HostName& name, Database database, const std::string& path,
                                 Duration timeout) override {
    return copied(name, database, copy_file_script(database), path, timeout);
  }

  void give_up_on(const std::atomic<bool>* interrupted) override { interrupted_ = interrupted; }

  void carry(const std::optional<Fence>& fence) override { fence_ = fence; }

  Result<std::string> swap_lease(const HostName& name, LeasePlace place, const std::string& expected,
                                 const std::string& wanted, Duration timeout) override {
    Host* const found = find(name);
    if (!found) return fail(ErrorCode::not_found, "there is no node `" + name + '`');
    Host& host = *found;
    std::unique_lock lock(host.mutex, std::defer_lock);
    if (place != LeasePlace::host) {
      // Never behind an action that takes minutes: the hosts are told beside it.
      if (!lock.try_lock_for(Duration{2000}))
        return fail(ErrorCode::timed_out, "an action is under way there");
      host.link->give_up_on(nullptr);
      return swap_rows(host, place, expected, wanted, timeout);
    }
    // An action that runs there may take minutes; a lease is renewed beside it.
    const std::string script = swap_script(expected, wanted);
    const bool idle = lock.try_lock();
    if (idle) host.link->give_up_on(nullptr);
    KILN_TRY_ASSIGN(const Ended ended,
                    idle ? host.link->run(script, timeout) : host.link->run_beside(script, timeout));
    if (ended.exit_code != 0)
      return fail(ErrorCode::failed, "the host's shell says: " + last_line(ended.errors));
    return ended.output.substr(0, ended.output.find('\n'));
  }

  Counters counters() const override { return {links_.connections, links_.sessions, looks_, mutations_}; }

 private:
  /// Null if there is no such node. A lease is renewed while nodes are added.
  Host* find(const HostName& name) {
    const std::lock_guard lock(hosts_mutex_);
    const auto found = hosts_.find(name);
    return found == hosts_.end() ? nullptr : &found->second;
  }

  Result<DatabaseCopy> copied(const HostName& name, Database database, const std::string& script,
                              const std::string& path, Duration timeout) {
    Host* const found = find(name);
    if (!found) return fail(ErrorCode::not_found, "there is no node `" + name + '`');
    const std::lock_guard lock(found->mutex);
    auto copy = copy_to(*found->link, script, path, timeout);
    if (!copy)
      return fail(std::move(copy).error(),
                  "while copying " + std::string(schema_name(database)) + " from " + name);
    return copy;
  }

  static Facts all_unknown(const HostName& name, const std::vector<Look>& looks, const std::string& why) {
    Facts facts;
    for (const Look& look : looks) facts.set({name, look}, Unknown{why});
    return facts;
  }

  Facts look_here(const std::vector<Look>& looks) {
    Facts facts;
    for (const Look& look : looks) {
      Fact fact = Unknown{"this machine is not looked at for that"};
      if (const auto* file = std::get_if<FileLook>(&look)) fact = read_here(*file);
      if (std::holds_alternative<HostLook>(look)) {
        HostSeen seen;
        seen.hostname = host_name();
        seen.time_ms = std::chrono::duration_cast<Duration>(clock_.now().time_since_epoch()).count();
        fact = seen;
      }
      facts.set({kController, look}, std::move(fact));
    }
    return facts;
  }

  Fact read_here(const FileLook& look) {
    struct stat status{};
    if (::stat(look.path.c_str(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return Absent{};
      return Unknown{std::string("cannot look at it: ") + std::generic_category().message(errno)};
    }
    FileSeen seen{
        .content = {}, .mode = status.st_mode & 07777U, .owner = {}, .group = {}, .size = status.st_size};
    if (!look.content) return seen;
    auto content = files_.read(look.path);
    if (!content) return Unknown{content.error().text()};
    seen.content = std::move(*content);
    return seen;
  }

  Facts look_at(Host& host, const HostName& name, const std::vector<Look>& looks, Duration timeout) {
    std::map<Database, bool> running;
    Facts facts = all_unknown(name, looks, "not looked at");
    const std::string nonce = "k" + hexadecimal(random_bytes(12));
    LookScript script = make_look_script(name, looks, nonce);
    const std::string servers = servers_script(looks, nonce);
    if (!script.looks.empty() || !servers.empty()) {
      const auto ended = host.link->run(servers + script.text, timeout);
      if (!ended) return all_unknown(name, looks, ended.error().text());
      if (ended->exit_code != 0 && ended->output.empty())
        return all_unknown(name, looks, "the host's shell says: " + last_line(ended->errors));
      facts.merge(read_look_output(name, script, nonce, ended->output));
      for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch})
        running[database] =
            ended->output.find(nonce + " server-" + std::string(short_name(database))) != std::string::npos;
    }
    for (const Database database : {Database::northbound, Database::southbound, Database::open_vswitch})
      look_at_database(host, name, database, running[database], looks, timeout, facts);
    return facts;
  }

  /// Prints a line for each database that is asked for and whose server runs.
  static std::string servers_script(const std::vector<Look>& looks, const std::string& nonce) {
    std::map<Database, bool> wanted;
    for (const Look& look : looks) {
      if (const auto* server = std::get_if<DatabaseLook>(&look)) wanted[server->database] = true;
      if (const auto* rows = std::get_if<RowsLook>(&look)) wanted[rows->database] = true;
    }
    std::string text;
    for (const auto& [database, asked] : wanted)
      text += "(" + server_running_snippet(database) + ") && echo " + nonce + " server-" +
              std::string(short_name(database)) + '\n';
    return text;
  }

  void look_at_database(Host& host, const HostName& name, Database database, bool running,
                        const std::vector<Look>& looks, Duration timeout, Facts& facts) {
    std::vector<RowsLook> rows;
    bool server = false;
    for (const Look& look : looks) {
      if (const auto* wanted = std::get_if<RowsLook>(&look); wanted && wanted->database == database)
        rows.push_back(*wanted);
      if (const auto* wanted = std::get_if<DatabaseLook>(&look); wanted && wanted->database == database)
        server = true;
    }
    if (rows.empty() && !server) return;
    const auto set_all = [&](const Fact& fact) {
      for (const RowsLook& look : rows) facts.set({name, look}, fact);
      if (server) facts.set({name, DatabaseLook{database}}, fact);
    };
    if (!running) return set_all(Absent{});
    // A kept connection may have ended with the server's last life, and a server that was just stopped (by
    // what a killed run has left, too) may close a new one.
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 1) {
        std::this_thread::sleep_for(Duration{200} * attempt);
        const auto runs = host.link->run(server_running_snippet(database) + " || exit 1", timeout);
        if (!runs) return;
        if (runs->exit_code == 1) return set_all(Absent{});
      }
      const Result<> done = read_database(host, name, database, server, rows, timeout, facts);
      if (done) return;
      host.clients.erase(database);
      set_all(done.error().code() == ErrorCode::not_found ? Fact(Absent{})
                                                          : Fact(Unknown{done.error().text()}));
      if (done.error().code() != ErrorCode::unreachable) return;
    }
  }

  Result<> read_database(Host& host, const HostName& name, Database database, bool server,
                         const std::vector<RowsLook>& rows, Duration timeout, Facts& facts) {
    const std::string schema(schema_name(database));
    KILN_TRY_ASSIGN(ovsdb::Client * client, client_of(host, database, timeout));
    if (server) {
      KILN_TRY_ASSIGN(auto status, client->status(schema, timeout));
      facts.set({name, DatabaseLook{database}}, Seen(std::move(status)));
    }
    if (rows.empty()) return {};
    ovsdb::TableColumns columns;
    for (const RowsLook& look : rows) {
      auto& wanted = columns[look.table];
      wanted.insert(wanted.end(), look.columns.begin(), look.columns.end());
      std::ranges::sort(wanted);
      const auto twice = std::ranges::unique(wanted);
      wanted.erase(twice.begin(), twice.end());
    }
    KILN_TRY_ASSIGN(auto snapshot, client->read(schema, columns, timeout));
    for (const RowsLook& look : rows) facts.set({name, look}, Seen(RowsSeen(snapshot.tables[look.table])));
    return {};
  }

  Result<ovsdb::Client*> client_of(Host& host, Database database, Duration timeout) {
    auto& client = host.clients[database];
    if (!client) {
      KILN_TRY_ASSIGN(client, host.link->connect(database, timeout));
    }
    return client.get();
  }

  Result<Outcome> act_on(Host& host, const Action& action, Duration timeout) {
    if (const auto* transact = std::get_if<Transact>(&action)) return act_transact(host, *transact, timeout);
    if (const auto* issue = std::get_if<IssueCertificate>(&action)) return act_issue(host, *issue, timeout);
    if (const auto* trust = std::get_if<WriteTrust>(&action)) {
      KILN_TRY_ASSIGN(const std::string pem, signer_.trust());
      return run_script(host, write_script(trust->path, pki::bundle(pem, trust->also), 0644), timeout);
    }
    return run_script(host, action_script(action), timeout);
  }

  Result<Ended> run_to_success(Host& host, const std::string& script, Duration timeout) {
    const Duration patience = std::max(timeout - Duration{2000}, Duration{1000});
    KILN_TRY_ASSIGN(Ended ended,
                    host.link->run(fence_ ? fenced_script(*fence_, script, patience) : script, timeout));
    if (ended.exit_code == kChanged || ended.exit_code == kUnchanged) return ended;
    if (ended.exit_code == kBusy) return fail(ErrorCode::timed_out, last_line(ended.errors));
    if (ended.exit_code == kFenced) {
      const std::string line = last_line(ended.errors);
      const Result<Lease> lease = read_lease(line);
      return fail(ErrorCode::denied, std::string(kFencedWords) + ": " + (lease ? lease->holder() : line));
    }
    return fail(ErrorCode::failed,
                why_failed(ended.errors.empty() ? ended.output : ended.errors, ended.exit_code));
  }

  Result<Outcome> run_script(Host& host, const std::string& script, Duration timeout) {
    KILN_TRY_ASSIGN(const Ended ended, run_to_success(host, script, timeout));
    return Outcome{.changed = ended.exit_code == kChanged, .detail = {}};
  }

  static Result<DatabaseCopy> copy_to(HostLink& link, const std::string& script, const std::string& path,
                                      Duration timeout) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
      return fail(ErrorCode::failed,
                  "cannot write `" + path + "`: " + std::generic_category().message(errno));
    const auto ended = link.run_into(script, file, timeout);
    const bool stored = ::fsync(file) == 0;
    ::close(file);
    if (!ended) return std::unexpected(ended.error());
    if (ended->exit_code != kChanged)
      return fail(ErrorCode::failed, why_failed(ended->errors, ended->exit_code));
    if (!stored) return fail(ErrorCode::failed, "cannot write `" + path + "` to the disk");
    return read_copied(last_line(ended->errors));
  }

  Result<Outcome> act_transact(Host& host, const Transact& action, Duration timeout) {
    const auto results = action.database == Database::open_vswitch ? transact_on_host(host, action, timeout)
                                                                   : transact_fenced(host, action, timeout);
    if (results) {
      const std::string missed = ovsdb::missed_row(action.transaction, *results);
      if (!missed.empty()) return fail(ErrorCode::failed, missed + ": its row is gone since it was planned");
      return Outcome{.changed = true, .detail = {}};
    }
    if (results.error().code() == ErrorCode::precondition)
      return Outcome{.changed = false, .detail = results.error().text()};
    return std::unexpected(results.error());
  }

  using Results = Result<std::vector<ovsdb::OperationResult>>;

  /// By the client, which the guards of a transaction let send it twice. `given_up`: true ends it at once.
  Results transact(Host& host, Database database, const ovsdb::Transaction& transaction, Duration timeout,
                   const std::atomic<bool>* given_up = nullptr) {
    const std::string schema(schema_name(database));
    const bool kept = host.clients[database] != nullptr;
    KILN_TRY_ASSIGN(ovsdb::Client * client, client_of(host, database, timeout));
    client->give_up_on(given_up);
    auto results = client->transact(schema, transaction, timeout);
    if (!results && results.error().code() == ErrorCode::unreachable) {
      host.clients.erase(database);
      if (kept) {  // it may have been stale
        KILN_TRY_ASSIGN(client, client_of(host, database, timeout));
        client->give_up_on(given_up);
        results = client->transact(schema, transaction, timeout);
      }
    }
    if (!results && results.error().code() != ErrorCode::precondition) host.clients.erase(database);
    return results;
  }

  /// Under a fence the rows of Open_vSwitch are written by a script, which has the host's lock.
  Results transact_on_host(Host& host, const Transact& action, Duration timeout) {
    if (!fence_) return transact(host, action.database, action.transaction, timeout, interrupted_);
    KILN_TRY_ASSIGN(const std::string argument,
                    ovsdb::transact_argument(std::string(schema_name(action.database)), action.transaction));
    if (argument.size() > kLongestArgument)
      return fail(ErrorCode::failed, "the transaction is too long for ovsdb-client");
    auto ended = run_to_success(host, transact_script(argument, timeout), timeout);
    if (ended) return ovsdb::read_printed_results(ended->output, action.transaction);
    const bool nobody = ended.error().message().find("failed to connect") != std::string::npos;
    if (nobody) return fail(ErrorCode::unreachable, ended.error().message());
    return std::unexpected(ended.error());
  }

  /// The guard first; where the fence is an older one, or none yet, it is raised.
  Results transact_fenced(Host& host, const Transact& action, Duration timeout) {
    if (!fence_) return transact(host, action.database, action.transaction, timeout, interrupted_);
    const std::size_t count = action.transaction.size();
    ovsdb::Transaction sent = guarded(action.database, action.transaction, *fence_);
    for (int attempt = 0;; ++attempt) {
      auto results = transact(host, action.database, sent, timeout, interrupted_);
      if (results) return std::vector(results->begin() + 1, results->begin() + 1 + std::ptrdiff_t(count));
      if (!guard_failed(results.error(), sent) || attempt == kAttempts) return results;
      KILN_TRY_ASSIGN(const auto ids, global_ids(host, action.database, timeout));
      if (!ids) {
        sent = guarded_first(action.database, action.transaction, *fence_);
        continue;
      }
      sent = guarded(action.database, action.transaction, *fence_);
      KILN_TRY_ASSIGN(const auto raise, raise_fence(action.database, *ids, *fence_));
      const auto raised = transact(host, action.database, raise, timeout);
      if (!raised && raised.error().code() != ErrorCode::precondition) return std::unexpected(raised.error());
    }
  }

  /// external_ids of the one row of NB_Global or SB_Global, as a transaction sees them: not those of a member
  /// that lags behind. Nothing if there is no row yet.
  Result<std::optional<ovsdb::Value>> global_ids(Host& host, Database database, Duration timeout) {
    KILN_TRY_ASSIGN(
        const auto results,
        transact(host, database, {ovsdb::Select{global_table(database), {}, {"external_ids"}}}, timeout));
    const auto& rows = results.front().rows;
    if (rows.empty()) return std::nullopt;
    return ovsdb::column(rows.front(), "external_ids");
  }

  Result<std::string> swap_rows(Host& host, LeasePlace place, const std::string& expected,
                                const std::string& wanted, Duration timeout) {
    const bool nb = place == LeasePlace::northbound;
    const Database database = nb ? Database::northbound : Database::southbound;
    KILN_TRY_ASSIGN(const Lease lease, read_lease(wanted));
    for (int attempt = 0;; ++attempt) {
      KILN_TRY_ASSIGN(const auto ids, global_ids(host, database, timeout));
      const std::string now = ids && nb ? lease_in(*ids) : "";
      if (nb && now != expected) return now;
      KILN_TRY_ASSIGN(const auto write, !ids ? first_lease(database, lease)
                                        : nb ? write_lease(*ids, wanted)
                                             : raise_fence(database, *ids, lease.fence));
      const auto written = transact(host, database, write, timeout);
      if (written) return wanted;
      // Somebody else's key has changed in between.
      if (written.error().code() != ErrorCode::precondition || attempt == kAttempts)
        return std::unexpected(written.error());
    }
  }

  Result<Outcome> act_issue(Host& host, const IssueCertificate& action, Duration timeout) {
    const std::string suffix = hexadecimal(random_bytes(8));
    KILN_TRY_ASSIGN(const Ended request, run_to_success(host, request_script(action, suffix), timeout));
    KILN_TRY_ASSIGN(const std::string certificate, signer_.sign(request.output, action.shape));
    return run_script(host, install_script(action, suffix, certificate), timeout);
  }

  std::string random_bytes(std::size_t count) {
    const std::lock_guard lock(random_mutex_);
    return random_.bytes(count);
  }

  PrivateDirectory directory_;
  std::optional<Fence> fence_;
  Signer& signer_;
  FileIo& files_;
  const Clock& clock_;
  Random& random_;
  std::mutex random_mutex_;
  const std::atomic<bool>* interrupted_ = nullptr;
  LinkCounters links_;
  std::atomic<std::uint64_t> looks_{0};
  std::atomic<std::uint64_t> mutations_{0};
  std::mutex hosts_mutex_;
  std::map<HostName, Host> hosts_;
};

}  // namespace

std::unique_ptr<Transport> make_transport(const Desired& desired, Signer& signer, FileIo& files,
                                          const Clock& clock, Random& random) {
  return std::make_unique<RealTransport>(desired, signer, files, clock, random);
}

}  // namespace kiln::transport
