#include "engine/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

namespace kiln::engine {
namespace {

using OrderedJson = nlohmann::ordered_json;

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Steps that failed, or were skipped because of one that did.
OrderedJson unfinished(const Report& report) {
  OrderedJson list = OrderedJson::array();
  for (const StepReport& step : report.steps)
    if (step.status == StepStatus::failed || step.status == StepStatus::skipped)
      list.push_back(
          {{"step", step.step}, {"host", step.host}, {"status", to_string(step.status)}, {"why", step.text}});
  return list;
}

class FileJournal : public Journal {
 public:
  FileJournal(int descriptor, const Clock& clock, std::string run, AuditLog* audit, std::string by,
              std::map<std::string, std::string> nodes)
      : descriptor_(descriptor),
        clock_(clock),
        run_(std::move(run)),
        audit_(audit),
        by_(std::move(by)),
        nodes_(std::move(nodes)) {}
  ~FileJournal() override { ::close(descriptor_); }

  void begin_run(const Plan& plan, const std::string& command) override {
    OrderedJson line{{"event", "begin"},          {"format", kJournalFormat}, {"command", command},
                     {"cluster", plan.cluster},   {"plan", plan.id},          {"revision", plan.revision},
                     {"steps", plan.steps.size()}};
    if (!by_.empty()) line["by"] = by_;
    if (!nodes_.empty()) line["nodes"] = nodes_;
    append(std::move(line));
  }
  void intent(const Step& step, const Action& action) override {
    append({{"event", "intent"}, {"step", step.id}, {"host", step.host}, {"action", describe(action)}});
  }
  void result(const Step& step, const Action& action, bool changed, const std::string& error) override {
    OrderedJson line{
        {"event", "result"}, {"step", step.id}, {"host", step.host}, {"action", describe(action)}};
    line["changed"] = changed;
    if (!error.empty()) line["error"] = error;
    if (audit_ && changed && error.empty()) {
      const SecurityEvent event = security_event(step, action);
      OrderedJson fields{{"category", event.category}, {"event", event.event}};
      for (const auto& [name, value] : event.fields) fields[name] = value;
      line["security"] = std::move(fields);
      audit_->write(to_text(event, run_));
    }
    append(std::move(line));
  }
  void end_run(const Report& report) override {
    const auto count = [&](StepStatus status) {
      return std::ranges::count(report.steps, status, &StepReport::status);
    };
    append({{"event", "end"},
            {"plan", report.plan_id},
            {"done", count(StepStatus::done)},
            {"failed", count(StepStatus::failed)},
            {"skipped", count(StepStatus::skipped)},
            {"not-started", count(StepStatus::not_started)},
            {"unfinished", unfinished(report)},
            {"interrupted", report.interrupted},
            {"mutations", report.mutations},
            {"took-ms", report.took.count()}});
  }

 private:
  /// On disk before the action is sent: a journal that lags behind explains nothing. What cannot be written
  /// stops no run, as the journal decides nothing.
  void append(OrderedJson line) {
    const std::lock_guard lock(mutex_);
    OrderedJson dated{{"at", format_utc(clock_.now())}, {"run", run_}};
    dated.update(line);
    const std::string text = dated.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
    if (write_all(descriptor_, text)) ::fsync(descriptor_);
  }

  int descriptor_;
  const Clock& clock_;
  const std::string run_;
  AuditLog* const audit_;
  std::string by_;
  std::map<std::string, std::string> nodes_;
  std::mutex mutex_;
};

std::unexpected<Error> refused(const std::string& what, const std::string& path) {
  const ErrorCode code = errno == EACCES || errno == EPERM ? ErrorCode::denied : ErrorCode::failed;
  return fail(code, "cannot " + what + ' ' + path + ": " + std::generic_category().message(errno));
}

Result<> make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST) return refused("make", parent);
  }
  return {};
}

/// True unless the file is empty or ends with a newline.
bool torn(int descriptor) {
  const off_t size = ::lseek(descriptor, 0, SEEK_END);
  char last = '\n';
  return size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

/// Twelve hexadecimal digits.
std::string make_run_id(Random& random) {
  std::string id;
  for (const char byte : random.bytes(6)) id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return id;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path, const Clock& clock, Random& random,
                                               AuditLog* audit, const std::string& by,
                                               const std::map<std::string, std::string>& nodes) {
  KILN_TRY(make_parents(path));
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return refused("open", path);
  auto journal = std::make_unique<FileJournal>(descriptor, clock, make_run_id(random), audit, by, nodes);
  if (torn(descriptor) && !write_all(descriptor, "\n")) return refused("write", path);
  return journal;
}

}  // namespace kiln::engine
