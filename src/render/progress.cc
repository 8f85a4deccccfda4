#include "render/progress.h"

#include <fmt/format.h>

#include <ostream>
#include <utility>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {
namespace {

constexpr Duration kHeartbeat{30000};
constexpr const char* kLooking = "";  ///< the "step" of an observation: sorts first

}  // namespace

Progress::Progress(std::ostream& out, const Style& style, ProgressMode mode, bool verbose,
                   std::size_t live_lines)
    : out_(out), style_(style), mode_(mode), verbose_(verbose), live_lines_(live_lines) {}

Progress::~Progress() {
  clear();
}

void Progress::expect(const Plan& plan) {
  steps_.clear();
  for (const Step& step : plan.steps) steps_.emplace(step.id, Known{steps_.size() + 1, one_line(step.title)});
  total_ = plan.steps.size();
}

/// What each event does to the lines.
struct Progress::Printer {
  Progress& progress;
  const Event& event;

  void operator()(const Looking& look) const {
    if (!look.done) {
      progress.running_[look.host][kLooking] = {"looking", ""};
      return;
    }
    finish(look.host, kLooking);
    // The plan says it too: of hosts that are silent nothing is done.
    if (!look.problem.empty() && progress.mode_ != ProgressMode::quiet) {
      progress.say(event, Tone::bad, progress.style_.cross(),
                   "could not be looked at: " + one_line(look.problem));
    } else if (progress.mode_ == ProgressMode::lines) {
      progress.say(event, Tone::plain, "", "answered");
    }
  }
  void operator()(const RunStarted& run) const {
    progress.total_ = run.steps;
    progress.done_ = 0;
    if (progress.mode_ == ProgressMode::lines)
      progress.say(event, Tone::plain, "", fmt::format("run of {} steps begins", run.steps));
  }
  void operator()(const StepStarted& step) const {
    progress.running_[event.host][step.step] = {progress.title_of(step.step), ""};
    if (progress.mode_ == ProgressMode::lines)
      progress.say(event, Tone::plain, "start",
                   progress.counter_of(step.step) + progress.title_of(step.step));
  }
  void operator()(const ActionDone& action) const {
    const std::string text = one_line(action.action) + (action.changed ? "" : " (was done already)");
    progress.running_[event.host][action.step].detail = text;
    if (progress.verbose_ || progress.mode_ == ProgressMode::lines)
      progress.say(event, Tone::dim, "did", fmt::format("{} ({})", text, duration_text(action.took)));
  }
  void operator()(const GateWaiting& gate) const {
    const std::string seen = gate.seen.empty() ? "" : ", seen: " + one_line(gate.seen);
    const std::string text =
        fmt::format("waiting {} for {}{}", duration_text(gate.waited), one_line(gate.condition), seen);
    progress.running_[event.host][gate.step].detail = text;
    if (progress.mode_ != ProgressMode::lines) return;
    const auto last = progress.heartbeats_.find(gate.step);
    if (last != progress.heartbeats_.end() && gate.waited >= last->second &&
        gate.waited < last->second + kHeartbeat)
      return;
    progress.heartbeats_[gate.step] = gate.waited;
    progress.say(event, Tone::plain, "", text);
  }
  void operator()(const StepDone& step) const {
    ++progress.done_;
    finish(event.host, step.step);
    progress.say(event, Tone::good, progress.style_.tick(),
                 fmt::format("{}{} ({})", progress.counter_of(step.step), progress.title_of(step.step),
                             duration_text(step.took)));
  }
  void operator()(const StepFailed& step) const {
    finish(event.host, step.step);
    progress.say(event, Tone::bad, progress.style_.cross(),
                 fmt::format("{}{}: {}", progress.counter_of(step.step), progress.title_of(step.step),
                             one_line(step.error)));
  }
  void operator()(const StepSkipped& step) const {
    finish(event.host, step.step);
    progress.say(event, Tone::warn, "skip",
                 fmt::format("{}{}: {}", progress.counter_of(step.step), progress.title_of(step.step),
                             one_line(step.because)));
  }
  void operator()(const RunEnded& run) const {
    progress.running_.clear();
    progress.heartbeats_.clear();
    if (progress.mode_ == ProgressMode::lines)
      progress.say(
          event, Tone::plain, "",
          fmt::format("run ended: {} done, {} failed, {} skipped", run.done, run.failed, run.skipped));
  }

  void finish(const HostName& host, const std::string& step) const {
    progress.heartbeats_.erase(step);
    const auto found = progress.running_.find(host);
    if (found == progress.running_.end()) return;
    found->second.erase(step);
    if (found->second.empty()) progress.running_.erase(found);
  }
};

void Progress::announce(const Event& event) {
  clear();
  std::visit(Printer{*this, event}, event.body);
  if (mode_ == ProgressMode::live) draw();
  out_.flush();
}

void Progress::clear() {
  if (drawn_ > 0) out_ << fmt::format("\x1b[{}A\r\x1b[J", drawn_);
  drawn_ = 0;
}

std::string Progress::title_of(const std::string& step) const {
  const auto known = steps_.find(step);
  return known == steps_.end() ? one_line(step) : known->second.title;
}

std::string Progress::counter_of(const std::string& step) const {
  const auto known = steps_.find(step);
  return known == steps_.end() ? "" : fmt::format("[{}/{}] ", known->second.number, total_);
}

void Progress::say(const Event& event, Tone tone, std::string_view mark, const std::string& text) {
  if (mode_ == ProgressMode::quiet && tone != Tone::bad) return;
  const auto* look = std::get_if<Looking>(&event.body);
  const HostName& host = look == nullptr ? event.host : look->host;
  std::string line = mode_ == ProgressMode::lines ? format_utc(event.at) + ' ' : "";
  if (!host.empty()) line += host + ' ';
  if (mode_ != ProgressMode::lines) line = std::string(mark) + (mark.empty() ? "" : " ") + line;
  if (mode_ == ProgressMode::lines && !mark.empty()) line += std::string(mark) + ' ';
  out_ << style_.paint(tone, line) << text << '\n';
}

void Progress::draw() {
  std::size_t hidden = 0;
  for (const auto& [host, steps] : running_) {
    if (drawn_ >= live_lines_) {
      ++hidden;
      continue;
    }
    const auto& [step, running] = *steps.begin();
    std::string text = fmt::format("  {}  {}", host, running.text);
    if (steps.size() > 1) text += fmt::format(" (+{})", steps.size() - 1);
    if (!running.detail.empty()) text += ": " + running.detail;
    out_ << style_.paint(Tone::dim, cut(text, style_.width - 1, style_)) << '\n';
    ++drawn_;
  }
  if (hidden > 0) {
    out_ << style_.paint(Tone::dim,
                         fmt::format("  {} {} more", style_.ellipsis(), count_of(hidden, "host", "hosts")))
         << '\n';
    ++drawn_;
  }
  if (total_ > 0 && !running_.empty()) {
    out_ << style_.paint(Tone::dim, fmt::format("  {} of {} steps done", done_, total_)) << '\n';
    ++drawn_;
  }
}

}  // namespace kiln::render
