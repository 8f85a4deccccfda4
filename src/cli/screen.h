#pragma once

#include <string>

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
  /// Asks on stderr; anything but y or yes is no.
  bool agreed(const std::string& question);
  /// False without a person to ask.
  bool can_ask() const { return world_.in_terminal && world_.err.terminal; }

  render::ProgressMode progress_mode() const;

 private:
  World& world_;
  const bool quiet_;
  render::Style out_style_;
  render::Style err_style_;
};

}  // namespace kiln::cli
