#pragma once

#include <atomic>
#include <iosfwd>
#include <map>
#include <string>

#include "model/event.h"
#include "render/style.h"

namespace kiln::render {

/// live: a terminal, one line per host redrawn in place, finished steps above them. lines: one line per
/// event with the time, a heartbeat every 30 s while a gate waits. quiet: failures only.
enum class ProgressMode { live, lines, quiet };

/// Shows a run while it goes on. Drawn by events alone: it has no thread and reads no clock. What is
/// live is wiped when it goes or by `clear`.
class Progress : public Events {
 public:
  /// `out` (as a rule stderr) outlives it. At most `live_lines` hosts have a line of their own.
  Progress(std::ostream& out, const Style& style, ProgressMode mode, bool verbose,
           std::size_t live_lines = 12);
  ~Progress() override;

  /// Titles and numbers of the steps that will be announced.
  void expect(const Plan& plan);
  void announce(const Event& event) override;
  /// Takes the live lines off the screen, so that something else can be written.
  void clear();

 private:
  struct Known {
    std::size_t number = 0;
    std::string title;
  };
  struct Running {  ///< what the line of a host says
    std::string text;
    std::string detail;
  };
  struct Printer;

  std::string title_of(const std::string& step) const;
  std::string counter_of(const std::string& step) const;
  /// A line that stays; in `lines` mode behind the time.
  void say(const Event& event, Tone tone, std::string_view mark, const std::string& text);
  void draw();

  std::ostream& out_;
  const Style style_;
  const ProgressMode mode_;
  const bool verbose_;
  const std::size_t live_lines_;
  std::map<std::string, Known> steps_;
  std::map<HostName, std::map<std::string, Running>> running_;  ///< by host and step
  std::map<std::string, Duration> heartbeats_;                  ///< by step: waited when last said
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  std::size_t drawn_ = 0;  ///< live lines on the screen
};

}  // namespace kiln::render
