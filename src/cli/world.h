#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "base/seams.h"
#include "model/spec.h"
#include "render/style.h"
#include "transport/transport.h"

namespace kiln::cli {

/// One of the two outputs.
struct Output {
  std::ostream& stream;
  bool terminal = false;
  std::size_t width = 80;
};

/// Everything that a command has to do with outside of itself; tests bring their own.
struct World {
  Output out;  ///< results
  Output err;  ///< talk
  std::istream& in;
  bool in_terminal = false;
  render::Environment environment;
  FileIo& files;
  /// Permissions of a file that is there.
  std::function<unsigned(const std::string& path)> mode_of = [](const std::string&) { return 0644U; };
  const Clock& clock;
  Random& random;
  std::function<std::unique_ptr<transport::Transport>(const Desired&, transport::Signer&)> make_transport;
  std::function<Duration()> own_cpu;  ///< what this process has computed so far
};

}  // namespace kiln::cli
