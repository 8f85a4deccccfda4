#include "cli/write_checked.h"

#include "config/layout.h"
#include "config/load.h"
#include "render/diag.h"

namespace kiln::cli {
namespace {

/// One file that is not written yet, among those that are.
class Unwritten : public FileIo {
 public:
  Unwritten(const FileIo& others, std::string path, std::string text)
      : others_(others), path_(std::move(path)), text_(std::move(text)) {}

  Result<std::string> read(const std::string& path) const override {
    return path == path_ ? Result<std::string>(text_) : others_.read(path);
  }
  Result<> write(const std::string& path, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, path + ": a look at a file writes nothing");
  }

 private:
  const FileIo& others_;
  std::string path_;
  std::string text_;
};

}  // namespace

ExitCode write_checked(const std::string& file, const std::string& text, const std::string& what,
                       World& world, Screen& screen) {
  const config::Loaded loaded = config::load(file, Unwritten(world.files, file, text));
  if (!loaded.diags.empty())
    screen.talk(render::render_diags(loaded.diags, loaded.sources, screen.err_style().color));
  if (loaded.diags.has_errors()) {
    screen.error(what + " do not make a valid file", "nothing was written");
    return ExitCode::invalid;
  }
  Diags none;
  const Result<> written = world.files.write(file, config::lay_out(file, text, none).value_or(text), 0644);
  if (written) return ExitCode::done;
  screen.error(written.error().text(), "nothing was written");
  return ExitCode::failed;
}

}  // namespace kiln::cli
