#pragma once

#include <map>
#include <string>

#include "base/diag.h"
#include "base/error.h"
#include "cli/arguments.h"
#include "cli/world.h"
#include "model/plan.h"
#include "render/progress.h"

namespace kiln::cli {

/// stdout and stderr of one command: the result on the one, talk on the other.
class Screen {
 public:
  Screen(World& world, const Arguments& arguments);

  const render::Style& out_style() const { return out_style_; }
  const render::Style& err_style() const { return err_style_; }

  void result(const std::string& text);
  void talk(const std::string& text);
  /// "kiln: error: …", then the state that things are in now.
  void error(const std::string& text, const std::string& state);
  /// What is wrong with the file, in the form of --diagnostics: validate's forms for programs are its result,
  /// all else is talk. Findings that were held come with it.
  void findings(const Diags& diags, const std::map<std::string, std::string>& sources);
  /// Findings that will be shown with the next ones, so that a program gets one document.
  void hold(Diags diags);
  /// True if --diagnostics is a form for programs.
  bool findings_for_programs() const { return diagnostics_ != render::DiagFormat::text; }
  /// Asks on stderr: what was answered, without white space around it.
  std::string answer_to(const std::string& question);
  /// Asks on stderr; anything but y or yes is no.
  bool agreed(const std::string& question);
  /// How often somebody was asked: each took as long as it took.
  std::size_t asked() const { return asked_; }
  /// False without a person to ask.
  bool can_ask() const { return world_.in_terminal && world_.err.terminal; }

  render::ProgressMode progress_mode() const;

 private:
  World& world_;
  const bool quiet_;
  const render::DiagFormat diagnostics_;
  const bool findings_are_result_;
  std::size_t asked_ = 0;
  Diags held_;
  render::Style out_style_;
  render::Style err_style_;
};

}  // namespace kiln::cli
